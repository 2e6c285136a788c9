"""raw.py TTY|PIPE SECONDS ANSWER COMMAND…: runs COMMAND at a terminal of its own (TTY) or with pipes, types ANSWER when it is
asked for a yes, writes what came as bytes to raw.out, and ends with 1 when anything in it could drive a terminal.

At a terminal a full-screen program sends escape sequences of its own (--full-screen): then only what no program of ours ever
sends counts."""
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
import unicodedata

# OSC, DCS, APC, PM and SOS strings, and what answers or redefines: nothing of it is ever ours but the title-less rest
NEVER = re.compile(rb"\x1b[\]P_^X]|\x07|\x1b\[[0-9;]*n|\x1b\[c|\x0e|\x0f")
BIDI = set("\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | {chr(c) for r in ((0x202A, 0x202F), (0x2066, 0x206A)) for c in range(*r)}


def at_terminal(command, answer, seconds):
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    out, typed, until = b"", False, time.monotonic() + seconds
    while time.monotonic() < until:
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        out += more
        if answer and not typed and b"Type yes" in out:
            os.write(fd, answer.encode() + b"\n")
            typed = True
    else:
        os.kill(pid, 15)
    return out, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def problems(out, full_screen):
    try:
        text = out.decode("utf-8")
    except UnicodeDecodeError as e:
        return [f"no UTF-8: {out[max(e.start - 20, 0):e.start + 20]!r}"]
    found = [f"{m.group()!r} in {out[max(m.start() - 30, 0):m.end() + 30]!r}" for m in NEVER.finditer(out)]
    for i, c in enumerate(text):
        control = unicodedata.category(c) == "Cc" and c not in "\n\r\t"
        if c in BIDI or control and not (full_screen and c in "\x1b\b"):
            found.append(f"{c!r} in {text[max(i - 30, 0):i + 30]!r}")
    return found


full_screen = "--full-screen" in sys.argv
kind, seconds, answer, *command = [a for a in sys.argv[1:] if a != "--full-screen"]
if kind == "TTY":
    out, status = at_terminal(command, answer, float(seconds))
else:
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=float(seconds), check=False)
    out, status = run.stdout, run.returncode
open("raw.out", "wb").write(out)
bad = problems(out, full_screen)
if kind == "JSON":
    json.loads(out)
if len(out) > 64 * 1024 and not full_screen:
    bad.append(f"{len(out)} bytes: nothing was cut")
for line in bad[:10]:
    print(line)
print(f"status {status}, {len(out)} bytes")
sys.exit(1 if bad else 0)
