"""probe.py - the shell probe in the shells that guests have, on fabricated machines: it tells what the agent tells, leaves out
what it cannot know, and hangs with nothing."""
import json
import os
import shutil
import subprocess
import time

from stream import LIMIT_S, SOURCE, Skip, WORK, card, equal, holds, hwmon, main, once, tree, write

SHELLS = (("dash", ["dash"]), ("bash", ["bash"]), ("busybox", ["busybox", "sh"]))
PROBE = SOURCE + "/backends/guest/probe.sh"
STAT = "%d (%s) S 7 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 500 1 1\n"
FAKE_DF = """#!/bin/sh
for target; do :; done
echo "$target" >>"%(work)s/asked"
while [ "$target" = /dead ] && [ -e "%(work)s/hang" ]; do sleep 0.2; done
printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\nme@nas:/a b 1000 600 400 60%%%% %%s\\n' "$target"
"""


def proc(mounts="", count=[0]):
    count[0] += 1
    root = WORK + "/probe-proc%d" % count[0]
    os.makedirs(root + "/41000")
    write(root + "/41000/stat", STAT % (41000, "a (b) \"c"))
    write(root + "/41000/cgroup", "0::/system.slice/ollama.service\n")
    write(root + "/meminfo", "MemTotal: 1024 kB\n")
    write(root + "/mounts", mounts)
    os.symlink("/proc/uptime", root + "/uptime")
    return root


class Probe:
    """A probe that runs in a shell, its script on stdin as the console gives it."""

    def __init__(self, words, root, proc_root, path=None, user=None):
        self.process = subprocess.Popen(
            [*words, "-s", "1000", root + "/sys", proc_root], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, user=user, env={**os.environ, "TMPDIR": WORK, **({"PATH": path} if path else {})})
        with open(PROBE, "rb") as f:
            self.process.stdin.write(f.read())
        self.process.stdin.close()
        self.hello = self.line()
        assert self.hello["labtop-agent"] == 1

    def line(self):
        text = self.process.stdout.readline()
        assert text, "the probe ended: %s" % self.process.stderr.read().decode()
        return json.loads(text, object_pairs_hook=no_duplicates)

    def wait(self, what, condition):
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            line = self.line()
            if condition(line):
                return line
        raise AssertionError("never came: " + what)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()
        words = self.process.stderr.read().decode()
        self.process.stderr.close()
        if not any(unused):
            equal(words, "", "words on stderr")


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key twice: %s" % keys
    return dict(pairs)


def shells():
    found = [(name, words) for name, words in SHELLS if shutil.which(words[0])]
    missing = [name for name, words in SHELLS if not shutil.which(words[0])]
    if missing and os.environ.get("LABTOP_STRICT"):
        raise AssertionError("no %s: apt-get install it" % ", ".join(missing))
    if not found:
        raise Skip("none of dash, bash, busybox")
    return found


def test_as_the_agent():
    """what the probe and the agent both tell of a card is the same"""
    root = tree("-n", "2", "-s", "hot")
    hello, sample = once(root=root)
    for name, words in shells():
        with Probe(words, root, proc()) as probe:
            got = probe.line()
            for key in ("unique_id", "bdf"):
                equal([g[key] for g in probe.hello["gpus"]], [g[key] for g in hello["gpus"]])
            for mine, theirs in zip(got["gpus"], sample["gpus"]):
                for key in set(mine) & set(theirs) - {"id"}:
                    equal(mine[key], theirs[key], "%s of %s" % (key, name))
                for key in ("throttle", "throttle_bits", "temp_junction_c", "temp_vrgfx_c", "temp_vrmem_c", "power_w",
                            "vram_used_bytes", "pcie_gen"):
                    assert key in mine, "%s: no %s" % (name, key)
            holds(got["gpus"][0], throttle=["thermal"], throttle_bits=4, err=None)


def test_processes():
    """who holds VRAM on which card, with name, parent, start and unit; none told where the driver is not up"""
    root = tree("-n", "2", "-p", "1")
    hello, sample = once(root=root)
    bdf = {g["id"]: g["bdf"] for g in hello["gpus"]}
    want = {p["pid"]: {bdf[gpu]: use["vram_bytes"] for gpu, use in p["gpus"].items()} for p in sample["procs"]}
    for name, words in shells():
        with Probe(words, root, proc()) as probe:
            procs = probe.line()["procs"]
            equal({p["pid"]: {gpu: use["vram_bytes"] for gpu, use in p["gpus"].items()} for p in procs}, want, name)
            holds(procs[0], pid=41000, ppid=7, name="a (b) \"c", unit="ollama.service")
            assert procs[0]["start_ms"] > 0
    bare = tree()
    shutil.rmtree(bare + "/sys/devices/virtual/kfd")
    for name, words in shells():
        with Probe(words, bare, proc()) as probe:
            assert "procs" not in probe.line(), name


def test_mounts():
    """network mounts with their space; a server that does not answer holds up nothing and is asked once"""
    path = WORK + "/bin:" + os.environ["PATH"]
    os.makedirs(WORK + "/bin", exist_ok=True)
    write(WORK + "/bin/df", FAKE_DF % {"work": WORK})
    os.chmod(WORK + "/bin/df", 0o755)
    for name, words in shells():
        write(WORK + "/hang", "")
        write(WORK + "/asked", "")
        root_proc = proc("nas:/a /live nfs4 rw 0 0\nme@nas:/x\\040y /dead fuse.sshfs rw 0 0\n/dev/sda1 / ext4 rw 0 0\n")
        try:
            with Probe(words, tree(), root_proc, path) as probe:
                line = probe.wait("an answer", lambda o: any("free_bytes" in m for m in o.get("mounts", [])))
                live, dead = line["mounts"]
                holds(live, source="nas:/a", target="/live", fstype="nfs4", total_bytes=1024000, free_bytes=409600)
                holds(dead, source="me@nas:/x y", target="/dead", fstype="fuse.sshfs", total_bytes=None)
                assert dead["age_ms"] > 0, "asked since the first line, and not answered"
                with open(WORK + "/asked", encoding="utf-8") as f:
                    equal(f.read().split().count("/dead"), 1, name)
        finally:
            os.unlink(WORK + "/hang")
        left = [entry for entry in os.listdir(WORK) if entry.startswith("labtop-probe")]
        equal(left, [], "left behind by " + name)


def test_denied():
    """what only root may read is denied, what is no number is bad, and neither is told as a value"""
    if os.geteuid() != 0:
        raise Skip("not root: cannot become another user")
    root = tree("-g", "none")
    os.chmod(hwmon(root) + "/power1_average", 0)
    os.chmod(card(root) + "/mem_busy_percent", 0)
    write(card(root) + "/gpu_busy_percent", "garbage\n")
    for name, words in shells():
        with Probe(words, root, proc(), user=65534) as probe:
            g = probe.line()["gpus"][0]
            equal(g["err"], {"power_w": "denied", "mem_busy_pct": "denied", "busy_pct": "bad"}, name)
            holds(g, power_w=None, mem_busy_pct=None, busy_pct=None, throttle=None, temp_junction_c=84)


if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
