#!/bin/bash
# library_hangs.sh - a vendor's library that never answers, and one that aborts: the console shows what sysfs tells of every
# card, takes keys, says so once, and ends at once.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need tmux tmux
[ -x "$labtop_agent" ] || skip_all "built without the agent"
export LABTOP_STATE=$work/state
mi50_tree "$work/tree" 4210aabb-ccdd-eeff-0011-223344556677 00:50:56:aa:00:01 -n 2 -m 32

# console NAME HOW: the console whose local agent has a stand-in ROCm SMI that does HOW
console() {
	printf '[lab]\nname = lib\n[guest here]\nssh = local\nagent = env LABTOP_ROCM_SMI=%s FAKE_CARDS=2 %s %s --sysfs-root %s/sys\n' \
		"$PWD/tests/stubs/fake_rocm.so" "$2" "$labtop_agent" "$work/tree" >"$work/$1.conf"
	screen_open "$1" 120 40 bash -c '"$0" --config "$1"; echo "left with $?"; read -r' "$labtop" "$work/$1.conf"
}
# 84 is sysfs' word, 61.5 the library's while it speaks
has_both() { [ "$(screen_text "$1" | grep -cE ':00\.0 .*[^~](84|62)°C')" -ge 2 ]; }
# goes_on NAME WORDS: both cards, keys, the log's line
goes_on() {
	ok_if "$1: both cards have their temperature" wait_for has_both "$1"
	screen_keys "$1" 2
	ok_if "$1: keys are taken" screen_wait "$1" 'lib › gpus'
	screen_keys "$1" 9
	ok_if "$1: it is said which call" screen_wait "$1" "$2"
	screen_keys "$1" 1
	ok_if "$1: the cards go on" wait_for has_both "$1"
	screen_keys "$1" q
	ok_if "$1: it leaves" screen_wait "$1" 'left with 0'
}

console hangs FAKE_BLOCK=temp
goes_on hangs 'rocm-smi: no answer in temp_metric_get'
console aborts FAKE_ABORT=power
goes_on aborts 'rocm-smi: Aborted in power_ave_get'

done_testing
