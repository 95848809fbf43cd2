# For every bats file here:
#
#   load berth
#   private_namespaces
#
# Then each test runs in a network and a mount namespace of its own, as root of it: `lo` is up, nothing else listens,
# every port may be bound, the directories that `berth migrate` looks into are empty (but for one that the checkout is
# in), and all that ends with the test. Without root, and where user namespaces are
# forbidden, the tests are skipped.
#
# setup() makes a registry of the test's own; a file with another setup() calls setup_registry in it.
# teardown() ends the listeners; a file with another teardown() calls end_listeners in it.

# shellcheck shell=bash

bats_require_minimum_version 1.5.0

ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
# The program that is tested. Relative to the checkout, or absolute.
BERTH=${BERTH:-$ROOT/build/release/berth}
[[ $BERTH == /* ]] || BERTH=$ROOT/$BERTH

private_namespaces() {
  begins_a_test || return 0
  local enter=(unshare --net --mount --propagation private)
  "${enter[@]}" true 2>/dev/null || enter+=(--user --map-root-user)
  "${enter[@]}" true 2>/dev/null || { BERTH_NAMESPACES=none; return 0; }
  local hide='' directory
  for directory in /opt /srv /home /root /var/lib/docker /etc/nginx /etc/apache2 /etc/haproxy /etc/caddy /etc/traefik; do
    [[ ! -d $directory || $ROOT/ == "$directory"/* ]] || hide+="mount -t tmpfs tmpfs $directory && "
  done
  begin_again "${enter[@]}" sh -c "ip link set lo up && $hide"'exec "$@"' sh
}

# namespaces_of PID: instead of private_namespaces: each test runs in those of a process that setup_file started. Without
# a PID the tests are left where they are.
namespaces_of() {
  [[ -n $1 ]] && begins_a_test || return 0
  begin_again nsenter --target "$1" --net --mount --wdns="$PWD" --
}

# bats starts one bash a test, which reads the test's file: that one is started again, inside. It made a folder before
# it came here, and will want to make it again.
begins_a_test() { [[ $0 == */bats-exec-test && ${BERTH_NAMESPACES-} != "$$" ]]; }
begin_again() {
  local again
  mapfile -d '' -t again <"/proc/$$/cmdline"
  rmdir "$BATS_TEST_TMPDIR"
  export BERTH_NAMESPACES=$$
  exec "$@" "${again[@]}"
}

setup() { setup_registry; }
teardown() { end_listeners; }

# The registry of this test: $BERTH_REGISTRY, in a folder that exists, itself not there yet.
setup_registry() {
  [[ ${BERTH_NAMESPACES-} != none ]] || skip "needs namespaces: root, or a user's own"
  [[ -x $BERTH ]] || { echo "not built: $BERTH"; return 1; }
  unset PORT_DB
  mkdir -p "$BATS_TEST_TMPDIR/registry"
  export BERTH_REGISTRY=$BATS_TEST_TMPDIR/registry/port_allocation.json
  LISTENERS=()
}

# berth ARGUMENT...: runs it; leaves $status, $output (stdout) and $stderr.
berth() { run --separate-stderr "$BERTH" "$@"; }

# expect STATUS [STDOUT]: what the last `run` must have ended with, and printed; no STDOUT means nothing.
expect() {
  [[ $status -eq $1 && $output == "${2-}" ]] && return
  printf 'expected exit %s and stdout:\n%s\ngot exit %s and stdout:\n%s\nand stderr:\n%s\n' \
    "$1" "${2-}" "$status" "$output" "${stderr-}"
  return 1
}

# expect_status STATUS: the same, whatever it printed.
expect_status() { expect "$1" "$output"; }

# expect_stderr TEXT...: each stands somewhere on stderr.
expect_stderr() {
  local text
  for text; do
    [[ $stderr == *"$text"* ]] && continue
    printf 'expected on stderr: %s\ngot:\n%s\n' "$text" "$stderr"
    return 1
  done
}

# expect_output TEXT...: each stands somewhere on stdout.
expect_output() {
  local text
  for text; do
    [[ $output == *"$text"* ]] && continue
    printf 'expected on stdout: %s\ngot:\n%s\n' "$text" "$output"
    return 1
  done
}

# recorded JQ-FILTER: asks the registry file.
recorded() { jq -er "$1" "$BERTH_REGISTRY"; }

# listen tcp|udp PORT [ADDRESS]: starts a server in the background that holds it until the test ends, and returns when
# it has it. Its pid is left in $LISTENER. ADDRESS: 0.0.0.0 if not said; with a colon in it, IPv6.
listen() { occupy listen "$@"; }

# bind_only tcp|udp PORT [ADDRESS]: the same, bound and not listening.
bind_only() { occupy bind "$@"; }

occupy() {
  local ready
  exec {ready}< <(exec python3 "$ROOT/tests/cli/occupy.py" "$@" 2>&1 3>&-)
  LISTENER=$!
  LISTENERS+=("$LISTENER")
  local answer
  read -r -u "$ready" answer
  exec {ready}<&-
  [[ $answer == ready ]] || { echo "cannot $*: $answer"; return 1; }
}

# end_listener PID: ends it, and returns when it is gone.
end_listener() {
  kill "$1" 2>/dev/null || return 0
  while [[ -e /proc/$1 && $(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null) != Z ]]; do sleep 0.01; done
}

end_listeners() {
  local pid
  for pid in "${LISTENERS[@]}"; do end_listener "$pid"; done
}

# Where berth is traced: LeakSanitizer traces, too.
no_leak_check() { export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0; }

# Where berth has no /proc: LeakSanitizer looks there for what it should do, and for everything else.
needs_no_proc() { ! grep -aq __asan_init "$BERTH" || skip "AddressSanitizer cannot do without /proc"; }

# a_checkout FOLDER: makes FOLDER look like a checkout with a built berth: its scripts and the launcher.
a_checkout() {
  mkdir -p "$1/build/release"
  cp -r "$ROOT/scripts" "$ROOT/packaging" "$ROOT/berth" "$1"
  ln -s "$BERTH" "$1/build/release/berth"
}
