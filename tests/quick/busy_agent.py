#!/usr/bin/env python3
"""busy_agent.py CARDS HERTZ NAME - a guest's agent with so many cards that tells so often, until nobody reads it."""
import json
import os
import sys
import time

cards, hertz, name = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
ids = [f"{name}-{i}" for i in range(cards)]
hello = {
    "labtop-agent": 1, "version": "9", "interval_ms": int(1000 / hertz),
    "guest": {"hostname": name},
    "gpus": [{"id": id, "kind": "gpu", "bdf": f"0000:{i + 3:02x}:00.0", "vendor_id": "1002", "device_id": "66a1",
              "name": "Instinct MI50"} for i, id in enumerate(ids)],
}


def tell(line):
    os.write(1, (json.dumps(line) + "\n").encode())


tell(hello)
seq = 0
while True:
    seq += 1
    now = time.monotonic()
    tell({"seq": seq, "mono_ms": int(now * 1000), "wall_ms": int(time.time() * 1000),
          "gpus": [{"id": id, "state": "live", "age_ms": 0, "temp_edge_c": 50 + seq % 20, "temp_junction_c": 60 + (seq + i) % 20,
                    "sclk_mhz": 1700, "mclk_mhz": 1000, "vram_total_bytes": 34342961152, "vram_used_bytes": 1000000000 + seq,
                    "power_w": 150 + seq % 50, "power_cap_w": 225, "busy_pct": seq % 100, "fan_rpm": 3000, "throttle": []}
                   for i, id in enumerate(ids)],
          "procs": [{"pid": 100 + i, "ppid": 1, "start_ms": 1, "name": "server", "cmdline": "server",
                     "gpus": {id: {"vram_bytes": 1000000000}}} for i, id in enumerate(ids)]})
    time.sleep(max(0, now + 1 / hertz - time.monotonic()))
