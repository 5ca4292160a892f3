#!/usr/bin/env python3
"""Follow a gateway's events on many connections at once and throw them away; bench/operators starts it.

Says FOLLOWING when every connection has its first event, and on SIGTERM in one line of JSON what came. One connection is
read and its events are counted; of the others the kernel discards what comes (MSG_TRUNC), so that the clients cost little.
"""

import json
import select
import signal
import socket
import sys
import time

REQUEST = "GET /registry/events HTTP/1.1\r\nHost: {}:{}\r\nAccept: text/event-stream\r\n\r\n"
ANSWER, FIRST, COUNTED = b"HTTP/1.1 200", b"event: gateway", b"event: service"
# Only as many bytes as this are looked at for the first event.
HEAD = 4096
PIECE = 1 << 20


class Client:
    """One connection, and what came on it."""

    def __init__(self, address, is_read):
        self._socket = socket.create_connection(address, timeout=10)
        self._socket.sendall(REQUEST.format(*address).encode())
        self._socket.setblocking(False)
        self._is_read, self._rest = is_read, b""
        self.bytes, self.events, self.follows = 0, 0, False

    def fileno(self):
        return self._socket.fileno()

    def take(self, buffer):
        """Take what is there; whether the connection goes on."""
        discard = self.follows and not self._is_read
        try:
            length = self._socket.recv_into(buffer, 0 if self.follows else HEAD, socket.MSG_TRUNC if discard else 0)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.bytes += length
        if not discard:
            self._read(bytes(memoryview(buffer)[:length]))
        return length > 0

    def _read(self, piece):
        text = self._rest + piece
        self.events += text.count(COUNTED)
        if not self.follows and not text.startswith(ANSWER[:len(text)]):
            sys.exit(f"the events were refused: {text[:200]!r}")
        self.follows = self.follows or FIRST in text
        # A name may come in two pieces, but must not be counted twice.
        self._rest = text[-(len(COUNTED) - 1):] if self.follows else text

    def close(self):
        self._socket.close()


class Clients:
    """All connections."""

    def __init__(self, address, count):
        self._epoll = select.epoll()
        self._buffer = bytearray(PIECE)
        self._open = {}
        self._all = [Client(address, number == 0) for number in range(count)]
        for client in self._all:
            self._open[client.fileno()] = client
            self._epoll.register(client.fileno(), select.EPOLLIN)
        self._begin = None

    def take(self):
        for number, _ in self._epoll.poll(0.2):
            client = self._open[number]
            if not client.take(self._buffer):
                if not client.follows:
                    sys.exit("a connection was closed before its first event")
                self._epoll.unregister(number)
                del self._open[number]
                client.close()
        if self._begin is None and all(client.follows for client in self._all):
            for client in self._all:
                client.bytes = client.events = 0
            self._begin = time.monotonic()
            print("FOLLOWING", flush=True)

    def result(self):
        seconds = time.monotonic() - self._begin if self._begin else 0
        return {"seconds": seconds, "bytes": sum(client.bytes for client in self._all), "events": self._all[0].events,
                "dropped": len(self._all) - len(self._open)}


def main():
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    clients = Clients((sys.argv[1], int(sys.argv[2])), int(sys.argv[3]))
    while not stopped:
        clients.take()
    print("RESULT " + json.dumps(clients.result()), flush=True)


if __name__ == "__main__":
    main()
