"""The proxies that bench/cpu-per-request compares, each with no more of a configuration than it needs to route."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import rig
from rig import Failure

NAMES = ("haproxy", "nginx", "scg", "baseline", "holdfast", "io-uring")
SCG = rig.ROOT / "bench" / "scg"
SCG_JAR = SCG / "target" / "scg.jar"


@dataclass(frozen=True)
class Peer:
    """A running proxy: how it is named, its process, where it listens."""

    name: str
    process: rig.Process
    url: str
    version: str
    jvm: bool = False


@dataclass(frozen=True)
class Setting:
    """What a proxy stands between: how clients speak to it, and how it is to speak to the backend on this port."""

    backend_port: int
    secure: bool = False
    http2_in: bool = False
    http2_out: bool = False
    grpc: bool = False

    @property
    def scheme(self):
        return "https" if self.secure else "http"


class Peers:
    """Starts the peers of one row, and what they need."""

    def __init__(self, the_rig, setting, options):
        self._rig, self._setting, self._options = the_rig, setting, options
        self._cores = len(os.sched_getaffinity(0))
        self._certificate = _issue(the_rig) if setting.secure else None
        self._registry = None
        self.facts = {}

    def start(self, name):
        return {"haproxy": self._haproxy, "nginx": self._nginx, "scg": self._scg, "holdfast": self._holdfast,
                "io-uring": self._io_uring, "baseline": self._baseline}[name]()

    def _url(self, port):
        return f"{self._setting.scheme}://127.0.0.1:{port}/api/"

    def _haproxy(self):
        (port,) = rig.free_ports(1)
        tls = f" ssl crt {self._certificate.both}" if self._certificate else ""
        config = self._rig.write("haproxy.cfg", f"""
global
  nbthread {self._cores}
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 30s
  option http-keep-alive
  http-reuse always
frontend traffic
  bind 127.0.0.1:{port}{tls}
  option forwardfor
  http-request set-header X-Forwarded-Proto {self._setting.scheme}
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request add-header Via "1.1 haproxy"
  http-response add-header Via "1.1 haproxy"
  use_backend api if {{ path_beg /api/ }}
backend api
  # Cuts the four bytes of /api: the cheapest way that HAProxy has.
  http-request set-path %[path,bytes(4)]
  server one 127.0.0.1:{self._setting.backend_port}{" proto h2" if self._setting.http2_out else ""}
""")
        binary = rig.program("haproxy")
        process = self._rig.start("haproxy", [binary, "-db", "-f", config])
        return Peer("haproxy", process, self._url(port), rig.first_line([binary, "-v"], r"(?i)haproxy version \S+"))

    def _nginx(self):
        (port,) = rig.free_ports(1)
        certificate = self._certificate
        tls = f"ssl_certificate {certificate.certificate}; ssl_certificate_key {certificate.key};" if certificate else ""
        listen = ("ssl " if certificate else "") + ("http2 " if self._setting.http2_in else "")
        if self._setting.grpc:
            proxy, kind = "rewrite ^/api(/.*)$ $1 break; grpc_pass grpc://api;", "grpc"
        else:
            proxy, kind = 'proxy_pass http://api/; proxy_http_version 1.1; proxy_set_header Connection "";', "proxy"
        process = rig.start_nginx(self._rig, "nginx", self._cores, f"""
  upstream api {{
    server 127.0.0.1:{self._setting.backend_port};
    # As many as requests are under way in any row.
    keepalive 256;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port} {listen}backlog=4096;
    {tls}
    location /api/ {{
      {proxy}
      {kind}_set_header Host $http_host;
      {kind}_set_header X-Forwarded-For $remote_addr;
      {kind}_set_header X-Forwarded-Proto $scheme;
      {kind}_set_header X-Forwarded-Host $http_host;
      {kind}_set_header X-Forwarded-Port $server_port;
      {kind}_set_header Via "1.1 nginx";
      add_header Via "1.1 nginx";
    }}
  }}
""")
        return Peer("nginx", process, self._url(port), rig.first_line([rig.program("nginx"), "-v"], r"nginx/\S+"))

    def _scg(self):
        build_scg(self._options.java)
        (port,) = rig.free_ports(1)
        process = self._rig.start("scg", [
            self._options.java, *self._options.jvm_flags, "-jar", SCG_JAR,
            f"--server.port={port}", f"--backend=http://127.0.0.1:{self._setting.backend_port}"])
        pom = (SCG / "pom.xml").read_text()
        train = pom.split("<spring-cloud.version>")[1].split("<")[0]
        return Peer("scg", process, self._url(port), f"Spring Cloud Gateway WebFlux, release train {train}", jvm=True)

    def _holdfast(self):
        more = self._options.holdfast_arguments
        version = f"Holdfast, {rig.source()}" + (f", {' '.join(more)}" if more else "")
        return self._gateway("holdfast", self._options.jar, version, more)

    def _io_uring(self):
        peer = self._gateway("io-uring", self._options.jar, f"Holdfast on io_uring, {rig.source()}",
                             ["--holdfast.server.transport=io-uring"])
        if "event loops on io_uring" not in peer.process.log.read_text(errors="replace"):
            raise Failure(f"the kernel or the container forbids io_uring; the log:\n{peer.process.tail()}")
        return peer

    def _baseline(self):
        jar = baseline_jar(self._options)
        return self._gateway("baseline", jar, f"Holdfast, {jar.name}")

    def _gateway(self, name, jar, version, more=()):
        rig.require_jar(jar)
        arguments = [] if self._certificate is None else [
            f"--spring.ssl.bundle.pem.traffic.keystore.certificate={self._certificate.certificate}",
            f"--spring.ssl.bundle.pem.traffic.keystore.private-key={self._certificate.key}",
            "--holdfast.server.ssl-bundle=traffic"]
        gateway = rig.Gateway(self._rig, self._options.java, self._options.jvm_flags, jar, self._etcd().url, name,
                              [*arguments, *more], self._setting.scheme)
        gateway.start()
        rig.await_status(f"{gateway.url}/readyz", 200, 120, gateway.process)
        return Peer(name, gateway.process, self._url(gateway.port), version, jvm=True)

    def _etcd(self):
        """The etcd that every gateway asks."""
        if self._registry is None:
            self._registry = rig.Etcd(self._rig)
            self._registry.start()
            self._registry.await_writable()
            self._registry.register("api", "1", self._setting.backend_port, "grpc" if self._setting.http2_out else "http")
            self.facts["etcd"] = rig.first_line([rig.etcd_binary(), "--version"])
        return self._registry


@dataclass(frozen=True)
class Certificate:
    """PEM files: the certificate, its key, and both in one, which is how HAProxy wants them."""

    certificate: Path
    key: Path
    both: Path


def _issue(the_rig):
    certificate, key = the_rig.directory / "server.crt", the_rig.directory / "server.key"
    command = [rig.program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if made.returncode:
        raise Failure(f"openssl made no certificate:\n{made.stderr}")
    return Certificate(certificate, key, the_rig.write("server.pem", certificate.read_text() + key.read_text()))


def baseline_jar(options):
    """The jar of the older Holdfast: as it is named, or built from a commit unless that was done before."""
    named = Path(options.baseline)
    if named.suffix == ".jar":
        rig.require_jar(named)
        return named.resolve()
    commit = rig.first_line(["git", "-C", rig.ROOT, "rev-parse", "--verify", "--short", f"{options.baseline}^{{commit}}"],
                            r"^[0-9a-f]{7,}$")
    if commit == "unknown":
        raise Failure(f"--baseline is {options.baseline}, expected a jar or a commit of {rig.ROOT}")
    jar = rig.ROOT / "target" / "bench" / f"holdfast-{commit}.jar"
    if not jar.is_file():
        with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
            print(f"building commit {commit} ...", file=sys.stderr)
            for command in (["git", "clone", "-q", "--shared", "--no-checkout", rig.ROOT, folder],
                            ["git", "-C", folder, "checkout", "-q", commit]):
                _require(subprocess.run(command, capture_output=True, text=True, timeout=120, check=False), command)
            build(Path(folder), ["-DskipTests"], options.java)
            jar.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(folder) / "target" / "holdfast.jar", jar)
    return jar


def build_scg(java):
    """Build the Spring Cloud Gateway peer by the project's Maven wrapper, unless it is built already."""
    sources = [SCG / "pom.xml", *(path for path in (SCG / "src").rglob("*") if path.is_file())]
    if SCG_JAR.is_file() and SCG_JAR.stat().st_mtime >= max(path.stat().st_mtime for path in sources):
        return
    print("building bench/scg ...", file=sys.stderr)
    build(rig.ROOT, ["-f", SCG / "pom.xml"], java)


def build(folder, arguments, java):
    """Package by the Maven wrapper of a folder."""
    command = [folder / "mvnw", "-B", "-ntp", "-q", *arguments, "package"]
    environment = {**os.environ, "JAVA_HOME": str(Path(java).resolve().parent.parent)}
    try:
        built = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=1800, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{folder}: the build did not end within 1800 s") from error
    _require(built, command)


def _require(run, command):
    if run.returncode:
        raise Failure(f"{' '.join(map(str, command))} failed:\n{(run.stdout + run.stderr)[-4000:]}")
