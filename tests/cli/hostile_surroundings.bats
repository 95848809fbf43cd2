#!/usr/bin/env bats
# Surroundings that are not as a program likes them: the environment, descriptors, limits, and a machine without /proc.

load berth
load checks
private_namespaces

# limited LIMIT VALUE WORD...: berth with these words under a limit (ulimit's letter), with no files open but the first 3.
limited() {
  # shellcheck disable=SC2016 # that is for the inner bash
  run --separate-stderr timeout 60 bash -c 'for fd in /proc/$$/fd/*; do
      fd=${fd##*/}
      ((fd < 3 || fd == 255)) || eval "exec $fd>&-"
    done
    ulimit "$1" "$2" && shift 2 && exec "$@"' bash "$1" "$2" "$BERTH" "${@:3}"
}

# linked_statically: skips where the program would need files and memory for its libraries.
linked_statically() { if ldd "$BERTH" >/dev/null 2>&1; then skip "this program is linked dynamically"; fi; }

# each_command CHECK: `berth` with each of these words, then CHECK.
each_command() {
  local words
  for words in "get web" list "list --json" "who 8080" "free 9000" "next 8080" check "explain web" history \
    "register web 8080" "migrate --dry-run" version "help register"; do
    # shellcheck disable=SC2086 # words
    "$@" $words || { echo "by: $words"; return 1; }
  done
}

@test "the umask decides nothing: the registry is 644, its lock the writer's" {
  local mask
  for mask in 000 077 777; do
    rm -rf "${BERTH_REGISTRY%/*}"
    mkdir -m 755 "${BERTH_REGISTRY%/*}"
    (umask "$mask" && exec "$BERTH" register web 8080)
    (umask "$mask" && exec "$BERTH" register api 8081)
    [ "$(cd "${BERTH_REGISTRY%/*}" && stat -c '%a %n' -- * | xargs)" = "644 port_allocation.history.jsonl \
644 port_allocation.json 600 port_allocation.json.lock 644 port_allocation.json.previous" ]
  done
}

@test "programs of the names that berth might call are never started, whatever PATH says" {
  local trap=$BATS_TEST_TMPDIR/trap name
  mkdir "$trap"
  for name in docker podman ss nft iptables iptables-save systemctl nginx apachectl caddy haproxy sh bash env id ip berth; do
    printf '#!/bin/bash\n: >%q\n' "$trap/sprung" >"$trap/$name"
    chmod 755 "$trap/$name"
  done
  "$BERTH" register web 8080
  listen tcp 9000
  cd "$trap"
  in_path() { run --separate-stderr /usr/bin/env PATH="$path" "$BERTH" "$@"; [[ $status -le 1 ]]; }
  local path
  for path in "$trap" . "" ":"; do
    each_command in_path
    [ ! -e "$trap/sprung" ]
  done
  a_checkout "$BATS_TEST_TMPDIR/checkout"
  run --separate-stderr /usr/bin/env PATH=".:$trap:/usr/bin:/bin" /bin/bash -euc \
    '. "$1"/scripts/port_manager.sh; register_port api 8081; get_port web' bash "$BATS_TEST_TMPDIR/checkout"
  expect 0 $'8081\n8080'
  [ ! -e "$trap/sprung" ]
}

@test "no environment at all, odd directories for temporary files and homes: the same answers" {
  "$BERTH" register web 8080
  local setting
  for setting in -i "-u HOME" HOME= HOME=/nowhere TMPDIR=/dev/null TMPDIR=/nowhere XDG_RUNTIME_DIR=$'/no\e[31m' LC_ALL=C TZ=/etc/passwd \
    DOCKER_HOST=unix:///dev/null; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr env $setting BERTH_REGISTRY="$BERTH_REGISTRY" "$BERTH" register web 8080
    expect 0 8080
    # shellcheck disable=SC2086 # words
    run --separate-stderr env $setting BERTH_REGISTRY="$BERTH_REGISTRY" "$BERTH" register api 8081
    expect 0 8081
    "$BERTH" release api
  done
  [ "$(cd "${BERTH_REGISTRY%/*}" && echo .[!.]* *)" = ".[!.]* port_allocation.history.jsonl port_allocation.json \
port_allocation.json.lock port_allocation.json.previous" ]
}

@test "descriptors that are closed are not taken for files: nothing is written into one, and the exit code is right" {
  local port
  for port in 1 2 3 4 5 6 7; do listen tcp "808$port"; done
  local closed wanted round=0 status
  # shellcheck disable=SC2016 # that is for the inner bash
  while read -r wanted closed; do
    round=$((round + 1)) status=0
    # It warns after the lock, the registry and the history were opened.
    bash -c '"$0" register "fix$1" 808$1 fixed '"$closed" "$BERTH" "$round" >/dev/null 2>&1 || status=$?
    [ "$status" = "$wanted" ]
    status=0
    bash -c '"$0" register "again$1" abc '"$closed" "$BERTH" "$round" >/dev/null 2>&1 || status=$?
    [ "$status" = 2 ]
    [ "$("$BERTH" get "fix$round")" = "808$round" ]
  done <<<$'0 <&-\n8 >&-\n0 2>&-\n8 <&- >&-\n0 <&- 2>&-\n8 >&- 2>&-\n8 <&- >&- 2>&-'
  [ "$(recorded '.allocations | length')" = 7 ]
  [ "$(jq -c .revision "${BERTH_REGISTRY%.json}.history.jsonl" | xargs)" = "1 2 3 4 5 6 7" ]
  [ ! -s "$BERTH_REGISTRY.lock" ]
}

@test "stdin that is closed is an unreadable batch, not an empty one" {
  local status=0
  "$BERTH" register --batch - <&- >/dev/null 2>&1 || status=$?
  [ "$status" -ne 0 ]
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "a batch without end is refused, like one that is a folder" {
  run --separate-stderr timeout 30 "$BERTH" register --batch /dev/zero
  expect 2
  expect_stderr "/dev/zero" "File too large"
  run --separate-stderr bash -c '"$0" register --batch - </dev/zero' "$BERTH"
  expect 2
  run --separate-stderr timeout 30 "$BERTH" register --batch /
  expect 2
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "an answer that stdout does not take: 8, and what was registered is, and said to be" {
  run --separate-stderr bash -c '"$0" register web 8080 >/dev/full' "$BERTH"
  expect 8
  expect_stderr "No space left" "is done" "berth get"
  berth get web
  expect 0 8080
  run --separate-stderr bash -c '"$0" release web --json >/dev/full' "$BERTH"
  expect 8
  berth get web
  expect 1
}

@test "a reader that goes away, before or in the middle of the answer: 0, and what was registered is" {
  seq -f 'service-%g 20000' 3000 | "$BERTH" register --batch - >/dev/null 2>&1
  # shellcheck disable=SC2016 # that is for the inner bash
  run --separate-stderr bash -c 'set -o pipefail; "$0" list | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"' "$BERTH"
  expect 0 0
  # shellcheck disable=SC2016
  run --separate-stderr bash -c '"$0" register web 8080 | :; echo "${PIPESTATUS[0]}"' "$BERTH"
  expect 0 0
  [[ $stderr != *stdout* ]]
  berth get web
  expect 0 8080
}

@test "ulimit -n, from 3 to 16 files: done, or refused (8) and said; never half done" {
  linked_statically
  "$BERTH" register web 8080
  local files done=0 revision=1
  for files in 3 4 5 6 7 8 10 16; do
    limited -n "$files" register "s$files" 20000
    case $status in
      0) revision=$((revision + 1)) done=$((done + 1)) ;;
      8) expect_stderr "Too many open files" "ulimit -n" ;;
      *) expect 0 ;;
    esac
    [ "$(recorded .revision)" = "$revision" ]
    [ ! -e "$BERTH_REGISTRY.tmp" ]
    limited -n "$files" get web
    if [[ $files -gt 6 || $status -ne 8 ]]; then expect 0 8080; fi
    limited -n "$files" who 8080
    [[ $status -eq 0 || $status -eq 8 ]]
  done
  limited -n 16 check
  expect_status 0
  ((done >= 3))
}

@test "ulimit -v: done, or refused (8) and said; never half done, and no thread is no reason to fail" {
  linked_statically
  "$BERTH" register web 8080
  local kilobytes words refused=0
  for kilobytes in 5800 6000 6400 7000 8000 10000 20000; do
    for words in "register s$kilobytes 20000" "who 22" check list; do
      # shellcheck disable=SC2086 # words
      limited -v "$kilobytes" $words
      # That little, and the kernel does not start it.
      case $status in
        0 | 1 | 126 | 139) ;;
        8) refused=$((refused + 1)); expect_stderr memory ;;
        *) expect 0 || { echo "$words with $kilobytes kB"; return 1; } ;;
      esac
    done
    [ "$("$BERTH" get web)" = 8080 ]
  done
  # No room for the stack of another thread (8 MiB), and enough to look.
  limited -v 8000 who 22
  expect_status 0
  [ "$(jq -c .revision "${BERTH_REGISTRY%.json}.history.jsonl" | xargs)" = "$(seq "$(recorded .revision)" | xargs)" ]
}

@test "ulimit -f 0: refused (8) and said; nothing is left behind, and what can be read is" {
  "$BERTH" register web 8080
  remember
  # What is on stderr goes through a pipe, too: it may be no file.
  # shellcheck disable=SC2016 # that is for the inner bash
  run bash -c 'ulimit -f 0 && exec "$0" register api 8081 2>&1' "$BERTH"
  expect_status 8
  expect_output "File too large" "ulimit -f"
  expect_untouched
  limited -f 0 get web
  expect 0 8080
}

@test "no /proc and no /sys: who holds a port is not known, and that is said; nothing else is missing" {
  needs_no_proc
  "$BERTH" register web 8080
  listen tcp 9000
  bare() { run --separate-stderr unshare --mount sh -c 'mount -t tmpfs none /sys && mount -t tmpfs none /proc && exec "$@"' sh "$BERTH" "$@"; [[ $status -le 1 ]]; }
  bare version || skip "cannot hide /proc here"
  each_command bare
  bare register api 9000
  expect 0 9001
  bare who 9000
  expect_output held "not seen"
  bare check
  expect_output "not seen"
}

@test "no netlink: held ports are held, and what is not seen is said" {
  "$BERTH" register web 8080
  listen tcp 9000
  no_netlink() { run --separate-stderr python3 "$ROOT/tests/cli/without_sockets.py" 16 "$BERTH" "$@"; [[ $status -le 1 ]]; }
  no_netlink version || skip "no seccomp here"
  each_command no_netlink
  no_netlink free 9000
  expect 1
  expect_stderr "not seen" "open a netlink socket"
  no_netlink register api 9000
  expect 0 9001
  no_netlink list --json
  expect_json 0 '.blind_spots | length > 0'
}

@test "no sockets of IPv4, of IPv6, of Unix: nothing is taken for free that is held" {
  "$BERTH" register web 8080
  listen tcp 9000
  listen tcp 9001 ::1
  local family
  for family in 1 2 10; do
    without() { run --separate-stderr python3 "$ROOT/tests/cli/without_sockets.py" "$family" "$BERTH" "$@"; }
    without version
    [ "$status" = 0 ] || skip "no seccomp here"
    without free 9000
    [[ $status -eq 1 || $status -eq 7 ]]
    without free 9001
    [[ $status -eq 1 || $status -eq 7 ]]
    without get web
    expect 0 8080
  done
}

@test "a chroot with nothing but the program: it registers, and tells what it does not see" {
  linked_statically
  install -D "$BERTH" "$BATS_TEST_TMPDIR/root/berth"
  listen tcp 9000
  alone() { run --separate-stderr chroot "$BATS_TEST_TMPDIR/root" /berth "$@"; [[ $status -le 1 ]]; }
  unset BERTH_REGISTRY
  alone register web 8080 || skip "cannot chroot here"
  each_command alone
  alone register api 9000
  expect 0 9001
  alone get api
  expect 0 9001
  alone who 9000
  expect_output held "not seen"
}

@test "a root that is read-only: what can be read is, and a registry that can be written is" {
  "$BERTH" register web 8080
  local folder=${BERTH_REGISTRY%/*}
  mount --bind "$folder" "$folder"
  mount --rbind / /opt && mount -o remount,bind,ro /opt || skip "cannot mount here"
  read_only_root() { run --separate-stderr chroot /opt "$BERTH" "$@"; [[ $status -le 1 ]]; }
  each_command read_only_root
  read_only_root register api 8081
  expect 0 8081
  read_only_root register web 8080 --registry /nowhere/ports.json || true
  expect 8
  expect_stderr read-only
}
plain_words() { berth "$@"; [[ $status -le 1 ]]; }

@test "a clock that went back: what is recorded in the future is as good as any" {
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  local history=${BERTH_REGISTRY%.json}.history.jsonl
  sed -i 's/"20[0-9-]*T/"2999-12-31T/g' "$BERTH_REGISTRY" "$history"
  sed -i '2s/2999-/0001-/g' "$history"
  each_command plain_words
  berth register new 8080
  expect 0 8082
  berth undo
  expect 0
  berth restore 1
  expect 0
  berth history --json
  expect_json 0 '[.commits[].revision] | sort == [1, 2, 3, 4, 5]'
  berth get web
  expect 0 8080
}

@test "a history with a line of 100 MB, of noise, of nothing but opening brackets: in nobody's way" {
  "$BERTH" register web 8080
  local history=${BERTH_REGISTRY%.json}.history.jsonl line
  for line in "head -c 100000000 /dev/zero | tr '\\0' x" "head -c 2000000 /dev/zero | tr '\\0' '['" "head -c 200000 /dev/urandom | tr -d '\\n'" \
    "printf '{\"revision\": 1, '; head -c 1000000 /dev/zero | tr '\\0' ' '"; do
    bash -c "$line" >>"$history"
    echo >>"$history"
    run --separate-stderr timeout 20 "$BERTH" register api 8081
    expect 0 8081
    run --separate-stderr timeout 20 "$BERTH" history
    expect_status 0
    [ "${#output}" -lt 10000 ]
    run --separate-stderr timeout 20 "$BERTH" undo
    expect 0
  done
  [ "$("$BERTH" get web)" = 8080 ]
}
