"""What the scripts in this directory share: processes that end with the script, free ports, etcd, a backend, the gateway.

Standard library only; Linux only, because CPU time is read from /proc.
"""

import argparse
import base64
import ctypes
import glob
import json
import os
import platform
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JAR = ROOT / "target" / "holdfast.jar"
# What the backends answer: a small JSON.
BODY = json.dumps({"id": "1f0c7a52-6c1e-4b3f-9a3e-0a6de8c1b7d4", "name": "holdfast", "price": 12.5, "tags": ["a", "b"]})
# Debian's package of a program, where it is named otherwise.
PACKAGES = {"etcd": "etcd-server", "java": "openjdk-21-jre-headless", "h2load": "nghttp2-client", "nghttpd": "nghttp2-server"}
FORWARDING_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix",
                      "Forwarded", "Via", "X-Request-Id", "traceparent")

# Loopback must not go through a proxy that the environment names, and its certificates are made for each run.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                      urllib.request.HTTPSHandler(context=ssl._create_unverified_context()))
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """The run cannot go on; the message says why and is all that the user sees."""


class Process:
    """A running program: its id, its log, and how to end it."""

    def __init__(self, name, argv, directory):
        self.name = name
        self.log = directory / f"{name}.log"
        with self.log.open("ab") as out:
            # A session of its own keeps Ctrl-C for the script, which then ends it in order.
            self._popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                           cwd=directory, start_new_session=True, preexec_fn=_end_with_parent)
        self.pid = self._popen.pid

    def running(self):
        return self._popen.poll() is None

    def send(self, number):
        self._popen.send_signal(number)

    def kill(self):
        """End it at once, without a chance to say goodbye."""
        self._signal_group(signal.SIGKILL)
        self._popen.wait()

    def stop(self, grace=10):
        """End it in order, or with SIGKILL after `grace` seconds."""
        if self.running():
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
            try:
                self._popen.wait(grace)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def require_running(self):
        if not self.running():
            raise Failure(f"{self.name} ended with status {self._popen.returncode}; the end of its log:\n{self.tail()}")

    def tail(self, lines=20):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def cpu_seconds(self):
        """User and system time so far, of all threads, and of all processes below it."""
        times, children = {}, {}
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                text = Path(stat).read_text()
            except OSError:
                continue  # ended between the listing and the reading
            # The name in parentheses may hold spaces, so count from its end.
            fields = text[text.rindex(")") + 2:].split()
            pid, parent = int(text[:text.index(" ")]), int(fields[1])
            times[pid] = int(fields[11]) + int(fields[12])
            children.setdefault(parent, []).append(pid)
        ticks, pending = 0, [self.pid]
        while pending:
            pid = pending.pop()
            ticks += times.get(pid, 0)
            pending += children.get(pid, [])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _signal_group(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


class Rig:
    """A temporary directory and the processes that run in it; leaving the context ends them all."""

    def __init__(self, keep=False):
        self._keep = keep
        self._processes = []

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        self.directory = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
        # When root runs this, nginx's workers are somebody else, and have files in here.
        self.directory.chmod(0o711)
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.stop()
        if self._keep:
            print(f"logs are kept in {self.directory}", file=sys.stderr)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, name, argv):
        process = Process(name, [str(argument) for argument in argv], self.directory)
        self._processes.append(process)
        return process

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path


class Etcd:
    """One etcd member that can go away and come back with its data and its address."""

    def __init__(self, rig):
        self._rig = rig
        self._port, self._peer_port = free_ports(2)
        self.address = ("127.0.0.1", self._port)
        self.url = f"http://127.0.0.1:{self._port}"
        self.process = None

    def start(self):
        peer = f"http://127.0.0.1:{self._peer_port}"
        self.process = self._rig.start("etcd", [
            etcd_binary(), "--data-dir", self._rig.directory / "etcd",
            "--listen-client-urls", self.url, "--advertise-client-urls", self.url,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"])

    def await_writable(self, timeout=30):
        """Wait until it has accepted a write."""
        await_true(lambda: self._accepts("/bench/probe", "1"), timeout, f"etcd at {self.url} to accept a write", self.process)

    def put(self, key, value, timeout=5):
        body = {"key": _base64(key), "value": _base64(value)}
        request = urllib.request.Request(f"{self.url}/v3/kv/put", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with _OPENER.open(request, timeout=timeout) as response:
            response.read()

    def register(self, service, instance, port, scheme="http"):
        """Register an instance on this host without a lease."""
        self.put(f"/services/{service}/{instance}", json.dumps({"url": f"{scheme}://127.0.0.1:{port}"}))

    def _accepts(self, key, value):
        try:
            self.put(key, value, timeout=2)
        except OSError:
            return False
        return True


class Gateway:
    """Holdfast from its jar, with its own configuration apart from ports, etcd and where the snapshot lies."""

    def __init__(self, rig, java, jvm_flags, jar, etcd_url, name="holdfast", arguments=(), scheme="http"):
        self._rig, self._java, self._jvm_flags, self._jar, self._etcd_url = rig, java, jvm_flags, jar, etcd_url
        self._name, self._arguments = name, arguments
        self.port, self.admin_port = free_ports(2)
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.admin_url = f"http://127.0.0.1:{self.admin_port}"
        self.snapshot = rig.directory / f"{name}-snapshot.json"
        self.process = None

    def start(self):
        self.process = self._rig.start(self._name, [
            self._java, *self._jvm_flags, "-jar", self._jar,
            "--holdfast.server.address=127.0.0.1", f"--holdfast.server.port={self.port}",
            "--server.address=127.0.0.1", f"--server.port={self.admin_port}",
            f"--holdfast.etcd.endpoints={self._etcd_url}", f"--holdfast.registry.snapshot.path={self.snapshot}", *self._arguments])

    def await_serving(self, path, timeout=60):
        await_status(f"{self.url}/readyz", 200, timeout, self.process)
        await_status(f"{self.url}{path}", 200, timeout, self.process)


def _end_with_parent():
    # Covers what no handler can: the script itself killed with SIGKILL.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _base64(text):
    return base64.b64encode(text.encode()).decode()


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def get(url, timeout=5):
    """The status and the body; status 0 and the reason when there was no answer."""
    try:
        with _OPENER.open(url, timeout=timeout) as response:
            return response.status, response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
    except (OSError, ValueError) as error:
        return 0, str(error)


def await_true(condition, timeout, what, process, interval=0.05):
    """Wait for the condition while the process lives; the seconds that it took."""
    begin = time.monotonic()
    while not condition():
        process.require_running()
        if time.monotonic() - begin > timeout:
            raise Failure(f"waited {timeout} s for {what}; the end of the log of {process.name}:\n{process.tail()}")
        time.sleep(interval)
    return time.monotonic() - begin


def await_status(url, status, timeout, process, interval=0.05):
    return await_true(lambda: get(url)[0] == status, timeout, f"{url} to answer {status}", process, interval)


def start_backend(rig, name, ports, workers, more=""):
    """nginx that answers every path with the same JSON, and `/headers` with what a gateway added to the request.

    `more` are further lines of its server block.
    """
    listen = "\n".join(f"listen 127.0.0.1:{port} backlog=4096;" for port in ports)
    # One per line, as the values of some hold quotes.
    headers = "\\n".join(f"{header}: $http_{header.lower().replace('-', '_')}" for header in FORWARDING_HEADERS)
    process = start_nginx(rig, name, workers, f"""
  keepalive_timeout 300s;
  server {{
    {listen}
    location / {{ default_type application/json; return 200 '{BODY}'; }}
    location = /headers {{ default_type text/plain; return 200 "{headers}"; }}
    {more}
  }}
""")
    for port in ports:
        await_status(f"http://127.0.0.1:{port}/", 200, 10, process)
    return process


def find_program(name):
    """The path of a program; Debian keeps servers in /usr/sbin, which is not on everybody's PATH."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def require_programs(names):
    missing = [name for name in names if not find_program(name)]
    if missing:
        packages = " ".join(PACKAGES.get(name, name) for name in missing)
        raise Failure(f"not installed: {', '.join(missing)}; on Debian: apt-get install {packages}")


def start_nginx(rig, name, workers, http):
    """nginx with these lines in its http block, and with everything that it writes in the rig's directory."""
    paths = "\n  ".join(f"{kind}_temp_path {rig.directory}/{name}-{kind};"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = rig.write(f"{name}.conf", f"""
daemon off;
worker_processes {workers};
pid {rig.directory}/{name}.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  {paths}
  {http}
}}
""")
    return rig.start(name, [program("nginx"), "-e", "stderr", "-p", rig.directory, "-c", config])


def program(name):
    require_programs([name])
    return find_program(name)


def etcd_binary():
    named = os.environ.get("ETCD_BIN")
    if named and not os.access(named, os.X_OK):
        raise Failure(f"ETCD_BIN names {named}, which is not a program")
    return named or program("etcd")


def newest_java():
    """The java of the newest JDK that is installed."""
    homes = [os.environ.get("JAVA_HOME", ""), *glob.glob("/usr/lib/jvm/*"), *glob.glob("/opt/jdk*"),
             *glob.glob(os.path.expanduser("~/.sdkman/candidates/java/*")), *glob.glob(os.path.expanduser("~/.jdks/*"))]
    found = [(java_version(home), home) for home in homes if home and os.access(f"{home}/bin/java", os.X_OK)]
    if not found:
        return program("java")
    return f"{max(found)[1]}/bin/java"


def java_version(home):
    """The version in the file `release` of a JDK, as numbers; empty when there is none."""
    try:
        text = Path(home, "release").read_text()
    except OSError:
        return ()
    match = re.search(r'^JAVA_VERSION="?([0-9.]+)', text, re.MULTILINE)
    return tuple(int(part) for part in match[1].split(".") if part) if match else ()


def first_line(argv, pattern=".*"):
    """What a program says of its version, on whichever stream."""
    run = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    match = re.search(pattern, run.stdout + run.stderr)
    return match[0].strip() if match else "unknown"


def require_jar(jar):
    if not jar.is_file():
        raise Failure(f"{jar} does not exist; build it with: ./mvnw -DskipTests package")


def test_class_path(given):
    """What was given, or the tests' classes and all that they need; Maven tells which jars these are."""
    if given:
        return given
    classes = [ROOT / "target" / name for name in ("test-classes", "classes")]
    if not all(each.is_dir() for each in classes):
        raise Failure("target/test-classes does not exist; build it with: ./mvnw -DskipTests package")
    file = ROOT / "target" / "test.classpath"
    done = subprocess.run([ROOT / "mvnw", "-B", "-q", "dependency:build-classpath", f"-Dmdep.outputFile={file}"],
                          cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise Failure(f"Maven does not tell the class path:\n{(done.stdout + done.stderr)[-2000:]}")
    return ":".join([*map(str, classes), file.read_text().strip()])


def jdk(java):
    return first_line([java, "-version"], r"(?m)^OpenJDK Runtime.*|^Java\(TM\).*")


def source():
    """The commit that the jar was built from, if nothing was committed since."""
    return "commit " + first_line(["git", "-C", ROOT, "describe", "--always", "--dirty"])


def positive(text):
    """The type of a command-line argument that is a number from 1 up."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def machine():
    """The facts without which a number means nothing."""
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.*)$", text, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": time.strftime("%Y-%m-%d"),
        "CPU": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": f"{memory:.0f} GiB",
        "kernel": platform.release(),
    }


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def run(main):
    """Run a script's main: 0 when all bounds hold, 1 when one is missed, 2 when it could not be measured."""
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"{Path(sys.argv[0]).name}: {failure}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
