#!/usr/bin/env bats
# berth who and berth explain: everything known about a port, and about a service's.

load berth
load checks
private_namespaces

# In the answers of who: what every holder has, known or not.
holder_keys='["address","compose","container","exe","inherited","last","pid","port","process","protocol","source","state","unit","user"]'

@test "who: a free port" {
  berth who 8080
  expect_status 0
  expect_no_stderr
  expect_output "8080/tcp is free" "nobody is registered" "berth register NAME 8080"
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "who: a listener: process, pid, user, program, reach, and what to do" {
  listen tcp 8080
  berth who 8080
  expect_status 0
  expect_output "8080/tcp is held" listening python3 "pid $LISTENER" "0.0.0.0" "user $(id -un)" \
    "$(readlink "/proc/$LISTENER/exe")" "8081 is available" "on every address"
}

@test "who: a listener on the loopback is reachable from this machine alone" {
  listen tcp 8080 127.0.0.1
  berth who 8080
  expect_output "this machine alone"
}

@test "who: an allocation, and what to do" {
  "$BERTH" register web 8080 fixed
  berth who 8080
  expect_status 0
  expect_output "8080/tcp is allocated" web fixed "8081 is available" "berth release web"
}

@test "who: allocated and held" {
  "$BERTH" register web 8080 fixed
  listen tcp 8080
  berth who 8080
  expect_output "8080/tcp is held" "web has 8080/tcp" "pid $LISTENER"
}

@test "who: in JSON" {
  "$BERTH" register web 8080 fixed
  listen tcp 8080
  berth who 8080 --json
  expect_json 0 '.endpoint == {"address": "*", "port": 8080, "last": null, "protocol": "tcp"}' '.verdict == "held"' \
    '.allocations[0] | .service == "web" and .port == 8080 and .kind == "fixed"' \
    '.holders | length == 1' ".holders[0] | keys as \$keys | $holder_keys - \$keys == []" \
    ".holders[0] | .source == \"socket\" and .state == \"listening\" and .pid == $LISTENER and .process == \"python3\"" \
    ".holders[0] | .exe == \"$(readlink "/proc/$LISTENER/exe")\" and .user == \"$(id -un)\"" \
    '.holders[0] | .address == "0.0.0.0" and .port == 8080 and .last == null and .protocol == "tcp"' \
    '.holders[0] | .container == null and .compose == null' \
    '.blind_spots == []' '.advice | length > 0 and all(type == "string")'
}

@test "who: in JSON, a free port has everything, too" {
  berth who 127.0.0.1:8080-8090/udp --json
  expect_json 0 '.endpoint == {"address": "127.0.0.1", "port": 8080, "last": 8090, "protocol": "udp"}' \
    '.verdict == "free" and .allocations == [] and .holders == [] and .blind_spots == []'
}

@test "who: bound without listening" {
  hold bound 8080
  berth who 8080 --json
  expect_json 0 '.verdict == "held"' ".holders[0] | .state == \"bound\" and .pid == $LISTENER"
}

@test "who: a connection, with its remote end" {
  hold connection 8080
  berth who 8080 --json
  expect_json 0 '.verdict == "held"' ".holders[0] | .state == \"connection\" and .pid == $LISTENER"
  berth who 8080
  expect_output "to 127.0.0.1:" "wait until the connection"
}

@test "who: draining, and for how long" {
  hold time-wait 8080
  berth who 8080 --json
  expect_json 0 '.verdict == "draining"' '.holders[0] | .state == "draining" and .pid == null'
  berth who 8080
  expect_output draining "wait "
}

@test "who: UDP" {
  listen udp 5353
  berth who 5353 --json
  expect_json 0 '.verdict == "free"'
  berth who 5353/udp --json
  expect_json 0 '.verdict == "held"' ".holders[0] | .pid == $LISTENER and .protocol == \"udp\""
}

@test "who: several holders of one port, each with its address" {
  listen tcp 8080 127.0.0.1
  local first=$LISTENER
  listen tcp 8080 127.0.0.2
  berth who 8080 --json
  expect_json 0 "[.holders[] | \"\\(.address) \\(.pid)\"] | sort == [\"127.0.0.1 $first\", \"127.0.0.2 $LISTENER\"]"
  berth who 127.0.0.2:8080 --json
  expect_json 0 "[.holders[].pid] == [$LISTENER]"
}

@test "who: a range" {
  listen tcp 8085
  "$BERTH" register web 8082
  berth who 8080-8090 --json
  expect_json 0 '.verdict == "held"' '[.allocations[].service] == ["web"]' '[.holders[].port] == [8085]'
}

@test "who: unknown, why, and no advice to take that very port" {
  berth who 192.0.2.1:8080
  expect_status 0
  expect_output unknown 192.0.2.1
  [[ $output != *"use another port: 8080"* ]]
}

@test "who: what the kernel does with the port, and what browsers do" {
  echo 8080 >/proc/sys/net/ipv4/ip_local_reserved_ports
  berth who 8080
  expect_output kernel-reserved
  berth who 40000
  expect_output "ephemeral range 32768-60999"
  berth who 6667
  expect_output browsers
}

@test "who: what cannot be seen is said" {
  setpriv --reuid 65534 --clear-groups true 2>/dev/null || skip "cannot become another user here"
  [ -r "$BERTH" ] && setpriv --reuid 65534 --clear-groups test -x "$BERTH" || skip "the program is not for other users"
  listen tcp 8080
  run --separate-stderr setpriv --reuid 65534 --clear-groups "$BERTH" who 8080 --json --registry /opt/none.json
  expect_json 0 '.verdict == "held"' '.holders[0] | .pid == null and .process == null and .user == "root"' \
    '.blind_spots[0] | has("source") and (.why | contains("root"))'
}

@test "explain: a service that got what it asked for" {
  "$BERTH" register web 8080
  berth explain web
  expect_status 0
  expect_no_stderr
  expect_output "web has 8080/tcp" "register web 8080" "$(id -un)" idle
}

@test "explain: why it has another port, and how it is with the preferred one now" {
  listen tcp 8080
  "$BERTH" register other 8081
  "$BERTH" register web 8080 flexible 2>/dev/null
  berth explain web
  expect_output "web has 8082/tcp" 8080 "skipped" "8080: held by python3 (pid $LISTENER" "8081: allocated to other" \
    "preferred  8080/tcp is held"
  end_listener "$LISTENER"
  berth explain web
  expect_output "8080: held by python3 (pid $LISTENER" "preferred  8080/tcp is free"
}

@test "explain: who holds it now" {
  "$BERTH" register web 8080
  listen tcp 8080
  berth explain web
  expect_output listening "pid $LISTENER"
}

@test "explain: the commit that gave it the port, not a later one" {
  "$BERTH" register web 8080
  "$BERTH" register web 8090
  "$BERTH" register web 8090 fixed
  berth explain web
  expect_output "web has 8090/tcp (fixed)" "register web 8090"
  [[ $output != *"register web 8080"* ]]
}

@test "explain: in JSON" {
  listen tcp 8080
  "$BERTH" register web 8080 flexible 2>/dev/null
  berth explain web --json
  expect_json 0 '.allocation | .service == "web" and .port == 8081 and .preferred == 8080' '.state == "idle"' \
    '.origin | .revision == 1 and .command == "register web 8080 flexible" and (.time | startswith("20"))' \
    '.origin.changes[0] | .decision == "moved" and .skipped[0].port == 8080 and .skipped[0].verdict == "held"' \
    '.preferred_verdict == "held" and .verdict == "allocated"'
}

@test "explain: a service from an old registry, without a history" {
  write_registry <<<'{"keycloak":8080}'
  remember
  berth explain keycloak
  expect_status 0
  expect_output "keycloak has 8080/tcp"
  berth explain keycloak --json
  expect_json 0 '.origin == null'
  expect_untouched
}

@test "explain: a service that is not registered: no" {
  "$BERTH" register keycloak 8080
  refuses 1 explain keycloack
  expect_stderr "not registered" "did you mean keycloak?"
  berth explain other --json
  expect_error_json 1 no
}
