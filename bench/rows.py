"""The rows of bench/cpu-per-request: what is asked of each proxy, by which program, and what stands behind it."""

import json
import math
import re
import subprocess
import time
from dataclasses import dataclass, replace

import rig
from peers import NAMES, Setting
from rig import Failure

LARGE = 64 * 1024
UPLOAD = 1024 * 1024
# A message of 20 bytes behind its length, as gRPC frames one.
MESSAGE = b"\0\0\0\0\x14" + b"x" * 20
# How much of a rate must be reached for latencies at it to mean something.
REACHED = 0.97
REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\nREPORT {"requests":%d,"micros":%d,"p99":%d,"status":%d,"socket":%d}\\n',
    summary.requests, summary.duration, latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Row:
    """One kind of load. `bound` is what Holdfast may cost of HAProxy, `io_uring` what it may on io_uring; at a rate, what
    its p99 may be."""

    name: str
    what: str
    bound: float
    connections: int = 32
    path: str = "small.json"
    streams: int = 0
    secure: bool = False
    http2_out: bool = False
    grpc: bool = False
    upload: bool = False
    rate: int = 0
    io_uring: "float | None" = None
    peers: tuple = tuple(name for name in NAMES if name != "scg")

    @property
    def tool(self):
        return "h2load" if self.streams or self.rate else "wrk"

    @property
    def backend(self):
        return "nghttpd" if self.http2_out else "nginx"

    @property
    def programs(self):
        return {self.tool, self.backend} | ({"openssl"} if self.secure else set()) | ({"curl"} if self.streams else set())


ROWS = {row.name: row for row in (
    Row("small32", "small JSON, 32 connections", 0.95, io_uring=0.80, peers=NAMES),
    Row("small256", "small JSON, 256 connections", 0.95, connections=256, io_uring=0.80),
    Row("h2", "HTTP/2 in (8 connections, 16 streams each), HTTP/1.1 to the instance", 0.95, connections=8, streams=16,
        io_uring=0.75),
    Row("tls", "TLS in, HTTP/1.1, 32 connections", 1.0, secure=True),
    Row("body64k", "64 KiB answers, 32 connections", 1.0, path="large.json"),
    # nginx speaks HTTP/2 to backends for gRPC alone.
    Row("grpc", "gRPC unary, HTTP/2 on both sides (8 connections, 16 streams each)", 1.0, connections=8, streams=16,
        path="greeter/say.grpc", http2_out=True, grpc=True),
    Row("h2h2", "small JSON, HTTP/2 on both sides (8 connections, 16 streams each)", 1.0, connections=8, streams=16,
        http2_out=True, peers=("haproxy", "baseline", "holdfast", "io-uring")),
    Row("upload", "1 MiB uploads, 8 connections", 1.0, connections=8, path="upload", upload=True),
    Row("p99", "p99 at 8 000 requests a second, 32 connections", 1.05, rate=8000),
)}


@dataclass(frozen=True)
class Round:
    """What one round of load on one peer gave. p99 is known of wrk, and at a rate; slow is one that was not kept."""

    requests: int
    seconds: float
    p99_millis: float
    failures: int
    cpu_seconds: float = 0.0
    slow: bool = False

    @property
    def cpu_micros(self):
        return self.cpu_seconds / self.requests * 1e6 if self.requests else math.nan

    @property
    def rate(self):
        return self.requests / self.seconds if self.seconds else 0.0


class Load:
    """The backend of a row, and what loads a peer in front of it."""

    def __init__(self, the_rig, row, threads, cores):
        self._rig, self._row, self._threads = the_rig, row, threads
        (self._port,) = rig.free_ports(1)
        self._message = the_rig.directory / "message.grpc"
        self._message.write_bytes(MESSAGE)
        body = f'wrk.method = "PUT"; wrk.body = string.rep("x", {UPLOAD})\n' if row.upload else ""
        self._script = the_rig.write("wrk.lua", body + REPORT)
        self._files = the_rig.directory / "files"
        (self._files / "greeter").mkdir(parents=True)
        (self._files / "small.json").write_text(rig.BODY)
        (self._files / "large.json").write_text("x" * LARGE)
        (self._files / "greeter" / "say.grpc").write_bytes(MESSAGE)
        if row.http2_out:
            self._start_nghttpd(cores)
        else:
            self._start_nginx(cores)

    @property
    def setting(self):
        row = self._row
        return Setting(self._port, secure=row.secure, http2_in=row.streams > 0, http2_out=row.http2_out, grpc=row.grpc)

    @property
    def described(self):
        """What loads, for the report."""
        version = {"wrk": ["-v"], "h2load": ["--version"]}[self._row.tool]
        return (rig.first_line([rig.program(self._row.tool), *version], r"(wrk|h2load) \S+")
                + f", {self._threads} thread(s), backend {self._row.backend}")

    def _start_nginx(self, workers):
        socket = self._rig.directory / "uploads.sock"
        # Answers an upload when all of it has come: nginx reads it into memory and asks itself without it.
        rig.start_backend(self._rig, "backend", [self._port], workers, f"""
    location = /large.json {{ root {self._files}; }}
    location = /upload {{
      client_max_body_size 0;
      client_body_buffer_size {UPLOAD + 1};
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_pass http://unix:{socket}:/;
    }}
  }}
  server {{
    listen unix:{socket};
    location / {{ return 204; }}
""")

    def _start_nghttpd(self, workers):
        types = self._rig.write("mime.types", "application/grpc grpc\napplication/json json\n")
        trailers = ["--trailer=grpc-status: 0"] if self._row.grpc else []
        process = self._rig.start("backend", [
            rig.program("nghttpd"), "--no-tls", "-a", "127.0.0.1", f"-n{workers}", "-d", self._files,
            f"--mime-types-file={types}", *trailers, str(self._port)])
        rig.await_true(lambda: self._fetch(f"http://127.0.0.1:{self._port}/{self._row.path}")[0] == 200, 10,
                       "nghttpd to answer", process)

    def await_right(self, peer):
        """Wait until a peer answers, and see that it is what the backend has."""
        url = peer.url + self._row.path
        rig.await_true(lambda: self._fetch(url)[0] in (200, 204), 60, f"{url} to answer", peer.process, interval=0.2)
        body = self._fetch(url)[1]
        expected = "" if self._row.upload else (self._files / self._row.path).read_text()
        if body != expected:
            raise Failure(f"{peer.name} answered {body[:100]!r}, expected {expected[:100]!r}")

    def _fetch(self, url):
        if not self._row.streams:
            return rig.get(url)
        fields = ["-H", "te: trailers", "-H", "content-type: application/grpc", "--data-binary", f"@{self._message}"]
        command = [rig.program("curl"), "-s", "-m", "5", "--noproxy", "*", "--http2-prior-knowledge", "-w", "\n%{http_code}",
                   *(fields if self._row.grpc else []), url]
        run = subprocess.run(command, capture_output=True, timeout=30, check=False)
        body, _, status = run.stdout.decode(errors="replace").rpartition("\n")
        return int(status or 0), body

    def added_headers(self, peer):
        """The names of the forwarding headers that the backend sees behind this peer; nothing where it cannot tell."""
        if self._row.backend != "nginx":
            return []
        status, body = self._fetch(f"{peer.url}headers")
        if status != 200:
            raise Failure(f"{peer.url}headers answered {status}, expected 200")
        return [name for name, value in (line.split(": ", 1) for line in body.splitlines()) if value]

    @property
    def connections(self):
        return self._row.connections

    def at(self, rate):
        """From now on at another rate than the row's."""
        self._row = replace(self._row, rate=rate)

    def run(self, peer, seconds, at_rate=True):
        """One run against a peer; not at the row's rate but as fast as it goes for warming up."""
        before = peer.process.cpu_seconds()
        result = self._h2load(peer, seconds, at_rate) if self._row.tool == "h2load" else self._wrk(peer, seconds)
        # What the last answers left to do (closing connections) belongs to the round.
        time.sleep(0.2)
        peer.process.require_running()
        return Round(result.requests, result.seconds, result.p99_millis, result.failures,
                     peer.process.cpu_seconds() - before, result.slow)

    def _wrk(self, peer, seconds):
        output = self._execute(peer, seconds, [
            rig.program("wrk"), f"-t{self._threads}", f"-c{self._row.connections}", f"-d{seconds}s", "--timeout", "10s",
            "-s", self._script,
            peer.url + self._row.path])
        lines = [line for line in output.splitlines() if line.startswith("REPORT ")]
        if not lines:
            raise Failure(f"wrk against {peer.name} gave no report:\n{output}")
        report = json.loads(lines[0].removeprefix("REPORT "))
        return Round(report["requests"], report["micros"] / 1e6, report["p99"] / 1e3, report["status"] + report["socket"])

    def _h2load(self, peer, seconds, at_rate):
        row, log, more = self._row, self._rig.directory / "h2load.tsv", []
        rate = row.rate if at_rate else 0
        if rate:
            log.unlink(missing_ok=True)
            more += [f"--rps={rate // row.connections}", f"--log-file={log}"]
        more += [f"-m{row.streams}"] if row.streams else ["--h1"]
        if row.grpc:
            more += ["-d", self._message, "-H", "content-type: application/grpc", "-H", "te: trailers"]
        output = self._execute(peer, seconds, [
            rig.program("h2load"), f"-t{self._threads}", f"-c{row.connections}", f"-D{seconds}", *more, peer.url + row.path])
        counts = dict((name, int(number)) for number, name in re.findall(r"(\d+) (succeeded|failed|3xx)\b", output))
        if len(counts) < 3:
            raise Failure(f"h2load against {peer.name} gave no report:\n{output}")
        answered = counts["succeeded"]
        return Round(answered, seconds, _p99_millis(log) if rate else math.nan, counts["failed"] + counts["3xx"],
                     slow=answered < REACHED * rate * seconds)

    def _execute(self, peer, seconds, command):
        try:
            run = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=seconds + 30, check=False)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{self._row.tool} against {peer.name} did not end within {seconds + 30} s") from error
        return run.stdout + run.stderr


def _p99_millis(log):
    """From the lines of h2load's log: start, status, microseconds to the end of the answer."""
    times = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines())
    return times[math.ceil(len(times) * 0.99) - 1] / 1e3 if times else math.nan
