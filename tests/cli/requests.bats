#!/usr/bin/env bats
# berth register: --within, --dry-run, --explain, --batch, and requests of several ports, which are all or nothing.

load berth
load checks
private_namespaces

@test "within: the next port of the range alone" {
  listen tcp 9000
  berth register one 9000 --within 9000-9001
  expect 0 9001
  refuses 4 register two 9000 --within 9000-9001
  expect_stderr "9000 to 9001" "pid $LISTENER" "allocated to one"
}

@test "within: =, one port alone, and a range inside a range" {
  berth register one 9000 --within=9000
  expect 0 9000
  refuses 4 register two 9000 --within=9000
  berth register three 9001-9003 --within=9001-9005
  expect 0 9001-9003
  refuses 4 register four 9001-9003 --within=9001-9005
}

@test "within: a fixed port inside of it, and outside" {
  berth register one 9000 fixed --within 9000-9001
  expect 0 9000
  refuses 2 register two 8000 fixed --within 9000-9001
  expect_stderr 8000 9000-9001
}

@test "within: a preferred port outside is bad input, and says what would be right" {
  refuses 2 register web 8080 --within 9000-9100
  expect_stderr 8080 9000-9100 "hint: "
}

@test "dry-run: says what would be given, records nothing, makes no folder" {
  listen tcp 8080
  remember
  berth register web 8080 --dry-run
  expect 0 8081
  expect_stderr "nothing was recorded"
  BERTH_REGISTRY=$BATS_TEST_TMPDIR/nowhere/a.json berth register web 9000 --dry-run
  expect 0 9000
  [ ! -e "$BATS_TEST_TMPDIR/nowhere" ]
  expect_untouched
}

@test "dry-run: of a service that would be moved, in JSON, refused as the real thing" {
  berth register one 8080 fixed
  berth register two 9000
  remember
  berth register two 8080 --dry-run --json
  expect_json 0 '.port == 8081 and .decision == "moved"'
  berth register two 8080 fixed --dry-run
  expect 3
  expect_stderr "allocated to one"
  expect_untouched
}

@test "dry-run: needs no lock" {
  berth register one 8080
  lock_registry
  berth register two 8080 --dry-run --wait 0
  expect 0 8081
}

@test "explain: every candidate that was skipped is on stderr, the answer alone on stdout" {
  listen tcp 8080
  "$BERTH" register one 8081
  echo 8082-8083 >/proc/sys/net/ipv4/ip_local_reserved_ports
  berth register web 8080 --explain
  expect 0 8084
  expect_stderr "skipped 8080: held by python3 (pid $LISTENER" "skipped 8081: allocated to one" \
    "skipped 8082-8083: kernel-reserved"
}

@test "explain: of a port that was given as asked, or kept" {
  berth register web 8080 --explain
  expect 0 8080
  expect_stderr preferred
  berth register web 8080 --explain
  expect 0 8080
  expect_stderr kept
}

@test "ports of one request: all of a fixed range or none" {
  listen tcp 8003
  refuses 3 register web 8000-8005 fixed --strict
  expect_stderr "pid $LISTENER"
  berth register web 8000-8005 fixed
  expect 0 8000-8005
  expect_stderr warning 8003
}

@test "ports of one request: no range is left" {
  berth register one 8003
  refuses 4 register web 8000-8005 --within 8000-8008
  berth register web 8000-8004 --within 8000-8008
  expect 0 8004-8008
}

@test "ports of one request: both protocols or none" {
  listen udp 5353
  refuses 3 register dns 5353/tcp+udp fixed --strict
  berth register dns 5353/tcp+udp
  expect 0 5354
  [ "$(recorded .allocations.dns.protocol)" = tcp+udp ]
}

@test "batch: a file of requests, in order, in one commit" {
  cat >"$BATS_TEST_TMPDIR/batch" <<'BATCH'
# the office
web 8080 flexible

  api	8080   # beside it
db 5432 fixed
media 10000-10010/udp
local 127.0.0.1:9000 fixed
BATCH
  berth register --batch "$BATS_TEST_TMPDIR/batch"
  expect 0 $'web 8080\napi 8081\ndb 5432\nmedia 10000-10010\nlocal 9000'
  expect_stderr "api gets 8081"
  [ "$(recorded .revision)" = 1 ]
  [ "$(recorded '.allocations | length')" = 5 ]
}

@test "batch: again is idempotent, without a lock" {
  berth register --batch - <<<$'web 8080\napi 8080'
  expect 0 $'web 8080\napi 8081'
  remember
  lock_registry
  berth register --batch - --wait 0 <<<$'api 8080\nweb 8080'
  expect 0 $'api 8081\nweb 8080'
  expect_untouched
}

@test "batch: from stdin, without a final newline, with carriage returns" {
  berth register --batch - < <(printf 'web 8080\r\napi 8081 fixed')
  expect 0 $'web 8080\napi 8081'
  berth register --batch=- <<<'db 5432'
  expect 0 'db 5432'
}

@test "batch: JSON answers in order" {
  berth register --batch - --json <<<$'web 8080\napi 8080'
  expect_json 0 '[.answers[] | "\(.service) \(.port) \(.decision)"] == ["web 8080 preferred", "api 8081 moved"]' \
    '.answers[1].skipped[0].evidence[0].what | contains("web")'
}

@test "batch: a batch of one is a batch" {
  berth register --batch - --json <<<'web 8080'
  expect_json 0 '.answers | length == 1'
}

@test "batch: all or nothing when one is refused" {
  "$BERTH" register db 5432 fixed
  remember
  berth register --batch - <<<$'web 8080\nother 5432 fixed\napi 8081'
  expect 3
  expect_stderr "allocated to db"
  expect_untouched
}

@test "batch: all or nothing when two of it want one fixed port" {
  remember
  berth register --batch - <<<$'web 8080\none 5432 fixed\ntwo 5432 fixed'
  expect 3
  expect_stderr "allocated to one"
  expect_untouched
}

@test "batch: all or nothing when nothing is left" {
  remember
  berth register --batch - --within 8080-8081 <<<$'one 8080\ntwo 8080\nthree 8080'
  expect 4
  expect_untouched
}

@test "batch: options hold for every request" {
  listen tcp 5432
  remember
  berth register --batch - --strict <<<$'web 8080\ndb 5432 fixed'
  expect 3
  expect_stderr "pid $LISTENER"
  expect_untouched
  berth register --batch - --dry-run <<<$'web 8080\ndb 5432 fixed'
  expect 0 $'web 8080\ndb 5432'
  expect_stderr "pid $LISTENER" "nothing was recorded"
  expect_untouched
}

@test "batch: services that change places" {
  "$BERTH" register --batch - <<<$'one 8081 fixed\ntwo 8082 fixed'
  berth register --batch - <<<$'two 8083 fixed\none 8082 fixed'
  expect 0 $'two 8083\none 8082'
}

@test "batch: a bad line is bad input that names the line" {
  local line
  for line in 'two' 'two abc' 'two 8080 bogus' 'two 8080 fixed extra' 'two 0' 'x"y 8081'; do
    remember
    berth register --batch - <<<$'one 8080\n\n'"$line"
    expect 2
    expect_stderr "line 3"
    expect_untouched
  done
}

@test "batch: a service that is there twice is bad input" {
  remember
  berth register --batch - <<<$'one 8080\ntwo 8081\none 8082'
  expect 2
  expect_stderr "line 3" one "line 1"
  expect_untouched
}

@test "batch: nothing to do is bad input" {
  berth register --batch - </dev/null
  expect 2
  berth register --batch - <<<'# nothing'
  expect 2
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "batch: a file that is not there, a folder, a request beside it" {
  refuses 2 register --batch "$BATS_TEST_TMPDIR/nowhere"
  expect_stderr nowhere "No such file"
  refuses 2 register --batch "$BATS_TEST_TMPDIR"
  echo 'web 8080' >"$BATS_TEST_TMPDIR/batch"
  refuses 2 register api 8081 --batch "$BATS_TEST_TMPDIR/batch"
  refuses 2 register --batch
}

@test "batch: a thousand services, each its own port" {
  berth register --batch - < <(seq -f 's%g 20000' 1000)
  expect_status 0
  [ "$(recorded '[.allocations[].port] | unique | length')" = 1000 ]
  [ "$(cut -d ' ' -f 2 <<<"$output" | sort -n | sed -n '1p;$p')" = $'20000\n20999' ]
}
