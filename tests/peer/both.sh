#!/bin/bash
# both.sh - one host known through vCenter and by itself: one host, one row a card; when vCenter is gone the host's own
# server carries on; and the password of one is nothing for the other.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
start_peer vc vcsim
start_peer esx vcsim --esx --password other-secret
export LABTOP_STATE=$work/state
conf=$work/labtop.conf

# target NAME ALIAS [password]: a section of the configuration
target() {
	local url=$2_url user=$2_user password=$2_password print=$2_sha256
	printf '[vsphere %s]\nurl = %s\nuser = %s\nthumbprint = %s\n' "$1" "${!url}" "${!user}" "${!print}"
	[ "${3:-}" = no-password ] || printf 'password = %s\n' "${!password}"
}
status() {
	status=0
	"$labtop" status --json --wait 20 --config "$conf" >"$work/out" 2>"$work/err" || status=$?
}
query() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/out" "$1"; }
touch "$conf" && chmod 600 "$conf"

{ target esx01 esx; target vc vc no-password; } >"$conf"
status
is "$status" 5 "a server without a password is one part that cannot be read: 5"
like "$(cat "$work/err")" '^labtop: vsphere vc: .*no password is known' "said in one line"
is "$(control vc counts of=Login)" 0 "and the other one's password is not tried"
cards=$(query '[r["host_bdf"] for r in d["rows"] if r["host"] == "esx01"]')
vms=$(query 'sorted(v["name"] for v in d["vms"] if v["host"] == "esx01")')
like "$cards" '0000:03:00\.0' "the host alone tells its cards"

{ target esx01 esx; target vc vc; } >"$conf"
status
is "$status" 0 "both are read"
is "$(query '[h["name"] for h in d["hosts"] if h["name"].startswith("esx01")]')" "['esx01']" "one host"
is "$(query '[r["host_bdf"] for r in d["rows"] if r["host"] == "esx01"]')" "$cards" "a row a card"
is "$(query 'sorted(v["name"] for v in d["vms"] if v["host"] == "esx01")')" "$vms" "and each VM once"
like "$(query '[h["name"] for h in d["hosts"]]')" "esx02" "vCenter tells the other hosts"

if command -v tmux >/dev/null 2>&1; then
	screen_open both 140 40 "$labtop" --config "$conf"
	ok_if "both are live" screen_wait both '● esx01 ● vc'
	screen_keys both 5
	ok_if "a VM is on" screen_wait both 'mgmt +on +'
	stop_peer vc
	ok_if "vCenter is gone" screen_wait both '✗ vc'
	control esx power vm=llm-1 state=off >/dev/null
	ok_if "the host carries on: a VM that is switched off now" screen_wait both 'llm-1 +off'
	screen_keys both 1
	ok_if "its cards stand there as known now" screen_wait both 'MI50 03:00\.0 +llm-1 .*VM is off'
else
	skip "a console that loses vCenter" "no tmux: apt-get install tmux"
fi

done_testing
