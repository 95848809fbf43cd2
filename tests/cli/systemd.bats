#!/usr/bin/env bats
# berth beside a systemd that runs (systemd.bash): socket units, what they start, what they will take at the next boot.

load berth
load checks
load systemd

# One systemd for the file would be ended with setup_file: each test boots its own, in half a second.
setup() {
  setup_registry
  export BERTH
  TREE=$BATS_TEST_TMPDIR/tree
  UNITS=$TREE/etc/systemd/system
  mkdir -p "$UNITS"/{sockets,multi-user}.target.wants
}
teardown() { stop_systemd; }

# socket NAME SETTING...: a socket unit, and the service that it starts.
socket() {
  { echo "[Socket]" && printf '%s\n' "${@:2}"; } >"$UNITS/$1.socket"
  cat >"$UNITS/$1.service" <<'SERVICE'
[Service]
ExecStart=/usr/bin/python3 -c "import signal; signal.pause()"
SERVICE
}

enable() { ln -s "../$1" "$UNITS/${2:-sockets}.target.wants/$1"; }

boot() { start_systemd "$TREE" || skip "$SYSTEMD_REFUSAL"; }

# there WORD...: berth with these words, beside that systemd.
there() { run --separate-stderr in_systemd env BERTH_REGISTRY=/root/registry.json /berth "$@"; }

@test "systemd: who names a socket unit and what it starts, then the service" {
  socket web ListenStream=7070
  enable web.socket
  boot
  there who 7070
  expect_status 0
  expect_output "7070/tcp is held" "unit web.socket" "for web.service"
  there who 7070 --json
  expect_json 0 '.holders | any(.source == "socket" and .pid == 1 and .unit == "web.socket" and .activates == "web.service")' \
    '.holders | any(.source == "systemd" and .enabled == true)' '.blind_spots == []'
  there free 7070
  expect 1
  expect_stderr "web.socket"

  in_systemd systemctl start web.service
  there who 7070 --json
  expect_json 0 '.holders | any(.source == "socket" and .unit == "web.service" and .inherited == true and .pid != 1)'
  there who 7070
  expect_output "unit web.service" "inherited" "systemctl stop web"
}

@test "systemd: a service that is called as its unit gets its port, and the owner is recorded" {
  socket web ListenStream=7070
  enable web.socket
  boot
  there register web 7070
  expect 0 7070
  there register other 7070
  expect 0 7071
  there list --json
  expect_json 0 '[.allocations[] | [.service, .state]] == [["other", "idle"], ["web", "listening"]]' \
    '.allocations[1].owner.unit == "web.service"'
  in_systemd systemctl start web.service
  there register web 7070
  expect 0 7070
  there check --json
  expect_json 0 '.findings == []'
}

@test "systemd: an enabled unit that was not started: its port is passed by" {
  socket web ListenStream=7070
  enable web.socket
  socket off ListenStream=7080
  boot
  in_systemd systemctl stop web.socket
  there free 7070
  expect 1
  expect_stderr "socket unit web.socket" enabled
  there register other 7070 --json
  expect_json 0 '.port == 7071' '.skipped[0] | .verdict == "held" and .evidence[0].source == "systemd"'
  there free 7080
  expect 0
}

@test "systemd: check: two enabled units on one port" {
  socket web ListenStream=7070
  socket wiki ListenStream=127.0.0.1:7070
  enable web.socket
  enable wiki.socket
  boot
  there check --json
  expect_json 1 '.findings | any(.id == "latent-conflict" and .severity == "conflict"
    and (.message | contains("web.socket") and contains("wiki.socket")))'
}

@test "systemd: a plain service: its unit, not only its program" {
  cat >"$UNITS/plain.service" <<'SERVICE'
[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/bin/python3 -c "import signal, socket, os; s = socket.create_server(('127.0.0.1', 7090)); os.system('systemd-notify --ready'); signal.pause()"
SERVICE
  enable plain.service multi-user
  boot
  there who 7090 --json
  expect_json 0 '.holders | length == 1 and (.[0] | .unit == "plain.service" and .process == "python3")'
  there who 7090
  expect_output "unit plain.service" "systemctl stop plain.service"
  there register plain 127.0.0.1:7090
  expect 0 7090
  there list --json
  expect_json 0 '.allocations[0] | .state == "listening" and .owner.unit == "plain.service"'
  in_systemd systemctl stop plain.service
  there check --json
  expect_json 0 '.findings == []'
}
