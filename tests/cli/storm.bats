#!/usr/bin/env bats
# Many workers, some of them killed and stopped, and the history of what they were told (tests/stress/storm.py).

load berth
private_namespaces

@test "a storm of commands that are killed and stopped: nothing that was acknowledged is lost" {
  no_leak_check # what traces a command would be killed, too
  run --separate-stderr python3 "$ROOT/tests/stress/storm.py" "$BERTH" "${BERTH_STORM_SECONDS:-5}"
  echo "# $output" >&3
  expect_status 0
}
