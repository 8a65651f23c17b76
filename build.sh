#!/usr/bin/env bash
# Builds build/tranzr.jar, and runs what is built. Needs a JDK 25 or newer, and Maven's `mvn` to fetch
# the pinned dependencies once. Everything generated lies under build/.
#
#   ./build.sh              build the jar
#   ./build.sh run [ARG…]   build, then start the server
#   ./build.sh test [NAME]  build, then run all tests, or the test classes whose name contains NAME
#   ./build.sh bench|crash|fuzz|screenshots [ARG…]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"

VERSION=0.1.0
NEEDED_JAVA=25
BUILD=build

# group:artifact:version sha256; the first block goes into the jar, the second is for tests only.
RUNTIME=(
  "com.fasterxml.jackson.core:jackson-core:2.21.1 1edd5f2e49dca5f8e4519957c24b7b3050bd1c7ee883920da33cff031ff1f7c0"
  "com.fasterxml.jackson.jr:jackson-jr-objects:2.21.1 c6f8404ecf34ca619ad92b85b2048fb9e9e25f7f350cf5eae5e63439c1b4d890"
)
TESTING=(
  "org.junit.platform:junit-platform-console-standalone:6.0.1 3009120b7953bfe63add272e65b2bbeca0d41d0dfd8dea605201db15b640e0ff"
  "org.webjars.npm:ws:8.18.3 b64c28961a50fc87cdef667a7b103491fdc56ba5c4109e57b71962dd732c754e"
  "io.tus.java.client:tus-java-client:0.5.1 196ce59aac4cca7395aca493e1740ba121ef9696232911086ac205a30948e7bb"
  "org.webjars.npm:axe-core:4.6.3 c339ddad238886211644ff2b58f8c395bf42de4a1d7742c98af7aa01a9675ac3"
)
# Parts of pages, as their authors publish them. Only the named files go into the jar: package, path in it, name beside the pages.
PAGES=(
  "org.webjars.npm:qr-creator:1.0.0 ddb36fd7e209108696396a081df7ea748cd6e601e5293e77f25e1028a710214b"
  "org.webjars.npm:swagger-ui-dist:5.30.1 4a681210b545638d45eccd5e2f5279f3a42ba9e452ae506cf56ea5700dfb0019"
  "org.webjars.npm:pdfjs-dist:5.4.624 8089e6fccc56c48501b449fdfdbf88881daa212e6cba993a1b12287629a76df9"
)
PAGE_FILES=(
  "qr-creator dist/qr-creator.es6.min.js qr-creator.js"
  "qr-creator LICENSE qr-creator.LICENSE.txt"
  "swagger-ui-dist swagger-ui-bundle.js swagger-ui-bundle.js"
  "swagger-ui-dist swagger-ui-bundle.js.LICENSE.txt swagger-ui-bundle.js.LICENSE.txt"
  "swagger-ui-dist swagger-ui.css swagger-ui.css"
  "swagger-ui-dist LICENSE swagger-ui.LICENSE.txt"
  "swagger-ui-dist NOTICE swagger-ui.NOTICE.txt"
  "pdfjs-dist legacy/build/pdf.min.mjs pdf.js"
  "pdfjs-dist legacy/build/pdf.worker.min.mjs pdf.worker.js"
  "pdfjs-dist LICENSE pdf.LICENSE.txt"
  "pdfjs-dist wasm/jbig2.wasm jbig2.wasm"
  "pdfjs-dist wasm/LICENSE_JBIG2 jbig2.LICENSE.txt"
  "pdfjs-dist wasm/openjpeg.wasm openjpeg.wasm"
  "pdfjs-dist wasm/LICENSE_OPENJPEG openjpeg.LICENSE.txt"
)
# Clients and a server of other makers, which tests and the bench run in Node; the lock file beside the list holds their versions and checksums.
NPM_LIST=test/tranzr/clients
COPY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy

fail() { echo "build.sh: $*" >&2; exit 1; }

# --- the JDK ------------------------------------------------------------------------------------

java_version_of() { # the feature version of the JDK in $1, or nothing
  [ -x "$1/bin/javac" ] || return 0
  "$1/bin/javac" -version 2>&1 | sed -nE 's/^javac ([0-9]+).*/\1/p'
}

find_jdk() {
  local tried="" candidate version
  local -a candidates=()
  [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
  if command -v javac >/dev/null 2>&1; then
    candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
  fi
  candidates+=(/usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home)
  for candidate in "${candidates[@]}"; do
    version=$(java_version_of "$candidate")
    [ -n "$version" ] || continue
    if [ "$version" -ge "$NEEDED_JAVA" ]; then JDK=$candidate; return; fi
    tried="$tried"$'\n'"  $candidate is JDK $version"
  done
  fail "no JDK $NEEDED_JAVA or newer found by JAVA_HOME, on PATH, or in the usual places.${tried}
Install one (for example Eclipse Temurin $NEEDED_JAVA) and set JAVA_HOME to it."
}

# --- dependencies -------------------------------------------------------------------------------

jar_of() { # path of the fetched jar of "g:a:v sha"
  local gav=${1%% *} artifact version
  artifact=$(cut -d: -f2 <<<"$gav"); version=$(cut -d: -f3 <<<"$gav")
  echo "$BUILD/lib/$artifact-$version.jar"
}

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1" | cut -d' ' -f1
  else shasum -a 256 "$1" | cut -d' ' -f1; fi
}

fetch() {
  local entry=$1 gav want jar got
  gav=${entry%% *}; want=${entry##* }; jar=$(jar_of "$entry")
  [ -f "$jar" ] && return
  command -v mvn >/dev/null 2>&1 || fail "Maven's mvn is not on the PATH; it is needed once, to fetch $gav."
  mkdir -p "$BUILD/lib/fetched"
  echo "fetching $gav" >&2
  mvn -q -B "$COPY_PLUGIN" "-Dartifact=$gav" "-DoutputDirectory=$here/$BUILD/lib/fetched" >&2 </dev/null \
    || fail "mvn could not fetch $gav."
  got=$(sha256_of "$BUILD/lib/fetched/$(basename "$jar")")
  [ "$got" = "$want" ] || fail "$gav has SHA-256 $got, but $want is pinned. Nothing was built."
  mv "$BUILD/lib/fetched/$(basename "$jar")" "$jar"
}

npm_ci() { # installs into build/node_modules exactly what the lock file says, and runs no script of theirs
  (cd "$BUILD" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --fetch-retries=2 --fetch-retry-mintimeout=1000 </dev/null) >"$BUILD/npm.log" 2>&1
}

fetch_node_packages() { # what could not be had is told in node_modules.missing, for the tests to say so
  local stamp wrong
  stamp=$(cat "$NPM_LIST/package.json" "$NPM_LIST/package-lock.json" | cksum)
  fresh "$BUILD/node_modules" "$stamp" && return
  mkdir -p "$BUILD"
  rm -f "$BUILD/node_modules.stamp"
  if ! command -v npm >/dev/null 2>&1; then
    echo "npm is not installed" >"$BUILD/node_modules.missing"
    return
  fi
  cp "$NPM_LIST/package.json" "$NPM_LIST/package-lock.json" "$BUILD/"
  echo "fetching the packages of $NPM_LIST/package-lock.json" >&2
  if npm_ci; then
    rm -f "$BUILD/node_modules.missing"
    echo "$stamp" >"$BUILD/node_modules.stamp"
    return
  fi
  wrong=$(grep -oE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT' "$BUILD/npm.log" | head -1) || true
  [ -n "$wrong" ] || { cat "$BUILD/npm.log" >&2; fail "npm could not install what $NPM_LIST/package-lock.json pins."; }
  echo "the npm registry cannot be reached ($wrong)" >"$BUILD/node_modules.missing"
}

# --- building -----------------------------------------------------------------------------------

stamp_of() { # changes when any file below the given folders, or this script, changes
  { find "$@" -type f -exec ls -ln --time-style=+%s%N {} + 2>/dev/null || find "$@" -type f -exec ls -lnT {} +
    sha256_of build.sh; echo "$JDK"; } | LC_ALL=C sort | { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
}

fresh() { [ -f "$1.stamp" ] && [ "$(cat "$1.stamp")" = "$2" ]; }

copy_resources() { # all but the sources, beside the classes
  (cd "$1" && find . -type f ! -name '*.java' -print0 | tar --null -T - -cf -) | tar -xf - -C "$2"
}

pack_page_files() { # into the folder $1
  local entry line package owner path name jar root
  mkdir -p "$1"
  for entry in "${PAGES[@]}"; do
    fetch "$entry"
    jar=$here/$(jar_of "$entry"); package=$(cut -d: -f2 <<<"${entry%% *}")
    root=META-INF/resources/webjars/$package/$(cut -d: -f3 <<<"${entry%% *}")
    rm -rf "$BUILD/unpacked"; mkdir -p "$BUILD/unpacked"
    for line in "${PAGE_FILES[@]}"; do
      read -r owner path name <<<"$line"
      [ "$owner" = "$package" ] || continue
      (cd "$BUILD/unpacked" && "$JDK/bin/jar" -xf "$jar" "$root/$path")
      cp "$BUILD/unpacked/$root/$path" "$1/$name" || fail "$package has no $path."
    done
  done
}

build_jar() {
  local stamp entry
  stamp=$(stamp_of src)
  fresh "$BUILD/tranzr.jar" "$stamp" && [ -f "$BUILD/tranzr.jar" ] && return
  for entry in "${RUNTIME[@]}"; do fetch "$entry"; done
  rm -rf "$BUILD/classes" "$BUILD/tranzr.jar.stamp"; mkdir -p "$BUILD/classes"
  local classpath=""
  for entry in "${RUNTIME[@]}"; do
    classpath="$classpath:$(jar_of "$entry")"
    (cd "$BUILD/classes" && "$JDK/bin/jar" -xf "$here/$(jar_of "$entry")")
  done
  # One jar holds all: the parts' own module descriptors and manifests would contradict it.
  rm -f "$BUILD/classes/module-info.class" "$BUILD"/classes/META-INF/versions/*/module-info.class
  rm -rf "$BUILD/classes/META-INF/MANIFEST.MF" "$BUILD/classes/META-INF/maven"
  # The launcher runs on any Java from 8 on, to say which one is needed.
  "$JDK/bin/javac" --release 8 -Xlint:all,-options -Werror -encoding UTF-8 -d "$BUILD/classes" src/tranzr/Launcher.java
  find src -name '*.java' ! -name Launcher.java >"$BUILD/sources.txt"
  # Inline string concatenation: each indy call site would be linked at its first use, most of them during the start.
  "$JDK/bin/javac" --release "$NEEDED_JAVA" -XDstringConcat=inline -Xlint:all -Werror -encoding UTF-8 \
    -cp "${classpath#:}:$BUILD/classes" -implicit:none -d "$BUILD/classes" @"$BUILD/sources.txt"
  copy_resources src "$BUILD/classes"
  pack_page_files "$BUILD/classes/tranzr/api/ui/vendor"
  cat >"$BUILD/manifest.txt" <<MF
Main-Class: tranzr.Launcher
Implementation-Title: tranzr
Implementation-Version: $VERSION
Multi-Release: true
Add-Opens: jdk.httpserver/sun.net.httpserver
MF
  "$JDK/bin/jar" --create --file "$BUILD/tranzr.jar.new" --manifest "$BUILD/manifest.txt" -C "$BUILD/classes" .
  mv "$BUILD/tranzr.jar.new" "$BUILD/tranzr.jar"
  echo "$stamp" >"$BUILD/tranzr.jar.stamp"
  echo "built $BUILD/tranzr.jar ($(($(wc -c <"$BUILD/tranzr.jar") / 1024)) KiB)" >&2
}

build_tests() {
  local stamp entry
  build_jar
  stamp=$(stamp_of src test)
  TEST_CLASSPATH="$BUILD/test-classes:$BUILD/tranzr.jar"
  for entry in "${TESTING[@]}"; do fetch "$entry"; TEST_CLASSPATH="$TEST_CLASSPATH:$(jar_of "$entry")"; done
  fresh "$BUILD/test-classes" "$stamp" && [ -d "$BUILD/test-classes" ] && return
  rm -rf "$BUILD/test-classes" "$BUILD/test-classes.stamp"; mkdir -p "$BUILD/test-classes"
  find test -name '*.java' >"$BUILD/test-sources.txt"
  "$JDK/bin/javac" --release "$NEEDED_JAVA" -Xlint:all,-classfile -Werror -encoding UTF-8 \
    -cp "$TEST_CLASSPATH" -d "$BUILD/test-classes" @"$BUILD/test-sources.txt"
  copy_resources test "$BUILD/test-classes"
  echo "$stamp" >"$BUILD/test-classes.stamp"
}

run_java() { # runs a class of the tests, with what they need to know of the build
  # In the background of a script Ctrl-C is ignored, by whatever is started there as well; tests send it to their children.
  local start=(env --default-signal=INT)
  "${start[@]}" true 2>/dev/null || start=()
  exec ${start[@]+"${start[@]}"} "$JDK/bin/java" -ea -Xmx1g "-Dtranzr.jar=$here/$BUILD/tranzr.jar" "-Dtranzr.root=$here" \
    --add-opens jdk.httpserver/sun.net.httpserver=ALL-UNNAMED -cp "$TEST_CLASSPATH" "$@"
}

find_jdk
case "${1:-jar}" in
  jar) build_jar ;;
  run) shift; build_jar; exec "$JDK/bin/java" -jar "$BUILD/tranzr.jar" "$@" ;;
  test) shift; fetch_node_packages; build_tests; run_java tranzr.TestMain "$@" ;;
  bench) shift; fetch_node_packages; build_tests; run_java tranzr.bench.Bench "$@" ;;
  crash) shift; build_tests; run_java tranzr.fault.CrashSearch "$@" ;;
  fuzz) shift; build_tests; run_java tranzr.fuzz.FuzzSearch "$@" ;;
  screenshots) shift; build_tests; run_java tranzr.web.Screenshots "$@" ;;
  *) fail "unknown command '$1'; one of: jar, run, test, bench, crash, fuzz, screenshots" ;;
esac
