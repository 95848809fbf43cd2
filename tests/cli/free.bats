#!/usr/bin/env bats
# berth free and berth next: what could be had, against real sockets. Neither records anything.

load berth
load checks
private_namespaces

# free SPEC, taken SPEC [TEXT...]: the exit code, with nothing on stdout and the verdict on stderr.
free() {
  berth free "$1"
  expect 0 && expect_stderr free
}
taken() {
  berth free "$1"
  expect 1 && expect_stderr "${@:2}"
}

@test "free: yes" {
  free 8080
  expect_stderr 8080/tcp
  free 53/udp
  free 8080-8090/tcp+udp
  free 127.0.0.1:8080
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "free: held by a listener, which is named" {
  listen tcp 8080
  taken 8080 "8080/tcp is held by python3 (pid $LISTENER"
  free 8080/udp
  free 8081
}

@test "free: TCP and UDP together" {
  listen udp 8080
  free 8080
  taken 8080/udp held
  taken 8080/tcp+udp held "pid $LISTENER"
}

@test "free: allocated, though nothing listens" {
  "$BERTH" register web 8080
  taken 8080 "allocated to web"
  taken 127.0.0.1:8080 "allocated to web"
  taken 8075-8085 "allocated to web"
  free 8080/udp
}

@test "free: allocated and held: both are said" {
  "$BERTH" register web 8080
  listen tcp 8080
  taken 8080 held "pid $LISTENER" "allocated to web"
}

@test "free: bound without listening" {
  hold bound 8080
  taken 8080 held "pid $LISTENER"
  free 127.0.0.2:8080
}

@test "free: the source port of a connection" {
  hold connection 8080
  taken 8080 held "pid $LISTENER" connection
  free 127.0.0.2:8080
}

@test "free: draining" {
  hold time-wait 8080
  taken 8080 draining
}

@test "free: a wildcard takes every address of its family" {
  listen tcp 8080
  taken 127.0.0.1:8080 held
  taken 127.0.0.2:8080 held
  free '[::1]:8080'
}

@test "free: one address takes the wildcards, and no other address" {
  listen tcp 8080 127.0.0.1
  taken 8080 held
  taken 0.0.0.0:8080 held
  taken '[::]:8080' held
  taken '[::ffff:127.0.0.1]:8080' held
  free 127.0.0.2:8080
  free '[::1]:8080'
}

@test "free: a dual-stack wildcard takes IPv4, too" {
  listen tcp 8080 ::
  taken 0.0.0.0:8080 held
  taken 127.0.0.1:8080 held
  taken '[::1]:8080' held
}

@test "free: a v6-only wildcard does not" {
  hold v6only 8080
  free 0.0.0.0:8080
  free 127.0.0.1:8080
  taken 8080 held
  taken '[::]:8080' held
}

@test "free: a mapped address is the IPv4 address" {
  listen tcp 8080 ::ffff:127.0.0.1
  taken 127.0.0.1:8080 held
  free '[::1]:8080'
}

@test "free: UDP in the same way" {
  listen udp 5353 127.0.0.53
  taken 5353/udp held
  free 127.0.0.1:5353/udp
}

@test "free: one port of a range" {
  listen tcp 8085
  taken 8080-8090 held "pid $LISTENER"
  free 8080-8084
}

@test "free: unknown where it could not be looked at: 7, and why" {
  berth free 192.0.2.1:8080
  expect 7
  expect_stderr unknown 192.0.2.1
}

@test "free: unknown, but for a holder that was seen" {
  listen tcp 8080 ::
  taken 192.0.2.1:8080 held
}

@test "free: the verdict in JSON, with evidence" {
  listen tcp 8080
  berth free 8080 --json
  expect_json 1 '.verdict == "held"' '.endpoint == {"address": "*", "port": 8080, "last": null, "protocol": "tcp"}' \
    ".holders[0].pid == $LISTENER" '.evidence[0].source == "socket"' '.blind_spots == []'
  expect_no_stderr
  berth free 9000 --json
  expect_json 0 '.verdict == "free" and .holders == [] and .allocations == []'
  berth free 192.0.2.1:9000 --json
  expect_json 7 '.verdict == "unknown"'
}

@test "free: --quiet answers by the exit code alone" {
  listen tcp 8080
  berth free 8080 --quiet
  expect 1
  expect_no_stderr
  berth free 8081 --quiet
  expect 0
  expect_no_stderr
}

@test "free: looking disturbs nobody and leaves nothing behind" {
  listen tcp 8080
  taken 8080 held
  taken 8080 held
  free 8081
  listen tcp 8081
  [ -e "/proc/$LISTENER" ]
}

@test "next: the port itself, or the next available one; nothing is recorded" {
  berth next 8080
  expect 0 8080
  listen tcp 8080
  "$BERTH" register web 8081
  remember
  berth next 8080
  expect 0 8082
  berth next 8080
  expect 0 8082
  expect_untouched
}

@test "next: several" {
  listen tcp 8081
  berth next 8080 --count 3
  expect 0 $'8080\n8082\n8083'
  berth next 8080 --count=1
  expect 0 8080
}

@test "next: ranges" {
  listen tcp 8082
  berth next 8080-8081
  expect 0 8080-8081
  berth next 8081-8083 --count 2
  expect 0 $'8083-8085\n8086-8088'
}

@test "next: --within" {
  listen tcp 8080
  berth next 8080 --within 8080-8081
  expect 0 8081
  refuses 4 next 8080 --within 8080-8081 --count 2
}

@test "next: nothing left: 4, and what was passed over" {
  listen tcp 65535
  refuses 4 next 65535
  expect_stderr 65535 "pid $LISTENER"
  berth next 65535 --json
  expect_error_json 4 range_exhausted
}

@test "next: more than are left says so, without names that nobody has given" {
  refuses 4 next 65530 --count 7
  [[ $stderr != *"allocated to"* ]]
}

@test "next: in JSON" {
  listen tcp 8080
  berth next 8080 --json
  expect_json 0 '.port == 8081 and .preferred == 8080 and .decision == "moved" and .service == null' \
    ".skipped[0].port == 8080 and .skipped[0].verdict == \"held\"" '.warnings == []'
  berth next 8080 --json --count 2
  expect_json 0 '[.answers[].port] == [8081, 8082]'
}

@test "next: in JSON, the evidence names nobody that is not there" {
  berth next 8080 --json --count 3
  expect_json 0 '[.. | .what? // empty | select(contains("allocated to"))] == []'
}

@test "next: many" {
  berth next 20000 --count 1000
  expect_status 0
  [ "$(sort -u <<<"$output" | wc -l)" = 1000 ]
}
