#!/usr/bin/env bats
# berth check: each finding of docs/findings.md, made for real; what is said first, how, and with which exit code. Those
# that need a container engine or a systemd that runs are in docker.bats and systemd.bats.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  bare_machine
}
teardown() {
  end_listeners
  [[ -z ${CGROUP-} ]] || rmdir "$CGROUP"/*.service "$CGROUP"
}

# registry ENTRY...: a registry as a person may have written it, of entries `"web": {"port": 8080}`.
registry() {
  local entries
  entries=$(printf '%s,' "$@")
  write_registry <<<"{\"schema\": 1, \"revision\": 1, \"allocations\": {${entries%,}}}"
}

# finds STATUS ID...: check ended so, with these findings, in this order, and nothing else.
finds() {
  local wanted=$1
  shift
  berth check --json
  expect_json "$wanted" "[.findings[].id] == $(printf '%s\n' "$@" | jq -Rnc '[inputs | select(. != "")]')" \
    '.findings | all(.message != "" and (.advice | length) > 0)'
}

# finding ID FILTER...: each is true of every finding with that id; one is there.
finding() {
  local filter id=$1
  shift
  for filter; do expect_json "$status" "[.findings[] | select(.id == \"$id\")] | length > 0 and all($filter)"; done
}

# in_unit NAME COMMAND...: runs it as if systemd had started it for that service: in a cgroup of that name.
in_unit() {
  local mount back
  mount=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
  back=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)
  CGROUP=${back%/}/berth-test-$$
  { [[ -n $mount ]] && mkdir -p "$CGROUP/$1"; } 2>/dev/null || { CGROUP='' && skip "needs a cgroup (v2) of its own"; }
  echo "$BASHPID" >"$CGROUP/$1/cgroup.procs"
  "${@:2}"
  echo "$BASHPID" >"$back/cgroup.procs"
}

program_of() { readlink "/proc/$1/exe"; }

# another_python: an interpreter that is another program; $PYTHON.
another_python() {
  PYTHON=$BATS_TEST_TMPDIR/another
  cp "$(python3 -c 'import sys; print(sys.executable)')" "$PYTHON"
  PYTHONHOME=$(python3 -c 'import sys; print(sys.base_prefix)')
  export PYTHONHOME
}

@test "check: nothing registered, nothing there: all is well" {
  berth check
  expect_status 0
  expect_no_stderr
  expect_output "all is well: 0 allocations and 0 holders"
  berth check --json
  expect_json 0 '.findings == [] and .blind_spots == []'
  berth check --plain
  expect 0
  expect_no_stderr
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "check: services that have their ports, or do not run: all is well" {
  "$BERTH" register web 8080
  "$BERTH" register idle 8081
  listen tcp 8080
  finds 0
  berth check
  expect_output "all is well: 2 allocations and 1 holder of ports"
}

@test "check: reads the registry, and writes nothing" {
  registry '"web": {"port": 8080}' '"other": {"port": 8080}'
  remember
  finds 1 double-allocation
  expect_untouched
}

@test "check: a registry that cannot be read is no clean bill: 6" {
  write_registry <<<'{"schema": 1, "revision": 1, "alloc'
  refuses 6 check
  berth check --json
  expect_error_json 6 registry_unreadable
}

@test "check: double-allocation" {
  registry '"web": {"port": 8080}' '"wiki": {"port": 8070, "last": 8090}' '"dns": {"port": 8080, "protocol": "udp"}' \
    '"one": {"port": 9000, "address": "127.0.0.1"}' '"two": {"port": 9000, "address": "127.0.0.2"}'
  finds 1 double-allocation
  finding double-allocation '.severity == "conflict"' '.message | contains("web") and contains("wiki")'
  berth check
  expect_status 1
  expect_output "1 conflict" "web and wiki are both registered" double-allocation "berth release wiki"
}

@test "check: port-held: a fixed port that somebody has, until it is resolved" {
  listen tcp 8080
  "$BERTH" register web 8080 fixed 2>/dev/null
  finds 1 port-held
  finding port-held '.severity == "conflict"' '.service == "web"' ".message | contains(\"pid $LISTENER\")" \
    '.endpoint == {"address": "*", "port": 8080, "last": null, "protocol": "tcp"}'
  end_listener "$LISTENER"
  listen tcp 8080
  finds 0
}

@test "check: port-held: the owner of another allocation has it" {
  registry '"web": {"port": 8080}' '"db": {"port": 8081, "owner": {"unit": "db.service"}}'
  in_unit db.service listen tcp 8080
  berth check --json
  expect_json 1
  finding port-held '.service == "web"' '.message | contains("db.service")'
}

@test "check: foreign-owner, by the program" {
  listen tcp 8080
  registry '"web": {"port": 8080, "owner": {"exe": "/usr/sbin/nginx"}}' \
    "\"own\": {\"port\": 8081, \"owner\": {\"exe\": \"$(program_of "$LISTENER")\"}}"
  listen tcp 8081
  finds 1 foreign-owner
  finding foreign-owner '.severity == "drift"' '.service == "web"' '.message | contains("python")'
  berth check
  expect_status 1
  expect_output "1 drift" "web is registered for 8080/tcp" "berth who 8080"
}

@test "check: foreign-owner, by the unit" {
  registry '"web": {"port": 8080, "owner": {"unit": "web.service"}}'
  in_unit wiki.service listen tcp 8080
  finds 1 foreign-owner
  finding foreign-owner '.message | contains("wiki.service")'
}

@test "check: listens-elsewhere" {
  registry '"web": {"port": 8080, "owner": {"unit": "web.service"}}'
  in_unit web.service listen tcp 8088
  finds 1 listens-elsewhere
  finding listens-elsewhere '.severity == "drift"' '.service == "web" and .endpoint.port == 8080' \
    '.message | contains("8088")' '.advice[0] | contains("berth register web 0.0.0.0:8088 fixed")'
  "$BERTH" register web 8088 fixed
  finds 0
}

@test "check: an interpreter on another port is nobody's service" {
  listen tcp 8088
  registry "\"web\": {\"port\": 8080, \"owner\": {\"exe\": \"$(program_of "$LISTENER")\"}}"
  finds 0
}

@test "check: open-wider" {
  listen tcp 8080
  registry "\"web\": {\"port\": 8080, \"address\": \"127.0.0.1\", \"owner\": {\"exe\": \"$(program_of "$LISTENER")\"}}"
  finds 1 open-wider
  finding open-wider '.severity == "drift"' '.service == "web" and .endpoint.address == "127.0.0.1"'
  end_listener "$LISTENER"
  listen tcp 8080 127.0.0.1
  finds 0
}

@test "check: latent-conflict: two enabled socket units of a system that does not run" {
  local root=$BATS_TEST_TMPDIR/root name
  local units=$root/etc/systemd/system
  mkdir -p "$units/sockets.target.wants"
  for name in web wiki; do
    printf '[Socket]\nListenStream=8080\n' >"$units/$name.socket"
    ln -s "../$name.socket" "$units/sockets.target.wants/$name.socket"
  done
  berth check --root "$root" --json
  expect_json 1 '[.findings[].id] == ["latent-conflict"]'
  finding latent-conflict '.severity == "conflict"' '.message | contains("web.socket") and contains("wiki.socket")'
  # Who is not enabled takes nothing.
  rm "$units/sockets.target.wants/wiki.socket"
  berth check --root "$root" --json
  expect_json 0 '.findings == []'
  # It is about that system alone.
  listen tcp 9000
  finds 0
}

@test "check: latent-conflict: an enabled socket unit of this machine and a server that runs" {
  mkdir -p /etc/systemd/system/sockets.target.wants
  printf '[Socket]\nListenStream=8080\n' >/etc/systemd/system/web.socket
  ln -s ../web.socket /etc/systemd/system/sockets.target.wants/web.socket
  listen tcp 8080
  finds 1 latent-conflict
  finding latent-conflict ".message | contains(\"web.socket\") and contains(\"pid $LISTENER\")"
}

@test "check: nat-shadows-listener" {
  rules <<<'table ip left { chain over { type nat hook prerouting priority dstnat; tcp dport 8080 dnat to 10.9.8.7:80; }; }'
  listen tcp 8080
  listen tcp 8081
  finds 1 nat-shadows-listener
  finding nat-shadows-listener '.severity == "conflict"' '.endpoint.port == 8080' \
    ".message | contains(\"pid $LISTENER\") | not" '.message | contains("10.9.8.7:80")'
}

@test "check: shared-port" {
  hold shared 8080
  local first=$LISTENER
  hold shared 8080
  finds 0 # a server with several processes
  another_python
  hold shared 8080
  berth check --json
  expect_json 0
  finding shared-port '.severity == "risk"' '.endpoint.port == 8080' '.message | contains("another")'
  berth check
  expect_status 0
  expect_output "risk" "SO_REUSEPORT"
  [ -e "/proc/$first" ]
}

@test "check: split-families" {
  [ -e /proc/net/if_inet6 ] || skip "no IPv6 here"
  listen tcp 8080 127.0.0.1
  another_python
  hold v6only 8080 ::1
  finds 0 split-families
  finding split-families '.severity == "risk"' '.endpoint.port == 8080' ".message | contains(\"pid $LISTENER\")"
}

@test "check: one program on both families is no trouble" {
  [ -e /proc/net/if_inet6 ] || skip "no IPv6 here"
  listen tcp 8080
  hold v6only 8080
  finds 0
}

@test "check: ephemeral-port" {
  "$BERTH" register web 40000 2>/dev/null
  "$BERTH" register wiki 30000
  finds 0 ephemeral-port
  finding ephemeral-port '.severity == "risk"' '.service == "web"' '.message | contains("32768-60999")'
  echo 40000 >/proc/sys/net/ipv4/ip_local_reserved_ports
  finds 0
}

@test "check: unregistered-listener, only with --all" {
  "$BERTH" register web 8080
  listen tcp 8080
  listen udp 5353 127.0.0.1
  finds 0
  berth check --all --json
  expect_json 0 '[.findings[].id] == ["unregistered-listener"]'
  finding unregistered-listener '.severity == "risk"' '.endpoint == {"address": "127.0.0.1", "port": 5353, "last": null,
    "protocol": "udp"}' '.advice == ["berth migrate --running NAME=127.0.0.1:5353/udp"]' \
    ".message | contains(\"pid $LISTENER\")"
  # What it advises does it.
  "$BERTH" migrate --running mdns=127.0.0.1:5353/udp --yes >/dev/null
  berth check --all --json
  expect_json 0 '.findings == []'
}

@test "check: the worst first, one group each" {
  listen tcp 8080
  registry '"web": {"port": 8080, "owner": {"exe": "/usr/sbin/nginx"}}' '"high": {"port": 40000}' \
    '"one": {"port": 9000}' '"two": {"port": 9000}' '"three": {"port": 7000}' '"four": {"port": 7000}'
  finds 1 double-allocation double-allocation foreign-owner ephemeral-port
  expect_json 1 '[.findings[].endpoint.port] == [7000, 9000, 8080, 40000]'
  berth check
  expect_status 1
  [ "$(grep -oE '^[0-9]+ (conflict|drift|risk)s?' <<<"$output" | xargs)" = "2 conflicts 1 drift 1 risk" ]
}

@test "check: --plain: the columns" {
  registry '"one": {"port": 9000}' '"two": {"port": 9000, "last": 9001}' '"high": {"port": 40000, "protocol": "udp"}'
  berth check --plain
  expect_status 1
  expect_no_stderr
  [ "$(cut -f 1-7 <<<"$output")" = \
    $'conflict\tdouble-allocation\tone\t*\t9000\t9000\ttcp\nrisk\tephemeral-port\thigh\t*\t40000\t40000\tudp' ]
  [ "$(cut -f 8 <<<"${lines[0]}")" = "one and two are both registered for 9000/tcp" ]
}

@test "check: risks alone are exit 0" {
  "$BERTH" register web 40000 2>/dev/null
  berth check
  expect_status 0
  expect_output "1 risk" ephemeral-port
}

@test "check: what is not seen is said first" {
  registry '"one": {"port": 9000}' '"two": {"port": 9000}'
  DOCKER_HOST=unix:///opt/none.sock berth check
  expect_status 1
  [[ ${lines[0]} == "not seen: "*Docker*/opt/none.sock* ]]
  DOCKER_HOST=unix:///opt/none.sock berth check --json
  expect_json 1 '.blind_spots[0] | .source == "container" and (.why | contains("/opt/none.sock"))'
  DOCKER_HOST=unix:///opt/none.sock berth check --plain
  expect_status 1
  expect_stderr "not seen: " /opt/none.sock
  [ "${#lines[@]}" = 1 ]
}

@test "check: an engine that does not answer costs the deadline, and is a blind spot" {
  listen tcp 2375 127.0.0.1
  registry '"one": {"port": 9000}' '"two": {"port": 9000}'
  export DOCKER_HOST=tcp://127.0.0.1:2375
  run --separate-stderr timeout 20 "$BERTH" check --deadline 0.2 --json
  expect_json 1 '[.findings[].id] == ["double-allocation"]' \
    '.blind_spots[0] | .source == "container" and (.why | contains("did not answer in time"))'
}

@test "check: who is not root is told first what he does not see" {
  listen tcp 8080
  as_nobody check --json
  expect_json 0 '.blind_spots | length > 0 and any(.why | contains("root"))'
  as_nobody check
  expect_status 0
  [[ ${lines[0]} == "not seen: "* ]]
}

@test "check: wrong input: 2" {
  refuses 2 check --deadline x
  expect_stderr "'x'"
  refuses 2 check --deadline -1
  refuses 2 check --deadline
  refuses 2 check 8080
  refuses 2 check --root
  refuses 2 check --nonsense
  berth check --deadline x --json
  expect_error_json 2 usage
}

@test "check: a root that is not there is not a system where all is well" {
  berth check --root /opt/none
  [ "$status" -eq 2 ] || [[ ${lines[0]} == "not seen: "* ]]
}
