"""The gateways that bench/faults compares, each configured for faults as its manual recommends, and all for the same promise.

A try gets one second and may be followed by two others, also after a 500, 502, 503 or 504, since all requests are GETs. An
instance gets at most `LIMIT` requests at a time, and a request waits at most `QUEUE_MILLIS` for a place where the gateway can
have it wait. Where there are active checks, each instance is asked for /health every two seconds.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import debian
import peers
import rig
from rig import Failure

NAMES = ("haproxy", "nginx", "scg", "holdfast")
ROUTES = 10
# On a busy machine.
START_SECONDS = 300
LIMIT, QUEUE_MILLIS = 8, 250
SCG = rig.ROOT / "bench" / "scg-faults"
SCG_JAR = SCG / "target" / "scg-faults.jar"
# What has requests under /r10/ is added by the change whose other route is bad.
NEW_ROUTE = ROUTES
BAD_ROUTE = 3
# No regular expression: the change that is bad has it for the value of a header.
NO_PATTERN = "["


def start(name, the_rig, options, ports):
    """Start a gateway before instances on these ports."""
    peer = {"haproxy": HAProxy, "nginx": Nginx, "scg": SpringCloudGateway, "holdfast": Holdfast}[name](the_rig, options, ports)
    peer.start()
    rig.await_status(f"{peer.url}/r0/ready", 200, START_SECONDS, peer.process, interval=0.2)
    return peer


def prepare(names, options):
    """Fetch and build what can be, before anything is measured; the facts."""
    facts = {}
    if "haproxy" in names:
        facts["haproxy"] = f"HAProxy, {_haproxy().described}"
    if "nginx" in names:
        facts["nginx"] = f"nginx, {_nginx().described}"
    if "scg" in names:
        build_scg(options.java)
        pom = (SCG / "pom.xml").read_text()
        train = pom.split("<spring-cloud.version>")[1].split("<")[0]
        boot = pom.split("<version>")[1].split("<")[0]
        facts["scg"] = f"Spring Cloud Gateway WebFlux, release train {train}, Spring Boot {boot}"
    if "holdfast" in names:
        rig.require_jar(options.jar)
        facts["holdfast"] = f"Holdfast, {rig.source()}"
        facts["etcd"] = rig.first_line([rig.etcd_binary(), "--version"])
    return facts


def build_scg(java):
    """Build it by the project's Maven wrapper, unless it is built already."""
    sources = [SCG / "pom.xml", *(path for path in (SCG / "src").rglob("*") if path.is_file())]
    if not SCG_JAR.is_file() or SCG_JAR.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        print("building bench/scg-faults ...", file=sys.stderr)
        peers.build(rig.ROOT, ["-f", SCG / "pom.xml"], java)


def _haproxy():
    return debian.program("haproxy", "3.2", "usr/sbin/haproxy")


def _nginx():
    return debian.program("nginx", "1.30", "usr/sbin/nginx")


class Peer:
    """A gateway in one round."""

    jvm = False
    # Whether a change of its routes is asked for in this round is for the subclass to know.
    has_routes = True

    def __init__(self, the_rig, options, ports):
        self._rig, self._options, self._ports = the_rig, options, list(ports)
        (self.port,) = rig.free_ports(1)
        self._changed = False
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def lose_registry(self):
        """etcd goes away, for who has one."""

    def regain_registry(self):
        """etcd is back."""

    def move(self, ports):
        """The instances are at these ports from now on."""
        self._ports = list(ports)
        self._apply()

    def change_routes(self):
        """A change of two routes: one of them is bad, the other is new."""
        self._changed = True
        self._apply()

    def _routes(self):
        return range(ROUTES + (1 if self._changed else 0))

    def _is_bad(self, route):
        return self._changed and route == BAD_ROUTE

    def _apply(self):
        raise NotImplementedError


class HAProxy(Peer):
    """Reloaded by a new process that gets the old one's sockets, as its management guide says."""

    def start(self):
        self._count = 0
        self._program = _haproxy()
        self.process = self._rig.start("haproxy", [*self._program.command, "-db", "-f", self._configuration()])

    def _apply(self):
        configuration = self._configuration()
        checked = subprocess.run([*self._program.command, "-c", "-f", str(configuration)], capture_output=True, text=True,
                                 timeout=30, check=False)
        if checked.returncode == 0:
            old = self.process
            self.process = self._rig.start(f"haproxy-{self._count}", [
                *self._program.command, "-db", "-f", configuration, "-x", self._socket(), "-sf", str(old.pid)])

    def _socket(self):
        return f"{self._rig.directory}/haproxy.sock"

    def _configuration(self):
        self._count += 1
        routes = "\n".join(f"  use_backend api if {{ path_beg /r{route}/ }}{self._condition(route)}" for route in self._routes())
        servers = "\n".join(f"  server i{number} 127.0.0.1:{port}" for number, port in enumerate(self._ports))
        return self._rig.write(f"haproxy-{self._count}.cfg", f"""
global
  nbthread {self._options.cores}
  stats socket {self._socket()} mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 1s
  timeout queue {QUEUE_MILLIS}ms
  timeout check 1s
  option http-keep-alive
  http-reuse always
  retries 2
  option redispatch 1
  retry-on conn-failure empty-response response-timeout 500 502 503 504
frontend traffic
  bind 127.0.0.1:{self.port} backlog 4096
  option forwardfor
{routes}
backend api
  balance leastconn
  option httpchk
  http-check send meth GET uri /health
  http-request replace-path /r[0-9]+/(.*) /\\1
  default-server check inter 2s fastinter 500ms fall 3 rise 2 maxconn {LIMIT} observe layer7 error-limit 10 on-error mark-down
{servers}
""")

    def _condition(self, route):
        return f" {{ req.hdr(x-test) -m reg {NO_PATTERN} }}" if self._is_bad(route) else ""


class Nginx(Peer):
    """Reloaded by a signal. It has no active checks without a subscription, and no queue."""

    def start(self):
        self._configuration()
        self.process = self._rig.start("nginx", [
            *_nginx().command, "-e", "stderr", "-p", self._rig.directory, "-c", self._rig.directory / "nginx.conf"])

    def _apply(self):
        self._configuration()
        self.process.send(signal.SIGHUP)

    def _configuration(self):
        servers = "\n".join(f"    server 127.0.0.1:{port} max_fails=3 fail_timeout=10s max_conns={LIMIT};" for port in self._ports)
        locations = "\n".join(self._location(route) for route in self._routes())
        paths = "\n  ".join(f"{kind}_temp_path {self._rig.directory}/nginx-{kind};"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self._rig.write("nginx.conf", f"""
daemon off;
worker_processes {self._options.cores};
pid {self._rig.directory}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 9000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  {paths}
  upstream api {{
    zone api 1m;
    least_conn;
{servers}
    keepalive 64;
    keepalive_requests 1000000000;
  }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_connect_timeout 1s;
  proxy_send_timeout 1s;
  proxy_read_timeout 1s;
  proxy_next_upstream error timeout http_500 http_502 http_503 http_504;
  proxy_next_upstream_tries 3;
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
{locations}
  }}
}}
""")

    def _location(self, route):
        # Read when the configuration is, as HAProxy does.
        condition = f'if ($http_x_test ~ "{NO_PATTERN}") {{ return 404; }} ' if self._is_bad(route) else ""
        return f"    location /r{route}/ {{ {condition}proxy_pass http://api/; }}"


class SpringCloudGateway(Peer):
    """Instances and routes are in a file that POST /actuator/refresh has read again."""

    jvm = True

    def start(self):
        self.process = self._rig.start("scg", [
            self._options.java, *self._options.jvm_flags, "-jar", SCG_JAR, f"--server.port={self.port}",
            f"--spring.config.additional-location=file:{self._configuration()}"])

    def _apply(self):
        self._configuration()
        request = urllib.request.Request(f"{self.url}/actuator/refresh", method="POST")
        status, body = rig.get(request, timeout=10)
        # A change that is refused is part of what is measured.
        if status != 200:
            print(f"scg: POST /actuator/refresh answered {status}: {body[:200]}", file=sys.stderr)

    def _configuration(self):
        instances = [{"uri": f"http://127.0.0.1:{port}"} for port in self._ports]
        routes = [{"id": f"r{route}", "uri": "lb://api", "filters": ["StripPrefix=1"],
                   "predicates": [f"Path=/r{route}/**", *([f"Header=X-Test, {NO_PATTERN}"] if self._is_bad(route) else [])]}
                  for route in self._routes()]
        # JSON is YAML.
        return self._rig.write("scg.yml", json.dumps({"spring": {"cloud": {
            "discovery": {"client": {"simple": {"instances": {"api": instances}}}},
            "gateway": {"server": {"webflux": {"routes": routes}}}}}}, indent=1))


class Holdfast(Peer):
    """Instances come from etcd, routes from a watched folder; a jar that has no such folder gets them as arguments."""

    jvm = True
    FOLDER = "holdfast.routing.folder"
    # What is wanted of the gateway besides its defaults, as far as the jar knows the keys.
    WANTED = {
        "holdfast.upstream.try-timeout": "1s",
        "holdfast.upstream.max-requests": LIMIT,
        "holdfast.upstream.queue-timeout": f"{QUEUE_MILLIS}ms",
        "holdfast.upstream.retry.statuses": "500,502,503,504",
        "holdfast.upstream.checks.type": "http",
        "holdfast.upstream.checks.path": "/health",
        "holdfast.upstream.checks.interval": "2s",
    }

    def __init__(self, the_rig, options, ports):
        super().__init__(the_rig, options, ports)
        keys = known_keys(options.jar)
        self.has_routes = self.FOLDER in keys
        self._arguments = [f"--{key}={value}" for key, value in self.WANTED.items() if key in keys]
        self._arguments += options.holdfast_arguments
        self._folder = the_rig.directory / "routes"

    def start(self):
        self._etcd = rig.Etcd(self._rig)
        self._etcd.start()
        self._etcd.await_writable()
        self._register()
        if self.has_routes:
            self._folder.mkdir()
            self._write_routes()
            self._arguments.append(f"--{self.FOLDER}={self._folder}")
        else:
            self._arguments += [
                f"--holdfast.routes[{route}].{key}={value}" for route in self._routes()
                for key, value in self._route(route).items()]
        gateway = rig.Gateway(self._rig, self._options.java, self._options.jvm_flags, self._options.jar, self._etcd.url,
                              # What it keeps besides the snapshot is in the rig's directory too.
                              arguments=self._arguments)
        gateway.start()
        self.port, self.process = gateway.port, gateway.process
        rig.await_status(f"{gateway.url}/readyz", 200, START_SECONDS, gateway.process)

    def lose_registry(self):
        self._etcd.process.kill()

    def regain_registry(self):
        self._etcd.start()
        self._etcd.await_writable()
        self._register()

    def move(self, ports):
        # The instances cannot register before etcd is back.
        self._ports = list(ports)

    def _register(self):
        for number, port in enumerate(self._ports):
            self._etcd.register("api", f"i{number}", port)

    def _apply(self):
        self._write_routes()

    def _write_routes(self):
        routes = []
        for route in self._routes():
            routes.append(self._route(route) | ({"header-regex": {"X-Test": NO_PATTERN}} if self._is_bad(route) else {}))
        # Renamed into its place, since half of a file is a bad file too, and not the one that is meant.
        self._rig.write("routes.new", json.dumps({"routes": routes}, indent=1)).rename(self._folder / "routes.yml")

    @staticmethod
    def _route(route):
        return {"id": f"r{route}", "path": f"/r{route}/**", "service": "api", "strip-prefix": f"/r{route}"}


def known_keys(jar):
    """The keys that a jar of Holdfast knows, by its configuration metadata."""
    try:
        with zipfile.ZipFile(jar) as archive:
            files = [name for name in archive.namelist() if name.endswith("META-INF/spring-configuration-metadata.json")]
            return {each["name"] for name in files for each in json.loads(archive.read(name))["properties"]}
    except (OSError, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise Failure(f"{Path(jar)} does not tell which keys it knows: {error}") from error
