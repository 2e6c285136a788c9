"""keys.py - every value that an agent sends comes out of `labtop status --json`, so that a new one cannot be lost silently."""
import json
import os
import subprocess

from stream import BUILD, SOURCE, WORK, main, write

RECORDING = SOURCE + "/tests/data/agent/full.jsonl"

# What is of the stream and not of the machine, and what is told in other words.
OF_THE_STREAM = {"labtop-agent", "pid", "seq", "mono_ms", "wall_ms", "guest", "gpus", "procs"}
INTERVAL_MS = 3600000  # what the recording tells once is not to be old when it is shown
OTHERWISE = {"limits": "beside the metrics", "age_ms": "as source.age_ms, which grows"}


def recording():
    with open(RECORDING, encoding="utf-8") as f:
        hello, sample = [json.loads(line) for line in f][:2]
    return hello, sample


def status():
    script = WORK + "/agent"
    with open(RECORDING, encoding="utf-8") as f:
        write(WORK + "/lines", "".join(f.readlines()[:2]).replace('"interval_ms":1000', '"interval_ms":%d' % INTERVAL_MS))
    write(script, "#!/bin/sh\ncat '%s/lines'\nexec sleep 100\n" % WORK)
    os.chmod(script, 0o755)
    write(WORK + "/labtop.conf", "[lab]\nname = t\n[guest g]\nssh = local\nagent = %s\n" % script)
    os.chmod(WORK + "/labtop.conf", 0o600)
    out = subprocess.run([BUILD + "/labtop", "--config", WORK + "/labtop.conf", "status", "--json"], check=False,
                         capture_output=True, timeout=120, env={**os.environ, "LABTOP_STATE": WORK + "/state"})
    return json.loads(out.stdout)


def lost(what, told, shown):
    """Keys of told that shown lacks or has another value for."""
    return ["%s.%s: told %r, shown %r" % (what, key, value, shown.get(key, "nothing")) for key, value in told.items()
            if key not in OF_THE_STREAM and key not in OTHERWISE and value not in ("", shown.get(key))
            and not (value == [] and key in shown)]


def test_every_key():
    """each key of the recorded hello and sample, with its value"""
    hello, sample = recording()
    lab = status()
    guest = next(g for g in lab["guests"] if g["name"] == "g")
    gpus = {g["id"]: g for g in lab["gpus"]}
    hello["interval_ms"] = INTERVAL_MS
    problems = lost("hello", hello, {**guest, "libraries": [{k: v or "" for k, v in entry.items()} for entry in guest["libraries"]]})
    problems += lost("guest", hello["guest"], guest)
    problems += lost("sample", sample, guest)
    for told in hello["gpus"]:
        problems += lost("gpu", told, gpus[told["id"]])
        problems += lost("limits", told.get("limits", {}), gpus[told["id"]])
    for told in sample["gpus"]:
        bad = told.get("err", {})
        problems += lost("sample of a gpu", {k: v for k, v in told.items() if k not in bad}, gpus[told["id"]])
    for told in sample["procs"]:
        for gpu, use in told["gpus"].items():
            shown = next((p for p in gpus[gpu]["processes"] if p["pid"] == told["pid"]), {})
            problems += lost("process", told, shown) + lost("use", use, shown)
    assert not problems, "\n".join(problems)


def test_on_the_page():
    """the page of a card names its library, or says why there is none, and shows mounts and processes"""
    hello, sample = recording()
    status()
    for reason in "", "too old for this card":
        hello["interval_ms"] = INTERVAL_MS
        hello["libraries"][0].update(version="" if reason else "5.0.0", state="off" if reason else "live", reason=reason)
        write(WORK + "/lines", json.dumps(hello) + "\n" + json.dumps(sample) + "\n")
        shown = ""
        for keys in "", "i":
            shown += subprocess.run([BUILD + "/labtop", "--config", WORK + "/labtop.conf", "snapshot", "--view", "gpu",
                                     "--size", "160x50"] + (["--keys", keys] if keys else []), check=False,
                                    capture_output=True, text=True, timeout=120,
                                    env={**os.environ, "LABTOP_STATE": WORK + "/state"}).stdout
        for word in (reason or "5.0.0", "113-D1631400-X11", "gfx906", "17f4a0b1c2d3e4f5", "692204000001", "/models", "nas:/models",
                     "job, ", "/usr/bin/ollama runner --model /m/tiny.gguf"):
            assert word in shown, "%s is not shown:\n%s" % (word, shown)


def test_recording_is_whole():
    """the recording has every metric and limit that the agent's sources name"""
    hello, sample = recording()
    with open(SOURCE + "/lab/metric.c", encoding="utf-8") as f:
        keys = [line.split('"')[1] for line in f if line.startswith(("\t[M_", "\t[LIM_"))]
    assert len(keys) > 30, keys
    known = set().union(*sample["gpus"], *(g.get("limits", {}) for g in hello["gpus"]))
    assert not set(keys) - known, set(keys) - known


if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
