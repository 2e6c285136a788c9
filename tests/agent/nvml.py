"""nvml.py - every metric, limit and process that comes from NVML, and what each of its answers makes of them."""
import os
import re
import subprocess
import tempfile

from stream import Agent, SOURCE, STUBS, WORK, equal, holds, main, once, tree, write

GIB = 1 << 30
ALL_ONES = (1 << 64) - 1
NO_INSTANCE = 0xffffffff

# What the stand-in tells, in the units of the stream: by key, the call that it comes from, and the value.
METRICS = {
    "temp_edge_c": ("nvmlDeviceGetTemperature", range(45, 85)),
    "temp_mem_c": ("nvmlDeviceGetFieldValues", [74]),
    "sclk_mhz": ("nvmlDeviceGetClockInfo", [1410]),
    "mclk_mhz": ("nvmlDeviceGetClockInfo", [1215]),
    "vram_visible_bytes": ("nvmlDeviceGetBAR1MemoryInfo", [256 << 20]),
    "power_cap_w": ("nvmlDeviceGetEnforcedPowerLimit", [250]),
    "energy_j": ("nvmlDeviceGetTotalEnergyConsumption", [123456789.5]),
    "busy_pct": ("nvmlDeviceGetUtilizationRates", range(51, 101)),
    "mem_busy_pct": ("nvmlDeviceGetUtilizationRates", range(0, 51)),
    "pcie_gen": ("nvmlDeviceGetCurrPcieLinkGeneration", [3]),
    "pcie_width": ("nvmlDeviceGetCurrPcieLinkWidth", [8]),
    "pcie_max_gen": ("nvmlDeviceGetMaxPcieLinkGeneration", [4]),
    "pcie_max_width": ("nvmlDeviceGetMaxPcieLinkWidth", [16]),
    "pcie_replays": ("nvmlDeviceGetPcieReplayCounter", [7]),
    "ecc_corrected": ("nvmlDeviceGetTotalEccErrors", [30]),
    "ecc_uncorrected": ("nvmlDeviceGetTotalEccErrors", [2]),
}
# These have a second call behind the first, or are no whole number.
OTHERS = ("vram_total_bytes", "vram_used_bytes", "power_w", "bad_pages")
CALLS = sorted({call for call, _ in METRICS.values()} | {"nvmlDeviceGetPowerUsage"})


def keys_of(call):
    return ["power_w"] if call == "nvmlDeviceGetPowerUsage" else [k for k, (c, _) in METRICS.items() if c == call]


def nvml(library=STUBS + "/fake_nvml.so", answers=None, values=None, gpus=2, **how):
    """The environment of an agent with cards of NVML's; answers and values are those of card 0."""
    how = {"GPUS": gpus, **{k.upper(): v for k, v in how.items()}}
    for key, pairs in ("ANSWERS", answers), ("VALUES", values):
        if pairs:
            how[key] = ",".join("%s=%d" % pair for pair in pairs.items())
    return {"LABTOP_NVML": library, **{"FAKE_" + k: str(v) for k, v in how.items()}}


def nvidia(env, root=None):
    """(hello, sample, NVIDIA's rows of the sample by id)."""
    hello, sample = once("--no-rocm-smi", root=root or empty(), env=env)
    return hello, sample, {g["id"]: g for g in sample["gpus"] if g["id"].startswith(("GPU", "MIG"))}


def empty():
    """A machine whose sysfs has no card at all."""
    root = tempfile.mkdtemp(dir=WORK)
    os.makedirs(root + "/sys/bus/pci/devices")
    return root


def without(*names):
    """The stand-in as an older library: it does not have these entries. Their names are blotted out where the linker looks."""
    with open(STUBS + "/fake_nvml.so", "rb") as f:
        data = f.read()
    for name in names:
        old = b"\0" + name.encode() + b"\0"
        assert old in data, "the stand-in has no " + name
        data = data.replace(old, b"\0x" + old[2:])
    path = tempfile.mkstemp(suffix=".so", dir=WORK)[1]
    with open(path, "wb") as f:
        f.write(data)
    return path


def entries():
    """The names that the agent looks for."""
    with open(SOURCE + "/backends/gpu/nvml_calls.c", encoding="utf-8") as f:
        names = re.findall(r'"(nvml\w+)"', f.read())
    assert len(names) > 40, names
    return names


def whole(card, but=()):
    """Each metric has its value, but those named have none."""
    for key, (_, wanted) in METRICS.items():
        if key in but:
            equal(card.get(key), None, key)
        else:
            assert card.get(key) in wanted, "%s is %r, not of %r" % (key, card.get(key), wanted)
    for key in OTHERS:
        assert (key in card) != (key in but), "%s: %r" % (key, card.get(key))


def of_cards(sample):
    """{(pid, card): bytes} of the processes."""
    return {(p["pid"], gpu): use.get("vram_bytes") for p in sample["procs"] for gpu, use in p["gpus"].items()}


def test_values():
    """each metric has its value, in its unit, and its origin is told; a neighbour has its own"""
    hello, _, cards = nvidia(nvml())
    for card in cards.values():
        whole(card)
        holds(card, bad_pages=5, vram_total_bytes=16 * GIB, perf_level="P0", state="live", err=None)
        assert 80 <= card["power_w"] <= 250 and 2000 << 20 <= card["vram_used_bytes"] <= 7000 << 20, card
    equal(set(hello["gpus"][0]["origin"]), {*METRICS, *OTHERS})
    equal(set(hello["gpus"][0]["origin"].values()), {"nvml"})
    holds(hello["gpus"][0], serial="1600000000", vbios="92.00.45.00.00", unique_id="GPU-fake-0", passive=True)


def test_limits():
    """thresholds are those of slowdown and of memory, not of shutdown; power in watts, clocks in MHz"""
    limits = {"temp_edge_crit_c": 85, "temp_mem_crit_c": 97, "power_min_w": 100, "power_max_w": 300, "sclk_max_mhz": 1800,
              "mclk_max_mhz": 1600}
    equal(nvidia(nvml())[0]["gpus"][0]["limits"], limits)
    for call, keys in {"nvmlDeviceGetTemperatureThreshold": ("temp_edge_crit_c", "temp_mem_crit_c"),
                       "nvmlDeviceGetPowerManagementLimitConstraints": ("power_min_w", "power_max_w"),
                       "nvmlDeviceGetMaxClockInfo": ("sclk_max_mhz", "mclk_max_mhz")}.items():
        left = {k: v for k, v in limits.items() if k not in keys}
        for what in {"answers": {call: 3}}, {"values": {call: 0}}, {"values": {call: ALL_ONES}}:
            equal(nvidia(nvml(**what))[0]["gpus"][0]["limits"], left, "%s of %s" % (what, call))


def test_answers():
    """not supported, no permission, nonsense and busy: each metric says which; the others and the neighbour go on"""
    words = {3: None, 13: None, 25: None, 4: "denied", 17: "denied", 999: "bad", 7: "bad", 14: "bad", 19: "busy", 27: "busy"}
    for status, word in words.items():
        _, _, cards = nvidia(nvml(answers={call: status for call in CALLS}))
        keys = {*METRICS, "power_w"}
        holds(cards["GPU-fake-0"], state="live", bad_pages=5, vram_total_bytes=16 * GIB)
        whole(cards["GPU-fake-0"], but=keys)
        equal(cards["GPU-fake-0"].get("err"), word and {k: word for k in keys}, "status %d" % status)
        whole(cards["GPU-fake-1"])
        holds(cards["GPU-fake-1"], err=None)


def test_one_by_one():
    """a call that is denied takes its own metrics along and no other"""
    for call in CALLS:
        card = nvidia(nvml(answers={call: 4}))[2]["GPU-fake-0"]
        whole(card, but=keys_of(call))
        equal(card["err"], {k: "denied" for k in keys_of(call)}, call)


def test_field_status():
    """a field has a status of its own; a memory temperature of 0 is a board without the sensor"""
    for answer, err in (3, None), (4, {"temp_mem_c": "denied"}), (999, {"temp_mem_c": "bad"}):
        card = nvidia(nvml(answers={"NVML_FI_DEV_MEMORY_TEMP": answer}))[2]["GPU-fake-0"]
        holds(card, temp_mem_c=None, err=err)
    holds(nvidia(nvml(values={"NVML_FI_DEV_MEMORY_TEMP": 0}))[2]["GPU-fake-0"], temp_mem_c=None, err=None)


def test_not_available():
    """all ones is "not available", never a number and no nonsense to look into"""
    calls = [c for c in CALLS if c not in ("nvmlDeviceGetTemperature", "nvmlDeviceGetFieldValues")]
    values = {call: ALL_ONES for call in [*calls, "nvmlDeviceGetMemoryInfo_v2", "NVML_FI_DEV_MEMORY_TEMP"]}
    card = nvidia(nvml(values=values))[2]["GPU-fake-0"]
    whole(card, but={*METRICS, *OTHERS} - {"temp_edge_c", "bad_pages"})
    holds(card, err=None)


def test_nonsense():
    """more than the hardware can be is bad, whoever says it"""
    card = nvidia(nvml(values={"nvmlDeviceGetTemperature": 4000, "nvmlDeviceGetUtilizationRates": 101,
                               "nvmlDeviceGetCurrPcieLinkGeneration": 99}))[2]["GPU-fake-0"]
    bad = ("temp_edge_c", "busy_pct", "mem_busy_pct", "pcie_gen")
    whole(card, but=bad)
    equal(card["err"], {k: "bad" for k in bad})
    # below zero it is cold, not nonsense
    holds(nvidia(nvml(values={"nvmlDeviceGetTemperature": 2**32 - 3}))[2]["GPU-fake-0"], temp_edge_c=-3)


def test_memory():
    """used is what programs use, without what the driver keeps, where the library tells them apart; else the older call's"""
    one, other = "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetMemoryInfo_v2"
    used = {one: 3 * GIB, other: 3 * GIB}
    holds(nvidia(nvml(values=used))[2]["GPU-fake-0"], vram_used_bytes=3 * GIB)
    for status in 3, 13, 25:
        card = nvidia(nvml(values=used, answers={other: status}))[2]["GPU-fake-0"]
        holds(card, vram_used_bytes=3 * GIB + (512 << 20), err=None)
    both = ("vram_total_bytes", "vram_used_bytes")
    card = nvidia(nvml(answers={one: 4, other: 4}))[2]["GPU-fake-0"]
    whole(card, but=both)
    equal(card["err"], {k: "denied" for k in both})


def test_no_memory():
    """0 of 0 bytes is how a card without memory of its own answers: not measured"""
    one, other = "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetMemoryInfo_v2"
    for how in {"values": {one: 0, other: 0}}, {"answers": {one: 3, other: 3}}:
        holds(nvidia(nvml(**how))[2]["GPU-fake-0"], vram_total_bytes=None, vram_used_bytes=None, err=None)


def test_bad_pages():
    """remapped rows of newer boards, retired pages of older ones; what is denied is not "none"."""
    rows, pages = "nvmlDeviceGetRemappedRows", "nvmlDeviceGetRetiredPages"
    for answers, wanted, err in (({rows: 3}, 44, None), ({rows: 3, pages: 3}, None, None), ({rows: 4}, None, "denied"),
                                 ({rows: 4, pages: 3}, None, "denied"), ({rows: 999}, None, "bad"),
                                 ({rows: 3, pages: 4}, None, "denied")):
        card = nvidia(nvml(answers=answers))[2]["GPU-fake-0"]
        holds(card, bad_pages=wanted, err=err and {"bad_pages": err}, state="live")
    holds(nvidia(nvml(answers={rows: 15}))[2]["GPU-fake-0"], state="lost", bad_pages=None)


def test_lost():
    """whichever call says that the card is lost, it is lost; its neighbour is not"""
    for call in [*CALLS, "NVML_FI_DEV_MEMORY_TEMP"]:
        cards = nvidia(nvml(answers={call: 15}))[2]
        equal([c["state"] for c in cards.values()], ["lost", "live"], call)


def test_reset_required():
    """a card that waits for a reset is busy, and so are the metrics that it cannot tell"""
    card = nvidia(nvml(answers={"nvmlDeviceGetPowerUsage": 16}))[2]["GPU-fake-0"]
    holds(card, state="busy", err={"power_w": "busy"}, power_w=None)


def test_older_libraries():
    """an entry that the library lacks is a metric that the card does not offer: no crash, nothing else is missing"""
    for call in CALLS:
        hello, _, cards = nvidia(nvml(library=without(call)))
        whole(cards["GPU-fake-0"], but=keys_of(call))
        holds(cards["GPU-fake-0"], err=None, state="live")
        holds(hello["libraries"][1], state="live")


def test_older_names():
    """where the newest entry is missing, the one before it tells the same"""
    library = without("nvmlInitWithFlags", "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetCurrentClocksEventReasons",
                      "nvmlDeviceGetComputeRunningProcesses_v3")
    _, sample, cards = nvidia(nvml(library=library, processes="%d:%d:%d:%d" % (os.getpid(), GIB, NO_INSTANCE, NO_INSTANCE)))
    whole(cards["GPU-fake-0"])
    holds(cards["GPU-fake-0"], throttle=["thermal", "power-cap"], throttle_bits=0x44)
    equal(of_cards(sample), {(os.getpid(), "GPU-fake-%d" % i): GIB for i in range(2)})


def test_oldest_library():
    """only what the first libraries had: a card with a name, and the older calls for memory and processes"""
    with open(STUBS + "/fake_nvml.so", "rb") as f:
        data = f.read()
    told = {name for name in entries() if b"\0" + name.encode() + b"\0" in data}
    kept = {"nvmlInit_v2", "nvmlDeviceGetCount_v2", "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetName", "nvmlDeviceGetUUID",
            "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetComputeRunningProcesses"}
    assert kept < told and len(told) > 35, told
    hello, sample, cards = nvidia(nvml(library=without(*told - kept), gpus=1,
                                       processes="%d:%d:%d:%d" % (os.getpid(), GIB, NO_INSTANCE, NO_INSTANCE)))
    holds(hello["libraries"][1], state="live", driver=None)
    holds(hello["gpus"][0], name="Fake Accelerator 0", bdf=None, limits={}, passive=None)
    holds(cards["GPU-fake-0"], vram_total_bytes=16 * GIB, throttle=None, throttle_bits=None, perf_level=None, err=None)
    whole(cards["GPU-fake-0"], but={*METRICS, "power_w", "bad_pages"})
    equal([(p["pid"], p["gpus"]) for p in sample["procs"]], [(os.getpid(), {"GPU-fake-0": {"vram_bytes": GIB}})])
    hello = once(root=tree(), env=nvml(library=without("nvmlDeviceGetCount_v2")))[0]
    holds(hello["libraries"][1], state="off")
    assert "is not NVML" in hello["libraries"][1]["reason"], hello["libraries"]


def test_throttle():
    """reasons in words and as bits; idle and clocks that somebody asked for are no reasons; not told is not "none"."""
    reasons = "nvmlDeviceGetCurrentClocksEventReasons"
    for bits, words in ((0, []), (0x103, []), (0x4, ["power-cap"]), (0x80, ["power-cap"]), (0x20, ["thermal"]),
                        (0x40, ["thermal"]), (0x48, ["thermal"]), (0x88, ["power-cap"]), (0x8, ["other"]),
                        (0x10, ["other"]), (0x6c, ["thermal", "power-cap"])):
        holds(nvidia(nvml(values={reasons: bits}))[2]["GPU-fake-0"], throttle=words, throttle_bits=bits)
    for status in 3, 4, 999:
        holds(nvidia(nvml(answers={reasons: status}))[2]["GPU-fake-0"], throttle=None, throttle_bits=None)
    holds(nvidia(nvml(values={"nvmlDeviceGetPerformanceState": 32}))[2]["GPU-fake-0"], perf_level=None)


def test_mig():
    """an instance has the memory and the aperture that NVML tells of it, and nothing that is its card's"""
    hello, _, cards = nvidia(nvml(mig=1))
    for gpu, info in zip(list(cards.values())[1:3], hello["gpus"][1:3]):
        equal({k for k in gpu if k in METRICS or k in OTHERS}, {"vram_total_bytes", "vram_used_bytes", "vram_visible_bytes"})
        holds(gpu, vram_total_bytes=8 * GIB, vram_visible_bytes=128 << 20, throttle=None, perf_level=None, err=None)
        holds(info, kind="mig", parent="GPU-fake-0", limits={}, serial=None)
        assert info["unique_id"].startswith("MIG-fake"), info
    whole(cards["GPU-fake-0"])


def test_mig_processes():
    """processes are told by the card, or by each instance where the card may not; compute instances are told apart"""
    mine, its = os.getpid(), os.getppid()
    for mig, places in (1, ((1, 0), (2, 0))), (2, ((1, 0), (1, 1))):
        listed = " ".join("%d:%d:%d:%d" % (pid, GIB, *place) for pid, place in zip((mine, its), places))
        wanted = {(mine, "MIG-fake-0-0"): GIB, (its, "MIG-fake-0-1"): GIB}
        for answers in None, {"nvmlDeviceGetComputeRunningProcesses_v3": 4}:
            equal(of_cards(nvidia(nvml(mig=mig, gpus=1, processes=listed, answers=answers))[1]), wanted)


def test_processes():
    """who, how much and how busy; a sum that is not available is unknown, not 16 EiB; no process twice"""
    with subprocess.Popen(["sleep", "1000"]) as other:
        listed = "%d:%d:%d:%d %d:%d:%d:%d" % (os.getpid(), GIB, NO_INSTANCE, NO_INSTANCE, other.pid, ALL_ONES, NO_INSTANCE,
                                              NO_INSTANCE)
        sample = nvidia(nvml(gpus=1, processes=listed, graphics=1))[1]
        other.kill()
    procs = {p["pid"]: p for p in sample["procs"]}
    equal(set(procs), {os.getpid(), other.pid})
    equal(procs[os.getpid()]["gpus"], {"GPU-fake-0": {"vram_bytes": GIB, "busy_pct": 42}})
    equal(procs[other.pid]["gpus"], {"GPU-fake-0": {"busy_pct": 42}})
    holds(procs[other.pid], name="sleep", cmdline="sleep 1000", ppid=os.getpid())


def test_long_entries():
    """entries of another size under the same name, and numbers that are no process"""
    with subprocess.Popen(["sleep", "1000"]) as other:
        listed = " ".join("%d:%d:%d:%d" % (pid, GIB, NO_INSTANCE, NO_INSTANCE)
                          for pid in (os.getpid(), other.pid, 0, 0x7fffffff, 0xfffffff0))
        for how in {}, {"long": 1}:
            sample = nvidia(nvml(gpus=1, processes=listed, **how))[1]
            equal({p["pid"]: p["gpus"]["GPU-fake-0"]["vram_bytes"] for p in sample["procs"]}, {os.getpid(): GIB, other.pid: GIB})
        other.kill()


def nvidia_card(root, bdf, driver="nvidia"):
    """A card of NVIDIA's in a tree, as sysfs shows it."""
    path = "%s/sys/bus/pci/devices/%s" % (root, bdf)
    os.makedirs(path)
    for name, value in ("vendor", "0x10de"), ("device", "0x20b5"), ("class", "0x030200"):
        write("%s/%s" % (path, name), value + "\n")
    os.makedirs(root + "/sys/bus/pci/drivers/" + driver, exist_ok=True)
    os.symlink("../../../../bus/pci/drivers/" + driver, path + "/driver")


def test_lost_before():
    """a card that was lost before has a row: by what the library counts, or else by what the bus shows"""
    write(WORK + "/was-lost", "")
    env = nvml(gpus=3, lost=WORK + "/was-lost")
    hello, sample = once("--no-rocm-smi", root=empty(), env=env)
    equal(sorted(g["state"] for g in sample["gpus"]), ["live", "live", "lost"])
    equal(sorted(g.get("bdf", "") for g in hello["gpus"]), ["", "0000:0a:00.0", "0000:0c:00.0"])
    root = empty()
    for bdf in "0000:0a:00.0", "0000:0b:00.0", "0000:0c:00.0", "10000:01:00.0":
        nvidia_card(root, bdf)
    nvidia_card(root, "0000:0d:00.0", "vfio-pci")
    with Agent("--no-rocm-smi", "--interval", "100", root=root, env=env) as agent:
        agent.sample("four rows", lambda g: sorted(c["state"] for c in g) == ["live", "live", "lost", "lost"])
        states = {g["bdf"]: s["state"] for g, s in zip(agent.hello["gpus"], agent.samples[-1]["gpus"])}
        equal(states, {"0000:0a:00.0": "live", "0000:0b:00.0": "lost", "0000:0c:00.0": "live", "10000:01:00.0": "lost"})


def test_mismatch():
    """library and driver of two versions: the reason, and the cards that the bus shows, without values"""
    root = empty()
    nvidia_card(root, "0000:0a:00.0")
    hello, sample = once("--no-rocm-smi", root=root, env=nvml(mismatch=1))
    holds(hello["libraries"][1], state="off")
    assert "differ in version" in hello["libraries"][1]["reason"] and hello["libraries"][1]["path"], hello["libraries"]
    holds(hello["gpus"][0], bdf="0000:0a:00.0", vendor_id="10de", id="0000:0a:00.0")
    holds(sample["gpus"][0], state=None, temp_edge_c=None)


def test_busy_once():
    """a sample of a process's load that was seen before is not told again"""
    with Agent("--no-rocm-smi", "--interval", "100", root=empty(), env=nvml(gpus=1)) as agent:
        def load(o):
            return [use.get("busy_pct") for p in o.get("procs", []) for use in p["gpus"].values()]
        agent.wait("its load", lambda o: load(o) == [42])
        agent.wait("none since", lambda o: load(o) == [None])


def test_crowd():
    """more processes than there was room for are asked for again"""
    sample = nvidia(nvml(gpus=1, crowd=1500))[1]
    equal(len(sample["procs"]), 256, "what the stream tells at most")


def test_reads_only():
    """nothing but questions is asked: no mode is set, nothing is cleared; and none of a card that sleeps"""
    log, root = WORK + "/calls", empty()
    device = root + "/sys/bus/pci/devices/0000:0a:00.0"
    os.makedirs(device + "/power")
    for name, text in ("vendor", "0x10de"), ("device", "0x20b5"), ("class", "0x030200"), ("power/runtime_status", "suspended"):
        write(device + "/" + name, text + "\n")

    def of_card(number):
        """The questions to a card, without those that were asked once, to list it."""
        with open(log, encoding="ascii") as f:
            calls = [line.split() for line in f]
        assert all(re.fullmatch("nvml(Init|SystemGet|DeviceGet).*|NVML_FI_.*", c[0]) for c in calls), calls
        assert not any(re.search("Persistence|Accounting", c[0]) for c in calls), calls
        return [c[0] for c in calls if c[1] == number and c[0] in (*CALLS, "nvmlDeviceGetMemoryInfo_v2",
                                                                   "nvmlDeviceGetComputeRunningProcesses_v3")]

    with Agent("--no-rocm-smi", "--interval", "100", root=root, env=nvml(calls=log)) as agent:
        gpus = agent.sample("both", lambda g: len(g) == 2 and "power_w" in g[1])["gpus"]
        holds(gpus[0], state="suspended", power_w=None, temp_edge_c=None, err=None)
        agent.sample()
        equal(of_card("0"), [])
        equal({*CALLS} - {*of_card("1")}, set())
        write(device + "/power/runtime_status", "active\n")
        agent.sample("it wakes up", lambda g: g[0]["state"] == "live" and "power_w" in g[0])
    equal([n for n in entries() if not re.match("nvml(Init|SystemGet|DeviceGet)", n) or re.search("Persist|Account", n)], [])


if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
