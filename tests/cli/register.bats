#!/usr/bin/env bats
# berth register: which port a service gets, against real sockets. The rules' order is that of `berth help register`.

load berth
load checks
private_namespaces

# gets WORD... PORT: register with these words prints PORT.
gets() {
  berth register "${@:1:$#-1}"
  expect 0 "${!#}"
}

# --- A new flexible service gets the preferred port if nothing has it, else the next available one.

@test "flexible: the preferred port, without a word" {
  gets web 8080 flexible 8080
  expect_no_stderr
  [ "$(recorded '.allocations.web | "\(.port) \(.protocol) \(.kind) \(.preferred)"')" = "8080 tcp flexible 8080" ]
  recorded '.allocations.web.since | test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")'
}

@test "flexible is what a service is if nothing is said" {
  gets web 8080 8080
  [ "$(recorded .allocations.web.kind)" = flexible ]
}

@test "flexible: the next port when a process listens on the preferred one; stderr names it" {
  listen tcp 8080
  gets web 8080 flexible 8081
  expect_stderr 8080 python3 "pid $LISTENER"
  [ "$(recorded '.allocations.web | "\(.port) \(.preferred)"')" = "8081 8080" ]
}

@test "flexible: the next port when the preferred one is another service's, running or not" {
  gets one 8080 8080
  gets two 8080 8081
  expect_stderr "allocated to one"
}

@test "flexible: a listener on one address takes the port from every address" {
  listen tcp 8080 127.0.0.1
  gets web 8080 8081
}

@test "flexible: a listener on IPv6 takes the port from every address" {
  listen tcp 8080 ::
  gets web 8080 8081
  gets v4 0.0.0.0:8080 8082
}

@test "flexible: a v6-only listener takes the port from every address, and from IPv4 nothing" {
  hold v6only 8080
  gets web 8080 8081
  gets v4 0.0.0.0:8080 8080
  gets v6 '[::1]:8080' 8082
}

@test "flexible: a listener on another address takes nothing" {
  listen tcp 8080 127.0.0.1
  gets web 127.0.0.2:8080 8080
  gets six '[::1]:8080' 8080
}

@test "flexible: an IPv4-mapped address is the IPv4 address" {
  listen tcp 8080 127.0.0.1
  gets web '[::ffff:127.0.0.1]:8080' 8081
  [ "$(recorded .allocations.web.address)" = 127.0.0.1 ]
}

@test "flexible: a socket that is bound and does not listen takes the port" {
  hold bound 8080
  gets web 8080 8081
  expect_stderr "pid $LISTENER"
}

@test "flexible: the source port of a connection is taken" {
  hold connection 8080
  gets web 8080 8081
  expect_stderr "pid $LISTENER" connection
}

@test "flexible: a port in TIME_WAIT is passed over" {
  hold time-wait 8080
  berth register web 8080 --json
  expect_json 0 '.port == 8081' '.skipped[0].verdict == "draining"'
}

@test "flexible: TCP and UDP do not conflict" {
  listen udp 8080
  gets web 8080 8080
  gets dns 8080/udp 8081
  listen tcp 5353
  gets mdns 5353/udp 5353
}

@test "flexible: both protocols need a port that is free for both" {
  listen udp 8080
  gets one 8081/udp 8081
  gets two 8082/tcp 8082
  gets web 8080/tcp+udp 8083
}

@test "flexible: allocations of other addresses do not conflict, the wildcard does" {
  gets one 127.0.0.1:8080 8080
  gets two 127.0.0.2:8080 8080
  gets six '[::1]:8080' 8080
  gets all 8080 8081
  gets v4 0.0.0.0:8080 8082
}

@test "flexible: kernel-reserved ports are passed over, unless asked for" {
  echo 8081-8083,8085 >/proc/sys/net/ipv4/ip_local_reserved_ports
  gets one 8080 8080
  gets two 8080 8084
  gets three 8082 8082
}

@test "flexible: the ephemeral range is passed over as a whole" {
  echo 20000 29999 >/proc/sys/net/ipv4/ip_local_port_range
  gets one 19999 19999
  gets two 19999 30000
  expect_stderr 19999
}

@test "flexible: inside the ephemeral range when the preferred port is there, with a warning" {
  gets one 40000 40000
  expect_stderr warning "ephemeral range 32768-60999"
  gets two 40000 40001
  expect_stderr warning
}

@test "flexible: ports that browsers refuse are passed over, unless asked for, which gets a warning" {
  gets irc 6667 6667
  expect_stderr warning browsers
  gets one 6664 6664
  gets two 6664 6670
  gets sip 5060/udp 5060
  expect_no_stderr
}

@test "flexible: never past 65535" {
  gets one 65535 65535
  refuses 4 register two 65535
  expect_stderr 65535 "allocated to one"
}

@test "flexible: a range is contiguous" {
  listen tcp 10002
  gets web 10000-10004 10003-10007
  [ "$(recorded '.allocations.web | "\(.port) \(.last) \(.preferred)"')" = "10003 10007 10000" ]
  gets next 10000-10001 10000-10001
}

@test "flexible: an address that this machine does not have is allocated with a warning" {
  gets later 192.0.2.1:8080 8080
  expect_stderr warning 192.0.2.1
}

@test "json: the skipped candidates, with evidence" {
  listen tcp 8080
  gets other 8081 8081
  echo 8082 >/proc/sys/net/ipv4/ip_local_reserved_ports
  berth register web 8080 --json
  expect_json 0 '.service == "web" and .address == "*" and .port == 8083 and .last == null and .protocol == "tcp"' \
    '.kind == "flexible" and .preferred == 8080 and .decision == "moved" and .warnings == []' \
    '[.skipped[].port] == [8080, 8081, 8082]' '[.skipped[].verdict] == ["held", "allocated", null]' \
    '[.skipped[].evidence[0].source] == ["socket", "registry", "kernel"]' \
    ".skipped[0].evidence[0].what | contains(\"pid $LISTENER\")"
}

@test "json: preferred, then kept; the last port of a range" {
  berth register media 10000-10100/udp fixed --json
  expect_json 0 '.decision == "preferred" and .port == 10000 and .last == 10100 and .protocol == "udp"'
  berth register media 10000-10100/udp fixed --json
  expect_json 0 '.decision == "kept" and .kind == "fixed"'
}

@test "json: warnings are in the answer" {
  berth register irc 6667 --json
  expect_json 0 '.warnings | length == 1 and (.[0] | contains("browsers"))'
}

# --- A fixed port is this port or none.

@test "fixed: the port, without a word" {
  gets web 80 fixed 80
  expect_no_stderr
}

@test "fixed: another service's port is refused, the service and a way out named" {
  gets one 8080 fixed 8080
  refuses 3 register two 8080 fixed
  expect_stderr "port 8080/tcp is allocated to one" "hint: berth register two 8080 flexible" "would give 8081"
}

@test "fixed: another service's port is refused when it is flexible, overlaps in address, in protocol or in part" {
  gets flexible 8080 8080
  gets local 127.0.0.1:8081 fixed 8081
  gets both 8082/tcp+udp fixed 8082
  gets range 8090-8099 fixed 8090-8099
  refuses 3 register new 8080 fixed
  refuses 3 register new 8081 fixed
  refuses 3 register new 8082/udp fixed
  refuses 3 register new 8095 fixed
  refuses 3 register new 8085-8090 fixed
  expect_stderr range
}

@test "fixed: what does not overlap is no conflict" {
  gets one 127.0.0.1:53/udp fixed 53
  gets two 127.0.0.53:53/udp fixed 53
  gets three '[::1]:53/udp' fixed 53
  gets four 53/tcp fixed 53
}

@test "fixed: a port in use is given with a warning that names who has it and three ways out" {
  listen tcp 8080
  gets web 8080 fixed 8080
  expect_stderr warning "port 8080/tcp is held by python3 (pid $LISTENER" "1. stop" "2. " "flexible" "3. "
  [ "$(recorded '.allocations.web | "\(.port) \(.kind)"')" = "8080 fixed" ]
}

@test "fixed: a port in use is a conflict in the list until its holder is gone" {
  listen tcp 8080
  gets web 8080 fixed 8080
  berth list web --json
  expect_json 0 '.allocations[0].state == "conflict"'
  end_listener "$LISTENER"
  berth list web --json
  expect_json 0 '.allocations[0].state == "idle"'
  listen tcp 8080
  berth list web --json
  expect_json 0 '.allocations[0].state == "listening"'
}

@test "fixed: a port that is bound without listening is a conflict in the list, too" {
  hold bound 8080 0.0.0.0
  gets web 8080 fixed 8080
  expect_stderr warning "pid $LISTENER"
  berth list web --json
  expect_json 0 '.allocations[0].state == "conflict"'
}

@test "fixed: asking again while another has the port warns again, and names it" {
  listen tcp 8080
  gets web 8080 fixed 8080
  gets web 8080 fixed 8080
  expect_stderr "pid $LISTENER"
}

@test "fixed: the warning is in the JSON answer" {
  listen tcp 8080
  berth register web 8080 fixed --json
  expect_json 0 '.port == 8080' ".warnings[0] | contains(\"pid $LISTENER\")"
}

@test "fixed: connections and bound sockets are named as well" {
  hold connection 8080
  gets web 8080 fixed 8080
  expect_stderr warning "pid $LISTENER"
}

@test "fixed, strict: a port in use is refused, nothing recorded" {
  listen tcp 8080
  refuses 3 register web 8080 fixed --strict
  expect_stderr "port 8080/tcp is held by python3 (pid $LISTENER" "hint: berth register web 8080 flexible"
  berth register web 8080 fixed --strict --json
  expect_error_json 3 port_taken
  expect_json 3 ".error.holders | length == 1 and .[0].pid == $LISTENER and .[0].state == \"listening\""
}

@test "fixed, strict: a free port is given, a port of another service refused" {
  gets web 8080 fixed --strict 8080
  refuses 3 register other 8080 fixed --strict
}

# --- Asking again gives the same port.

@test "again: the same port, and nothing is written" {
  listen tcp 8080
  gets web 8080 8081
  gets fix 9000 fixed 9000
  remember
  gets web 8080 8081
  gets web 8080 flexible 8081
  gets fix 9000 fixed 9000
  gets fix 9000 9000
  expect_untouched
}

@test "again: without a lock" {
  gets web 8080 8080
  lock_registry
  gets web 8080 --wait 0 8080
}

@test "again: the same port while the service is running" {
  gets web 8080 8080
  listen tcp 8080
  gets web 8080 8080
  gets web 8080 flexible 8080
}

@test "again: what uses the port cannot be told from the service: it stays, and stderr says so" {
  gets web 8080 8080
  listen tcp 8080
  gets web 8080 8080
  expect_stderr 8080 "in use"
}

@test "again: the port it was moved to, running or not, and when the preferred one is free again" {
  listen tcp 8080
  gets web 8080 8081
  local blocker=$LISTENER
  listen tcp 8081
  gets web 8080 8081
  end_listener "$blocker"
  gets web 8080 8081
}

@test "again: two stopped services never get one port" {
  gets one 8080 8080
  gets two 8080 8081
  gets one 8080 8080
  gets two 8080 8081
}

@test "again: a recorded owner that runs is the service itself" {
  listen tcp 8080
  local exe
  exe=$(readlink "/proc/$LISTENER/exe")
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080,"protocol":"tcp","kind":"flexible",
    "preferred":8080,"owner":{"exe":"'"$exe"'"}}}}'
  gets web 8080 8080
  expect_no_stderr
}

@test "again: a flexible service moves away from a holder that is known to be another's" {
  listen tcp 8080
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080,"protocol":"tcp","kind":"flexible",
    "preferred":8080,"owner":{"exe":"/usr/sbin/nginx"}}}}'
  gets web 8080 8081
  expect_stderr "pid $LISTENER"
}

@test "again: a program that another service runs, too, proves nothing: it stays, and stderr says so" {
  listen tcp 8080
  write_registry <<<'{"schema":1,"revision":1,"allocations":{
    "other":{"port":9000,"protocol":"tcp","kind":"fixed","owner":{"exe":"'"$(readlink "/proc/$LISTENER/exe")"'"}},
    "web":{"port":8080,"protocol":"tcp","kind":"flexible","preferred":8080}}}'
  gets web 8080 8080
  expect_stderr "pid $LISTENER" "in use"
}

@test "again: a fixed service stays where another's process is, with a warning" {
  listen tcp 8080
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080,"protocol":"tcp","kind":"fixed",
    "preferred":8080,"owner":{"exe":"/usr/sbin/nginx"}}}}'
  gets web 8080 fixed 8080
  expect_stderr warning "pid $LISTENER"
}
