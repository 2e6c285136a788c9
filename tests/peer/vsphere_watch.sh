# vsphere_watch.sh - what the vSphere tests share: a worker of ours against the peer "vc", and its lines in $work/out.
# shellcheck shell=bash

watch_start() { # KEY=VALUE…: beside url, user and the right password
	: >"$work/out"
	rm -f "$work/words"
	mkfifo "$work/words"
	LABTOP_STATE=$work/state "$PWD/tests/drivers/watch" vsphere vc "url=$vc_url" "user=$vc_user" "password=$vc_password" "$@" \
		<"$work/words" >"$work/out" 2>"$work/err" &
	watch_pid=$!
	exec 7>"$work/words"
}
word() { echo "$*" >&7; }
watch_stop() {
	exec 7>&-
	wait "$watch_pid" && return
	not_ok "the worker ends well"
	diag <"$work/err"
}
# How often the whole inventory was read: each load has a number of its own.
loads() { sed -n 's/^inventory generation=\([0-9]*\) .*complete$/\1/p' "$work/out" | sort -u | wc -l; }
# since MARK: the lines after the first $MARK of them, as `mark` counted
mark() { wc -l <"$work/out"; }
since() { tail -n "+$(($1 + 1))" "$work/out"; }
told() { grep -qE -- "$1" "$work/out"; }
told_since() { since "$1" | grep -qE -- "$2"; }
# wait_told ERE; wait_told_since MARK ERE
wait_told() { wait_for told "$1"; }
wait_told_since() { wait_for told_since "$1" "$2"; }
count_of() { control vc counts "of=$1"; }
is_count() { [ "$(count_of "$1")" = "$2" ]; }
