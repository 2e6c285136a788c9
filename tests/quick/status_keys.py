"""status_keys.py FILE: the keys of `labtop status --json` that other programs rely on (design.md, Command line)."""
import json
import sys

KEYS = {
    "sources": "name kind state age_ms reason partial",
    "hosts": "name version state numa_nodes sensors partial",
    "hosts.sensors": "name type value unit",
    "devices": "host bdf vendor_id device_id name class numa_node passthrough vm sriov physical physical_guessed",
    "vms": "name moref host power uuid memory_mb memory_reserved_mb firmware cpu_hot_add vcpus snapshots devices partial",
    "datastores": "name type volume capacity_bytes free_bytes accessible source stale partial",
    "vms.devices": "key kind bdf profile slot",
    "guests": "name uuid transport hostname",
    "gpus": "id parent guest bdf name state temp_edge_c temp_junction_c temp_mem_c sclk_mhz mclk_mhz vram_total_bytes "
            "vram_used_bytes power_w power_cap_w busy_pct throttle processes source",
    "gpus.processes": "pid name vram_bytes",
    "engines": "name kind url state version models tokens_per_second queue kv_used_pct kv_estimated note",
    "engines.models": "name size_bytes loaded vram_bytes",
    "rows": "host host_bdf vm guest guest_bdf gpu temp_junction_c engine models match kind part parent_bdf parent_gpu "
            "passthrough",
    "findings": "id severity outcome subject text evidence fix since",
}
WORDS = {
    ("sources", "state"): "connecting live stale down off",
    ("vms.devices", "kind"): "fixed dynamic sriov vgpu",
    ("guests", "transport"): "local ssh shell",
    ("rows", "match"): "slot order guess none",
    ("rows", "kind"): "gpu vgpu mig vf",
    ("findings", "severity"): "block warn advice info",
    ("findings", "outcome"): "hit unknown",
}
STATES = "unavailable available enable-pending active disable-pending stale".split()
problems = []


def check(path, objects):
    for thing in objects:
        for key in KEYS[path].split():
            if key not in thing:
                problems.append(f"{path}: no {key}")
            elif (path, key) in WORDS and thing[key] not in WORDS[path, key].split():
                problems.append(f"{path}.{key}: {thing[key]!r}")
        for key, value in thing.items():
            if isinstance(value, list) and f"{path}.{key}" in KEYS:
                check(f"{path}.{key}", value)


lab = json.load(open(sys.argv[1], encoding="utf-8"))
for key in "name demo at".split():
    if key not in lab["lab"]:
        problems.append(f"lab: no {key}")
for path in KEYS:
    if "." not in path:
        if not isinstance(lab.get(path), list):
            problems.append(f"no {path}")
        else:
            check(path, lab[path])
for device in lab["devices"]:
    p = device["passthrough"]
    if not {"capable", "enabled", "active", "state"} <= p.keys() or p["state"] not in STATES + [None]:
        problems.append(f"device {device['bdf']}: passthrough {p}")
for gpu in lab["gpus"]:
    if not {"name", "age_ms", "origin"} <= gpu["source"].keys():
        problems.append(f"gpu {gpu['id']}: source {gpu['source']}")
print("\n".join(sorted(set(problems))))
sys.exit(bool(problems))
