"""sysfs.py - the agent on fabricated machines, read through sysfs alone: right values, honest absences, cards that
change, sleep, hang or vanish while it runs."""
import os
import shutil
import signal
import subprocess

from stream import Agent, AGENT, LIMIT_S, WORK, card, equal, holds, hwmon, main, once, tree, write

FAST = ("--interval", "50")


def test_counts():
    """1, 4 and 8 cards, each with its place"""
    for n in 1, 4, 8:
        root = tree("-n", str(n), "-m", "32")
        os.mkdir(root + "/sys/bus/pci/slots/160")
        write(root + "/sys/bus/pci/slots/160/address", "0000:03:00\n")
        hello, sample = once(root=root)
        equal(len(hello["gpus"]), n)
        equal([g["id"] for g in sample["gpus"]], [g["id"] for g in hello["gpus"]])
        for i, g in enumerate(hello["gpus"]):
            bdf = "0000:%02x:00.0" % (3 + 8 * i)
            holds(g, id="17f4c81172fd62%02x" % i, unique_id="17f4c81172fd62%02x" % i, kind="gpu", bdf=bdf,
                  path="0000:00:%02x.0/%s" % (0x15 + i, bdf), vendor_id="1002", device_id="66a1",
                  subsystem="1002:0834", arch="gfx906", vbios="113-D1631700-111", driver="amdgpu", passive=True,
                  serial="69211800%04d" % i, kfd_id=26273 + 1013 * i, bar_bytes=[32 << 30, 2 << 20, 512 << 10],
                  slot="160" if i == 0 else None, numa_node=None, name="AMD Instinct MI50 32GB")
            holds(g["limits"], temp_edge_crit_c=100, temp_junction_crit_c=105, temp_mem_crit_c=94, power_max_w=225,
                  power_min_w=None, sclk_max_mhz=1725, mclk_max_mhz=1000)
        for i, g in enumerate(sample["gpus"]):
            holds(g, state="live", pcie_replays=i, ecc_corrected=3 * i, ecc_uncorrected=0, bad_pages=0,
                  vram_used_bytes=(13800 + 7 * i) << 20, vram_total_bytes=32 << 30)


def test_load():
    """every value of a loaded card, and where it came from"""
    hello, sample = once(root=tree())
    g = sample["gpus"][0]
    holds(g, temp_edge_c=71, temp_junction_c=84, temp_mem_c=78, temp_vrgfx_c=65, temp_vrsoc_c=60, temp_vrmem_c=58,
          sclk_mhz=1606, mclk_mhz=1000, socclk_mhz=971, fclk_mhz=1225, power_w=212, power_cap_w=225, voltage_mv=987,
          busy_pct=97, mem_busy_pct=61, pcie_gen=4, pcie_width=16, pcie_max_gen=4, pcie_max_width=16,
          gtt_used_bytes=27262976, vram_visible_bytes=16 << 30, perf_level="auto", throttle=[], throttle_bits=0,
          fan_rpm=None, energy_j=None, err=None)
    holds(hello["gpus"][0]["origin"], temp_junction_c="hwmon", busy_pct="sysfs", temp_vrgfx_c="gpu_metrics",
          fan_rpm=None)


def test_hot():
    """a card that throttles says why"""
    g = once(root=tree("-s", "hot"))[1]["gpus"][0]
    holds(g, temp_junction_c=102, throttle=["thermal"], throttle_bits=4)


def test_cold():
    """below zero"""
    g = once(root=tree("-s", "cold"))[1]["gpus"][0]
    holds(g, temp_edge_c=-3, temp_junction_c=-2, temp_mem_c=0, busy_pct=0)


def test_missing():
    """a guest that lacks files: keys are left out, and the address is the id"""
    hello, sample = once(root=tree("-V"))
    g = sample["gpus"][0]
    holds(hello["gpus"][0], id="0000:03:00.0", unique_id=None, serial=None)
    holds(g, temp_junction_c=84, throttle=None, throttle_bits=None, temp_vrgfx_c=None, ecc_corrected=None,
          bad_pages=None, err=None)
    assert "temp_vrgfx_c" not in hello["gpus"][0]["origin"]


def test_newer_kernel():
    """power1_input in place of power1_average"""
    holds(once(root=tree("-w"))[1]["gpus"][0], power_w=212)


def test_no_metrics():
    """without gpu_metrics the DPM tables tell the clocks"""
    root = tree("-g", "none")
    os.unlink(hwmon(root) + "/freq1_input")
    os.unlink(hwmon(root) + "/power1_average")
    g = once(root=root)[1]["gpus"][0]
    holds(g, sclk_mhz=1606, socclk_mhz=309, power_w=None, throttle=None)


def test_metrics_fill():
    """gpu_metrics fills what hwmon lacks, and does not overrule it"""
    root = tree()
    os.unlink(hwmon(root) + "/power1_average")
    write(hwmon(root) + "/temp2_input", "55000\n")
    hello, sample = once(root=root)
    holds(sample["gpus"][0], power_w=212, temp_junction_c=55)
    holds(hello["gpus"][0]["origin"], power_w="gpu_metrics", temp_junction_c="hwmon")


def test_other_display():
    """a virtual display is no GPU of ours; card numbers do not matter"""
    equal(len(once(root=tree("-P", "-n", "2"))[0]["gpus"]), 2)
    equal(len(once(root=tree("-c", "1"))[0]["gpus"]), 1)


def test_link():
    """a link that was trained down"""
    holds(once(root=tree("-l", "3x8"))[1]["gpus"][0], pcie_gen=3, pcie_width=8, pcie_max_gen=4, pcie_max_width=16)


def test_nonsense():
    """what is no number, or no possible one, is bad; the others are not touched"""
    root = tree()
    write(card(root) + "/gpu_busy_percent", "garbage\n")
    write(card(root) + "/mem_busy_percent", "150\n")
    write(hwmon(root) + "/temp1_input", "99999999999999999999\n")
    g = once(root=root)[1]["gpus"][0]
    # the driver's table still knows the temperature and how busy it is
    holds(g, temp_junction_c=84, temp_edge_c=71, busy_pct=97)
    root = tree("-g", "none")
    write(card(root) + "/gpu_busy_percent", "garbage\n")
    write(card(root) + "/mem_busy_percent", "150\n")
    g = once(root=root)[1]["gpus"][0]
    holds(g, err={"busy_pct": "bad", "mem_busy_pct": "bad"}, busy_pct=None, mem_busy_pct=None)


def test_denied():
    """what only root may read is denied, not absent"""
    root = tree("-g", "none")
    os.chmod(hwmon(root) + "/power1_average", 0)
    with Agent("--once", root=root, user=65534) as agent:
        equal(agent.rest(), 0)
        holds(agent.samples[0]["gpus"][0], err={"power_w": "denied"}, power_w=None, temp_junction_c=84)


def test_changes():
    """values follow, also when a file is replaced by another"""
    root = tree("-n", "2")
    with Agent(*FAST, root=root) as agent:
        agent.sample("both at 84", lambda g: [c["temp_junction_c"] for c in g] == [84, 84])
        write(hwmon(root, 1) + "/temp2_input", "90500\n")
        agent.sample("the second at 90.5", lambda g: [c["temp_junction_c"] for c in g] == [84, 90.5])
        write(hwmon(root) + "/new", "91000\n")
        os.replace(hwmon(root) + "/new", hwmon(root) + "/temp2_input")
        agent.sample("the first at 91", lambda g: [c["temp_junction_c"] for c in g] == [91, 90.5])
        equal(agent.hellos, 1, "nothing of the hello has changed")
        seqs = [s["seq"] for s in agent.samples]
        equal(seqs, list(range(len(seqs))))


def test_removed():
    """a card that vanishes is lost in a line, then gone from the hello; when it is back it is seen again"""
    root = tree("-n", "3")
    path = card(root, 1)
    with Agent(*FAST, root=root) as agent:
        agent.sample("three cards", lambda g: len(g) == 3)
        os.rename(path, WORK + "/taken-out")
        lost = agent.sample("a lost one", lambda g: any(c["state"] == "lost" for c in g))
        equal([c["state"] for c in lost["gpus"]], ["live", "lost", "live"])
        hello = agent.wait_hello("a hello of two", lambda o: len(o["gpus"]) == 2)
        equal([g["bdf"] for g in hello["gpus"]], ["0000:03:00.0", "0000:13:00.0"])
        agent.sample("two cards", lambda g: [c["state"] for c in g] == ["live", "live"])
        os.rename(WORK + "/taken-out", path)
        agent.wait_hello("a hello of three", lambda o: len(o["gpus"]) == 3)


def test_deleted():
    """the same with the directory deleted"""
    root = tree("-n", "2")
    with Agent(*FAST, root=root) as agent:
        agent.sample("two cards", lambda g: len(g) == 2)
        shutil.rmtree(card(root, 1))
        agent.sample("a lost one", lambda g: [c["state"] for c in g] == ["live", "lost"])
        agent.wait_hello("a hello of one", lambda o: len(o["gpus"]) == 1)


def test_input_output_errors():
    """a card whose every file fails with EIO is lost, though the bus still lists it; it may recover"""
    root = tree("-n", "2")
    kept = ("vendor", "device", "class", "power")
    with Agent(*FAST, root=root) as agent:
        agent.sample("both", lambda g: [c["state"] for c in g] == ["live", "live"])
        for directory in hwmon(root), card(root):
            for name in os.listdir(directory):
                path = os.path.join(directory, name)
                if os.path.isfile(path) and name not in kept and not os.path.islink(path):
                    os.rename(path, path + ".real")
                    os.symlink("/proc/self/mem", path)  # offset 0 reads as EIO
        shutil.rmtree(card(root) + "/ras")
        agent.sample("a lost one", lambda g: [c["state"] for c in g] == ["lost", "live"])
        for directory in hwmon(root), card(root):
            for name in os.listdir(directory):
                if name.endswith(".real"):
                    os.replace(os.path.join(directory, name), os.path.join(directory, name[:-5]))
        agent.sample("both again", lambda g: [c["state"] for c in g] == ["live", "live"])


def test_asleep():
    """a card that sleeps is not touched, and comes back"""
    root = tree()
    status = card(root) + "/power/runtime_status"
    with Agent(*FAST, root=root) as agent:
        agent.sample("awake", lambda g: g[0]["state"] == "live")
        write(status, "suspended\n")
        g = agent.sample("asleep", lambda g: g[0]["state"] == "suspended")["gpus"][0]
        holds(g, temp_junction_c=None, vram_used_bytes=None)
        write(status, "active\n")
        agent.sample("awake again", lambda g: g[0].get("temp_junction_c") == 84)


def test_one_id():
    """two cards with one serial, with zeros, or that sleep when they are first seen: ids that differ, the same ever after"""
    root = tree("-n", "2")
    for i in range(2):
        write(card(root, i) + "/unique_id", "0000000000000000\n")
        write(card(root, i) + "/serial_number", "692251001124\n")
    hello, sample = once(root=root)
    equal([g["id"] for g in hello["gpus"]], ["0000:03:00.0", "0000:0b:00.0"])
    equal([g["id"] for g in sample["gpus"]], ["0000:03:00.0", "0000:0b:00.0"])
    write(card(root, 1) + "/serial_number", "692251001125\n")
    equal([g["id"] for g in once(root=root)[0]["gpus"]], ["692251001124", "692251001125"])
    root = tree()
    status = card(root) + "/power/runtime_status"
    write(status, "suspended\n")
    with Agent(*FAST, root=root) as agent:
        agent.sample("asleep", lambda g: g[0]["state"] == "suspended")
        holds(agent.hello["gpus"][0], id="17f4c81172fd6200", limits={}, passive=None)
        write(status, "active\n")
        agent.sample("awake", lambda g: g[0]["state"] == "live" and g[0]["id"] == "17f4c81172fd6200")
        assert agent.hello["gpus"][0]["limits"], agent.hello
    root = tree()
    os.rename(card(root) + "/unique_id", root + "/later")
    os.unlink(card(root) + "/serial_number")
    with Agent(*FAST, root=root) as agent:
        agent.sample("by its address", lambda g: g[0]["id"] == "0000:03:00.0")
        os.rename(card(root), root + "/gone")
        os.rename(root + "/later", root + "/gone/unique_id")
        agent.sample("gone", lambda g: not g)
        os.rename(root + "/gone", card(root))
        agent.sample("a card that is new is called by what it has now", lambda g: g and g[0]["id"] == "17f4c81172fd6200")


def test_hung():
    """a card whose firmware stops answering: all its values vanish at once, so it is lost; and back when they are"""
    root = tree("-n", "2")
    files = [os.path.join(hwmon(root), name) for name in os.listdir(hwmon(root)) if name.endswith(("_input", "_average", "_cap"))]
    files += [os.path.join(card(root), name) for name in os.listdir(card(root))
              if name.startswith(("pp_dpm", "gpu_metrics", "current_link")) or name.endswith("busy_percent")]
    kept = {}
    for path in files:
        with open(path, "rb") as f:
            kept[path] = f.read()
    with Agent(*FAST, root=root) as agent:
        agent.sample("both", lambda g: [c["state"] for c in g] == ["live", "live"])
        for path in files:
            open(path, "w").close()
        agent.sample("the first lost", lambda g: [c["state"] for c in g] == ["lost", "live"])
        for path in files:
            with open(path, "wb") as f:
                f.write(kept[path])
        agent.sample("back", lambda g: g[0]["state"] == "live" and g[0].get("temp_junction_c") == 84)


def test_zeros():
    """a cap of 0 W is no cap, and a regulator of 0 degrees is not measured; a card at 0 W is"""
    root = tree()
    write(hwmon(root) + "/power1_cap", "0\n")
    write(hwmon(root) + "/power1_average", "0\n")
    with open(card(root) + "/gpu_metrics", "r+b") as f:
        f.seek(22)
        f.write(b"\0" * 6)
    holds(once(root=root)[1]["gpus"][0], power_cap_w=None, power_w=0, temp_vrgfx_c=None, temp_vrsoc_c=None, temp_vrmem_c=None,
          temp_junction_c=84, err=None)
    write(card(root) + "/mem_info_vram_total", "0\n")
    write(card(root) + "/mem_info_vram_used", "0\n")
    holds(once(root=root)[1]["gpus"][0], vram_total_bytes=None, vram_used_bytes=None, err=None)


def test_long_list():
    """bad pages beyond what one read gives"""
    root = tree()
    write(card(root) + "/ras/gpu_vram_bad_pages", "".join("0x%08x : 0x00001000 : R\n" % i for i in range(700)))
    holds(once(root=root)[1]["gpus"][0], bad_pages=700)


def test_hanging():
    """a file that never answers holds up its own card only"""
    root = tree("-n", "2")
    blocked = card(root) + "/mem_busy_percent"
    with Agent(*FAST, root=root) as agent:
        agent.sample("both", lambda g: len(g) == 2)
        os.unlink(blocked)
        os.mkfifo(blocked)
        write(hwmon(root, 1) + "/temp2_input", "90000\n")
        s = agent.sample("the first one old, the second one not",
                         lambda g: g[0]["age_ms"] > 300 and g[1]["age_ms"] < g[0]["age_ms"] and g[1]["temp_junction_c"] == 90)
        holds(s["gpus"][0], state="live", temp_junction_c=84)
        with open(blocked, "w"):
            agent.sample("answered", lambda g: g[0]["age_ms"] < 300)


def test_virtual_function():
    """a virtual function is a row under its card"""
    root = tree("-n", "2")
    os.symlink("../../0000:00:15.0/0000:03:00.0", card(root, 1) + "/physfn")
    hello = once(root=root)[0]
    holds(hello["gpus"][0], kind="gpu", parent=None)
    holds(hello["gpus"][1], kind="vf", parent=hello["gpus"][0]["id"])


def test_guest():
    """who this machine is"""
    root = tree()
    os.makedirs(root + "/sys/class/dmi/id")
    write(root + "/sys/class/dmi/id/product_uuid", "00112233-4455-6677-8899-AABBCCDDEEFF\n")
    for name, mac in ("ens192", "00:50:56:AB:cd:ef"), ("lo", "00:00:00:00:00:00"):
        os.makedirs(root + "/sys/class/net/" + name)
        write(root + "/sys/class/net/%s/address" % name, mac + "\n")
    hello, sample = once(root=root)
    guest = hello["guest"]
    holds(guest, uuid="00112233-4455-6677-8899-aabbccddeeff", macs=["00:50:56:ab:cd:ef"], ncpu=os.cpu_count(),
          hostname=os.uname().nodename, kernel=os.uname().release, root=os.geteuid() == 0)
    assert guest["boot_ms"] < sample["wall_ms"] and guest["mem_bytes"] > 1 << 20, guest


def test_endings():
    """it ends with its reader, by a signal, and says what it does not understand"""
    root = tree()
    with subprocess.Popen([AGENT, "--interval", "60000", "--sysfs-root", root + "/sys"], stdout=subprocess.PIPE) as p:
        p.stdout.readline()
        p.stdout.close()
        equal(p.wait(LIMIT_S), 0)
    with Agent("--interval", "60000", root=root) as agent:
        agent.sample()
        agent.process.send_signal(signal.SIGTERM)
        equal(agent.rest(), 143)
    for words in ["--interval", "x"], ["--interval", "1"], ["word"], ["--nonsense"]:
        done = subprocess.run([AGENT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        equal((done.returncode, done.stdout, done.stderr.count(b"\n")), (2, b"", 1), words)
    assert b"labtop-agent" in subprocess.run([AGENT, "--version"], stdout=subprocess.PIPE, check=True).stdout
    assert b"--interval" in subprocess.run([AGENT, "--help"], stdout=subprocess.PIPE, check=True).stdout


def test_no_cards():
    """a machine without any GPU is a guest all the same"""
    os.makedirs(WORK + "/empty/sys")
    hello, sample = once(root=WORK + "/empty")
    equal((hello["gpus"], sample["gpus"]), ([], []))


if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
