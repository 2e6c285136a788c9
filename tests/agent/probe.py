"""probe.py - the shell probe in the shells that guests have, on fabricated machines: it tells what the agent tells, leaves out
what it cannot know, and hangs with nothing."""
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import tempfile
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


def proc(mounts=""):
    root = tempfile.mkdtemp(prefix="probe-proc", dir=WORK)
    os.chmod(root, 0o755)
    os.makedirs(root + "/41000")
    write(root + "/41000/stat", STAT % (41000, "a (b) \"c"))
    write(root + "/41000/cgroup", "0::/system.slice/ollama.service\n")
    write(root + "/meminfo", "MemTotal: 1024 kB\n")
    write(root + "/mounts", mounts)
    os.symlink("/proc/uptime", root + "/uptime")
    return root


class Probe:
    """A probe that runs in a shell, its script on stdin as the console gives it."""

    def __init__(self, words, root, proc_root, path=None, user=None, edits=()):
        self.process = subprocess.Popen(
            [*words, "-s", "1000", root + "/sys", proc_root], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, user=user, start_new_session=True, env={**os.environ, "TMPDIR": WORK, **({"PATH": path} if path else {})})
        with open(PROBE, encoding="utf-8") as f:
            script = f.read()
        for before, after in edits:
            assert before in script, before
            script = script.replace(before, after)
        self.process.stdin.write(script.encode())
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
        os.killpg(self.process.pid, signal.SIGTERM)  # as the console ends it: with what it runs
        self.process.wait(LIMIT_S)
        self.process.stdout.close()
        words = self.process.stderr.read().decode().replace("Terminated\n", "")  # dash says so of its sleep
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


def in_each_shell(test):
    """all at once: they wait more than they work"""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for running in [pool.submit(test, name, words) for name, words in shells()]:
            running.result()


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


# Cards by their number; says WORDS before the rows; hangs while there is a file hang; notes each question.
FAKE_SMI = """#!/bin/sh
echo "$1" >>"%(place)s/asked"
[ ! -e "%(place)s/hang" ] || exec sleep 1000
%(words)s
case $1 in
*uuid,pci*) %(facts)s ;;
*) %(values)s ;;
esac
exit %(status)d
"""
UUID = "GPU-1234abcd-0000-0000-0000-%012d"


def smi(shell, facts="", values="", words="", status=0):
    """a folder with such an nvidia-smi in it, for one shell's probe"""
    place = WORK + "/smi-" + shell
    os.makedirs(place, exist_ok=True)
    write(place + "/new", FAKE_SMI % {"place": place, "facts": facts or ":", "values": values or ":",
                                      "words": words and "echo '%s'" % words, "status": status})
    os.chmod(place + "/new", 0o755)
    os.rename(place + "/new", place + "/nvidia-smi")  # one that runs goes on with the old one
    return place


def path_of(place):
    return place + ":" + os.environ["PATH"]


def echo(*lines):
    return "; ".join("echo '%s'" % line for line in lines)


def by_id(line):
    return {g["id"]: g for g in line["gpus"]}


def test_nvidia():
    """cards of nvidia-smi beside those of sysfs; what is not known is left out, what is lost is lost"""
    facts = echo(UUID % 1 + ", 00000000:0B:00.0, NVIDIA A30, 92.00.0A, 550.90.07",
                 UUID % 2 + ", 0000000F:01:00.0, NVIDIA GB10, [N/A], 550.90.07",
                 UUID % 3 + ", 00010000:C1:00.1, NVIDIA A40, 94.02, 550.90.07")
    values = echo(UUID % 1 + ", 35, 1410, 1215, 24576, 100, 31.25, 165.00, 7, 3",
                  UUID % 2 + ", [N/A], 208, [Unknown Error], [N/A], [N/A], 11.17, [N/A], 0, [N/A]",
                  UUID % 3 + ", [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]")
    root = tree("-n", "1")

    def one(name, words):
        place = smi(name, facts, values)
        with Probe(words, root, proc(), path_of(place)) as probe:
            amd, *nvidia = probe.hello["gpus"]
            equal([g["bdf"] for g in nvidia], ["0000:0b:00.0", "000f:01:00.0", "10000:c1:00.1"], name)
            holds(nvidia[0], id=UUID % 1, name="NVIDIA A30", vbios="92.00.0A", vendor_id="10de", driver="nvidia")
            holds(nvidia[1], name="NVIDIA GB10", vbios=None)
            holds(probe.hello["libraries"][0], name="nvidia-smi", state="live", reason=None, driver="550.90.07",
                  path=place + "/nvidia-smi")
            line = probe.line()
            cards = by_id(line)
            assert amd["id"] in cards, name
            holds(cards[UUID % 1], state="live", temp_edge_c=35, sclk_mhz=1410, mclk_mhz=1215, power_w=31.25,
                  vram_total_bytes=24576 << 20, vram_used_bytes=100 << 20, power_cap_w=165, busy_pct=7, mem_busy_pct=3)
            holds(cards[UUID % 2], state="live", sclk_mhz=208, mclk_mhz=None, temp_edge_c=None, power_w=11.17)
            holds(cards[UUID % 3], state="lost", temp_edge_c=None)
            assert 0 <= cards[UUID % 1]["age_ms"] < 5000, name

    in_each_shell(one)


def test_nvidia_words():
    """only what has a UUID and an address is a card; the rest is the reason, in its own words"""
    good = UUID % 1 + ", 00000000:0B:00.0, NVIDIA A30, 92.00, 550.90.07"
    cases = (
        ("NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver. Stop, and see.", "", 9, 0,
         "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver. Stop, and see."),
        ('No devices "were" found', "", 6, 0, 'No devices "were" found'),
        ("", "", 12, 0, "it ended with status 12"),
        ("", "", 0, 0, None),
        ("Unable to determine the device handle for GPU 0000:C1:00.0: Unknown Error", echo(good), 0, 1,
         "Unable to determine the device handle for GPU 0000:C1:00.0: Unknown Error"),
        ("", echo("GPU-1-2-3-4-5, 00000000:0B:00.0, short, 1, 2", UUID % 4 + ", [N/A], no address, 1, 2",
                  UUID % 5 + ", 00:0B:00.0, short address, 1, 2", good), 0, 1, "GPU-1-2-3-4-5, 00000000:0B:00.0, short, 1, 2"),
    )
    root = tree("-g", "none")

    def one(name, words):
        for words_said, facts, status, cards, reason in cases:
            place = smi(name, facts, echo(UUID % 1 + ", 35"), words_said, status)
            with Probe(words, root, proc(), path_of(place)) as probe:
                amd = len([g for g in probe.hello["gpus"] if g["driver"] == "amdgpu"])
                equal(len(probe.hello["gpus"]) - amd, cards, "%s: %s" % (name, words_said))
                holds(probe.hello["libraries"][0], state="live" if cards else "off", reason=reason)
                equal(len(probe.line()["gpus"]) - amd, cards, name)

    in_each_shell(one)


def test_nvidia_rows():
    """a comma in a name or as a decimal mark moves what follows: then those are not known"""
    facts = echo(UUID % 1 + ", 00000000:0B:00.0, NVIDIA, A30, 92.00, 550.90.07")
    values = echo(UUID % 1 + ", 35, 1410, 1215, 24576, 100, 31,25, 165,00, 7, 3")
    root = tree("-g", "none")

    def one(name, words):
        with Probe(words, root, proc(), path_of(smi(name, facts, values))) as probe:
            card = [g for g in probe.hello["gpus"] if g["driver"] == "nvidia"][0]
            holds(card, bdf="0000:0b:00.0", name=None, vbios=None)
            holds(probe.hello["libraries"][0], driver="550.90.07")
            holds(by_id(probe.line())[UUID % 1], state="live", power_w=None, power_cap_w=None, busy_pct=None)

    in_each_shell(one)


def test_nvidia_hangs():
    """one that hangs silences nobody: the others' values and processes go on, its own grow old, then it is told to go"""
    facts, values = echo(UUID % 1 + ", 00000000:0B:00.0, NVIDIA A30, 92.00, 550.90.07"), echo(UUID % 1 + ", 35")
    root = tree("-n", "1", "-p", "1")
    soon = (("smi_limit_ms=10000", "smi_limit_ms=1000"), ("smi_patience_ms=5000", "smi_patience_ms=300"))

    def one(name, words):
        place = smi(name, facts, values)
        write(place + "/hang", "")
        with Probe(words, root, proc(), path_of(place), edits=soon) as probe:  # from the start
            equal(len(probe.hello["gpus"]), 1, name)
            holds(probe.hello["libraries"][0], state="off", reason=None)
            line = probe.line()
            holds(line["gpus"][0], temp_junction_c=84)
            equal(len(line["procs"]), 1, name)
            hello = probe.wait("the reason", lambda o: "labtop-agent" in o)
            holds(hello["libraries"][0], state="off", reason="no answer within 1 s")
            os.unlink(place + "/hang")
            hello = probe.wait("the card", lambda o: len(o.get("libraries", [])) and o["libraries"][0]["state"] == "live")
            equal(len(hello["gpus"]), 2, name)
            holds(hello["libraries"][0], reason=None)
        with Probe(words, root, proc(), path_of(place), edits=soon) as probe:  # later
            holds(by_id(probe.line())[UUID % 1], state="live", temp_edge_c=35)
            write(place + "/hang", "")
            write(place + "/asked", "")
            line = probe.wait("old values", lambda o: by_id(o).get(UUID % 1, {}).get("state") == "busy")
            holds(by_id(line)[UUID % 1], temp_edge_c=35)
            assert by_id(line)[UUID % 1]["age_ms"] >= 1000, name
            holds(line["gpus"][0], temp_junction_c=84)
            with open(place + "/asked", encoding="utf-8") as f:
                assert len(f.read().split()) <= 2, "asked while it hangs"
            os.unlink(place + "/hang")
            probe.wait("new values", lambda o: by_id(o).get(UUID % 1, {}).get("state") == "live")

    in_each_shell(one)
    equal([entry for entry in os.listdir(WORK) if entry.startswith("labtop-probe")], [], "left behind")


def test_nvidia_comes_and_goes():
    """a card that the driver lets go is lost, and its reason told; one that is new is found"""
    facts = [UUID % n + ", 00000000:0%d:00.0, NVIDIA A30, 92.00, 550.90.07" % n for n in (1, 2)]
    values = [UUID % n + ", 4%d" % n for n in (1, 2)]
    soon = (("smi_limit_ms=10000", "smi_limit_ms=1000"),)
    root = tree()

    def one(name, words):
        place = smi(name, echo(facts[0]), echo(values[0]))
        with Probe(words, root, proc(), path_of(place), edits=soon) as probe:
            holds(by_id(probe.line())[UUID % 1], state="live", temp_edge_c=41)
            smi(name, echo(*facts), echo(*values))
            hello = probe.wait("a hello", lambda o: "labtop-agent" in o)
            equal([g["bdf"] for g in hello["gpus"]][-2:], ["0000:01:00.0", "0000:02:00.0"], name)
            line = probe.wait("both", lambda o: UUID % 2 in by_id(o) and by_id(o)[UUID % 2]["state"] == "live")
            holds(by_id(line)[UUID % 1], state="live", temp_edge_c=41)
            smi(name, echo(*facts), echo(values[1]), "Unable to determine the device handle")
            hello = probe.wait("a hello", lambda o: "labtop-agent" in o)
            holds(hello["libraries"][0], state="live", reason="Unable to determine the device handle")
            cards = by_id(probe.line())
            holds(cards[UUID % 1], state="lost", temp_edge_c=None)
            holds(cards[UUID % 2], state="live", temp_edge_c=42)

    in_each_shell(one)


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
