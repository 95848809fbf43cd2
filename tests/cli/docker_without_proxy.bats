#!/usr/bin/env bats
# berth beside a real Docker engine without docker-proxy: what is published is NAT alone, and outlives the engine.

load berth
load checks
load docker
namespaces_of "${ENGINE_KEEPER-}"

setup_file() {
  start_engine --userland-proxy=false --live-restore
  a_container plain -p 8080:80
}
teardown_file() { stop_engine; }
setup() { setup_engine_test; }
teardown() { end_listeners; }

@test "docker without proxy: who names the container" {
  berth who 8080
  expect_status 0
  expect_output "8080/tcp is held" "container plain" "image berth/web:1"
  berth who 8080 --json
  expect_json 0 '.holders | length > 0 and all(.container.name == "plain")' '.blind_spots == []'
  berth free 8080
  expect 1
  expect_stderr "container plain"
}

@test "docker without proxy: a flexible service moves on" {
  berth register web 8080
  expect 0 8081
}

# The last one: the engine does not come back.
@test "docker without proxy: of a killed engine, the NAT rule holds the port, though bind() succeeds" {
  kill -KILL "$DOCKERD_PID"
  until docker ps 2>&1 | grep -q 'Cannot connect'; do sleep 0.02; done
  berth free 8080
  expect 1
  expect_stderr "8080/tcp is held by a NAT rule for container plain"
  berth who 8080 --json
  expect_json 0 '.verdict == "held"' '.holders | any(.source == "nat" and .container.name == "plain")' \
    '.blind_spots | any(.source == "container" and (.why | contains("nobody answers") and contains("configured")))'
  # Where its settings cannot be read either, the rule is all there is.
  export DOCKER_HOST=unix://$ENGINE_DIR/docker.sock
  berth free 8080
  expect 1
  expect_stderr "8080/tcp is held by a NAT rule" ":80)" "not seen: Docker"
  berth register web 8080 --json
  expect_json 0 '.port == 8081' '.skipped[0] | .verdict == "held" and .evidence[0].source == "nat"'
  listen tcp 8080 # it does
  berth check --json
  expect_json 1 '[.findings[] | select(.severity == "conflict") | .id] == ["nat-shadows-listener"]'
}
