#!/bin/bash
# status.sh - the built-in lab through the verbs: joined, repeatable, with the keys that design.md promises.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

"$labtop" status --demo --json >"$work/a.json"
is "$?" 0 "status --demo --json: exit status"
ok_if "the promised keys are there" python3 "$top_srcdir/tests/quick/status_keys.py" "$work/a.json"
"$labtop" --demo --seed 1 --at 600 --json status >"$work/b.json"
ok_if "--demo alone is --seed 1 --at 600, and twice the same" cmp "$work/a.json" "$work/b.json"
"$labtop" status --demo --seed 2 --json >"$work/c.json"
if cmp -s "$work/a.json" "$work/c.json"; then not_ok "another seed is another lab"; else ok "another seed is another lab"; fi

# query FILE EXPRESSION of the parsed JSON d
query() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }
is "$(query "$work/a.json" 'd["lab"]["at"], d["lab"]["demo"]')" "('2026-01-01T08:10:00Z', True)" "the demo's clock"
is "$(query "$work/a.json" '[(r["host_bdf"], r["vm"], r["guest_bdf"]) for r in d["rows"] if r["match"] == "slot" and r["vm"] == "llm-1"]')" \
	"[('0000:03:00.0', 'llm-1', '0000:0b:00.0'), ('0000:43:00.0', 'llm-1', '0000:13:00.0'), ('0000:83:00.0', 'llm-1', '0000:0c:00.0'), ('0000:c3:00.0', 'llm-1', '0000:14:00.0')]" \
	"the four MI50 are joined by slot, although the guest sees them in another order"
is "$(query "$work/a.json" '[s["name"] for s in d["sources"] if s["state"] == "stale"]')" "['vllm-1']" "a silent guest is stale"
is "$(query "$work/a.json" '[(x["host"], x["bdf"]) for x in d["devices"] if x["passthrough"]["state"] == "stale"]')" \
	"[('esx02', '0000:b1:00.0')]" "the stale passthrough device"
is "$(query "$work/a.json" '[g["bdf"] for g in d["gpus"] if g["throttle"] == ["thermal"]]')" "['0000:0c:00.0']" "the third MI50 is slowed by heat"
is "$(query "$work/a.json" '[(v["firmware"], v["memory_reserved_mb"], v["cpu_hot_add"], v["snapshots"]) for v in d["vms"] if v["name"] == "new-llm"]')" \
	"[('bios', 0, True, 1)]" "new-llm has the wrong settings"
is "$("$labtop" status --demo --at 0 --json | query /dev/stdin '[g["throttle"] for g in d["gpus"] if g["bdf"] == "0000:0c:00.0"]')" "[[]]" "and was not slowed at the start"

# text, and the verbs that print a part
text=$("$labtop" --demo --plain)
like "$text" 'esx01 +MI50 +83:00\.0 +llm-1 +0c:00\.0 +slot' "--plain prints the lab as lines"
unlike "$text" $'\e' "and no escape sequence"
like "$text" 'vllm-1 .* ~[0-9]+°C .* ~18/24G +~[0-9]+%' "old values are marked"
is "$("$labtop" status --demo)" "$text" "as status does"
like "$("$labtop" gpu --demo)" 'llm-1 +0c:00\.0 .* live .* thermal' "gpu"
like "$("$labtop" gpu --demo)" 'vllm-1 +03:00\.0 .* stale .*~18/24G' "gpu of a silent guest"
is "$("$labtop" gpu --demo --json | query /dev/stdin 'len(d["gpus"])')" 6 "gpu --json"
like "$("$labtop" pci --demo)" 'esx01 +0000:83:00\.0 +1002:66a1 +1 .*active' "pci"
is "$("$labtop" pci --demo --json | query /dev/stdin 'len(d["devices"])')" 34 "pci --json"
like "$("$labtop" engine ls --demo)" 'ollama@llm-1 +mixtral' "engine ls"
unlike "$("$labtop" engine ps --demo)" 'mixtral' "engine ps shows loaded models only"
like "$("$labtop" engine ps --demo)" 'qwen2\.5:32b +loaded .* GPU 62% CPU 38%' "engine ps shows the split"
is "$("$labtop" engine ps ollama@llm-1 --demo --json | query /dev/stdin '[len(e["models"]) for e in d["engines"]]')" "[2]" "engine ps ENGINE --json"
like "$("$labtop" engine show --demo vllm@vllm-1)" 'KV cache' "engine show ENGINE"
like "$("$labtop" engine show --demo ollama@llm-1 qwen2.5:32b)" 'quantised +Q4_K_M' "engine show ENGINE MODEL"
"$labtop" engine show --demo ollama@llm-1 nothing:1b >/dev/null 2>"$work/err"
is "$?" 1 "engine show of a model that is not there: 1"
"$labtop" engine ls --demo nowhere 2>"$work/err"
is "$?" 2 "an engine that is not configured: 2"
like "$(cat "$work/err")" 'nowhere: no target of that name.*; there are: .*vllm@vllm-1' "and it is said, with those that are"

# nothing outside demo/ of the state directory, and that only when it is needed
is "$(find "$XDG_STATE_HOME" -type f ! -path '*/demo/*' 2>/dev/null)" "" "the demo leaves nothing behind"

# watching: again and again until it is told to stop, then in order
"$labtop" gpu --demo --json --watch 100 >"$work/watch" 2>&1 &
pid=$!
wait_for sh -c "[ \$(grep -c '^{' '$work/watch') -ge 3 ]"
kill -TERM $pid
wait $pid
is "$?" 143 "gpu --watch leaves with 128 + TERM"

done_testing
