"""A large registry in etcd, who changes it at a fixed rate, and what a gateway in front of it has used."""

import base64
import http.client
import json
import os
import random
import re
import threading
import time
from pathlib import Path

import rig
from rig import Failure

INSTANCES = re.compile(r'"instances":(\d+)')
# Names of the threads that move requests; the kernel knows threads by their names as well.
TRAFFIC_THREADS = "traffic-"
# One transaction of etcd may have 128 writes.
BATCH, TICKS = 100, 50


class Registry:
    """etcd with services, and who changes them: `services`, `instances` of each and the changes a second, `rate`, are options."""

    def __init__(self, the_rig, options):
        self._options = options
        self._etcd = rig.Etcd(the_rig)
        self._etcd.start()
        self._etcd.await_writable()
        self.url = self._etcd.url

    def register(self, backend_port):
        """Register all services, and the one that the traffic goes to."""
        self._etcd.register("api", "1", backend_port)
        connection, keys = self._connection(), list(self._keys())
        for begin in range(0, len(keys), BATCH):
            self._write(connection, keys[begin:begin + BATCH])
        connection.close()
        return len(keys) + 1

    def change(self, count):
        """Change so many registrations as fast as it goes."""
        connection = self._connection()
        for _ in range(0, count, BATCH):
            self._write(connection, self._some(BATCH))
        connection.close()

    def changes(self):
        """Begin to change registrations at the rate."""
        return Changes(self._options.rate, lambda connection, size: self._write(connection, self._some(size)), self._connection)

    def _keys(self):
        return (divmod(number, self._options.instances) for number in range(self._options.services * self._options.instances))

    def _some(self, count):
        """Different ones, since a transaction may write a key once."""
        numbers = random.sample(range(self._options.services * self._options.instances), count)
        return [divmod(number, self._options.instances) for number in numbers]

    def _connection(self):
        return http.client.HTTPConnection(*self._etcd.address, timeout=30)

    @staticmethod
    def _write(connection, keys):
        puts = [{"requestPut": {"key": _base64(f"/services/{name(service)}/{instance}"), "value": _base64(value(service, instance))}}
                for service, instance in keys]
        connection.request("POST", "/v3/kv/txn", json.dumps({"success": puts}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise Failure(f"etcd answered a write {response.status}: {body[:200]!r}")


def name(service):
    return f"service-{service:05d}"


def value(service, instance):
    """An address that is not asked, and a weight by which the record differs from what it was."""
    return json.dumps({"url": f"http://10.{service >> 8}.{service & 255}.{instance + 1}:8080", "weight": random.randint(1, 1000),
                       "zone": f"zone-{instance % 3}", "version": "1.4.2", "metadata": {"team": "bench", "build": str(service)}})


def _base64(text):
    return base64.b64encode(text.encode()).decode()


class Changes(threading.Thread):
    """Changes registrations at a fixed rate until it is stopped."""

    def __init__(self, rate, write, connect):
        super().__init__(daemon=True)
        self._size, self._write, self._connect = rate // TICKS, write, connect
        self._stopped = threading.Event()
        self.count, self._failure = 0, None
        self.start()

    def run(self):
        try:
            connection, next_time = self._connect(), time.monotonic()
            while not self._stopped.is_set():
                self._write(connection, self._size)
                self.count += self._size
                next_time += 1 / TICKS
                self._stopped.wait(max(0, next_time - time.monotonic()))
        except (OSError, http.client.HTTPException, Failure) as error:
            self._failure = error

    def require_running(self):
        if self._failure is not None:
            raise Failure(f"registrations are not changed any more: {self._failure}")

    def stop(self):
        self._stopped.set()
        self.join(30)


def thread_seconds(pid, prefix):
    """User and system time so far of a process's threads whose names begin so."""
    ticks, found = 0, False
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # ended between the listing and the reading
        end = text.rindex(")")
        if text[text.index("(") + 1:end].startswith(prefix):
            fields = text[end + 2:].split()
            ticks, found = ticks + int(fields[11]) + int(fields[12]), True
    if not found:
        raise Failure(f"no thread of process {pid} is called {prefix}…")
    return ticks / os.sysconf("SC_CLK_TCK")


def instances(gateway):
    """How many a gateway knows, -1 before it says so."""
    found = INSTANCES.search(rig.get(f"{gateway.admin_url}/registry/status")[1])
    return int(found[1]) if found else -1


def verdict(what, found, bound):
    # Written so that what is not a number is a miss.
    return what, f"{found:.2f}", f"≤ {bound}", found <= bound
