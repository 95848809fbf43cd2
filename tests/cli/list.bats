#!/usr/bin/env bats
# berth list: allocations and their state.

load berth
load checks
private_namespaces

# state SERVICE: what the list says of it.
state() { "$BERTH" list "$1" --json | jq -r '.allocations[0].state'; }

@test "nothing registered: no answer, a hint on stderr, exit 0" {
  berth list
  expect 0
  expect_stderr "$BERTH_REGISTRY" "berth register"
  berth list --plain
  expect 0
  berth list --json
  expect_json 0 '.revision == 0 and .allocations == []'
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "a table with a heading, sorted by name, the columns aligned" {
  "$BERTH" register --batch - <<<$'web 8080\nkeycloak/admin 8080\na 53/udp fixed\nmedia 127.0.0.1:10000-10100'
  berth list
  expect_status 0
  expect_no_stderr
  [[ ${lines[0]} =~ ^SERVICE\ +PORT\ +PROTOCOL\ +ADDRESS\ +KIND\ +PREFERRED\ +STATE\ +SINCE$ ]]
  [[ ${lines[1]} =~ ^a\ +53\ +udp\ +\*\ +fixed\ +53\ +idle\ +20 ]]
  [[ ${lines[2]} =~ ^keycloak/admin\ +8081\ +tcp\ +\*\ +flexible\ +8080\ +idle\ +20 ]]
  [[ ${lines[3]} =~ ^media\ +10000-10100\ +tcp\ +127\.0\.0\.1\ +flexible\ +10000\ +idle\ +20 ]]
  [[ ${lines[4]} =~ ^web\ +8080\ +tcp\  ]]
  [ "${#lines[@]}" = 5 ]
  local line at=${lines[0]%%PROTOCOL*}
  for line in "${lines[@]:1}"; do [[ ${line:${#at}:3} =~ ^(tcp|udp)$ ]]; done
}

@test "a table without blanks at the ends of its lines, also where nothing is known" {
  write_registry <<<'{"keycloak":8080,"gitea":3000}'
  berth list
  expect_status 0
  [[ ! $output =~ \ ($'\n'|$) ]]
}

@test "plain: tab-separated columns without a heading" {
  "$BERTH" register web 8080
  "$BERTH" register media 127.0.0.1:10000-10100/udp fixed
  berth list --plain
  expect_status 0
  [ "$(cut -f 1-8 <<<"$output")" = $'media\t127.0.0.1\t10000\t10100\tudp\tfixed\t10000\tidle\nweb\t*\t8080\t8080\ttcp\tflexible\t8080\tidle' ]
  [[ $(cut -f 9 <<<"${lines[0]}") == 20* ]]
}

@test "json: every field" {
  "$BERTH" register web 127.0.0.1:8080
  "$BERTH" register media 10000-10100/udp fixed
  berth list --json
  expect_json 0 '.revision == 2 and (.allocations | length) == 2' '.blind_spots == []' \
    '.allocations[0] | .service == "media" and .address == "*" and .port == 10000 and .last == 10100 and .protocol == "udp"
      and .kind == "fixed" and .preferred == 10000 and (.since | startswith("20")) and .state == "idle" and .owner == null' \
    '.allocations[1] | .service == "web" and .address == "127.0.0.1" and .last == null' \
    '[.allocations[] | keys_unsorted] | unique | length == 1'
}

@test "some services" {
  "$BERTH" register --batch - <<<$'one 8080\ntwo 8081\nthree 8082'
  berth list three one --plain
  expect_status 0
  [ "$(cut -f 1 <<<"$output" | sort | xargs)" = "one three" ]
  berth list two --json
  expect_json 0 '[.allocations[].service] == ["two"]'
}

@test "a service that is not registered: no" {
  "$BERTH" register keycloak 8080
  refuses 1 list keycloack
  expect_stderr "'keycloack'" "did you mean keycloak?"
  refuses 1 list keycloak other
  berth list other --json
  expect_error_json 1 no
}

@test "state: idle, listening, and idle again" {
  "$BERTH" register web 8080
  [ "$(state web)" = idle ]
  listen tcp 8080
  [ "$(state web)" = listening ]
  end_listener "$LISTENER"
  [ "$(state web)" = idle ]
}

@test "state: of UDP, of one address, of a range" {
  "$BERTH" register dns 5353/udp
  "$BERTH" register local 127.0.0.1:8080
  "$BERTH" register range 9000-9010
  "$BERTH" register other 127.0.0.2:8080
  listen udp 5353
  listen tcp 8080 127.0.0.1
  listen tcp 9005
  [ "$("$BERTH" list --plain | cut -f 1,8 | xargs)" = "dns listening local listening other idle range listening" ]
}

@test "state: a listener of the other protocol, or on another port, is none" {
  "$BERTH" register web 8080
  listen udp 8080
  listen tcp 8081
  [ "$(state web)" = idle ]
}

@test "state: a connection from the port is no listener" {
  "$BERTH" register web 8080
  hold connection 8080
  [ "$(state web)" = idle ]
}

@test "state: conflict where two allocations overlap" {
  write_registry <<<'{"web":8080,"api":8080,"other":8081}'
  [ "$("$BERTH" list --plain | cut -f 1,8 | xargs)" = "api conflict other idle web conflict" ]
}

@test "state: drift where another than the recorded owner listens" {
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080,"protocol":"tcp","kind":"fixed",
    "owner":{"exe":"/usr/sbin/nginx"}}}}'
  [ "$(state web)" = idle ]
  listen tcp 8080
  [ "$(state web)" = drift ]
  berth list --json
  expect_json 0 '.allocations[0].owner == {"exe": "/usr/sbin/nginx"}'
}

@test "state: listening where the recorded owner listens" {
  listen tcp 8080
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080,"protocol":"tcp","kind":"fixed",
    "owner":{"exe":"'"$(readlink "/proc/$LISTENER/exe")"'"}}}}'
  [ "$(state web)" = listening ]
}

@test "state: a program that another service runs, too, is no conflict" {
  listen tcp 8080
  write_registry <<<'{"schema":1,"revision":1,"allocations":{
    "other":{"port":9000,"protocol":"tcp","kind":"fixed","owner":{"exe":"'"$(readlink "/proc/$LISTENER/exe")"'"}},
    "web":{"port":8080,"protocol":"tcp","kind":"fixed"}}}'
  [ "$(state web)" = listening ]
}

@test "without a lock, and nothing is written" {
  "$BERTH" register web 8080
  lock_registry
  remember
  berth list --wait 0
  expect_status 0
  expect_untouched
}

@test "a thousand allocations" {
  seq -f 's%g 20000' 1000 | "$BERTH" register --batch - >"$BATS_TEST_TMPDIR/out"
  berth list --json
  expect_json 0 '.allocations | length == 1000 and all(.state == "idle")'
}
