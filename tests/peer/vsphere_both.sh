#!/bin/bash
# vsphere_both.sh - a host known through its vCenter and directly: one host, one VM, one datastore, one row a card; when the
# vCenter goes away the direct connection speaks for all of them; and the password of one is nothing for the other.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
need tmux tmux
start_peer vc vcsim
start_peer esx vcsim --esx --password other-secret
export LABTOP_STATE=$work/state
conf=$work/labtop.conf

# target NAME ALIAS [no-password]: a section of the configuration
target() {
	local url=$2_url user=$2_user password=$2_password print=$2_sha256
	printf '[vsphere %s]\nurl = %s\nuser = %s\nthumbprint = %s\ninterval = 2s\n' "$1" "${!url}" "${!user}" "${!print}"
	[ "${3:-}" = no-password ] || printf 'password = %s\n' "${!password}"
}
status() {
	status=0
	"$labtop" status --json --wait 30 --config "$conf" >"$work/out" 2>"$work/err" || status=$?
}
query() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/out" "$1"; }
touch "$conf" && chmod 600 "$conf"

# ---- one of them does not let us in ----
{ target esx01 esx; target vc vc no-password; } >"$conf"
status
is "$status" 5 "a server without a password is one part that cannot be read: 5"
like "$(cat "$work/err")" '^labtop: vsphere vc: .*no password is known' "said in one line"
is "$(control vc counts of=Login)" 0 "and the other one's password is not tried"
cards=$(query '[r["host_bdf"] for r in d["rows"] if r["host"] == "esx01"]')
vms=$(query 'sorted(v["name"] for v in d["vms"] if v["host"] == "esx01")')
like "$cards" '0000:03:00\.0' "the host alone tells its cards"
is "$(query '[(s["name"], s["source"]) for s in d["datastores"]]')" "[('LocalDS_0', 'esx01')]" "and its datastore"

# ---- both ----
{ target esx01 esx; target vc vc; } >"$conf"
status
is "$status" 0 "both are read"
is "$(query '[h["name"] for h in d["hosts"] if h["name"].startswith("esx01")]')" "['esx01']" "one host"
is "$(query '[r["host_bdf"] for r in d["rows"] if r["host"] == "esx01"]')" "$cards" "a row a card"
is "$(query 'sum(r["host_bdf"] == "0000:03:00.0" for r in d["rows"])')" 1 "one for each in the whole lab"
is "$(query 'sorted(v["name"] for v in d["vms"] if v["host"] == "esx01")')" "$vms" "and each VM once"
is "$(query 'sum(v["name"] == "llm-1" for v in d["vms"])')" 1 "nowhere twice"
is "$(query 'len(d["datastores"])')" 1 "one datastore, however each of them writes its URL"
like "$(query '[h["name"] for h in d["hosts"]]')" "esx02" "vCenter tells the other hosts"
a40='[(r["told_by"], r["busy_pct"], r["temp_edge_c"]) for r in d["rows"] if r["host_bdf"] == "0000:a1:00.0" and not r["part"]]'
is "$(query "$a40")" "[('host', 64, 61.0)]" "and what it counts of a card that its vGPU driver owns"

# ---- the vCenter goes and comes back ----
gib=1073741824
screen_open console 140 40 "$labtop" --config "$conf"
ok_if "both are live" screen_wait console '● esx01 ● vc'
screen_keys console 4
ok_if "the datastore stands there once" screen_wait console 'LocalDS_0'
is "$(screen_text console | grep -c LocalDS_0)" 1 "and no second time"
control vc store free=$((300 * gib)) >/dev/null
ok_if "the fresher word holds: the vCenter's" screen_wait console 'LocalDS_0 .* 300G free'
control esx store free=$((299 * gib)) >/dev/null
ok_if "then the host's" screen_wait console 'LocalDS_0 .* 299G free'
control vc store free=$((298 * gib)) >/dev/null
ok_if "and the vCenter's again" screen_wait console 'LocalDS_0 .* 298G free'
screen_keys console 5
lines() { screen_text console | grep -cE "$1"; }
ok_if "the VM stands there once" wait_for eval '[ "$(lines "[^v]llm-1 +on")" = 1 ]'
ok_if "one without cards is on" screen_wait console 'mgmt +on +'
control vc power vm=nas state=off >/dev/null
ok_if "what only the vCenter knows is followed" screen_wait console 'nas +off'

control vc down >/dev/null
ok_if "the vCenter goes down" screen_wait console '● esx01 ✗ vc [0-9]+[sm]'
ok_if "the VM still stands there once" wait_for eval '[ "$(lines "[^v]llm-1 +on")" = 1 ]'
control esx power vm=llm-1 state=off >/dev/null
ok_if "and is followed through its host" screen_wait console 'llm-1 +off'
ok_if "what only the vCenter knew is the last known" screen_has console 'nas +~off'
screen_keys console 1
ok_if "the cards stand there as known now" screen_wait console 'MI50 03:00\.0 +llm-1 .*VM is off'
screen_keys console 4
ok_if "the datastore is the host's word again" screen_wait console 'LocalDS_0 .* 299G free'
control esx store free=$((297 * gib)) >/dev/null
ok_if "and is followed through the host" screen_wait console 'LocalDS_0 .* 297G free'
ok_if "a host that only the vCenter knew is the last known" screen_has console 'esx02 +~connected'
ok_if "the other one is not" screen_has console 'esx01 +connected'

control vc up >/dev/null
ok_if "the vCenter comes back" screen_wait console '● esx01 ● vc'
screen_keys console 5
control vc power vm=nas state=on >/dev/null
ok_if "and is followed again" screen_wait console 'nas +on'
screen_keys console q
done_testing
