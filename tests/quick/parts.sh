#!/bin/bash
# parts.sh - MIG instances and SR-IOV functions from the agent to JSON and screen: rows of their own under their card.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
[ -x "$labtop_agent" ] || skip_all "built without the agent"

# two cards of NVML's stand-in, the first one in two instances; an MI50 with a function
mi50_tree "$work/tree" 4210aabb-ccdd-eeff-0011-223344556677 00:50:56:aa:00:01 -n 2 -m 32
ln -s ../../0000:00:15.0/0000:03:00.0 "$work/tree/sys/class/drm/card1/device/physfn"
printf '[guest here]\nssh = local\ninterval = 1h\nagent = env LABTOP_NVML=%s FAKE_GPUS=2 FAKE_MIG=1 %s --sysfs-root %s/sys --no-rocm-smi\n' \
	"$PWD/tests/stubs/fake_nvml.so" "$labtop_agent" "$work/tree" >"$work/conf"

# query EXPRESSION of the parsed JSON d
query() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/status.json" "$1"; }
"$labtop" status --json --config "$work/conf" >"$work/status.json"
is "$?" 0 "the lab is read"
is "$(query '[(g["id"], g["kind"], g["parent"]) for g in d["gpus"] if g["id"].startswith(("GPU", "MIG"))]')" \
	"[('GPU-fake-0', 'gpu', None), ('MIG-fake-0-0', 'mig', 'GPU-fake-0'), ('MIG-fake-0-1', 'mig', 'GPU-fake-0'), ('GPU-fake-1', 'gpu', None)]" \
	"instances are GPUs that name their card"
is "$(query '[g["vram_total_bytes"] >> 30 for g in d["gpus"] if g["kind"] == "mig"]')" "[8, 8]" "with their own memory"
is "$(query '[(g["gpu_instance"], g["compute_instance"]) for g in d["gpus"] if g["kind"] == "mig"]')" "[(1, 0), (2, 0)]" "their own numbers"
is "$(query '[g["temp_edge_c"] for g in d["gpus"] if g["kind"] == "mig"]')" "[None, None]" "and not with the card's temperature"
is "$(query '[(g["kind"], [p["kind"] for p in d["gpus"] if p["id"] == g["parent"]]) for g in d["gpus"] if g["kind"] == "vf"]')" \
	"[('vf', ['gpu'])]" "so is a function"
is "$(query '[(r["part"], r["gpu"]) for r in d["rows"] if r["gpu"].startswith(("GPU", "MIG"))]')" \
	"[(False, 'GPU-fake-0'), (True, 'MIG-fake-0-0'), (True, 'MIG-fake-0-1'), (False, 'GPU-fake-1')]" "each is a row, below its card"
is "$(query '[r["part"] for r in d["rows"] if r["gpu"] == [g["id"] for g in d["gpus"] if g["kind"] == "vf"][0]]')" "[True]" "the function, too"

for view in overview gpus; do
	frame=$("$labtop" snapshot --config "$work/conf" --view $view --size 120x30)
	is "$(grep -c '└ [12] 3g\.40gb' <<<"$frame")" 2 "$view: two instances"
	like "$frame" $' 0a:00\\.0 [^\n]*\n[^\n]*└ 1 3g\\.40gb[^\n]*/8G[^\n]*\n[^\n]*└ 2 3g\\.40gb[^\n]*\n[^\n]* 0b:00\\.0 ' "$view: below their card, by their numbers"
	like "$frame" $'MI50 03:00\\.0[^\n]*\n[^\n]*└ ' "$view: a function below its card"
done

done_testing
