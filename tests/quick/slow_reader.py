#!/usr/bin/env python3
"""slow_reader.py HOW EXPECTED COMMAND... - the command prints into a pipe that is full already; how its reader behaves:

stops      it reads on after each of many STOP and CONT, then TERM comes in the middle and it reads to the end
stalls     it reads a page and no more, then TERM comes
leaves     it reads a page and goes away
Prints what came ("whole": the file EXPECTED, or with "lines" two lines of JSON; "part": a beginning of it; "none"; "other"),
the exit status as a shell tells it, and the seconds from the signal to the end.
"""
import fcntl
import json
import os
import signal
import sys
import termios
import time

PAGE = 4096
how, expected, command = sys.argv[1], None, sys.argv[3:]
if sys.argv[2] != "lines":
    with open(sys.argv[2], "rb") as file:
        expected = file.read()
r, w = os.pipe()
fcntl.fcntl(w, 1031, PAGE)  # F_SETPIPE_SZ
os.write(w, b"x" * PAGE)
pid = os.fork()
if pid == 0:
    os.dup2(w, 1)
    os.close(r)
    os.close(w)
    os.execvp(command[0], command)
os.close(w)


def waiting():
    return int.from_bytes(fcntl.ioctl(r, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)


def page_comes():
    """The next page lies in the pipe: the command is in the middle of its output."""
    end = time.monotonic() + 30
    while waiting() < PAGE:
        if time.monotonic() > end:
            sys.exit("the output is too short for this test, or never came")
        time.sleep(0.005)


got = os.read(r, PAGE)[PAGE:]
page_comes()
if how == "stops":
    for _ in range(3):
        for _ in range(20):
            os.kill(pid, signal.SIGSTOP)
            os.kill(pid, signal.SIGCONT)
        got += os.read(r, 1000)
sent = time.monotonic()
if how == "leaves":
    os.close(r)
else:
    os.kill(pid, signal.SIGTERM)
if how == "stops":
    while chunk := os.read(r, 1000):
        got += chunk
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
took = time.monotonic() - sent
if how == "stalls":
    while chunk := os.read(r, PAGE):
        got += chunk
if expected is None:
    try:
        expected = got if len([json.loads(line) for line in got.splitlines()]) == 2 else b""
    except ValueError:
        expected = b""
what = "whole" if got == expected else "none" if not got else "part" if expected.startswith(got) else "other"
print(what, status if status >= 0 else 128 - status, f"{took:.1f}")
