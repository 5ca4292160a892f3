#!/usr/bin/env bash
# What jetcd brings depends on the Java that Maven runs on.
#
# Versions   io.etcd:jetcd-core 0.8.7, which brings io.vertx:vertx-core 5.1.2; Maven 3.8.7; JDK 17 and JDK 25
# Behaviour  The published POM of vertx-core has a profile that is active by itself on JDK 21 and newer and adds
#            tools.jackson.core:jackson-core and jackson-databind, as dependencies of everybody who uses the library.
#            Two builders of the same sources get different jars, also with the same --release.
# Seen       on JDK 17: no artifact of tools.jackson.core
#            on JDK 25: jackson-core 3.1.4, jackson-databind 3.1.4
# Way out    Exclude tools.jackson.core:* from vertx-core, as nothing in jetcd needs it.
#
# Needs mvn, a JDK older than 21 and one that is not (JDK_OLD and JDK_NEW name their homes, otherwise /usr/lib/jvm is
# looked through). Exits with 1 when the behaviour is another one, with 2 when it cannot be tried.
set -euo pipefail

major() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }

find_jdk() { # BOUND: -lt or -ge, against 21
  local home version
  for home in /usr/lib/jvm/*; do
    version=$(major "$home")
    if [ -x "$home/bin/javac" ] && [ -n "$version" ] && [ "$version" "$1" 21 ]; then echo "$home"; return; fi
  done
}

old=${JDK_OLD:-$(find_jdk -lt)}
new=${JDK_NEW:-$(find_jdk -ge)}
command -v mvn >/dev/null && [ -n "$old" ] && [ -n "$new" ] || { echo "needs mvn, a JDK older than 21 and one that is not" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/pom.xml" <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>uses-jetcd</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.etcd</groupId>
      <artifactId>jetcd-core</artifactId>
      <version>0.8.7</version>
    </dependency>
  </dependencies>
</project>
POM

jackson3() { # JAVA_HOME: what of Jackson 3 is on the class path
  JAVA_HOME=$1 mvn -B -q -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:list \
    -DoutputFile="$work/list" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 2; }
  grep -o 'tools\.jackson\.core:[^ ]*:compile' "$work/list" | sort || true
}

on_old=$(jackson3 "$old")
on_new=$(jackson3 "$new")
printf 'JDK %s: %s\n' "$(major "$old")" "${on_old:-no Jackson 3}" "$(major "$new")" "$(echo ${on_new:-no Jackson 3})"
expected='tools.jackson.core:jackson-core:jar:3.1.4:compile
tools.jackson.core:jackson-databind:jar:3.1.4:compile'
[ -z "$on_old" ] && [ "$on_new" = "$expected" ] || { echo "changed" >&2; exit 1; }
echo "as described"
