#!/bin/bash
# functions.sh - SR-IOV over the wire: a card that a host cuts into functions while somebody watches. Each is a row below
# its card in JSON, also on the bus behind the card's; on the screen those that nobody has are one line until asked for.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

start_peer vc vcsim
mkdir -p "$XDG_CONFIG_HOME/labtop" "$work/state"
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
cat >"$conf" <<CONF
[lab]
name = proof
$(vsphere_section)
CONF
chmod 600 "$conf"

screen_open console 120 40 bash -c '"$1" --config "$2" --view gpus; echo "left with $?"; read -r' - "$labtop" "$conf"
ok_if "a card of its own" screen_wait console 'A30 +e1:00\.0 '
ok_if "nothing is cut yet" eval '! screen_has console "VFs|f functions"'
ok_if "the host cuts it, and gives one to a VM" control vc functions host=esx02 id=0000:e1:00.0 n=16 vm=nas
ok_if "one line for those that nobody has" screen_wait console '└ 15 VFs +nobody +.*free: 15 active'
ok_if "a row for the one that a VM has" screen_wait console '└ e1:1f\.4 +nas '
ok_if "no function is taken for a card" eval '! screen_has console "A30 +e(1:1|2:)"'
screen_keys console f
ok_if "each is a row when asked for" screen_wait console '└ e2:01\.3 +nobody'
ok_if "below the card" eval '[[ $(screen_text console) == *"A30  e1:00.0"*"└ e1:1f.5"*"└ e2:00.0"* ]]'
screen_keys console q
ok_if "it leaves" screen_wait console 'left with 0'

"$labtop" status --json --wait 30 --config "$conf" >"$work/status.json"
is $? 0 "status ends well"
# query EXPRESSION over the rows of that card's functions
query() {
	python3 -c 'import json,sys
lab = json.load(open(sys.argv[1]))
rows = [r for r in lab["rows"] if r["parent_bdf"] == "0000:e1:00.0"]
devices = {d["bdf"]: d for d in lab["devices"] if d["host"] == "esx02"}
print(eval(sys.argv[2]))' "$work/status.json" "$1"
}
is "$(query 'len(rows), {r["kind"] for r in rows}')" "(16, {'vf'})" "all are rows that name their card"
is "$(query '[r["host_bdf"][5:] for r in rows][3:6]')" "['e1:1f.7', 'e2:00.0', 'e2:00.1']" "in order, over the end of the bus"
is "$(query '[(r["vm"], r["passthrough"]) for r in rows][:2]')" "[('nas', 'active'), (None, 'active')]" "with VM and passthrough state"
is "$(query '{r[k] for r in rows[1:] for k in ("guest", "gpu", "temp_junction_c", "engine")}')" "{None}" "and nothing else of one that nobody has"
is "$(query 'devices["0000:e2:01.3"]["physical"], devices["0000:e2:01.3"]["physical_guessed"]')" "('0000:e1:00.0', True)" "as vSphere does not tell, it is a guess"
is "$(query 'devices["0000:e1:00.0"]["sriov"]')" "{'active': True, 'functions': 16, 'max_functions': 32}" "the card's own word"
is "$(query 'len(lab["tasks"]) > 0, len(lab["events"]) > 0')" "(True, True)" "tasks and events were read before it ended"
is "$(query 'sum(r["host"] == "esx02" and not r["part"] for r in lab["rows"])')" 3 "cards are as many as before"

done_testing
