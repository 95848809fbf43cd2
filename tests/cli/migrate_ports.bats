#!/usr/bin/env bats
# scripts/migrate_ports.sh: what there was before berth is taken over.

load berth
private_namespaces

setup() {
  setup_registry
  checkout="$BATS_TEST_TMPDIR/a check out"
  a_checkout "$checkout"
}

# migrate ARGUMENT...: the script, with no terminal to ask on.
migrate() { run --separate-stderr "$checkout/scripts/migrate_ports.sh" "$@" </dev/null; }

@test "nothing there: nothing to do" {
  migrate
  expect_status 0
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "the flat format: every service keeps its port, and the old file is kept" {
  echo '{"keycloak":8080,"gitea":3000}' >"$BERTH_REGISTRY"
  migrate --yes
  expect_status 0
  [ "$(recorded '.schema, .allocations.keycloak.port, .allocations.gitea.port' | paste -s)" = $'1\t8080\t3000' ]
  [ "$(<"$BERTH_REGISTRY.previous")" = '{"keycloak":8080,"gitea":3000}' ]
}

@test "the format by port: every service keeps its port" {
  echo '{"ports_in_use":{"8080":{"service":"keycloak"},"3000":{"service":"gitea"}}}' >"$BERTH_REGISTRY"
  migrate --yes
  expect_status 0
  [ "$(recorded '.schema, .allocations.keycloak.port, .allocations.gitea.port' | paste -s)" = $'1\t8080\t3000' ]
}

@test "a registry elsewhere" {
  echo '{"keycloak":8080}' >"$BATS_TEST_TMPDIR/old ports.json"
  migrate --yes "$BATS_TEST_TMPDIR/old ports.json"
  expect_status 0
  [ "$(recorded .allocations.keycloak.port)" = 8080 ]
  [ "$(<"$BATS_TEST_TMPDIR/old ports.json")" = '{"keycloak":8080}' ]
}

@test "a registry elsewhere does not take a port that is another service's here" {
  "$BERTH" register web 8080 fixed
  echo '{"keycloak":8080,"gitea":3000}' >"$BATS_TEST_TMPDIR/old.json"
  migrate --yes "$BATS_TEST_TMPDIR/old.json"
  expect_status 1
  expect_stderr keycloak conflict
  [ "$(recorded '.allocations | map_values(.port) | tojson')" = '{"gitea":3000,"web":8080}' ]
}

@test "running listeners get the names that the operator gives them" {
  listen tcp 3000
  listen udp 5353
  migrate --yes --running gitea=3000 --running dns=5353/udp
  expect_status 0
  [ "$(recorded '.allocations.gitea.port')" = 3000 ]
  [ "$(recorded '.allocations.dns | "\(.port)/\(.protocol)"')" = 5353/udp ]
}

@test "running: nothing is taken over from where nothing listens" {
  migrate --yes --running gitea=3000
  expect_status 7
  expect_stderr 3000
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "what listens is in the plan" {
  listen tcp 3000
  migrate
  expect_status 2
  [[ $output$stderr == *3000*python3* || $output$stderr == *python3*3000* ]]
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "afterwards the service is registered, and keeps its port while it runs" {
  listen tcp 3000
  migrate --yes --running gitea=3000
  run --separate-stderr "$checkout/scripts/port_manager.sh" register gitea 3000 flexible
  expect 0 3000
}

@test "--dry-run shows the plan and changes nothing" {
  echo '{"keycloak":8080}' >"$BERTH_REGISTRY"
  migrate --dry-run
  expect_status 0
  [[ $output$stderr == *keycloak*8080* ]]
  [ "$(<"$BERTH_REGISTRY")" = '{"keycloak":8080}' ]
}

@test "nobody to ask and no --yes: nothing is changed" {
  echo '{"keycloak":8080}' >"$BATS_TEST_TMPDIR/old.json"
  migrate "$BATS_TEST_TMPDIR/old.json"
  expect_status 2
  expect_stderr "--yes" "--dry-run"
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "twice is as good as once" {
  echo '{"keycloak":8080}' >"$BERTH_REGISTRY"
  migrate --yes
  local once
  once=$(<"$BERTH_REGISTRY")
  migrate --yes
  expect_status 0
  [ "$(<"$BERTH_REGISTRY")" = "$once" ]
}

@test "a broken registry is left as it is" {
  echo '{"keycloak":80' >"$BERTH_REGISTRY"
  migrate --yes
  expect 6
  [ "$(<"$BERTH_REGISTRY")" = '{"keycloak":80' ]
}

@test "by dash, through a symbolic link, from another directory" {
  echo '{"keycloak":8080}' >"$BERTH_REGISTRY"
  ln -s "$checkout/scripts/migrate_ports.sh" "$BATS_TEST_TMPDIR/migrate"
  cd /
  run --separate-stderr dash "$BATS_TEST_TMPDIR/migrate" --yes
  expect_status 0
  [ "$(recorded .allocations.keycloak.port)" = 8080 ]
}

@test "berth is missing: 127" {
  rm -r "$checkout/build" "$checkout/berth"
  run -127 --separate-stderr "$checkout/scripts/migrate_ports.sh"
  expect 127
  expect_stderr "./berth version"
}
