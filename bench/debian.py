"""Programs of Debian's newer suites beside what the machine has: fetched and unpacked, never installed.

Each comes with the libraries and the loader of its own suite, since their C library may be newer than the machine's.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rig import Failure

# By name, since what is stable today is not tomorrow.
SUITES = ("trixie", "forky", "sid")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
LOADERS = ("usr/lib64/ld-linux-x86-64.so.2", "usr/lib/ld-linux-aarch64.so.1")


@dataclass(frozen=True)
class Program:
    """An unpacked program."""

    version: str
    command: tuple

    @property
    def described(self):
        return f"Debian's package {self.version}"


def program(package, version, path):
    """The newest of a package's versions that begin so, from the cache when it was unpacked before."""
    kept = sorted(_cache().glob(f"chosen-{package}-{version}.*/"), key=lambda home: _numbers(home.name))
    home = kept[-1] if kept else _unpack(package, version)
    loader = next((home / each for each in LOADERS if (home / each).exists()), None)
    if loader is None or not (home / path).exists():
        raise Failure(f"{home} lacks a loader or {path}; delete it, and it is fetched again")
    libraries = ":".join(str(each) for each in sorted(home.glob("usr/lib/*-linux-gnu")))
    return Program(home.name.removeprefix(f"chosen-{package}-"), (str(loader), "--library-path", libraries, str(home / path)))


def _cache():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "holdfast"


def _numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


def _unpack(package, version):
    for name in ("apt-get", "dpkg-deb"):
        if not shutil.which(name):
            raise Failure(f"no {package} {version} is unpacked in {_cache()}, and there is no {name} to fetch one")
    print(f"fetching Debian's package {package} {version} ...", file=sys.stderr)
    _cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="unpack-", dir=_cache()) as folder:
        apt = Apt(Path(folder))
        suite, newest = apt.newest(package, version)
        tree = apt.unpack(package, newest, suite)
        home = _cache() / f"chosen-{package}-{newest.replace(':', '_')}"
        shutil.rmtree(home, ignore_errors=True)
        tree.rename(home)
    return home


class Apt:
    """apt with lists, sources and a state of its own, in which nothing is installed: so it tells all that a package needs."""

    def __init__(self, folder):
        self._folder = folder

    def newest(self, package, version):
        """The suite that has the newest of the versions that begin so, and that version."""
        found = []
        for suite in SUITES:
            self._prepare(suite)
            self._run("apt-get", suite, "update")
            offered = re.findall(r"^[^|]+\|\s*(\S+)\s*\|", self._run("apt-cache", suite, "madison", package), re.MULTILINE)
            found += [(suite, each) for each in offered if each.startswith(f"{version}.")]
        if not found:
            raise Failure(f"Debian has no {package} {version} in {', '.join(SUITES)}")
        return max(found, key=lambda each: _numbers(each[1]))

    def unpack(self, package, version, suite):
        plan = self._run("apt-get", suite, "install", "--simulate", "--no-install-recommends", f"{package}={version}")
        names = set(re.findall(r"^Inst (\S+) ", plan, re.MULTILINE))
        wanted = [name for name in sorted(names - {package}) if name.startswith(("lib", "zlib"))]
        self._run("apt-get", suite, "download", f"{package}={version}", *wanted)
        tree = self._folder / "tree"
        for archive in self._folder.glob("*.deb"):
            self._execute(["dpkg-deb", "-x", str(archive), str(tree)])
        return tree

    def _prepare(self, suite):
        for name in ("lists/partial", "cache/archives/partial"):
            (self._folder / suite / name).mkdir(parents=True, exist_ok=True)
        (self._folder / suite / "status").touch()
        (self._folder / suite / "sources.list").write_text(f"deb [signed-by={KEYRING}] http://deb.debian.org/debian {suite} main\n")

    def _run(self, command, suite, *arguments):
        home = self._folder / suite
        options = {"Dir::State::lists": home / "lists", "Dir::State::status": home / "status", "Dir::Cache": home / "cache",
                   "Dir::Etc::sourcelist": home / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                   "APT::Sandbox::User": "root", "Acquire::Languages": "none"}
        return self._execute([command, *(part for name, value in options.items() for part in ("-o", f"{name}={value}")), *arguments])

    def _execute(self, command):
        try:
            done = subprocess.run(command, cwd=self._folder, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True,
                                  timeout=600, check=False)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{command[0]} did not end within 600 s") from error
        if done.returncode:
            raise Failure(f"{command[0]} {command[-1]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
        return done.stdout
