#!/usr/bin/env bats
# What takes a port and is no listener: register, free, next and who beside NAT rules, sockets of the kernel, of other
# network namespaces, that are only bound, closing, or somebody's inheritance; and what is said where nobody may look.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  bare_machine
}
teardown() {
  end_listeners
  [[ -z ${OTHER_NAMESPACE-} ]] || kill "$OTHER_NAMESPACE"
}

# redirect: what comes for 8080 goes to 8888 of this machine, what comes for 8090 to another one.
redirect() {
  rules <<'RULES'
table ip left {
  chain over {
    type nat hook prerouting priority dstnat
    tcp dport 8080 redirect to :8888
    tcp dport 8090 dnat to 10.9.8.7:80
  }
}
RULES
}

@test "NAT: free says no, and where what comes is sent" {
  redirect
  berth free 8080
  expect 1
  expect_stderr "8080/tcp is held by a NAT rule" ":8888"
  berth free 8090
  expect 1
  expect_stderr "10.9.8.7:80"
  berth free 8080/udp
  expect 0
  berth free 8888
  expect 0
  berth free 8090 --json
  expect_json 1 '.verdict == "held"' '.holders[0] | .source == "nat" and .forwards_to == "10.9.8.7:80" and .pid == null'
}

@test "NAT: bind() would have succeeded" {
  redirect
  listen tcp 8080
  listen tcp 8090
}

@test "NAT: a flexible service moves on, and explain says why" {
  redirect
  berth register web 8080 --json
  expect_json 0 '.port == 8081 and .decision == "moved"' '.skipped[0] | .port == 8080 and .verdict == "held"' \
    '.skipped[0].evidence[0] | .source == "nat" and (.what | contains("NAT") and contains(":8888"))'
  berth explain web
  expect_output "8080: held by a NAT rule" ":8888"
}

@test "NAT: a fixed service that is strict is refused" {
  redirect
  refuses 3 register web 8090 fixed --strict
  expect_stderr "NAT rule" "10.9.8.7:80" "would give 8091"
  berth register web 8090 fixed --strict --json
  expect_error_json 3 port_taken
  expect_json 3 '.error.holders[0].source == "nat"'
}

@test "NAT: a fixed service gets what it wants, with a warning" {
  redirect
  berth register web 8090 fixed
  expect 0 8090
  expect_stderr "NAT rule" "10.9.8.7:80"
}

@test "NAT: next passes by" {
  redirect
  berth next 8080
  expect 0 8081
  berth next 8089 --count 2
  expect 0 $'8089\n8091'
}

@test "NAT: who says it, and that no firewall's input rules see it" {
  redirect
  berth who 8090
  expect_status 0
  expect_output "8090/tcp is held" "a NAT rule" "to 10.9.8.7:80" "past the firewall" "8091 is available"
}

@test "NAT: a rule for another address is in nobody's way here" {
  rules <<<'table ip left { chain over { type nat hook prerouting priority dstnat; ip daddr 192.0.2.7 tcp dport 8080 dnat to 10.9.8.7:80; }; }'
  berth free 127.0.0.1:8080
  expect 0
}

@test "kernel: the socket of a vxlan device" {
  ip link add berth0 type vxlan id 7 dev lo dstport 4789 2>/dev/null || skip "the kernel has no vxlan"
  ip link set berth0 up
  berth who 4789/udp
  expect_status 0
  expect_output "4789/udp is held" kernel
  berth who 4789/udp --json
  expect_json 0 '.holders[0] | .process == "kernel" and .pid == null and .user == null' '.blind_spots == []'
  berth free 4789/udp
  expect 1
  expect_stderr kernel
  berth register tunnel 4789/udp
  expect 0 4790
  expect_stderr kernel
}

@test "elsewhere: a listener in another network namespace is in nobody's way" {
  # shellcheck disable=SC2016 # that is for the inner sh
  unshare --net sh -c 'ip link set lo up; exec python3 "$0" listen tcp 8080' "$ROOT/tests/cli/occupy.py" \
    >"$BATS_TEST_TMPDIR/ready" 3>&- &
  OTHER_NAMESPACE=$!
  until grep -q ready "$BATS_TEST_TMPDIR/ready"; do sleep 0.02; done
  berth who 8080
  expect_status 0
  expect_output "8080/tcp is free" "elsewhere" "another network namespace" "pid $OTHER_NAMESPACE"
  berth who 8080 --json
  expect_json 0 '.verdict == "free" and .holders == []' ".elsewhere | length == 1 and .[0].pid == $OTHER_NAMESPACE"
  berth free 8080
  expect 0
  berth register web 8080
  expect 0 8080
}

@test "bound only: held, though nobody listens" {
  hold bound 8080
  berth register web 8080 --json
  expect_json 0 '.port == 8081' ".skipped[0].evidence[0].what | contains(\"a bound socket\")"
  berth who 8080
  expect_output "bound: python3 (pid ${LISTENER:?}" "stop the process: pid $LISTENER"
}

@test "draining: for how long" {
  hold time-wait 8080
  berth free 8080
  expect 1
  expect_stderr draining "s left"
  berth who 8080 --json
  expect_json 0 '.verdict == "draining"' '.holders[0].seconds_left | . > 0 and . <= 60' '.advice | any(startswith("wait "))'
  berth register web 8080 --json
  expect_json 0 '.port == 8081' '.skipped[0].verdict == "draining"'
  berth register wiki 8080 fixed
  expect 0 8080
  expect_stderr TIME_WAIT
}

@test "an outgoing connection, with its remote end" {
  hold connection 8080
  berth free 8080
  expect 1
  expect_stderr "connection" "to 127.0.0.1:"
  berth who 8080 --json
  expect_json 0 ".holders[0] | .state == \"connection\" and .pid == $LISTENER and (.remote | startswith(\"127.0.0.1:\"))"
  berth register web 8080 --json
  expect_json 0 '.port == 8081' '.skipped[0].evidence[0].what | contains("connection")'
}

@test "a listener whose process is gone: the child that has it now" {
  hold inherited 8080
  berth who 8080 --json
  expect_json 0 '.verdict == "held"' ".holders[0] | .pid == $LISTENER and .process == \"python3\" and .other_pids == []"
  berth free 8080
  expect 1
  expect_stderr "pid $LISTENER"
}

@test "a listener that children have, too: the parent, and that there are others" {
  local children
  # shellcheck disable=SC2016
  exec {children}< <(exec python3 -c '
import os, signal, socket
server = socket.create_server(("127.0.0.1", 8080))
child = os.fork()
if child:
    print(child, flush=True)
signal.pause()' 3>&-)
  local parent=$! child
  read -r -u "$children" child
  exec {children}<&-
  LISTENERS+=("$parent" "$child")
  berth who 8080 --json
  expect_json 0 ".holders | length == 1 and (.[0] | .pid == $parent and .other_pids == [$child])"
  berth who 8080
  expect_output "also open in pid $child"
}

@test "a kernel-reserved port is passed by, and taken where it was asked for" {
  listen tcp 8080
  echo 8081-8082 >/proc/sys/net/ipv4/ip_local_reserved_ports
  berth register web 8080 --json
  expect_json 0 '.port == 8083' '.skipped[1].evidence[0] | .source == "kernel" and (.what | contains("kernel-reserved"))'
  berth register wiki 8082
  expect 0 8082
}

@test "an enabled socket unit that does not run" {
  mkdir -p /etc/systemd/system/sockets.target.wants
  printf '[Socket]\nListenStream=8080\n' >/etc/systemd/system/web.socket
  printf '[Socket]\nListenStream=8090\n' >/etc/systemd/system/off.socket
  ln -s ../web.socket /etc/systemd/system/sockets.target.wants/web.socket
  berth free 8080
  expect 1
  expect_stderr "socket unit web.socket"
  berth register other 8080 --json
  expect_json 0 '.port == 8081' '.skipped[0].evidence[0].source == "systemd"'
  berth register web 8080
  expect 0 8080
  [ "$(recorded .allocations.web.owner.unit)" = web.service ]
  # What is not enabled takes nothing.
  berth free 8090
  expect 0
}

@test "not root: held, by whom cannot be said" {
  listen tcp 8080
  as_nobody free 8080
  expect 1
  expect_stderr "8080/tcp is held" "user root" "not seen"
}

@test "not root: that NAT rules cannot be read is said" {
  redirect
  as_nobody who 8080 --json
  expect_json 0 '.blind_spots | any(.source == "nat")'
}

@test "not root: of an engine that may not be asked" {
  python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/opt/engine.sock")'
  chmod 600 /opt/engine.sock
  DOCKER_HOST=unix:///opt/engine.sock as_nobody register web 8080 --dry-run
  expect 0 8080
  expect_stderr "not seen: " "may not be asked" "only root"
}
