"""rocm.py - the real ROCm SMI library on the fabricated machine, in a mount namespace of its own."""
import ctypes.util
import os
import signal
import re
import subprocess

from stream import Agent, Skip, card, equal, holds, hwmon, main, once, tree, write

FAST = ("--interval", "100")
ENTER = 'mount --rbind "$0/sys" /sys && mount -t tmpfs %s none /dev/shm && exec "$@"'


def inside(root, shm=""):
    """Words before the agent that make the tree its /sys; shm: mount options of /dev/shm."""
    if subprocess.run(["unshare", "-rm", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise Skip("no mount namespaces here: kernel.unprivileged_userns_clone")
    if not ctypes.util.find_library("rocm_smi64"):
        raise Skip("no librocm_smi64: apt-get install librocm-smi64-1")
    return ["unshare", "-rm", "sh", "-c", ENTER % shm, root]


def library(hello):
    return hello["libraries"][0]


def is_newer(hello):
    """Than the pinned release, ROCm 5.7, whose library calls itself 1.0.0."""
    return library(hello)["version"] != "1.0.0"


def only_5_7(hello):
    """What follows is a trap of that release."""
    if is_newer(hello):
        raise Skip("the trap is of ROCm SMI 1.0.0 (ROCm 5.7), this is %s" % library(hello)["version"])


def test_values():
    """1 and 4 cards: right values, told to be the library's"""
    for n in 1, 4:
        root = tree("-n", str(n))
        hello, sample = once(wrap=inside(root))
        holds(library(hello), name="rocm-smi", state="live", driver="6.2.4")
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", library(hello)["version"]), library(hello)
        equal(len(sample["gpus"]), n)
        for i, g in enumerate(sample["gpus"]):
            holds(g, temp_edge_c=71, temp_junction_c=84, temp_mem_c=78, temp_vrgfx_c=65, sclk_mhz=1606, mclk_mhz=1000,
                  socclk_mhz=309, fclk_mhz=1225, power_w=212, power_cap_w=225, voltage_mv=987, busy_pct=97,
                  mem_busy_pct=61, vram_used_bytes=(13800 + 7 * i) << 20, ecc_corrected=3 * i, pcie_replays=i,
                  throttle=[], perf_level="auto", energy_j=None, fan_rpm=None)
            origin = hello["gpus"][i]["origin"]
            origins = {origin[k] for k in ("temp_junction_c", "power_w", "sclk_mhz", "vram_used_bytes", "busy_pct",
                                           "temp_vrgfx_c", "ecc_corrected")}
            # later releases leave some to gpu_metrics
            equal(origins - {"gpu_metrics"} if is_newer(hello) else origins, {"rocm-smi"})
            holds(origin, pcie_gen="sysfs")


def test_scenes():
    """hot and cold, as the library tells them"""
    g = once(wrap=inside(tree("-s", "hot")))[1]["gpus"][0]
    holds(g, temp_junction_c=102, throttle=["thermal"], sclk_mhz=1085)
    g = once(wrap=inside(tree("-s", "cold")))[1]["gpus"][0]
    holds(g, temp_edge_c=-3, temp_junction_c=-2)


def test_newer_kernel():
    """power that this library does not know comes from hwmon"""
    hello, sample = once(wrap=inside(tree("-w")))
    holds(sample["gpus"][0], power_w=212, temp_junction_c=84)
    holds(hello["gpus"][0]["origin"], power_w="hwmon", temp_junction_c="rocm-smi")


def test_locks():
    """the library's locks stay our own: where /dev/shm cannot be written it would not even open"""
    hello, sample = once(wrap=inside(tree(), "-o ro"))
    holds(library(hello), state="live")
    holds(hello["gpus"][0]["origin"], temp_junction_c="rocm-smi")


def test_sees_none():
    """a card that the library hides is shown by sysfs"""
    hello, sample = once(wrap=inside(tree("-c", "1")))
    only_5_7(hello)
    holds(library(hello), state="live")
    holds(sample["gpus"][0], temp_junction_c=84)
    holds(hello["gpus"][0]["origin"], temp_junction_c="hwmon")


def test_aborts():
    """a file that makes the library abort: the other cards and sysfs go on; after three deaths it does without"""
    root = tree("-n", "4")
    with Agent(*FAST, wrap=inside(root)) as agent:
        only_5_7(agent.wait_hello("the library", lambda o: o["gpus"][1]["origin"].get("sclk_mhz") == "rocm-smi"))
        write(card(root, 1) + "/pp_dpm_sclk", "S: 19Mhz *\n")
        agent.wait_error("its death", "rocm-smi: Aborted in gpu_clk_freq_get(sys) of card 0000:0b:00.0")
        s = agent.sample("sysfs", lambda g: len(g) == 4)
        equal([c["temp_junction_c"] for c in s["gpus"]], [84] * 4)
        equal([c["state"] for c in s["gpus"]], ["live"] * 4)
        agent.wait_error("the third", "without that call")
        agent.wait_hello("the library again", lambda o: library(o)["state"] == "live")
        hello = agent.wait_hello("its origins", lambda o: o["gpus"][0]["origin"].get("sclk_mhz") == "rocm-smi"
                                 and o["gpus"][1]["origin"].get("temp_edge_c") == "rocm-smi")
        holds(hello["gpus"][1]["origin"], sclk_mhz="hwmon")
        equal(len(agent.errors), 3, agent.errors)


def test_aborts_at_once():
    """no hwmon directory: the library dies in its first call, the rest of sysfs is shown"""
    only_5_7(once(wrap=inside(tree()))[0])
    root = tree()
    os.rename(os.path.dirname(hwmon(root)), card(root) + "/elsewhere")
    with Agent(*FAST, wrap=inside(root)) as agent:
        agent.wait_error("its death", "rocm-smi: ")
        holds(agent.sample()["gpus"][0], vram_total_bytes=16 << 30, busy_pct=97)


def test_killed():
    """a child that is killed is replaced as a whole, and every card is the library's again: its locks are its own"""
    with Agent(*FAST, wrap=inside(tree("-n", "2"))) as agent:
        for deaths in 1, 2:
            agent.wait_hello("both cards from the library", lambda o: library(o)["state"] == "live"
                             and all(g["origin"].get("sclk_mhz") == "rocm-smi" for g in o["gpus"]))
            with open("/proc/%d/task/%d/children" % (agent.process.pid, agent.process.pid), encoding="ascii") as f:
                os.kill(int(f.read().split()[0]), signal.SIGKILL)
            agent.wait_hello("its end", lambda o: library(o)["state"] == "off" and "Killed" in library(o)["reason"])
            equal([c["temp_junction_c"] for c in agent.sample()["gpus"]], [84, 84], "sysfs meanwhile")
        agent.wait_hello("the library again", lambda o: library(o)["state"] == "live")
        equal(len(agent.errors), deaths, agent.errors)


def test_values_change():
    """values follow, through the library"""
    root = tree()
    with Agent(*FAST, wrap=inside(root)) as agent:
        agent.wait_hello("the library", lambda o: o["gpus"][0]["origin"].get("temp_junction_c") == "rocm-smi")
        write(hwmon(root) + "/temp2_input", "93000\n")
        agent.sample("93 C", lambda g: g[0]["temp_junction_c"] == 93)


if __name__ == "__main__":
    main([v for k, v in list(globals().items()) if k.startswith("test_")])
