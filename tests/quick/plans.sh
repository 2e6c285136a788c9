#!/bin/bash
# plans.sh - plans from the command line, on the built-in lab: made, shown, agreed to, carried out, cut off, gone on with,
# taken back; and every file that must not be acted on.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

export LABTOP_STATE=$work/state
plan=$work/plan.json
journals() { ls "$LABTOP_STATE"/demo/plans 2>/dev/null; }
the_journal() { echo "$LABTOP_STATE/demo/plans/$(journals | tail -n 1)"; }
# run WORDS…: $status, $out, $said
run() {
	status=0
	out=$("$labtop" "$@" 2>"$work/err") || status=$?
	said=$(cat "$work/err")
}
# count EVENT: lines of it in the journal
count() { grep -c "\"ev\":\"$1\"" "$(the_journal)"; }
gpu_vm=(plan gpu-vm --demo vm=new-llm gpu=all host=esx01)

# ---- made
run "${gpu_vm[@]}" -o "$plan"
is "$status" 0 "plan: good"
like "$out" '^new-llm: GPU VM with .*13 to do, 2 already done.*s1 +llm-1 +Shut down guest +on +off +VM off +ready' "it begins by shutting llm-1 down"
like "$out" 'Disrupts llm-1, new-llm: apply wants --confirm' "and says who is disrupted"
is "$(journals)" "" "and nothing was begun"
run "${gpu_vm[@]}" --json
is "$out" "$(cat "$plan")" "the same words: the same plan, byte for byte, in a file and on the output"
run plan gpu-vm --demo
like "$out" 'vm +the VM that gets the cards' "without answers the questions are printed"
run plan gpu-wm --demo vm=x
is "$status" 2 "an unknown wizard: 2"
like "$said" 'no such wizard; did you mean gpu-vm\?' "with the nearest"
run plan passthrough --demo host=esx02 device=17:00.0 state=off
is "$status" 1 "a device in use: the answer is no"
like "$said" 'vllm-1 has it and is on$' "with the reason, and no hint beside it"

# ---- agreed to
run apply --demo "$plan"
is "$status" 1 "without consent: 1"
run apply --demo "$plan" --yes
is "$status" 1 "--yes alone: 1"
like "$said" '--confirm llm-1 --confirm new-llm' "and names what wants a name"
run apply --demo "$plan" --yes --confirm llm-1
like "$said" 'wants --confirm new-llm$' "one name is not two"
run apply --demo "$plan" --yes --confirm llm --confirm new-llm
is "$status" 1 "half a name is none"
run apply --demo "$plan" --dry-run
is "$status" 0 "a dry run shows it"
like "$out" 'Power on +off +on' "and needs no consent"
is "$(journals)" "" "nothing of that began a journal"
run apply "$plan" --yes --confirm llm-1 --confirm new-llm
is "$status" 2 "a demo plan without --demo is refused"
like "$said" 'made for the built-in lab' "and says why"

# ---- carried out
run apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm
is "$status" 0 "apply: good"
is "$(grep -c ': verified' <<<"$out")" 13 "13 steps verified"
is "$(grep -c ': skipped: already done' <<<"$out")" 2 "2 found done"
like "$out" 's1 +llm-1: Shut down guest on → off: verified.*s15 new-llm: Power on off → on: verified.*: done' "in their order"
is "$(stat -c %a "$(the_journal)")" 600 "the journal is its owner's"
is "$(count intent) $(count sent) $(count verified) $(count already) $(count end)" "13 13 13 2 1" "and has a line for everything"
run apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm
is "$status" 1 "once more: refused"
like "$said" 'this plan was begun already' "because it was begun"
run plans --demo
like "$out" ' done +15/15 +new-llm: GPU VM' "plans lists it"
run resume --demo
is "$status,$out" "0,Nothing to resume." "and there is nothing to resume"
run plan power --demo vm=llm-1 state=on -o "$work/on.json"
run apply --demo "$work/on.json" --yes
like "$out" 'already done, all 1 steps; nothing was sent' "what is so already is said, and nothing sent"

# ---- taken back
id=$(basename "$(the_journal)" .jsonl)
run plans --demo undo "$id" --yes
is "$status" 0 "undo: good"
like "$out" 's15 new-llm: Shut down guest on → off: taken back.*s1  llm-1: Power on off → on: taken back' "last first"
is "$(count undone)" 12 "all that can be taken back"
run plans --demo show "$id"
like "$out" 's2 +new-llm +Delete all snapshots.*verified' "snapshots stay deleted"
like "$out" 's3 +new-llm +Firmware +bios +efi +taken back' "the firmware does not"

# ---- cut off, at whatever step, and gone on with
for after in 1 4 9; do
	rm -rf "$LABTOP_STATE"
	"$labtop" apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm >"$work/cut" 2>&1 &
	pid=$!
	some_verified() { [ "$(count verified)" -ge "$after" ]; }
	wait_for some_verified
	kill -9 $pid
	wait $pid 2>/dev/null
	run resume --demo
	is "$status" 0 "killed after $after: resume is good"
	like "$out" ': done' "killed after $after: and comes to the end"
	is "$(python3 - "$(the_journal)" <<-'PY'
		import collections, json, sys
		seen = collections.Counter()
		for line in open(sys.argv[1]):
		    line = json.loads(line)
		    if line["ev"] in ("verified", "already"):
		        seen[line["step"]] += 1
		print(len(seen), max(seen.values()))
	PY
	)" "15 1" "killed after $after: every step once"
done

# ---- stopped by a signal: the step under way is finished and noted
rm -rf "$LABTOP_STATE"
"$labtop" apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm >"$work/cut" 2>"$work/err" &
pid=$!
after=2
wait_for some_verified
kill -TERM $pid
wait $pid
is "$?" 143 "TERM: 128 + the signal"
like "$(cat "$work/err")" 'stopping after this step' "TERM: said"
is "$(count intent)" "$(count verified)" "TERM: nothing is left half done"
like "$(tail -n 1 "$(the_journal)")" '"ev":"end","state":"stopped"' "TERM: the journal says so"
screen_open left 100 30 env LABTOP_STATE="$LABTOP_STATE" "$labtop" --demo
ok_if "TERM: the console announces it" screen_wait left 'A plan was cut off; labtop resume goes on with it: new-llm: GPU VM'
screen_close left
run resume --demo
is "$status" 0 "TERM: resume goes on"
is "$(count verified)" 13 "TERM: to the end"

# ---- as events
rm -rf "$LABTOP_STATE"
run apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm --json
is "$(python3 -c 'import json, sys
lines = [json.loads(l) for l in sys.stdin]
print(lines[-1]["state"], len({l.get("step") for l in lines}) - 1)' <<<"$out")" "done 15" "--json: an event a line"

# ---- what must not be acted on
bad() { # bad WHAT ERE: $work/bad.json is refused, and nothing begins
	rm -rf "$LABTOP_STATE"
	run apply --demo "$work/bad.json" --yes --confirm llm-1 --confirm new-llm
	is "$status" 2 "$1: 2"
	like "$said" "$2" "$1: says so"
	is "$(journals)" "" "$1: nothing was begun"
}
sed 's/"after": "efi"/"after": "bios"/' "$plan" >"$work/bad.json"
bad "an edited plan" 'changed after it was made'
head -c 900 "$plan" >"$work/bad.json"
bad "a plan cut off" 'no plan|JSON'
sed 's/"labtop-plan": 1/"labtop-plan": 7/' "$plan" >"$work/bad.json"
bad "a newer plan" 'a newer labtop made it'
echo '[1, 2]' >"$work/bad.json"
bad "no plan at all" '"labtop-plan" is missing'
run apply --demo "$work/nowhere.json" --yes
like "$said" 'nowhere\.json: No such file' "a file that is not there"

rm -rf "$LABTOP_STATE"
"$labtop" apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm >"$work/cut" 2>&1 &
pid=$!
after=2
wait_for some_verified
kill -9 $pid
wait $pid 2>/dev/null
cp "$(the_journal)" "$work/journal"
python3 - "$(the_journal)" <<'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)
PY
run plans --demo
like "$out" 'not usable +.*its sum is wrong' "a journal with a bit flipped is listed as what it is"
run resume --demo "$(basename "$(the_journal)" .jsonl)"
is "$status" 5 "and not gone on with"
like "$said" 'its sum is wrong' "says why"
cp "$work/journal" "$(the_journal)"
printf '{"v":1,"n":' >>"$(the_journal)"
run resume --demo
is "$status" 0 "a torn last line is cut off, and the plan goes on"
run plans --demo forget "$(basename "$(the_journal)" .jsonl)"
is "$status" 0 "a plan can be forgotten"
run plans --demo
like "$out" 'forgotten' "and is told so"
run plans --demo show p-nowhere
like "$said" 'no such plan was begun here' "a plan that is not there"
run plans --demo shwo x
is "$status" 2 "an unknown word: 2"

# ---- a journal that cannot be written
rm -rf "$LABTOP_STATE"
mkdir -p "$LABTOP_STATE/demo"
: >"$LABTOP_STATE/demo/plans"
run apply --demo "$plan" --yes --confirm llm-1 --confirm new-llm
is "$status" 1 "no place for a journal: 1"
like "$said" 'not done, since it could not be noted' "and nothing is done"

done_testing
