#!/usr/bin/env bats
# What berth finds in compose projects, and what docker-compose's own loader says of them.

load berth
load checks
private_namespaces

# BERTH_COMPOSE_PROJECTS and BERTH_COMPOSE_SEED: how many, and which.
@test "random compose projects are read as docker-compose reads them" {
  # Debian's python, where Debian's docker-compose is.
  /usr/bin/python3 -c 'import compose.config' 2>/dev/null || skip "no docker-compose here"
  run env -i PATH="$PATH" /usr/bin/python3 "$ROOT/tests/cli/compose_loader.py" "$BERTH" "$BATS_TEST_TMPDIR/projects" \
    "${BERTH_COMPOSE_PROJECTS:-200}" "${BERTH_COMPOSE_SEED:-$RANDOM}"
  expect_status 0
  expect_output "are read alike"
}
