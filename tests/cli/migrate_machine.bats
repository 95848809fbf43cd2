#!/usr/bin/env bats
# berth migrate takes over a whole server: what runs, what is stopped, what is written down, and an old registry.

load berth
load checks
load docker
load grown_server
namespaces_of "${ENGINE_KEEPER-}"

setup_file() { start_grown_server; }
teardown_file() { stop_grown_server; }
setup() {
  setup_engine_test
  unset BERTH_REGISTRY
}

@test "explore" {
  ss -tulpn >&3
  cp $ENGINE_DIR/servers /tmp/w/servers.log
  "$BERTH" migrate --dry-run >&3 2>&1 || true
  "$BERTH" migrate --dry-run --json > /tmp/w/plan.json || true
  "$BERTH" migrate --yes --quiet >&3 2>&1 || true
  cat /opt/foss-server-stack/port_allocation.json >&3
  "$BERTH" check >&3 2>&1 || true
  "$BERTH" check --all >&3 2>&1 || true
  "$BERTH" list >&3 2>&1 || true
  "$BERTH" migrate --dry-run >&3 2>&1 || true
}
