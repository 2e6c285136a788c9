#!/bin/bash
# scale.sh - two thousand VMs in one sitting. The server gives a first page and then withholds the rest until it is told to go
# on: meanwhile the console answers keys, and afterwards every VM is there.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
LABTOP_WAIT=${LABTOP_WAIT:-60}
start_peer vc vcsim --vms 2000
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
cat >"$conf" <<EOF
[lab]
name = big
$(vsphere_section)
interval = 1h
[guest here]
ssh = local
agent = $labtop_agent
EOF
chmod 600 "$conf"

shows() { if screen_wait console "$2"; then ok "$1"; else not_ok "$1" && printf '%s\n' "want: $2" "$(screen_text console)" | diag; fi; }
pages() { control vc counts of=ContinueRetrievePropertiesEx; }

control vc page max=500 >/dev/null
control vc hang method=ContinueRetrievePropertiesEx >/dev/null
screen_open console 120 40 "$labtop" --config "$conf"
ok_if "a first page has come and the next is withheld" wait_for eval '[ "$(pages)" = 1 ]'
shows "meanwhile the guest is live" '● here'
screen_keys console 5
shows "a view is switched" 'big › vms'
screen_keys console /
screen_keys console plain-01999
shows "a filter is typed" '/ ?plain-01999'
screen_keys console Enter
is "$(pages)" 1 "and all that while the server gave nothing more"

control vc go >/dev/null
shows "it goes on: the last VM is found" '^.?.?plain-01999 '
shows "it alone passes the filter, of all" '1 of 2006'
screen_keys console Escape
shows "without the filter all are there" '[0-9]+/2006'
screen_keys console g
shows "the first is one key away" '1/2006'
screen_keys console G
shows "and so is the last" '2006/2006'
is "$(control vc counts of=Login)" 1 "in one sitting"
screen_keys console q
screen_wait console 'Pane is dead|^$'

# ---- the same as JSON -----------------------------------------------------------------------------------------------
"$labtop" status --json --wait 60 --config "$conf" >"$work/out.json"
is "$?" 0 "status of 2,000 VMs"
is "$(python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))["vms"]; print(len(v), len({x["moref"] for x in v}))' "$work/out.json")" \
	"2006 2006" "each of them once"
done_testing
