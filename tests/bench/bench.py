#!/usr/bin/env python3
"""bench.py - what labtop costs, against its budgets (make bench).

usage: bench.py [--build DIR] [--json FILE] [PART...]
parts: screen frames slow steps load sample reading inventory update

Every line is one figure: what was measured, its budget, and whether it holds. Times depend on the machine, so figures that
repeat exactly (bytes, writes, wake-ups) are the ones to trust; the floor program (floor_tui.c: the least that a dashboard of
this kind can cost) is run in the same minutes to compare with. Exit status 1 when a budget is broken.
"""
import argparse
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PEERS = os.path.join(TOP, "tests", "peers")
rows = []


def figure(what, value, unit="", budget=None, note=""):
    """Notes one figure; budget is its upper bound, or None."""
    holds = None if budget is None or value is None else value <= budget
    rows.append({"what": what, "value": value, "unit": unit, "budget": budget, "holds": holds, "note": note})
    shown = "-" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")
    bound = "" if budget is None else f"<= {budget:g}"
    mark = {None: " ", True: "=", False: "!"}[holds]
    print(f"{mark} {what:<58} {shown:>12} {unit:<8} {bound:<12} {note}", flush=True)


def title(text):
    print(f"\n{text}", flush=True)


def meter(*args, command):
    """Runs ptymeter and gives its JSON."""
    cmd = [sys.executable, os.path.join(HERE, "ptymeter"), "--no-keys", *args, "--", *command]
    out = subprocess.run(cmd, capture_output=True, text=True, timeout=300)
    if not out.stdout.strip():
        raise RuntimeError(out.stderr.strip() or "the meter said nothing")
    return json.loads(out.stdout)


def terminal_writes(command, frames):
    """write(2) calls to the terminal per frame, by strace; None without it. The program counts the frames: bursts that the
    meter sees are fewer. Taking the terminal over and giving it back are not frames."""
    if not shutil.which("strace"):
        return None
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
        meter("--seconds", "60", "--warmup", "0.1",
              command=["strace", "-f", "-e", "trace=write,writev", "-o", log.name, *command, "--frames", str(frames)])
        text = log.read()
    calls = re.findall(r'write\(\d+, "\\33', text)
    return (len(calls) - 2) / frames if calls else None


# ---- the screen -------------------------------------------------------------------------------------------------------------

def build_floor(work):
    out = os.path.join(work, "floor_tui")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "ncursesw"], capture_output=True, text=True).stdout.split()
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", out, os.path.join(HERE, "floor_tui.c"), *flags], check=True)
    return out


def part_screen(a, work):
    title("the screen: demo, 1 s refresh (busy console), against the floor program")
    floor = build_floor(work)
    labtop = os.path.join(a.build, "labtop")
    for size in ("80x24", "120x40", "240x67"):
        base = meter("--size", size, "--seconds", "12", "--warmup", "4", "--quit", "q", command=[floor, "-o"])
        got = meter("--size", size, "--seconds", "18", "--warmup", "8", "--type", "2.1,0.37,jkjkjkjkjk", "--quit", "q",
                    command=[labtop, "--demo"])
        main = size == "120x40"
        figure(f"{size} first paint", got["first_paint_ms"], "ms", 12 if main else None, f"floor {base['first_paint_ms']:.1f}")
        figure(f"{size} whole first frame", got["first_frame_ms"], "ms", 20 if main else None)
        figure(f"{size} CPU", got["cpu_pct"], "%", 0.06 if main else None, f"floor {base['cpu_pct']:.3f}")
        figure(f"{size} CPU a frame", got["cpu_ms_per_frame"], "ms", 0.4 if main else None,
               f"floor {base['cpu_ms_per_frame']:.2f}")
        figure(f"{size} bytes a frame", got["bytes_per_frame"], "B", 600 if main else None,
               f"floor {base['bytes_per_frame']:.0f}")
        figure(f"{size} bytes a second", got["bytes_per_s"], "B/s")
        figure(f"{size} wake-ups", got["wakeups_per_s"], "/s", 2.4 if main else None, "one a frame, one a datum received")
        figure(f"{size} key to first byte, median", got["key_ms_median"], "ms", 0.6 if main else None)
        figure(f"{size} key to first byte, p95", got["key_ms_p95"], "ms", 3 if main else None)
        figure(f"{size} memory, RSS", got["rss_peak_kb"] / 1024, "MiB", 16 if main else None, "the libraries alone: 13.5")
        figure(f"{size} memory, PSS", got["pss_kb"] / 1024, "MiB", 10 if main else None)
        figure(f"{size} leaving", got["quit_ms"], "ms", 50 if main else None)
    figure("terminal writes a frame", terminal_writes([labtop, "--demo"], 8), "", 1.2)
    idle = meter("--seconds", "9", "--warmup", "4", "--quit", "q", command=[labtop, "--demo", "--view", "vms"])
    figure("a view in which nothing changes: bytes a second", idle["bytes_per_s"], "B/s", 120, "the clock and ages")


def part_frames(a, work):
    title("instructions a frame (callgrind)")
    if not shutil.which("valgrind"):
        print("  no valgrind: apt-get install valgrind")
        return
    counts = {}
    for n in (100, 300):
        log = os.path.join(work, f"cg.{n}")
        meter("--seconds", "120", "--warmup", "1",
              command=["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}",
                       os.path.join(a.build, "labtop"), "--demo", "--frames", str(n), "--interval", "20"])
        found = re.search(r"Collected : (\d+)", open(log).read())
        counts[n] = int(found.group(1)) if found else None
    if None not in counts.values():
        figure("one frame at 120x40", (counts[300] - counts[100]) / 200 / 1e6, "Minstr", None, "floor 0.75 to 1.0")


def part_steps(a, work):
    title("the longest steps of the UI thread, 10,000 VMs (CPU time)")
    out = subprocess.run([os.path.join(a.build, "tests/bench/steps"), "10000"], capture_output=True, text=True, check=True)
    for line in out.stdout.splitlines():
        worst, median, what = line.split(" ", 2)
        figure(what, float(worst), "ms", 2, f"median {float(median):.2f}")


def part_slow(a, work):
    title("a link of 3,000 bytes a second: the demo, 120x40")
    floor = build_floor(work)
    options = ("--throttle", "3000", "--seconds", "24", "--warmup", "8")
    base = meter(*options, command=[floor, "-o"])
    got = meter(*options, "--type", "10.1,2.37,jkjkj", command=[os.path.join(a.build, "labtop"), "--demo"])
    figure("whole first frame", got["first_frame_ms"] / 1000, "s", 4, f"floor {base['first_frame_ms'] / 1000:.2f}")
    figure("bytes a second, then", got["bytes_per_s"], "B/s", 1500, f"half of the link is for keys; floor {base['bytes_per_s']:.0f}")
    figure("keys unanswered", got["keys_unanswered"], "", 0)


# ---- keys while sources misbehave -------------------------------------------------------------------------------------------

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write_conf(work, text):
    path = os.path.join(work, "bench.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path


def part_load(a, work):
    title("keys while sources hang, drip, and cannot be looked up")
    port = free_port()
    server = subprocess.Popen([sys.executable, os.path.join(HERE, "slow_server.py"), str(port)], stderr=subprocess.DEVNULL)
    try:
        conf = "[lab]\nname = bench\n"
        for i in range(12):
            conf += f"[engine hung{i}]\nurl = http://127.0.0.1:{port}/never\nkind = ollama\n"
        for i in range(4):
            conf += f"[engine full{i}]\nurl = http://127.0.0.1:{port + 1}\n"
        conf += "[engine dead]\nurl = http://does-not-exist.invalid:11434\n"
        conf += f"[vsphere hung]\nurl = https://127.0.0.1:{port}/sdk\nuser = root\n"
        labtop = [os.path.join(a.build, "labtop"), "--config", write_conf(work, conf)]
        got = meter("--seconds", "10", "--warmup", "6", "--type", "1,0.23,6462645964256462", "--quit", "q", command=labtop)
        figure("17 dead sources: key median", got["key_ms_median"], "ms", 0.6)
        figure("17 dead sources: key p95", got["key_ms_p95"], "ms", 3)
        figure("17 dead sources: key worst", got["key_ms_max"], "ms", 20)
        figure("17 dead sources: CPU", got["cpu_pct"], "%", 5)
        figure("17 dead sources: threads", got["threads"], "", 20)
        figure("17 dead sources: leaving", got["quit_ms"], "ms", 50)
        demo = [os.path.join(a.build, "labtop"), "--demo"]
        busy = meter("--seconds", "8", "--warmup", "6", "--burn", "4", "--type", "1,0.23,jkjkjkjkjkjkjkjk", "--quit", "q",
                     command=demo)
        figure("4 busy loops beside it: key p95", busy["key_ms_p95"], "ms", 5)
    finally:
        server.terminate()


# ---- the agent ----------------------------------------------------------------------------------------------------------------

def part_sample(a, work):
    title("the agent: one sample of 4 cards through sysfs")
    tree = os.path.join(work, "tree")
    subprocess.run(["sh", os.path.join(TOP, "tests/fixtures/mi50/mkmi50tree.sh"), "-n", "4", tree], check=True)
    agent = os.path.join(a.build, "labtop-agent")
    cost = {}
    for n in (20, 220):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        p = subprocess.Popen([agent, "--interval", "20", "--no-rocm-smi", "--no-nvml", "--sysfs-root", tree + "/sys"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(n):
            p.stdout.readline()
        p.send_signal(signal.SIGTERM)
        p.wait()
        p.stdout.close()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cost[n] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figure("reading, and writing the line", (cost[220] - cost[20]) / 200 * 1e6, "us", None,
           "reading alone: 150 is the budget; see tests/unit")


# ---- reading -------------------------------------------------------------------------------------------------------------------

def throughput(a, kind, path):
    out = subprocess.run([os.path.join(a.build, "tests/bench/throughput"), kind, path], capture_output=True, text=True)
    if out.returncode:
        raise RuntimeError(out.stderr.strip())
    return float(out.stdout)


def part_reading(a, work):
    title("reading what comes from outside, per CPU second (more is better; wanted: 250 MB/s, 100,000 lines/s of 500 bytes)")
    for options in ([], ["--lean"]):
        xml = os.path.join(work, "answer.xml")
        subprocess.run([sys.executable, os.path.join(HERE, "gen_xml.py"), "20", xml, *options], check=True)
        figure("XML of a property collector" + (", without devices" if options else ""), throughput(a, "xml", xml), "MB/s")
    line = os.path.join(work, "line")
    with open(line, "w", encoding="utf-8") as f:
        f.write('{"seq":7,"mono_ms":1234567,"wall_ms":1767254400000,"gpus":[{"id":"GPU-1","age_ms":3,"state":"live",'
                '"temp_edge_c":61,"temp_junction_c":71.5,"temp_mem_c":68,"power_w":143,"power_cap_w":225,"sclk_mhz":1380,'
                '"mclk_mhz":1000,"voltage_mv":912,"busy_pct":97,"mem_busy_pct":41,"vram_used_bytes":23622320128,'
                '"vram_total_bytes":34342961152,"gtt_used_bytes":14680064,"perf_level":"auto","throttle":[],'
                '"throttle_bits":0}],"procs":[{"pid":1203,"name":"ollama","gpus":{"GPU-1":{"vram_bytes":23085449216}}}]}\n')
    figure("lines of an agent with one card", throughput(a, "lines", line), "lines/s", None, f"{os.path.getsize(line)} bytes each")


# ---- vSphere --------------------------------------------------------------------------------------------------------------------

def start_vcsim(work, *options):
    where = os.path.join(work, "vc")
    out = subprocess.run([os.path.join(PEERS, "vcsim"), "start", "--dir", where, *options], capture_output=True, text=True)
    if out.returncode:
        print("  " + (out.stdout or out.stderr).strip())
        return None, None
    return dict(line.split("=", 1) for line in out.stdout.split("\n") if "=" in line), where


def stop_vcsim(where):
    subprocess.run([os.path.join(PEERS, "vcsim"), "stop", "--dir", where], capture_output=True)


def vsphere_conf(work, vc):
    return write_conf(work, f"[lab]\nname = bench\n[vsphere vc]\nurl = {vc['url']}\nuser = {vc['user']}\n"
                            f"password = {vc['password']}\nthumbprint = {vc['sha256']}\n")


def part_inventory(a, work):
    title("vSphere: inventory over loopback, all in")
    for vms, budget in ((2000, 24), (10000, None)):
        vc, where = start_vcsim(work, "--vms", str(vms))
        if not vc:
            return
        try:
            conf = vsphere_conf(work, vc)
            labtop = os.path.join(a.build, "labtop")
            began = time.monotonic()
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            out = subprocess.run([labtop, "status", "--json", "--wait", "120", "--config", conf], capture_output=True, text=True)
            took = time.monotonic() - began
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            n = len(json.loads(out.stdout)["vms"])
            figure(f"{n:,} VMs: from start to status printed", took, "s", None, "server's own time included")
            figure(f"{n:,} VMs: CPU of labtop", after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "s")
            got = meter("--seconds", "9", "--warmup", "6", "--type", "0.6,0.11,5jjjkkkjjjkkkjjjkkkjjjkkk", "--quit", "q",
                        command=[labtop, "--config", conf])
            figure(f"{n:,} VMs: keys while they arrive, p95", got["key_ms_p95"], "ms", 3)
            figure(f"{n:,} VMs: keys while they arrive, worst", got["key_ms_max"], "ms", 20)
            figure(f"{n:,} VMs: memory of the console, RSS", got["rss_peak_kb"] / 1024, "MiB", budget)
        finally:
            stop_vcsim(where)


def part_update(a, work):
    title("vSphere: a VM is switched off there; seconds until the console shows it")
    vc, where = start_vcsim(work)
    if not vc:
        return
    try:
        script = os.path.join(HERE, "update_time.sh")
        out = subprocess.run([script, os.path.join(a.build, "labtop"), vsphere_conf(work, vc), where], capture_output=True,
                             text=True, timeout=120)
        seconds = [float(s) for s in out.stdout.split()]
        figure("median of %d" % len(seconds), sorted(seconds)[len(seconds) // 2] if seconds else None, "s", 1,
               "the simulator looks for changes every 0.25 s" if seconds else out.stderr.strip()[-80:])
    finally:
        stop_vcsim(where)


PARTS = {"screen": part_screen, "frames": part_frames, "slow": part_slow, "steps": part_steps, "load": part_load, "sample": part_sample,
         "reading": part_reading, "inventory": part_inventory, "update": part_update}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--build", default=os.path.join(TOP, "build"))
    ap.add_argument("--json", metavar="FILE", help="also write the figures there")
    ap.add_argument("part", nargs="*", metavar="PART", help=", ".join(PARTS))
    a = ap.parse_args()
    a.build = os.path.abspath(a.build)
    unknown = [p for p in a.part if p not in PARTS]
    if unknown:
        ap.error(f"no part {unknown[0]}; there are {', '.join(PARTS)}")
    os.environ.update(LC_ALL="C.UTF-8", TZ="UTC")
    with tempfile.TemporaryDirectory(prefix="labtop-bench-") as work:
        os.environ["LABTOP_STATE"] = os.path.join(work, "state")
        for name in a.part or PARTS:
            try:
                PARTS[name](a, work)
            except (RuntimeError, subprocess.SubprocessError, OSError, ValueError, KeyError) as e:
                print(f"! {name}: {e}")
                rows.append({"what": name, "holds": False, "note": str(e)})
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump(rows, f, indent=1)
    broken = [r["what"] for r in rows if r["holds"] is False]
    print(f"\n{len(rows)} figures, {len(broken)} over budget" + (": " + ", ".join(broken) if broken else ""))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
