#!/usr/bin/env bats
# Every snippet of the port management system's own page, verbatim but for the placeholders, with the registry where
# that page says it is: /opt is empty and the test's own.

load berth
private_namespaces

registry=/opt/foss-server-stack/port_allocation.json

setup() {
  setup_registry
  unset BERTH_REGISTRY
  stack="$BATS_TEST_TMPDIR/foss server stack"
  a_checkout "$stack"
  mkdir -p "$stack/apps/service_name"
  cat >"$stack/apps/service_name/install.sh" <<'SNIPPET'
# Source the port manager
SCRIPT_DIR="$( cd "$( dirname "${BASH_SOURCE[0]}" )" &> /dev/null && pwd )"
source "$SCRIPT_DIR/../../scripts/port_manager.sh"

# Register a port (returns the assigned port)
SERVICE_PORT=$(register_port "service_name" "8080" "flexible")

# Use the assigned port in configurations
echo "Service will use port: $SERVICE_PORT"
SNIPPET
  cd "$stack" || return
}

# in_the_stack: runs the snippet on stdin as a strict script in the top folder.
in_the_stack() { run --separate-stderr bash -euo pipefail -c "$(cat)"; }

@test "from installation scripts: the service gets its port" {
  run --separate-stderr bash apps/service_name/install.sh
  expect 0 "Service will use port: 8080"
  [ "$(jq .allocations.service_name.port "$registry")" = 8080 ]
}

@test "from installation scripts: strict, from another directory" {
  cd /
  run --separate-stderr bash -euo pipefail "$stack/apps/service_name/install.sh"
  expect 0 "Service will use port: 8080"
}

@test "from installation scripts: the next available port when the port is in use" {
  listen tcp 8080
  run --separate-stderr bash apps/service_name/install.sh
  expect 0 "Service will use port: 8081"
}

@test "from installation scripts: the next available port when the port is another service's" {
  "$BERTH" register other 8080 fixed
  run --separate-stderr bash apps/service_name/install.sh
  expect 0 "Service will use port: 8081"
}

@test "from installation scripts: an upgrade keeps the port, while the service runs" {
  listen tcp 8080
  run --separate-stderr bash apps/service_name/install.sh
  expect 0 "Service will use port: 8081"
  listen tcp 8081
  run --separate-stderr bash apps/service_name/install.sh
  expect 0 "Service will use port: 8081"
}

@test "command line: register a new port, or get the existing allocation" {
  local words port
  while read -r words port; do
    in_the_stack <<<"./scripts/port_manager.sh register ${words//,/ }"
    expect 0 "$port"
  done <<'REQUESTS'
web,80,fixed          80
web,80,fixed          80
keycloak,80,flexible  81
keycloak,80,flexible  81
REQUESTS
}

@test "command line: register without a kind" {
  in_the_stack <<<'./scripts/port_manager.sh register service_name 8080'
  expect 0 8080
}

@test "command line: the placeholders themselves are refused" {
  in_the_stack <<<'./scripts/port_manager.sh register service_name preferred_port'
  expect 2
  expect_stderr preferred_port
  [ ! -e "$registry" ]
}

@test "command line: get an existing port assignment" {
  in_the_stack <<<'./scripts/port_manager.sh get service_name 9000'
  expect 0 9000
  bash apps/service_name/install.sh
  in_the_stack <<<'./scripts/port_manager.sh get service_name 9000'
  expect 0 8080
}

@test "command line: list all port allocations" {
  bash apps/service_name/install.sh
  in_the_stack <<<'./scripts/port_manager.sh list'
  expect_status 0
  expect_output service_name 8080
}

@test "existing installations: migrate, review, adjust" {
  mkdir -p /opt/foss-server-stack
  echo '{"keycloak":8080,"gitea":3000}' >"$registry"
  in_the_stack <<'SNIPPET'
   ./scripts/migrate_ports.sh --yes
SNIPPET
  expect_status 0
  in_the_stack <<'SNIPPET'
   ./scripts/port_manager.sh list
SNIPPET
  expect_status 0
  expect_output keycloak 8080 gitea 3000
  in_the_stack <<<'   ./scripts/port_manager.sh register keycloak 8090 fixed'
  expect 0 8090
  [ "$(jq -c '[.allocations[].port]' "$registry")" = '[3000,8090]' ]
}

@test "existing installations: the migration script alone, where there is nothing yet" {
  in_the_stack <<<'./scripts/migrate_ports.sh'
  expect_status 0
  [ ! -e "$registry" ]
}

@test "port conflicts: a fixed port in use is given with a warning that names who has it" {
  listen tcp 80
  in_the_stack <<<'./scripts/port_manager.sh register web 80 fixed'
  expect 0 80
  expect_stderr "$LISTENER" python3
  [ "$(jq -r .allocations.web.kind "$registry")" = fixed ]
}

@test "port conflicts: option 1, stop the process that has the port" {
  listen tcp 80
  in_the_stack <<<'./scripts/port_manager.sh register web 80 fixed'
  expect 0 80
  end_listener "$LISTENER"
  in_the_stack <<<'./scripts/port_manager.sh register web 80 fixed'
  expect 0 80
  [ -z "$stderr" ]
}

@test "port conflicts: option 2, make the service flexible" {
  listen tcp 8080
  in_the_stack <<<'./scripts/port_manager.sh register web 8080 fixed'
  expect 0 8080
  in_the_stack <<<'./scripts/port_manager.sh register web 8080 flexible'
  expect 0 8081
}

@test "port conflicts: option 3, another port for the service" {
  listen tcp 8080
  in_the_stack <<<'./scripts/port_manager.sh register web 8080 fixed'
  expect 0 8080
  in_the_stack <<<'./scripts/port_manager.sh register web 8090 fixed'
  expect 0 8090
  [ -z "$stderr" ]
}

@test "port conflicts: a fixed port of another service is refused" {
  in_the_stack <<<'./scripts/port_manager.sh register web 80 fixed'
  expect 0 80
  in_the_stack <<<'./scripts/port_manager.sh register proxy 80 fixed'
  expect 3
  expect_stderr web
  [ "$(jq -c '.allocations | keys' "$registry")" = '["web"]' ]
}

@test "finding port information: ss shows who uses a service's port" {
  in_the_stack <<<'./scripts/port_manager.sh register web 8080 flexible'
  listen tcp "$output"
  in_the_stack <<<"ss -tulpn | grep :$output"
  expect_status 0
  expect_output python3 "pid=$LISTENER"
}

@test "resetting: rm, and new installations start anew with default values" {
  "$BERTH" register other 8080 fixed
  bash apps/service_name/install.sh
  [ "$(jq .allocations.service_name.port "$registry")" = 8081 ]
  in_the_stack <<'SNIPPET'
rm /opt/foss-server-stack/port_allocation.json
SNIPPET
  expect 0
  run --separate-stderr bash apps/service_name/install.sh
  expect 0 "Service will use port: 8080"
  [ "$(jq -c '.allocations | keys' "$registry")" = '["service_name"]' ]
}
