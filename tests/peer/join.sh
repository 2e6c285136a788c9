#!/bin/bash
# join.sh - the main promise on real parts, all at once: a vSphere server whose host owns four MI50 and whose VM holds them,
# the agent over a real sshd reading the fabricated cards through the real ROCm SMI library, and real engine servers. One
# row tells host, device, VM, guest, temperature and model; the same row stands on the screen.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

uuid=4210aabb-ccdd-eeff-0011-223344556677 mac=00:50:56:aa:00:01
start_peer vc vcsim --llm-uuid "$uuid" --llm-mac "$mac"
start_peer guest sshd
start_peer ollama ollama
start_peer vllm vllm-sim --model labtop/tiny
mi50_tree "$work/tree" "$uuid" "$mac" -n 4 -m 32
tiny_gguf "$work/chain.gguf"
ok_if "a model is made and loaded" eval 'peer ollama create tiny "$work/chain.gguf" && peer ollama load tiny'

# The tree's compute process becomes the engine's: the agent looks real processes up by their number.
runner=$(pgrep -f 'ollama runner' | head -n 1)
for process in "$work"/tree/sys/class/kfd/kfd/proc/*; do
	mv "$process" "${process%/*}/$runner"
	break
done

mkdir -p "$XDG_CONFIG_HOME/labtop" "$work/state"
export LABTOP_STATE=$work/state
conf=$work/labtop.conf
cat >"$conf" <<EOF
[lab]
name = proof
$(vsphere_section)
[guest llm-1]
ssh = guest
ssh-config = $guest_config
agent = $top_srcdir/tests/peers/mi50-agent.sh $work/tree $labtop_agent
interval = 10s
[engine ollama]
url = $ollama_url
guest = llm-1
[engine vllm]
url = $vllm_url
EOF
chmod 600 "$conf"

"$labtop" status --json --wait 30 --config "$conf" >"$work/status.json" 2>"$work/status.err"
is $? 0 "status ends well"
diag <"$work/status.err"

check() { # WHAT PYTHON-EXPRESSION over lab (the whole object) and row (the first card's)
	ok_if "$1" python3 - "$work/status.json" "$2" <<'PY'
import json, sys
lab = json.load(open(sys.argv[1]))
rows = [r for r in lab["rows"] if r["host_bdf"] == "0000:03:00.0" and r["host"] == "esx01"]
assert len(rows) == 1, "rows: %s" % json.dumps(lab["rows"], indent=1)
row = rows[0]
gpus = {g["id"]: g for g in lab["gpus"]}
value = eval(sys.argv[2])
assert value, "%s is not so in %s" % (sys.argv[2], json.dumps(row, indent=1))
PY
}
check "one row has the host's device" 'row["host"] == "esx01" and row["host_bdf"] == "0000:03:00.0"'
check "and the VM that owns it" 'row["vm"] == "llm-1"'
check "and the guest" 'row["guest"] == "llm-1" and row["guest_bdf"]'
check "matched by the slot number" 'row["match"] == "slot"'
check "with the junction temperature" 'row["temp_junction_c"] == 84.0'
check "that the real ROCm SMI library told" \
	'gpus[row["gpu"]]["temp_junction_c"] == 84.0 and "rocm-smi" in gpus[row["gpu"]]["source"]["origin"]'
check "and the model that fills it" 'any("tiny" in m for m in row["models"]) and row["engine"] == "ollama"'
check "all four cards are matched each to its own" \
	'sorted(r["host_bdf"][5:7] for r in lab["rows"] if r["vm"] == "llm-1" and r["match"] == "slot") == ["03", "43", "83", "c3"]'
check "no two rows share a guest card" \
	'len({r["guest_bdf"] for r in lab["rows"] if r["vm"] == "llm-1"}) == 4'
check "the other engine is there as well" 'any(e["kind"] == "vllm" and e["state"] for e in lab["engines"])'
check "every source is live" 'all(s["state"] == "live" for s in lab["sources"])'

screen_open console 140 40 bash -c '"$1" --config "$2"; echo "left with $?"; read -r' - "$labtop" "$conf"
ok_if "the same row stands on the screen" screen_wait console 'MI50 03:00\.0 +llm-1 .*84°C.*tiny'
screen_keys console 2
ok_if "and in the table of GPUs" screen_wait console 'MI50 03:00\.0 +llm-1 .*slot +84°C'
screen_keys console q
ok_if "q leaves" screen_wait console 'left with 0'
done_testing
