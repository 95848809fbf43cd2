#!/usr/bin/env bats
# berth beside a real Docker engine, in its usual way: a docker-proxy for each published port.

load berth
load checks
load docker
namespaces_of "${ENGINE_KEEPER-}"

setup_file() {
  start_engine --userland-proxy=true
  a_container plain -p 8080:80
  a_container shop-front-1 -p 127.0.0.1:9000-9001:80-81 --label com.docker.compose.project=shop \
    --label com.docker.compose.service=front
  a_container gone -p 8093:80
  [[ -n $ENGINE_REFUSAL ]] || {
    in_engine docker stop -t 0 gone >/dev/null
    in_engine docker run -d --name host --network host berth/web:1 httpd -f -p 8085 >/dev/null
  }
}
teardown_file() { stop_engine; }
setup() { setup_engine_test; }
teardown() {
  end_listeners
  # The nsenter that started it stops when it stops, and would stay so.
  [[ -z ${DOCKERD_PID-} ]] || kill -CONT "$DOCKERD_PID" "$(awk '/^PPid:/ { print $2 }' "/proc/$DOCKERD_PID/status")"
}

@test "docker: who names the container and its image, not the proxy" {
  berth who 8080
  expect_status 0
  expect_no_stderr
  expect_output "8080/tcp is held" "listening: container plain (pid " "<- process docker-proxy <- image berth/web:1" \
    "docker stop plain" "8081 is available"
  berth who 8080 --json
  expect_json 0 '.verdict == "held"' '.blind_spots == []' \
    '.holders | length > 0 and all(.container.name == "plain" and .container.image == "berth/web:1")' \
    '.holders | all(.container.running == true) and all(.compose == null)' \
    '[.holders[].source] | unique | . == ["container", "nat", "socket"]' \
    ".holders | all(.container.id == \"$(docker inspect -f '{{.Id}}' plain)\")"
}

@test "docker: who names the compose project and service" {
  berth who 127.0.0.1:9001
  expect_output "container shop-front-1" "image berth/web:1" "compose shop/front" "this machine alone"
  berth who 9000 --json
  expect_json 0 '.holders | length > 0 and all(.compose == {"project": "shop", "service": "front"})'
}

@test "docker: a running container's port is taken" {
  berth free 8080
  expect 1
  expect_stderr "8080/tcp is held by container plain"
  berth register web 8080 --json
  expect_json 0 '.port == 8081' '.skipped[0].evidence[0].what | contains("container plain")'
  refuses 3 register other 8080 fixed --strict
  expect_stderr "container plain"
  berth next 9000-9001
  expect 0 9002-9003
}

@test "docker: a stopped container's port is not given away" {
  berth free 8093
  expect 1
  expect_stderr "container gone (not running"
  berth register web 8093 --json
  expect_json 0 '.port == 8094' '.skipped[0] | .port == 8093 and .verdict == "held" and .evidence[0].source == "container"'
  berth next 8093
  expect 0 8095
  berth who 8093 --json
  expect_json 0 '.verdict == "held"' '.holders | length == 1 and (.[0] | .state == "configured" and .container.name == "gone"
    and .container.running == false and .enabled == false)'
  berth who 8093
  expect_output "container gone" "not running"
  listen tcp 8093 # bind() would not have told
}

@test "docker: a service that is called as the container gets its port, and the owner is recorded" {
  berth register plain 8080
  expect 0 8080
  [ "$(recorded .allocations.plain.owner.container)" = plain ]
  berth register gone 8093
  expect 0 8093
  [ "$(recorded .allocations.gone.owner.container)" = gone ]
  berth list --plain
  [ "$(cut -f 1,2,3,8 <<<"$output")" = $'gone\t*\t8093\tidle\nplain\t*\t8080\tlistening' ]
  berth check
  expect_status 0
  berth register plain 8080
  expect 0 8080
}

@test "docker: a service that is called as the compose service gets its port" {
  berth register shop/front 127.0.0.1:9000
  expect 0 9000
  recorded .allocations.\"shop/front\".owner
}

@test "docker: a container without a network of its own is named by its cgroup" {
  berth who 8085 --json
  expect_json 0 '.holders | length == 1 and (.[0] | .source == "socket" and .process == "httpd" or .process == "busybox")' \
    '.holders[0].container | .name == "host" and .image == "berth/web:1" and .running == true'
  berth free 8085
  expect 1
  expect_stderr "container host"
  berth register host 8085
  expect 0 8085
}

@test "docker: check names the container that has a service's port" {
  berth register web 8080 fixed
  expect 0 8080
  expect_stderr "container plain"
  berth check --json
  expect_json 1 '[.findings[] | select(.severity != "risk") | .id] == ["port-held"]' \
    '.findings[0] | .service == "web" and (.message | contains("container plain"))' '.blind_spots == []'
}

@test "docker: check: what nobody has registered" {
  berth check --all --json
  expect_status 0
  expect_json 0 '[.findings[].id] | unique == ["unregistered-listener"]' \
    '[.findings[].endpoint.port] | unique == [8080, 8085, 9000, 9001]' \
    '.findings | all(.message | contains("container plain") or contains("container host") or contains("shop-front-1"))'
}

@test "docker: check: a stopped container and a server that runs want the same port" {
  listen tcp 8093
  berth check --json
  expect_json 0 '.findings | any(.id == "latent-conflict" and .severity == "risk" and (.message | contains("container gone")))'
}

@test "docker: check: a docker-proxy that was left behind by a container that is gone" {
  # It tells its engine over descriptor 3 that it has begun.
  setpriv --pdeathsig KILL docker-proxy -proto tcp -host-ip 127.0.0.1 -host-port 8099 -container-ip 172.17.0.99 \
    -container-port 80 3>"$BATS_TEST_TMPDIR/begun" >/dev/null 2>&1 </dev/null &
  LISTENERS+=("$!")
  until [[ -s $BATS_TEST_TMPDIR/begun ]]; do sleep 0.02; done
  berth check --json
  expect_json 0 '.findings | any(.id == "stale-docker-proxy" and .endpoint.port == 8099)' \
    '[.findings[] | select(.id == "stale-docker-proxy")] | length == 1' '.blind_spots == []'
}

@test "docker: of an engine that stopped answering, the settings on disk are read" {
  kill -STOP "$DOCKERD_PID"
  run --separate-stderr timeout 20 "$BERTH" who 8093 --deadline 0.3 --json
  expect_json 0 '.verdict == "held"' '.holders[0].container | .name == "gone" and .image == "berth/web:1" and .running == null' \
    '.blind_spots | any(.source == "container" and (.why | contains("did not answer in time") and contains("configured")))'
  run --separate-stderr timeout 20 "$BERTH" register web 8093 --deadline 0.3
  expect 0 8094
  expect_stderr "container gone"
}

@test "docker: an engine that stopped answering, and has no settings here, is a blind spot" {
  kill -STOP "$DOCKERD_PID"
  export DOCKER_HOST=unix://$ENGINE_DIR/docker.sock
  run --separate-stderr timeout 20 "$BERTH" who 8080 --deadline 0.3 --json
  expect_json 0 '.verdict == "held"' '.holders[0].process == "docker-proxy"' \
    '.blind_spots | any(.source == "container" and (.why | contains("did not answer in time")))'
  run --separate-stderr timeout 20 "$BERTH" register web 8093 --deadline 0.3
  expect_status 0
  expect_stderr "not seen: Docker" "did not answer in time"
  run --separate-stderr timeout 20 "$BERTH" free 8093 --deadline 0.3
  expect_stderr "not seen: Docker" "did not answer in time"
}

@test "docker: who is not root cannot ask the engine, and is told" {
  docker_socket=$(readlink -f /run/docker.sock)
  [ "$(stat -c %a "$docker_socket")" = 660 ]
  chmod 755 "$ENGINE_DIR"
  as_nobody who 8093 --json
  expect_json 0 '.blind_spots | any(.source == "container" and (.why | contains("may not be asked")))'
}
