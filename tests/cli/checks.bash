# What several files here check alike; `load berth` first.

# shellcheck shell=bash
# shellcheck disable=SC2154 # status, output and stderr are set by bats' run

# hold bound|v6only|connection|time-wait|shared|inherited PORT [ADDRESS]: such sockets (sockets.py) until the test ends.
# The pid is left in $LISTENER. $PYTHON, if set, is the interpreter.
hold() {
  local ready answer pid
  exec {ready}< <(exec "${PYTHON:-python3}" "$ROOT/tests/cli/sockets.py" "$@" 2>&1 3>&-)
  LISTENER=$!
  read -r -u "$ready" answer pid
  exec {ready}<&-
  [[ $answer != ready || -z $pid ]] || LISTENER=$pid answer=ready
  LISTENERS+=("$LISTENER")
  [[ $answer == ready ]] || { echo "cannot hold $*: $answer"; return 1; }
}

# lock_registry: another process has the writers' lock until the test ends. Its pid is left in $LOCKER.
lock_registry() {
  flock --no-fork "$BERTH_REGISTRY.lock" sleep 1000 3>&- &
  LOCKER=$!
  LISTENERS+=("$LOCKER")
  while flock --nonblock "$BERTH_REGISTRY.lock" true; do sleep 0.01; done
}

# bare_machine: of this machine's own socket units and container engines nothing is there for the test; but it is one
# that systemd runs, as far as sd_booted(3) can tell.
bare_machine() {
  local folder
  for folder in {/etc,/usr/lib,/usr/local/lib}/systemd/system /run /var/lib/{docker,containers}; do
    [[ ! -d $folder ]] || mount -t tmpfs tmpfs "$folder" || return
  done
  mkdir -p /run/systemd/system
  unset DOCKER_HOST CONTAINER_HOST XDG_RUNTIME_DIR
}

# as_nobody WORD...: berth with these words, as a user who may do nothing; skips where nobody can become one.
as_nobody() {
  setpriv --reuid 65534 --clear-groups true 2>/dev/null || skip "cannot become another user here"
  # In a place that anybody may enter: a checkout may be root's alone.
  [[ -x /opt/berth ]] || install -m 755 "$BERTH" /opt/berth
  chmod 755 /opt
  run --separate-stderr setpriv --reuid 65534 --clear-groups env BERTH_REGISTRY="${NOBODYS_REGISTRY:-/opt/none.json}" \
    /opt/berth "$@"
}

# rules: what is on stdin, in the words of nft, becomes the packet filter of this test's network.
rules() {
  [[ -n $(type -P nft) ]] || skip "needs nft"
  nft list ruleset >/dev/null 2>&1 || skip "the kernel has no nftables"
  nft -f -
}

# write_registry: what is on stdin becomes the registry file, as if a person or another program had written it.
write_registry() { cat >"$BERTH_REGISTRY"; }

# Every file beside the registry, with what would give a rewrite away; the lock file may come to be at any time.
state_of_registry() {
  local folder=${BERTH_REGISTRY%/*}
  [[ -d $folder ]] || return 0
  find "$folder" -type f ! -name '*.lock' -printf '%f %i %m %s %T@ ' -exec sha256sum {} \; | sort
}

# remember, and later expect_untouched: nothing was written in between, not even the same bytes.
remember() { REMEMBERED=$(state_of_registry); }
expect_untouched() {
  local now
  now=$(state_of_registry)
  [[ $now == "$REMEMBERED" ]] && return
  printf 'the registry was touched; before:\n%s\nnow:\n%s\n' "$REMEMBERED" "$now"
  return 1
}

# refuses STATUS WORD...: berth with these words ends so, prints nothing on stdout, one error on stderr, and writes
# nothing.
refuses() {
  local wanted=$1
  shift
  remember
  berth "$@"
  expect "$wanted" || return
  expect_stderr "berth: " || return
  expect_untouched
}

# expect_no_stderr: it went without a word.
expect_no_stderr() {
  [[ -z $stderr ]] && return
  printf 'expected nothing on stderr, got:\n%s\n' "$stderr"
  return 1
}

# expect_json STATUS FILTER...: it ended so, stdout is one JSON answer of this schema, and each jq filter is true of it.
expect_json() {
  local filter
  expect_status "$1" || return
  shift
  for filter in 'length > 0 and .schema == 1' "$@"; do
    [[ $(jq -c "$filter" <<<"$output" 2>&1) == true ]] && continue
    printf 'expected of the answer: %s\ngot:\n%s\n' "$filter" "$output"
    return 1
  done
}

# expect_error_json STATUS CODE: the same of an error, which stands on stderr, too.
expect_error_json() {
  # shellcheck disable=SC2016 # jq's variables
  expect_json "$1" '.error | keys == ["code", "exit", "hint", "holders", "message"]' ".error.exit == $1" \
    ".error.code == \"$2\"" '.error.message | type == "string" and length > 0' '.error.holders | type == "array"' || return
  expect_stderr "$(jq -r '.error.message' <<<"$output")"
}

# harmless: nothing that a terminal would obey was printed.
harmless() {
  local bad
  bad=$(printf '%s\n%s' "$output" "$stderr" | LC_ALL=C grep -nP \
    '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf' | cat -v)
  [[ -z $bad ]] && return
  printf 'printed raw:\n%s\n' "$bad"
  return 1
}
