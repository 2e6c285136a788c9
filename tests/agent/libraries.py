"""libraries.py - stand-in vendor libraries that lie, write, hang and die: the stream goes on, and says where from."""
import os

from stream import Agent, STUBS, WORK, equal, holds, main, once, tree, write

FAST = ("--interval", "100")


def rocm(**how):
    return {"LABTOP_ROCM_SMI": STUBS + "/fake_rocm.so", **{"FAKE_" + k.upper(): str(v) for k, v in how.items()}}


def nvml(**how):
    return {"LABTOP_NVML": STUBS + "/fake_nvml.so", **{"FAKE_" + k.upper(): str(v) for k, v in how.items()}}


def library(hello, name):
    return next(entry for entry in hello["libraries"] if entry["name"] == name)


def test_rocm_values():
    """the library's value is shown where it has one, and its origin told; a denied one falls back to sysfs"""
    hello, sample = once(root=tree("-n", "2"), env=rocm(cards=2))
    for g, s in zip(hello["gpus"], sample["gpus"]):
        holds(s, temp_junction_c=61.5, power_w=150, sclk_mhz=1234, power_cap_w=225, busy_pct=97, err=None)
        holds(g["origin"], temp_junction_c="rocm-smi", power_w="rocm-smi", sclk_mhz="rocm-smi",
              power_cap_w="hwmon", busy_pct="sysfs")
    holds(library(hello, "rocm-smi"), state="live", version="1.0.0", path=STUBS + "/fake_rocm.so")


def test_rocm_layouts():
    """the layout goes by version; with an unknown one no struct is read"""
    for major, origin, mhz in (6, "rocm-smi", 1234), (7, "rocm-smi", 1234), (42, "hwmon", 1606):
        hello, sample = once(root=tree(), env=rocm(major=major))
        holds(sample["gpus"][0], sclk_mhz=mhz, power_w=150)
        holds(hello["gpus"][0]["origin"], sclk_mhz=origin, power_w="rocm-smi")


def test_rocm_lies():
    """success with nonsense is not shown"""
    hello, sample = once(root=tree(), env=rocm(lie=1))
    holds(sample["gpus"][0], sclk_mhz=1606, vram_total_bytes=16 << 30)
    holds(hello["gpus"][0]["origin"], sclk_mhz="hwmon", vram_total_bytes="sysfs")


def test_distrust():
    """where the two contradict each other for long, sysfs is believed"""
    root = tree()
    with Agent(*FAST, root=root, env=rocm()) as agent:
        # 61.5 against 84 is more than one interval's drift
        agent.wait_hello("hwmon's junction", lambda o: o["gpus"][0]["origin"].get("temp_junction_c") == "hwmon")
        g = agent.sample()["gpus"][0]
        holds(g, temp_junction_c=84, power_w=150)


def test_noise():
    """what libraries print never reaches the stream or the terminal"""
    with Agent(*FAST, root=tree(), env={**rocm(noise=1), **nvml(noise=1)}) as agent:
        agent.sample("a library's value", lambda g: g[0].get("power_w") == 150)
        agent.sample()
        agent.stop()
        equal(agent.errors, [])


def test_blocks_in_call():
    """a call that never returns: samples go on, the child is replaced, sysfs stands in, then the call is left out"""
    root = tree("-n", "2")
    with Agent(*FAST, root=root, env=rocm(cards=2, block="temp")) as agent:
        agent.sample("values though it hangs", lambda g: g[0].get("temp_junction_c") == 84 and g[0]["age_ms"] < 10000)
        agent.sample("the other card from the library", lambda g: g[1].get("power_w") == 150)
        agent.wait_error("the child's end", "no answer in temp_metric_get(edge) of card 0000:03:00.0")
        agent.sample("sysfs for both", lambda g: all(c["power_w"] == 212 and c["age_ms"] < 10000 for c in g))
        agent.wait_error("the third one's", "without that call")
        # edge is spared now; junction is the next to hang, and card 1 is served meanwhile
        agent.sample("the other card again", lambda g: g[1].get("power_w") == 150)


def test_blocks_in_init():
    """a library that never opens is said to be off; the stream begins without it"""
    with Agent(*FAST, root=tree(), env=rocm(block="init")) as agent:
        s = agent.sample("sysfs values", lambda g: g[0].get("power_w") == 212)
        equal(s["seq"], 0, "the first line already")
        holds(library(agent.hello, "rocm-smi"), state="off")
        agent.wait_error("the first try's end", "rocm-smi: no answer in init; next try in 1 s")


def test_dies():
    """a library that aborts: one line, sysfs goes on, after three deaths that call is left out and the rest is back"""
    root = tree("-n", "2")
    with Agent(*FAST, root=root, env=rocm(cards=2, abort="power")) as agent:
        agent.wait_error("the first death", "rocm-smi: Aborted in power_ave_get of card 0000:03:00.0; next try in 1 s")
        g = agent.sample("sysfs", lambda g: g[0].get("power_w") == 212)["gpus"][0]
        holds(g, temp_junction_c=84, state="live")
        agent.wait_error("the third death", "next try in 4 s, without that call")
        agent.sample("the library without its power", lambda g: g[0].get("sclk_mhz") == 1234)
        s = agent.sample()
        holds(s["gpus"][0], power_w=212)
        holds(s["gpus"][1], power_w=150)
        equal(len(agent.errors), 3, agent.errors)
        holds(library(agent.hello, "rocm-smi"), state="live")


def test_absent():
    """a library that is not there is said to be absent"""
    hello, sample = once(root=tree(), env={"LABTOP_ROCM_SMI": WORK + "/none.so"})
    holds(library(hello, "rocm-smi"), state="absent")
    assert "none.so" in library(hello, "rocm-smi")["reason"]
    holds(sample["gpus"][0], temp_junction_c=84)
    hello, sample = once(root=tree(), env={"LABTOP_NVML": STUBS + "/fake_rocm.so"})
    holds(library(hello, "nvml"), state="off")
    assert "not NVML" in library(hello, "nvml")["reason"]


def test_not_asked_for():
    """--no-rocm-smi and --no-nvml"""
    hello, sample = once("--no-rocm-smi", "--no-nvml", root=tree(), env={**rocm(), **nvml()})
    equal([entry["state"] for entry in hello["libraries"]], ["off", "off"])
    equal(len(sample["gpus"]), 1)


def test_nvml():
    """four NVIDIA cards beside an AMD one"""
    hello, sample = once(root=tree(), env=nvml())
    equal(len(hello["gpus"]), 5)
    g, s = hello["gpus"][1], sample["gpus"][1]
    holds(g, id="GPU-fake-0", bdf="0000:0a:00.0", vendor_id="10de", device_id="20b5", subsystem="10de:1533",
          name="Fake Accelerator 0", driver="nvidia", kind="gpu", passive=True, numa_node=None)
    holds(g["limits"], temp_edge_crit_c=85, sclk_max_mhz=1800)
    holds(g["origin"], temp_edge_c="nvml", busy_pct="nvml", temp_junction_c=None)
    holds(s, vram_total_bytes=16 << 30, power_cap_w=250, pcie_gen=3, pcie_max_gen=4, perf_level="P0",
          throttle=["thermal", "power-cap"], throttle_bits=0x44)
    assert 45 <= s["temp_edge_c"] <= 84 and 80 <= s["power_w"] <= 250, s
    equal(sample["gpus"][2]["throttle"], [], "idle is no throttling")
    holds(library(hello, "nvml"), state="live", driver="550.90.07")
    assert any("GPU-fake-0" in p["gpus"] for p in sample["procs"]), sample["procs"]


def test_mig():
    """MIG instances are rows under their card, with their own memory and processes"""
    hello, sample = once(root=tree(), env=nvml(gpus=2, mig=1))
    rows = [(g["id"], g["kind"], g.get("parent")) for g in hello["gpus"][1:]]
    equal(rows, [("GPU-fake-0", "gpu", None), ("MIG-fake-0-0", "mig", "GPU-fake-0"),
                 ("MIG-fake-0-1", "mig", "GPU-fake-0"), ("GPU-fake-1", "gpu", None)])
    holds(sample["gpus"][2], vram_total_bytes=8 << 30, busy_pct=None, temp_edge_c=None)
    gpus = {gpu for p in sample["procs"] for gpu in p["gpus"]}
    assert "MIG-fake-0-1" in gpus and "GPU-fake-0" not in gpus, gpus


def test_vgpu():
    """a share of a card that the hypervisor's driver owns says so; a passed through card is a card"""
    hello = once(root=tree(), env=nvml(gpus=2, vgpu=1))[0]
    equal([g["kind"] for g in hello["gpus"]], ["gpu", "vgpu", "gpu"])


def test_nvml_lost():
    """a card that falls off the bus is lost; its neighbour is not"""
    flag = WORK + "/lost"
    with Agent(*FAST, root=tree(), env=nvml(gpus=2, lost=flag)) as agent:
        agent.sample("both", lambda g: len(g) == 3 and g[2]["state"] == "live")
        write(flag, "")
        s = agent.sample("one lost", lambda g: g[2]["state"] == "lost")
        holds(s["gpus"][1], state="live")
        os.unlink(flag)


def test_reaped():
    """no child outlives the agent"""
    with Agent(*FAST, root=tree(), env={**rocm(block="temp"), **nvml()}) as agent:
        agent.sample("a library", lambda g: len(g) == 5)
        with open("/proc/%d/task/%d/children" % (agent.process.pid, agent.process.pid)) as f:
            children = f.read().split()
        equal(len(children), 2)
        equal(agent.stop(), 143)
        for pid in children:
            assert not os.path.exists("/proc/" + pid), "child %s is still there" % pid


if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
