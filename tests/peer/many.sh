#!/bin/bash
# many.sh - keys are answered while 2,000 VMs arrive from a slow server; then all of them are there.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need tmux tmux
LABTOP_WAIT=${LABTOP_WAIT:-40}
start_peer vc vcsim --vms 2000
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
{ printf '[lab]\nname = many\n' && vsphere_section; } >"$conf"
chmod 600 "$conf"
control vc fail method=RetrievePropertiesEx how=delay:4000 count=0 >/dev/null

# arriving: the inventory was asked for, and is not there
arriving() { [ "$(control vc counts of=RetrievePropertiesEx)" -ge 1 ] && screen_has console '◌ vc'; }
screen_open console 120 40 bash -c '"$0" --config "$1"; echo "left with $?"; read -r' "$labtop" "$conf"
ok_if "the inventory begins to arrive" wait_for arriving
screen_keys console 5
ok_if "a view is switched" screen_wait console 'many › vms'
screen_keys console '?'
ok_if "help opens" screen_wait console 'type to find one'
screen_keys console Escape
wait_for eval '! screen_has console "type to find one"'
screen_keys console 4
ok_if "the next view" screen_wait console 'many › hosts'
ok_if "all that while it was still arriving" arriving
screen_keys console 5
ok_if "then every VM is there" screen_wait console '/2,?0[0-9][0-9] *$'
ok_if "and the source is live" screen_wait console '● vc'
screen_keys console q
ok_if "it leaves" screen_wait console 'left with 0'
done_testing
