#!/bin/bash
# stuck_terminal.sh - a terminal that takes nothing (a hung line, Ctrl-S) while guests go on telling: TERM and HUP end the
# console soon, whoever's terminal it is, and it is put back. (That memory does not grow meanwhile: test_screen, turns.)
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

export LABTOP_STATE=$work/state
conf=$work/labtop.conf
for i in 1 2 3 4 5 6 7 8; do
	printf '[guest g%d]\nssh = local\nagent = python3 %s/tests/quick/busy_agent.py 8 20 g%d\n' $i "$top_srcdir" $i
done >"$conf"
chmod 600 "$conf"

# stuck NAME STATUS options…
stuck() {
	local name=$1 status=$2
	shift 2
	python3 "$top_srcdir/tests/quick/stuck_terminal.py" "$@" -- "$labtop" --config "$conf" >"$work/$name" 2>"$work/err" ||
		diag <"$work/err"
	like "$(cat "$work/$name")" "status=$status" "$name: leaves with $status"
	# 3 s are promised; a machine that is very busy is given more than one that hangs would need
	ok_if "$name: soon" awk -F= '$1 == "took_ms" { took = $2; n++ } END { exit !(n && took < 10000) }' "$work/$name"
	like "$(cat "$work/$name")" 'settings=same' "$name: the terminal's settings are as before"
	like "$(cat "$work/$name")" 'blocking=same' "$name: and its descriptor blocks as before"
}
put_back() { like "$(cat "$work/$1")" 'put_back=yes' "$1: who reads on finds the screen put back"; }

stuck full 143
put_back full
stuck hung-up 129 --signal HUP
put_back hung-up
stuck stopped 143 --stop
stuck foreign 143 --foreign
put_back foreign
stuck uncontrolled 143 --foreign --uncontrolled
put_back uncontrolled
done_testing
