#!/usr/bin/env python3
"""hang_server.py FILE - servers that are no help, on loopback ports of their own; their NAME=PORT lines go to FILE.

hung   takes a connection and stays silent, also where TLS should begin
hole   a full accept queue: connecting hangs
drip   an answer's head, a byte a second
wrong  plain HTTP, a web page at every path
"""
import os
import socket
import sys
import threading
import time

PAGE = b"<html><body>It works!</body></html>"


def serve(answer):
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def forever():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    def one(connection):
        try:
            with connection:
                answer(connection)
        except OSError:
            pass

    threading.Thread(target=forever, daemon=True).start()
    return listener.getsockname()[1]


def hung(connection):
    while connection.recv(4096):
        pass


def drip(connection):
    for byte in b"HTTP/1.1 200 OK\r\nX-Drip: " + b"." * 1000000:
        connection.send(bytes([byte]))
        time.sleep(1)


def wrong(connection):
    while connection.recv(4096):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE)


def moved(connection):
    while connection.recv(4096):
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n")


def hole():
    """The queue holds one more than its backlog; nobody ever accepts."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = []
    for _ in range(2):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(listener.getsockname())
        waiting.append(s)
    return listener, waiting


full = hole()
ports = {"hung": serve(hung), "drip": serve(drip), "wrong": serve(wrong), "moved": serve(moved), "hole": full[0].getsockname()[1]}
with open(sys.argv[1] + ".new", "w") as out:
    out.writelines("%s=%d\n" % item for item in ports.items())
os.rename(sys.argv[1] + ".new", sys.argv[1])
threading.Event().wait()
