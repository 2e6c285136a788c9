"""processes.py - who uses the cards, and what is mounted from the network, on fabricated machines."""
import os
import subprocess
import sys

from stream import Agent, card, equal, holds, main, once, tree, write, WORK

FDINFO = """pos:\t0
drm-driver:\tamdgpu
drm-pdev:\t0000:03:00.0
drm-client-id:\t%d
drm-memory-vram:\t%d KiB
drm-engine-gfx:\t%d ns
drm-engine-compute:\t0 ns
"""


def proc(processes, mountinfo=""):
    """A tree in place of /proc: {pid: (stat name, cmdline, {fd: fdinfo})}."""
    root = WORK + "/proc%d" % proc.count
    proc.count += 1
    os.makedirs(root + "/self")
    write(root + "/self/mountinfo", mountinfo)
    write(root + "/cmdline", "quiet\n")
    for pid, (name, cmdline, fds) in processes.items():
        path = "%s/%d" % (root, pid)
        os.makedirs(path + "/fd")
        os.makedirs(path + "/fdinfo")
        write(path + "/stat", "%d (%s) S 7 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 500 1 1\n" % (pid, name))
        write(path + "/cmdline", "\0".join(cmdline) + "\0")
        write(path + "/cgroup", "0::/system.slice/ollama.service\n")
        for fd, info in fds.items():
            os.symlink("/dev/dri/renderD128" if "amdgpu" in info else "/dev/null", "%s/fd/%d" % (path, fd))
            write("%s/fdinfo/%d" % (path, fd), info)
    return root


proc.count = 0


def test_compute():
    """the compute driver's processes, per card, with occupancy"""
    hello, sample = once(root=tree("-n", "2", "-p", "2"))
    ids = [g["id"] for g in hello["gpus"]]
    procs = {p["pid"]: p["gpus"] for p in sample["procs"]}
    equal(sorted(procs), [41000, 41001, 41100, 41101])
    equal(procs[41000], {ids[0]: {"vram_bytes": 13800 << 20, "busy_pct": 33.3}})
    equal(list(procs[41101]), [ids[1]])


def test_details():
    """name, parent, start, unit and command line; secrets are not told"""
    root = tree()
    root_proc = proc({41000: ("a (b) c", ["vllm", "serve", "--api-key", "hunter2", "--port=80"], {})})
    p = once("--proc-root", root_proc, root=root)[1]["procs"][0]
    holds(p, pid=41000, ppid=7, name="a (b) c", unit="ollama.service")
    assert p["start_ms"] > 0 and "vllm serve" in p["cmdline"] and "--port=80" in p["cmdline"], p
    assert "hunter2" not in p["cmdline"], p


def test_other_namespace():
    """in a container the drivers' numbers are not ours: who has one here is not named after it"""
    root = tree()
    root_proc = proc({41000: ("innocent", ["innocent"], {})})
    os.makedirs(root_proc + "/self/ns")
    for namespace, name in ("pid:[4026531836]", "innocent"), ("pid:[4026532777]", None):
        if os.path.islink(root_proc + "/self/ns/pid"):
            os.unlink(root_proc + "/self/ns/pid")
        os.symlink(namespace, root_proc + "/self/ns/pid")
        p = once("--proc-root", root_proc, root=root)[1]["procs"][0]
        holds(p, pid=41000, name=name, cmdline=name, unit=name and "ollama.service")
        assert p["gpus"], p


def test_real_process():
    """a process of this machine is described from the real /proc"""
    root = tree()
    child = subprocess.Popen([sys.executable, "-c", "input()", "--token=hunter2"], stdin=subprocess.PIPE)
    kfd = root + "/sys/devices/virtual/kfd/kfd/proc/"
    os.rename(kfd + "41000", kfd + str(child.pid))
    p = once(root=root)[1]["procs"][0]
    child.communicate(b"\n")
    holds(p, pid=child.pid, ppid=os.getpid())
    assert "input()" in p["cmdline"] and "hunter2" not in p["cmdline"], p


def test_render_nodes():
    """Vulkan work is found in fdinfo; a client under two descriptors counts once"""
    root = tree("-p", "0")
    info = FDINFO % (5, 2048, 1000)
    root_proc = proc({77: ("llama-server", ["llama-server"], {3: info, 4: info, 5: "pos:\t0\n"})})
    hello, sample = once("--proc-root", root_proc, root=root)
    equal(len(sample["procs"]), 1)
    use = sample["procs"][0]["gpus"]
    equal(use, {hello["gpus"][0]["id"]: {"vram_bytes": 2048 << 10, "busy_pct": 0.0}})


def test_engine_time():
    """busy percent of a render client out of two looks"""
    root = tree("-p", "0")
    root_proc = proc({77: ("llama-server", ["llama-server"], {3: FDINFO % (5, 2048, 0)})})
    with Agent("--interval", "50", "--proc-root", root_proc, root=root) as agent:
        agent.wait("a process", lambda o: o.get("procs"))
        write(root_proc + "/77/fdinfo/3", FDINFO % (5, 2048, 10**15))
        busy = agent.wait("a busy one", lambda o: o.get("procs") and any(
            u.get("busy_pct", 0) > 0 for u in o["procs"][0]["gpus"].values()))
        equal([u["busy_pct"] for u in busy["procs"][0]["gpus"].values()], [100.0])


def test_not_again():
    """what has not changed is not told again; what has is"""
    root = tree()
    with Agent("--interval", "50", root=root) as agent:
        agent.wait("a process", lambda o: o.get("procs"))
        for _ in range(60):  # time for one look more at least
            line = agent.wait("a sample", lambda o: "seq" in o)
            assert "procs" not in line, line
        write(root + "/sys/devices/virtual/kfd/kfd/proc/41000/vram_26273", "4096\n")
        line = agent.wait("the change", lambda o: o.get("procs"))
        equal([u["vram_bytes"] for u in line["procs"][0]["gpus"].values()], [4096])


def test_no_use():
    """a process that has opened the driver and uses no card is not listed"""
    root = tree()
    use = root + "/sys/devices/virtual/kfd/kfd/proc/41000"
    write(use + "/vram_26273", "0\n")
    write(use + "/queues/0/gpuid", "999\n")
    equal(once(root=root)[1]["procs"], [])


def test_mounts():
    """network mounts with their space; local ones are not told"""
    text = ("25 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
            "30 25 0:40 / %s rw,relatime shared:5 - nfs4 nas:/models rw\n"
            "31 25 0:41 / /not/there rw - fuse.sshfs me@nas:/x\\040y rw\n" % WORK)
    mounts = once("--proc-root", proc({}, text), root=tree())[1]["mounts"]
    equal([(m["source"], m["target"], m["fstype"]) for m in mounts],
          [("nas:/models", WORK, "nfs4"), ("me@nas:/x y", "/not/there", "fuse.sshfs")])
    space = os.statvfs(WORK)
    equal(mounts[0]["total_bytes"], space.f_blocks * space.f_frsize)
    assert mounts[0]["free_bytes"] > 0 and mounts[0]["age_ms"] >= 0
    assert "total_bytes" not in mounts[1]


def test_left_out():
    """what was not asked for is not told"""
    sample = once("--no-processes", "--no-mounts", root=tree())[1]
    assert "procs" not in sample and "mounts" not in sample


def test_hostile():
    """text from other processes cannot drive a terminal"""
    root_proc = proc({41000: ("x\033]0;t\007\u202e", ["\033[2J", "\u009b1m"], {})})
    write(card_tree + "/product_name", "\033[31mred\n")
    hello, sample = once("--proc-root", root_proc, root=card_root)
    for text in sample["procs"][0]["name"], sample["procs"][0]["cmdline"], hello["gpus"][0]["name"]:
        assert not any(c in text for c in "\033\007\u202e\u009b"), repr(text)


card_root = tree()
card_tree = card(card_root)

if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
