#!/usr/bin/env python3
"""stuck_terminal.py [options] COMMAND... - a console on a terminal whose other side stops reading, and how it ends.

Prints NAME=VALUE lines: status (as a shell tells it), took_ms from the signal to the end, rss_kb after --settle seconds and
grown_kb from then to the signal, settings (same or different), blocking (whether the shared descriptor was given back as it
was), put_back (whether the terminal's other side finds it restored when it goes on reading).
"""
import argparse
import ctypes
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24
RMCUP = b"\x1b[?1049l"

ap = argparse.ArgumentParser()
ap.add_argument("--signal", default="TERM")
ap.add_argument("--foreign", action="store_true", help="the terminal's device may not be opened: another user's")
ap.add_argument("--uncontrolled", action="store_true", help="it is not our controlling terminal (su -c)")
ap.add_argument("--stop", action="store_true", help="output is also stopped, as by Ctrl-S")
ap.add_argument("--settle", type=float, default=1, help="seconds until memory is first looked at")
ap.add_argument("--seconds", type=float, default=1, help="from then to the signal")
ap.add_argument("--every", type=float, default=0, help="tells the memory on stderr")
ap.add_argument("command", nargs="+")
o = ap.parse_args()

master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
before, flags = termios.tcgetattr(slave), fcntl.fcntl(slave, fcntl.F_GETFL)
if o.foreign:
    os.fchmod(slave, 0)

pid = os.fork()
if pid == 0:
    os.setsid()
    if not o.uncontrolled:
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    if o.foreign:  # root would open it all the same
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.close(master)
    os.execvp(o.command[0], o.command)


def rss_kb():
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def read_until(text, seconds):
    seen, end = b"", time.monotonic() + seconds
    while text not in seen and select.select([master], [], [], max(0, end - time.monotonic()))[0]:
        seen += os.read(master, 65536)
    return seen


def resize(n):  # each one is a whole new frame, so that the terminal is soon full
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50 + n % 10, 180 + n % 20, 0, 0))


def stay(seconds):
    end, told, n = time.monotonic() + seconds, time.monotonic(), 0
    while time.monotonic() < end:
        n += 1
        resize(n)
        time.sleep(0.05)
        if o.every and time.monotonic() - told >= o.every:
            told = time.monotonic()
            print(f"{told - began:.0f} s: {rss_kb()} kB", file=sys.stderr, flush=True)


began = time.monotonic()
if b"overview" not in read_until(b"overview", 30):
    sys.exit("no frame came")
if o.stop:
    termios.tcflow(slave, termios.TCOOFF)
stay(o.settle)
settled = rss_kb()
stay(o.seconds)
print(f"rss_kb={settled}\ngrown_kb={rss_kb() - settled}")

sent = time.monotonic()
os.kill(pid, getattr(signal, "SIG" + o.signal))
status = None
while status is None and time.monotonic() - sent < 20:
    ended, how = os.waitpid(pid, os.WNOHANG)
    status = os.waitstatus_to_exitcode(how) if ended else None
    time.sleep(0.01)
print(f"status={status}\ntook_ms={(time.monotonic() - sent) * 1000:.0f}")
if status is None:
    os.kill(pid, signal.SIGKILL)
print("settings=" + ("same" if termios.tcgetattr(slave) == before else "different"))
print("blocking=" + ("same" if fcntl.fcntl(slave, fcntl.F_GETFL) == flags else "different"))
seen = read_until(RMCUP, 1)
print("put_back=" + ("yes" if RMCUP in seen[-200:] else "no"))
