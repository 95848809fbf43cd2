#!/usr/bin/env bats
# berth register for a service that is registered already, asking for something else: it is moved, and gives the old
# port back in the same commit.

load berth
load checks
private_namespaces

gets() {
  berth register "${@:1:$#-1}"
  expect 0 "${!#}"
}

# revisions: how many commits there were.
revisions() { recorded .revision; }

@test "another port: the old one is given back in the same commit" {
  gets web 8080 8080
  gets web 8090 8090
  [ "$(revisions)" = 2 ]
  [ "$(recorded '.allocations | length')" = 1 ]
  gets other 8080 fixed 8080
}

@test "another port that is taken: the next available one" {
  gets other 8090 8090
  gets web 8080 8080
  gets web 8090 8091
  [ "$(recorded '.allocations.web | "\(.port) \(.preferred)"')" = "8091 8090" ]
}

@test "another fixed port that is taken: refused, and the service keeps what it has" {
  gets other 8090 8090
  gets web 8080 8080
  refuses 3 register web 8090 fixed
  berth get web
  expect 0 8080
}

@test "another kind: fixed at the same port, while the service runs there" {
  gets web 8080 8080
  listen tcp 8080
  gets web 8080 fixed 8080
  [ "$(recorded .allocations.web.kind)" = fixed ]
  berth list --json
  expect_json 0 '.allocations[0].state == "listening"'
}

@test "another kind: fixed at the preferred port which the service did not get is refused" {
  gets other 8080 8080
  gets web 8080 8081
  refuses 3 register web 8080 fixed
}

@test "another kind: flexible out of a conflict moves" {
  listen tcp 8080
  gets web 8080 fixed 8080
  gets web 8080 flexible 8081
  [ "$(recorded '.allocations.web | "\(.kind) \(.preferred)"')" = "flexible 8080" ]
}

@test "the kind stays as it is when it is not said" {
  gets web 8080 fixed 8080
  gets web 8090 8090
  [ "$(recorded .allocations.web.kind)" = fixed ]
}

@test "another protocol" {
  gets web 8080 8080
  gets web 8080/udp 8080
  [ "$(recorded .allocations.web.protocol)" = udp ]
  gets tcp 8080 fixed 8080
  [ "$(revisions)" = 3 ]
}

@test "more protocols: what it has already is not in its way, running or not" {
  gets web 8080 8080
  listen tcp 8080
  gets web 8080/tcp+udp 8080
}

@test "another address" {
  gets web 8080 8080
  gets web 127.0.0.1:8080 8080
  [ "$(recorded .allocations.web.address)" = 127.0.0.1 ]
  gets other 127.0.0.2:8080 fixed 8080
}

@test "more ports: what it has already is not in its way" {
  gets web 8080 8080
  gets web 8080-8082 8080-8082
  gets web 8081 8081
  [ "$(recorded '.allocations.web | "\(.port) \(.last)"')" = "8081 null" ]
}

@test "within: a service outside of it is moved inside" {
  gets web 8080 8080
  gets web 9000 --within 9000-9010 9000
}

@test "what the service has is not lost when nothing is left" {
  gets other 9000 9000
  gets web 8080 8080
  refuses 4 register web 9000 --within 9000-9000
  berth get web
  expect 0 8080
}

@test "taken over without a preferred port: a running service stays when it is asked for anew" {
  write_registry <<<'{"keycloak":8080}'
  listen tcp 8080
  gets keycloak 8081 flexible 8080
  expect_stderr 8080
}

@test "taken over without a preferred port: a stopped one gets what it asks for" {
  write_registry <<<'{"keycloak":8080}'
  gets keycloak 8081 flexible 8081
}

@test "fields that berth does not know survive a move" {
  write_registry <<<'{"schema":1,"revision":4,"site":"b","allocations":{"web":{"port":8080,"protocol":"tcp",
    "kind":"flexible","preferred":8080,"colour":{"rgb":[1,2]}}}}'
  gets web 8090 8090
  [ "$(jq -c '[.site, .revision, .allocations.web.colour]' "$BERTH_REGISTRY")" = '["b",5,{"rgb":[1,2]}]' ]
}

@test "in the ephemeral range: a service moved there is warned about" {
  gets web 8080 8080
  gets web 40000 40000
  expect_stderr warning ephemeral
}
