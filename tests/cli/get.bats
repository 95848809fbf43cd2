#!/usr/bin/env bats
# berth get and berth release.

load berth
load checks
private_namespaces

@test "get: the port of a service, with a default or without" {
  "$BERTH" register web 8080
  berth get web
  expect 0 8080
  expect_no_stderr
  berth get web 9000
  expect 0 8080
}

@test "get: a range" {
  "$BERTH" register media 10000-10100/udp
  berth get media
  expect 0 10000-10100
}

@test "get: the second port of a service" {
  "$BERTH" register keycloak 8080
  "$BERTH" register keycloak/admin 9000
  berth get keycloak/admin
  expect 0 9000
}

@test "get: no when it is not registered and there is no default" {
  refuses 1 get web
  expect_stderr "'web'" "not registered"
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "get: no, with the nearest name" {
  "$BERTH" register keycloak 8080
  refuses 1 get keycloack
  expect_stderr "did you mean keycloak?"
  refuses 1 get entirely-different
  [[ $stderr != *"did you mean"* ]]
}

@test "get: the default when it is not registered, recorded nowhere" {
  berth get web 9000
  expect 0 9000
  expect_no_stderr
  [ ! -e "$BERTH_REGISTRY" ]
  "$BERTH" register other 8080
  remember
  berth get web 9000-9001
  expect 0 9000-9001
  expect_untouched
}

@test "get: in JSON" {
  "$BERTH" register web 127.0.0.1:8080 fixed
  berth get web --json
  expect_json 0 '.service == "web" and .port == 8080 and .last == null and .address == "127.0.0.1" and .protocol == "tcp"' \
    '.kind == "fixed" and .preferred == 8080 and .registered'
  berth get other 9000 --json
  expect_json 0 '.service == "other" and .port == 9000 and (.registered | not)'
  berth get other --json
  expect_error_json 1 no
}

@test "get: without a lock" {
  "$BERTH" register web 8080
  lock_registry
  berth get web --wait 0
  expect 0 8080
}

@test "release: gives the port back, says so on stderr, and keeps the others" {
  "$BERTH" register web 8080
  "$BERTH" register api 8080
  berth release web
  expect 0
  expect_stderr "released web" 8080
  berth get web
  expect 1
  berth get api
  expect 0 8081
  berth register new 8080 fixed
  expect 0 8080
}

@test "release: several in one commit" {
  "$BERTH" register --batch - <<<$'one 8080\ntwo 8080\nthree 8080'
  berth release one three
  expect 0
  [ "$(jq -c '[.revision, (.allocations | keys)]' "$BERTH_REGISTRY")" = '[2,["two"]]' ]
}

@test "release: all of them or none" {
  "$BERTH" register one 8080
  refuses 1 release one two
  expect_stderr "'two'" "not registered"
  refuses 1 release two one
}

@test "release: the same twice" {
  "$BERTH" register one 8080
  berth release one one
  expect 0
}

@test "release: no when it is not registered, with the nearest name" {
  "$BERTH" register keycloak 8080
  refuses 1 release keycloack
  expect_stderr "did you mean keycloak?"
}

@test "release: --all" {
  "$BERTH" register --batch - <<<$'one 8080\ntwo 8080'
  berth release --all
  expect 0
  expect_stderr "released one" "released two"
  [ "$(jq -c '.allocations' "$BERTH_REGISTRY")" = '{}' ]
  remember
  berth release --all
  expect 0
  expect_untouched
}

@test "release: --all and names do not go together, nothing is bad input" {
  "$BERTH" register web 8080
  refuses 2 release --all web
  refuses 2 release
}

@test "release: in JSON" {
  "$BERTH" register web 8080
  berth release web --json
  expect_json 0 '[.released[] | "\(.service) \(.port) \(.protocol)"] == ["web 8080 tcp"]'
  berth release web --json
  expect_error_json 1 no
}

@test "release: a range is given back as a whole" {
  "$BERTH" register media 10000-10010/udp fixed
  berth release media
  expect 0
  berth register one 10005/udp fixed
  expect 0 10005
}

@test "release: --quiet says nothing" {
  "$BERTH" register web 8080
  berth release web --quiet
  expect 0
  expect_no_stderr
}
