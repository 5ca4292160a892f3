#!/usr/bin/env bash
# Whether etcd answers a progress request for a watch that begins in the future depends on its patch version.
#
# Versions   etcd 3.5.16 (Debian etcd-server and etcd-client 3.5.16-4, trixie) and 3.5.30 (3.5.30-2, sid), each with its own etcdctl
# Behaviour  A watch begins at a revision that does not exist yet, as everybody's does who lists and watches from the
#            revision after the list's. Asked for progress, 3.5.16 answers with the newest revision, which is smaller than
#            the watch's beginning; 3.5.30 does not answer at all until that revision exists. Who takes silence for a dead
#            watch, as after a list in an idle cluster, begins anew for ever on 3.5.30.
# Seen       3.5.16, watch from the future: 2 of 2 progress requests answered; watch from now: 2 of 2
#            3.5.30, watch from the future: 0 of 2; watch from now: 2 of 2
# Way out    Watch from the list's own revision; what was written at it comes once more, where it matches.
#
# Needs apt-get and dpkg-deb, Debian's archive keyring, curl and the network. Installs nothing. Exits with 1 when the
# behaviour is another one, with 2 when it cannot be tried.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unpack() { # SUITE VERSION
  local suite=$1 version=$2 here=$work/$2
  mkdir -p "$here/lists/partial" "$here/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main" > "$here/sources.list"
  local apt=(apt-get -qq -o "Dir::State::lists=$here/lists" -o "Dir::Cache=$here/cache" -o "Dir::Etc::sourcelist=$here/sources.list"
    -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none)
  "${apt[@]}" update && (cd "$here" && "${apt[@]}" download "etcd-server=$version" "etcd-client=$version") &&
    for package in "$here"/*.deb; do dpkg-deb -x "$package" "$here"; done
}

answers() { # VERSION PORT KEY REVISION: how many of two progress requests are answered
  { echo "watch --rev=$4 $3"; sleep 2; echo progress; sleep 2; echo progress; sleep 2; } |
    ETCDCTL_API=3 "$work/$1/usr/bin/etcdctl" --endpoints="127.0.0.1:$2" watch -i 2>/dev/null | grep -c '^progress notify: ' || true
}

try() { # VERSION PORT
  local bin=$work/$1/usr/bin url=http://127.0.0.1:$2 peer=http://127.0.0.1:$(($2 + 1))
  "$bin/etcd" --name=m --data-dir="$work/$1/data" --listen-client-urls="$url" --advertise-client-urls="$url" \
    --listen-peer-urls="$peer" --initial-advertise-peer-urls="$peer" --initial-cluster="m=$peer" >"$work/log" 2>&1 &
  pid=$!
  trap 'kill "$pid" 2>/dev/null || true' EXIT
  for _ in $(seq 100); do curl -sf -m 1 "$url/health" >/dev/null && break; sleep 0.2; done
  ETCDCTL_API=3 "$bin/etcdctl" --endpoints="$url" put /services/a 1 >/dev/null || { cat "$work/log" >&2; exit 2; }
  echo "${1%-*}, watch from the future: $(answers "$1" "$2" /services/b 100) of 2; watch from now: $(answers "$1" "$2" /services/b 2) of 2"
  kill "$pid"
  wait "$pid" 2>/dev/null || true
}

{ unpack trixie 3.5.16-4 && unpack sid 3.5.30-2; } >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 2; }
old=$(try 3.5.16-4 23790)
new=$(try 3.5.30-2 23792)
seen="$old
$new"
echo "$seen"
[ "$seen" = '3.5.16, watch from the future: 2 of 2; watch from now: 2 of 2
3.5.30, watch from the future: 0 of 2; watch from now: 2 of 2' ] || { echo "changed" >&2; exit 1; }
echo "as described"
