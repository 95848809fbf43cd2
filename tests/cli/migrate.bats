#!/usr/bin/env bats
# berth migrate: takes over old registries, and listeners that the operator names.

load berth
load checks
private_namespaces

# changes: of the last JSON answer, one a line.
changes() { jq -r '.plan[] | "\(.change) \(.service) \(.endpoint.address):\(.endpoint.port)/\(.endpoint.protocol)"' <<<"$output"; }

@test "nothing there: nothing to do" {
  berth migrate
  expect_status 0
  berth migrate --json
  expect_json 0 '.plan == []'
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "the registry itself in the flat format: a plan first, then the present form" {
  write_registry <<<'{"keycloak":8080,"gitea":3000}'
  remember
  berth migrate --dry-run --json
  expect_json 0 '.applied == false'
  [ "$(changes)" = $'add gitea *:3000/tcp\nadd keycloak *:8080/tcp' ]
  expect_untouched
  berth migrate --yes --json
  expect_json 0 .applied
  [ "$(jq -c '[.schema, .revision, .allocations.gitea.port, .allocations.keycloak.port]' "$BERTH_REGISTRY")" = '[1,1,3000,8080]' ]
  [ "$(<"$BERTH_REGISTRY.old")" = '{"keycloak":8080,"gitea":3000}' ]
  remember
  berth migrate --yes
  expect_status 0
  expect_untouched
}

@test "the registry itself in the other old format" {
  write_registry <<<'{"ports_in_use":{"8080":{"service":"keycloak"},"3000":{"service":"gitea"}}}'
  berth migrate --yes --json
  expect_json 0 .applied
  [ "$(jq -c '.allocations | map_values(.port)' "$BERTH_REGISTRY")" = '{"gitea":3000,"keycloak":8080}' ]
}

@test "without a terminal nobody is asked, and nothing is changed" {
  write_registry <<<'{"keycloak":8080}'
  remember
  berth migrate </dev/null
  expect_status 2
  expect_stderr "--yes" "--dry-run"
  expect_untouched
}

@test "on a terminal: yes" {
  write_registry <<<'{"keycloak":8080}'
  run script -qec "$BERTH migrate" /dev/null <<<y
  expect_status 0
  expect_output keycloak 8080 "[y/N]"
  [ "$(recorded .revision)" = 1 ]
}

@test "on a terminal: anything else is no" {
  local answer
  write_registry <<<'{"keycloak":8080}'
  remember
  for answer in n '' maybe; do
    run script -qec "$BERTH migrate" /dev/null <<<"$answer"
    expect_untouched
  done
}

@test "another file: added, kept, in conflict" {
  echo '{"keycloak":8080,"gitea":3000}' >"$BATS_TEST_TMPDIR/old.json"
  "$BERTH" register web 8080
  remember
  berth migrate "$BATS_TEST_TMPDIR/old.json" --dry-run --json
  expect_json 1 '.applied == false' '.plan | all(.because | length > 0)' \
    '.plan[] | select(.change == "conflict") | .because | contains("web")'
  [ "$(changes)" = $'add gitea *:3000/tcp\nconflict keycloak *:8080/tcp' ]
  expect_untouched
  berth migrate "$BATS_TEST_TMPDIR/old.json" --yes
  expect_status 1
  expect_stderr conflict web
  [ "$(recorded '.allocations | keys | join(" ")')" = "gitea web" ]
  berth migrate "$BATS_TEST_TMPDIR/old.json" --yes --json
  [ "$(changes)" = $'keep gitea *:3000/tcp\nconflict keycloak *:8080/tcp' ]
}

@test "several files; two that want one port" {
  echo '{"one":8080}' >"$BATS_TEST_TMPDIR/1.json"
  echo '{"two":8080,"three":8081}' >"$BATS_TEST_TMPDIR/2.json"
  berth migrate "$BATS_TEST_TMPDIR/1.json" "$BATS_TEST_TMPDIR/2.json" --yes --json
  expect_json 1 .applied
  [ "$(changes)" = $'add one *:8080/tcp\nadd three *:8081/tcp\nconflict two *:8080/tcp' ]
}

@test "a file that is not there is an error" {
  refuses 2 migrate "$BATS_TEST_TMPDIR/nowhere.json" --dry-run
  expect_stderr nowhere.json
}

@test "a file that is no registry: 6, named" {
  echo '{"keycloak":' >"$BATS_TEST_TMPDIR/old.json"
  refuses 6 migrate "$BATS_TEST_TMPDIR/old.json" --yes
  expect_stderr old.json
}

@test "what listens is taken over under the name of its program, as fixed" {
  listen tcp 7000
  listen udp 7001 127.0.0.1
  "$BERTH" register web 8080
  listen tcp 8080
  remember
  berth migrate --dry-run --json
  expect_json 0 '.plan[0].because | contains("python3 (pid")' '.found | all(.state == "running" and .source == "socket")'
  [ "$(changes)" = $'add python3 *:7000/tcp\nadd python3/7001 127.0.0.1:7001/udp\nkeep web *:8080/tcp' ]
  expect_untouched
}

@test "running: listeners that are named are taken over as fixed, with their owner, and never moved" {
  listen tcp 7000
  listen tcp 7001 127.0.0.1
  listen udp 7002
  berth migrate --running web=7000 --running=local=127.0.0.1:7001 --running dns/udp=7002/udp --yes
  expect_status 0
  [ "$(jq -r '.allocations | to_entries[] | "\(.key) \(.value.port) \(.value.protocol) \(.value.kind)"' "$BERTH_REGISTRY")" = \
    $'dns/udp 7002 udp fixed\nlocal 7001 tcp fixed\nweb 7000 tcp fixed' ]
  recorded '.allocations[] | .owner | length == 1'
  remember
  berth list --json
  expect_json 0 '.allocations | all(.state == "listening")'
  berth register web 7000 --dry-run
  expect 0 7000
  expect_untouched
}

@test "running: what nobody listens on cannot be taken over" {
  refuses 7 migrate --running web=7000 --yes
  expect_stderr 7000 web
}

@test "running: bad input" {
  local running
  listen tcp 7000
  for running in web =7000 web= web=abc 'x"y=7000' web=0; do refuses 2 migrate --yes "--running=$running"; done
}

@test "running: a port that is another's is a conflict" {
  "$BERTH" register web 7000
  listen tcp 7000
  remember
  berth migrate --running other=7000 --yes --json
  expect_status 1
  [ "$(changes)" = 'conflict other *:7000/tcp' ]
  expect_untouched
}

@test "the plan has no colours where it is not on a terminal" {
  write_registry <<<'{"keycloak":8080}'
  TERM=xterm run script -qec "$BERTH migrate --dry-run >'$BATS_TEST_TMPDIR/plan'" /dev/null </dev/null
  grep -q keycloak "$BATS_TEST_TMPDIR/plan"
  run grep -c $'\e' "$BATS_TEST_TMPDIR/plan"
  [ "$output" = 0 ]
  TERM=xterm run script -qec "$BERTH migrate --yes 2>'$BATS_TEST_TMPDIR/talk'" /dev/null </dev/null
  grep -q keycloak "$BATS_TEST_TMPDIR/talk"
  run grep -c $'\e' "$BATS_TEST_TMPDIR/talk"
  [ "$output" = 0 ]
}
