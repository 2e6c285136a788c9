#!/bin/bash
# vsphere_both.sh - a host known through its vCenter and directly: one host and one VM, and when the vCenter goes away the
# direct connection speaks for both.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
need tmux tmux
start_peer vc vcsim
start_peer esx vcsim --esx
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
section() { # NAME URL USER PASSWORD PRINT
	printf '[vsphere %s]\nurl = %s\nuser = %s\npassword = %s\nthumbprint = %s\ninterval = 2s\n' "$@"
}
{
	section vc "$vc_url" "$vc_user" "$vc_password" "$vc_sha256"
	section esx "$esx_url" "$esx_user" "$esx_password" "$esx_sha256"
} >"$conf"
chmod 600 "$conf"

"$labtop" status --json --wait 30 --config "$conf" >"$work/status.json" 2>"$work/err"
is $? 0 "both are read"
count() { # LIST NAME
	python3 -c 'import json, sys
print(sum(x["name"] == sys.argv[3] for x in json.load(open(sys.argv[1]))[sys.argv[2]]))' "$work/status.json" "$@"
}
is "$(count hosts esx01)" 1 "their host is one"
is "$(count vms llm-1)" 1 "its VM is one"
is "$(count hosts esx02)" 1 "the vCenter's other host is there"
is "$(python3 -c 'import json, sys
print(sum(r["host_bdf"] == "0000:03:00.0" for r in json.load(open(sys.argv[1]))["rows"]))' "$work/status.json")" 1 "a card has one row"

screen_open console 140 40 "$labtop" --config "$conf"
ok_if "both are live" screen_wait console '● vc ● esx|● esx ● vc'
screen_keys console 5
lines() { screen_text console | grep -cE "$1"; }
ok_if "the VM stands there once" wait_for eval '[ "$(lines "[^v]llm-1 +on")" = 1 ]'
control vc power vm=nas state=off >/dev/null
ok_if "what only the vCenter knows is followed" screen_wait console 'nas +off'

control vc down >/dev/null
ok_if "the vCenter goes down" screen_wait console '✗ vc [0-9]+[sm].*● esx|● esx.*✗ vc [0-9]+[sm]'
ok_if "the VM still stands there once" wait_for eval '[ "$(lines "[^v]llm-1 +on")" = 1 ]'
control esx power vm=llm-1 state=off >/dev/null
ok_if "and is followed through its host" screen_wait console 'llm-1 +off'
ok_if "what only the vCenter knew is the last known" screen_has console 'nas +off'

control vc up >/dev/null
ok_if "the vCenter comes back" screen_wait console '● vc ● esx|● esx ● vc'
control vc power vm=nas state=on >/dev/null
ok_if "and is followed again" screen_wait console 'nas +on'
screen_keys console q
done_testing
