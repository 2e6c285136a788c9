#!/usr/bin/env python3
"""A server that misbehaves on command, and plays recorded exchanges back.

  server.py [--tls CERT KEY] [--exchanges DIR]

Prints "port N" and serves until its stdin ends. What a path does stands in the table FAULTS; any other path is looked for
in the exchanges (files of labtop --trace http): the n-th request gets the n-th recorded answer to the same request line,
the last one again and again. GET /log tells as JSON every request line seen so far, and is not in it itself.
"""
import argparse
import glob
import json
import os
import socket
import ssl
import sys
import threading
import time
import zlib

seen = []  # "GET /path" in order of arrival
connections = 0
lock = threading.Lock()


def head(status, *lines):
    return ("HTTP/1.1 %s\r\n%s\r\n" % (status, "".join(line + "\r\n" for line in lines))).encode()


def answer(status, body, *lines):
    body = body if isinstance(body, bytes) else body.encode()
    return head(status, "Content-Length: %d" % len(body), *lines) + body


def times_seen(line):
    with lock:
        return seen.count(line)


class Request:
    def __init__(self, line, headers, body, sock):
        self.line, self.headers, self.body, self.sock = line, headers, body, sock
        self.method, target = line.split(" ")[:2]
        self.path, _, self.query = target.partition("?")
        self.words = self.path.strip("/").split("/")

    def send(self, data):
        self.sock.sendall(data)


# Each fault answers one request; True keeps the connection.

def ok(r):
    r.send(answer("200 OK", "hello", "Server: replay"))
    return True


def echo(r):
    told = {"method": r.method, "headers": r.headers, "body": r.body.decode("utf-8", "replace")}
    r.send(answer("200 OK", json.dumps(told), "Content-Type: application/json"))
    return True


def silent(r):
    r.sock.recv(1)  # until the client goes


def stops(r):  # begins an answer, then says no more
    r.send(head("200 OK", "Content-Length: 100") + b"x")
    silent(r)


def late(r):
    time.sleep(0.2)
    return ok(r)


def held(r):  # /held/X: until somebody asks for /ok?X
    while not times_seen("GET /ok?" + r.words[1]):
        time.sleep(0.01)
    return ok(r)


def status(r):  # /status/503/RETRY-AFTER
    r.send(answer(r.words[1] + " Told", "no", *(["Retry-After: " + r.words[2]] if len(r.words) > 2 else [])))
    return True


def nth(r):  # /nth/3/401: good until the third
    bad = times_seen(r.line.split(" HTTP")[0]) >= int(r.words[1])
    r.send(answer(r.words[2] + " Told" if bad else "200 OK", "bad" if bad else "good"))
    return True


def bomb(r):
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join([pack.compress(b"\0" * (1 << 20)) for _ in range(300)] + [pack.flush()])
    r.send(answer("200 OK", data, "Content-Encoding: gzip"))


def cookie(r):
    r.send(answer("200 OK", b"", "Set-Cookie: session=canary; Path=/"))


def packed(r):
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    r.send(answer("200 OK", pack.compress(b"hello") + pack.flush(), "Content-Encoding: gzip"))


def endless(r):
    r.send(head("200 OK"))
    while True:
        r.send(b"x" * 65536)


def drip(r):
    r.send(head("200 OK", "Content-Length: 100000"))
    while True:
        r.send(b"x")
        time.sleep(0.2)


def drip_head(r):
    r.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        r.send(b"X-A: b\r\n")
        time.sleep(0.2)


def cut(r):
    r.send(head("200 OK", "Content-Length: 1000") + b"only this")


def reset(r):
    r.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def hang_up(r):  # answers, then closes the kept connection without a word
    r.send(answer("200 OK", "bye"))


def redirect(r):
    r.send(answer(r.words[1] + " Moved", "", "Location: http://127.0.0.1:%d/ok" % port, "Set-Cookie: a=b"))
    return True


def header_flood(r):
    r.send(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(2000)))


def bad_chunk(r):
    r.send(head("200 OK", "Transfer-Encoding: chunked") + b"ZZ\r\nhello\r\n0\r\n\r\n")


def log(r):
    with lock:
        told = {"seen": list(seen), "connections": connections}
    r.send(answer("200 OK", json.dumps(told)))


FAULTS = {
    "ok": ok, "echo": echo, "silent": silent, "stops": stops, "late": late, "held": held, "status": status, "nth": nth, "bomb": bomb, "packed": packed, "cookie": cookie, "endless": endless,
    "drip": drip, "drip-head": drip_head, "cut": cut, "reset": reset, "hang-up": hang_up, "redirect": redirect,
    "header-flood": header_flood, "bad-chunk": bad_chunk, "log": log,
}


def read_exchanges(folder):
    """request line -> answers in the order of the files' names"""
    found = {}
    for name in sorted(glob.glob(os.path.join(folder, "*.http"))):
        with open(name, "rb") as f:
            parts = {}
            f.readline()
            for line in iter(f.readline, b""):
                word, _, rest = line.strip().partition(b" ")
                if word in (b"request", b"response"):
                    parts[word] = f.read(int(rest))
                    f.readline()
        if b"response" in parts:
            line = parts[b"request"].split(b"\r\n")[0].decode()
            first, _, body = parts[b"response"].partition(b"\r\n\r\n")
            lines = [h for h in first.split(b"\r\n") if not h.lower().startswith(b"content-length:")]
            found.setdefault(line, []).append(
                b"\r\n".join(lines) + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return found


def replay(r):
    answers = exchanges.get(r.line)
    if not answers:
        r.send(answer("404 Not Found", "no such exchange"))
        return True
    r.send(answers[min(times_seen(r.line.split(" HTTP")[0]), len(answers)) - 1])
    return True


def read_request(stream, sock):
    line = stream.readline().decode("latin-1").strip()
    if not line:
        return None
    headers = {}
    for raw in iter(stream.readline, b"\r\n"):
        name, _, value = raw.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(line, headers, body, sock)


def serve(sock):
    global connections
    try:
        if tls:
            sock = tls.wrap_socket(sock, server_side=True)
        with sock:
            # Heads and bodies sent apart would wait for a delayed ACK.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with lock:
                connections += 1
            stream = sock.makefile("rb")
            if not tls and stream.peek(1)[:1] == b"\x16":  # TLS spoken to a plain port
                sock.sendall(answer("400 Bad Request", "this is HTTP"))
                return
            while (r := read_request(stream, sock)):
                if r.words[0] != "log":
                    with lock:
                        seen.append(r.line.split(" HTTP")[0])
                if not FAULTS.get(r.words[0], replay)(r):
                    stream.close()
                    break
    except (OSError, ssl.SSLError):
        pass  # the client went away: what the test is about


args = argparse.ArgumentParser()
args.add_argument("--tls", nargs=2)
args.add_argument("--exchanges")
args = args.parse_args()
exchanges = read_exchanges(args.exchanges) if args.exchanges else {}
tls = None
if args.tls:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*args.tls)
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
print("port", port, flush=True)


def accept():
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
