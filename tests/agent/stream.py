"""stream.py - runs labtop-agent in a test and waits for lines of its stream; prints TAP.

Nothing sleeps: every wait ends with a line that satisfies a condition, or fails after a generous limit.
"""
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

BUILD = os.getcwd()
SOURCE = os.path.abspath(os.environ.get("top_srcdir", "."))
AGENT = os.path.join(BUILD, "labtop-agent")
STUBS = os.path.join(BUILD, "tests", "stubs")
LIMIT_S = 60
WORK = tempfile.mkdtemp(prefix="labtop-agent-test.")
os.chmod(WORK, 0o755)


def tree(*options):
    """A fabricated machine; returns the directory that holds its sys/."""
    path = tempfile.mkdtemp(dir=WORK)
    os.chmod(path, 0o755)
    maker = os.path.join(SOURCE, "tests/fixtures/mi50/mkmi50tree.sh")
    subprocess.run(["sh", maker, *options, path], check=True)
    return path


def card(root, index=0):
    """The device directory of a card of the tree."""
    return os.path.realpath("%s/sys/bus/pci/devices/0000:%02x:00.0" % (root, 3 + 8 * index))


def hwmon(root, index=0):
    parent = os.path.join(card(root, index), "hwmon")
    return os.path.join(parent, os.listdir(parent)[0])


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def without_doubles(pairs):
    """An object whose keys are there once, as every reader can take it."""
    assert len(pairs) == len(dict(pairs)), "a key twice: %s" % json.dumps(pairs)[:2000]
    return dict(pairs)


class Agent:
    """A running agent; lines arrive in a thread, stderr in another."""

    def __init__(self, *options, root=None, env=None, wrap=(), user=None):
        command = [*wrap, AGENT, *options]
        if root:
            command += ["--sysfs-root", os.path.join(root, "sys")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, **(env or {})},
                                        user=user if os.geteuid() == 0 else None)
        self.lines = queue.Queue()
        self.errors = []
        self.hello = None
        self.hellos = 0
        self.samples = []
        threading.Thread(target=self._read, daemon=True).start()
        self.error_reader = threading.Thread(target=self._read_errors, daemon=True)
        self.error_reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode())

    def next(self, limit_s=LIMIT_S):
        """The next line as an object; None at the end of the stream."""
        line = self.lines.get(timeout=limit_s)
        if line is None:
            return None
        assert len(line) <= 256 * 1024 and line.endswith(b"\n"), "a line of %d bytes" % len(line)
        obj = json.loads(line, object_pairs_hook=without_doubles)
        if "labtop-agent" in obj:
            assert obj["labtop-agent"] == 1, obj
            self.hello = obj
            self.hellos += 1
        else:
            assert self.hello, "a sample before the hello"
            assert "seq" in obj and "mono_ms" in obj and "gpus" in obj, obj
            self.samples.append(obj)
        return obj

    def wait(self, what, condition):
        """Reads until condition(last object) is true; returns the object."""
        end = time.monotonic() + LIMIT_S
        last = None
        while time.monotonic() < end:
            obj = self.next(max(end - time.monotonic(), 0.1))
            if obj is None:
                raise AssertionError("the stream ended before: " + what)
            last = obj
            if condition(obj):
                return obj
        raise AssertionError("never came: %s; last line %s" % (what, json.dumps(last)[:2000]))

    def sample(self, what="a sample", condition=lambda gpus: True):
        """Waits for a sample whose cards, by position, satisfy condition."""
        return self.wait(what, lambda o: "seq" in o and condition(o["gpus"]))

    def wait_hello(self, what, condition):
        return self.wait(what, lambda o: "labtop-agent" in o and condition(o))

    def wait_error(self, what, text):
        """Reads lines until stderr has said text: one can only come while the other goes on."""
        return self.wait(what, lambda o: any(text in e for e in self.errors))

    def rest(self):
        """Reads to the end; returns the exit status."""
        while self.next() is not None:
            pass
        self.error_reader.join(LIMIT_S)
        return self.process.wait(LIMIT_S)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.rest()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(LIMIT_S)


def once(*options, **more):
    """One sample of an agent: (hello, sample)."""
    with Agent("--once", *options, **more) as agent:
        status = agent.rest()
        assert status == 0, "exit status %d, stderr %s" % (status, agent.errors)
        assert len(agent.samples) == 1, agent.samples
        return agent.hello, agent.samples[0]


def equal(got, want, what=""):
    assert got == want, "%s: %r, not %r" % (what, got, want)


def holds(obj, **want):
    for key, value in want.items():
        assert obj.get(key) == value, "%s is %r, not %r" % (key, obj.get(key), value)


class Skip(Exception):
    """This test cannot run here; the reason is for people."""


def main(tests):
    strict = bool(os.environ.get("LABTOP_STRICT"))
    print("1..%d" % len(tests))
    try:
        for number, test in enumerate(tests, 1):
            name = test.__doc__ or test.__name__
            try:
                test()
                print("ok %d - %s" % (number, name), flush=True)
            except Skip as why:
                print("%sok %d - %s # SKIP %s" % ("not " if strict else "", number, name, why), flush=True)
            except Exception:
                print("not ok %d - %s" % (number, name))
                for line in traceback.format_exc().splitlines():
                    print("# " + line, flush=True)
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
    sys.exit(0)
