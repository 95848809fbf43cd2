#!/usr/bin/env bats
# Waiting for the writers' lock: who holds it is said, a signal ends it, and nobody is left behind.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  "$BERTH" register web 8080 >/dev/null
  CONTAINER=
}
# unshare does not heed what it is asked politely.
teardown() {
  [[ -z $CONTAINER ]] || kill -KILL "$CONTAINER" 2>/dev/null || true
  end_listeners
}

# waits PID: returns when that berth stands in line, with the lock file open.
waits() { until [[ $(readlink "/proc/$1"/fd/*) == *port_allocation.json.lock* ]]; do sleep 0.01; done; }

@test "a signal ends the waiting at once, with nothing left behind" {
  lock_registry
  remember
  local name status waiting
  for name in INT TERM HUP; do
    env --default-signal "$BERTH" register api 8081 --wait 60 >"$BATS_TEST_TMPDIR/answer" 2>/dev/null 3>&- &
    waiting=$! status=0
    waits "$waiting"
    kill -s "$name" "$waiting"
    wait "$waiting" || status=$?
    [ "$status" = $((128 + $(kill -l "$name"))) ]
    [ ! -s "$BATS_TEST_TMPDIR/answer" ]
    expect_untouched
  done
  kill "$LOCKER"
  berth register api 8081
  expect 0 8081
}

@test "who is stopped while waiting, and goes on later, has waited like anybody" {
  lock_registry
  "$BERTH" register api 8081 --wait 60 >"$BATS_TEST_TMPDIR/answer" 2>/dev/null 3>&- &
  local waiting=$!
  waits "$waiting"
  kill -STOP "$waiting"
  until [[ $(cut -d ' ' -f 3 "/proc/$waiting/stat") == T ]]; do sleep 0.01; done
  kill "$LOCKER"
  berth register other 8082 --wait 60
  expect 0 8082
  kill -CONT "$waiting"
  wait "$waiting"
  [ "$(<"$BATS_TEST_TMPDIR/answer")" = 8081 ]
}

@test "a holder that is stopped: what is said to be done about it helps" {
  lock_registry
  kill -STOP "$LOCKER"
  berth register api 8081 --wait 0
  expect 5
  expect_stderr "pid $LOCKER" "which is stopped" "hint: kill -CONT $LOCKER"
  bash -c "$(grep -o 'kill -CONT [0-9]*' <<<"$stderr")"
  berth register api 8081 --wait 0
  expect 5
  [[ $stderr != *stopped* ]]
  expect_stderr "--wait SECONDS"
  kill "$LOCKER"
  berth register api 8081 --wait 60
  expect 0 8081
}

@test "a berth that is stopped in the middle of a commit is named, and goes on" {
  no_leak_check
  # It stops by itself, with the lock, at the file that it writes.
  [[ -n $(type -P strace) ]] || skip "needs strace"
  strace -f -qq -e trace=fsync -e inject=fsync:signal=STOP:when=1 -o /dev/null "$BERTH" register api 8081 \
    >"$BATS_TEST_TMPDIR/answer" 2>/dev/null 3>&- &
  local tracer=$! tries stopped=''
  for ((tries = 0; tries < 500; tries++)); do
    berth release nobody --wait 0
    stopped=$(grep -o 'kill -CONT [0-9]*' <<<"$stderr") && break
    kill -0 "$tracer" 2>/dev/null || skip "strace cannot stop a process here"
    sleep 0.01
  done
  expect_stderr "register api 8081"
  [ "$("$BERTH" get web)" = 8080 ]
  bash -c "$stopped"
  wait "$tracer"
  [ "$(<"$BATS_TEST_TMPDIR/answer")" = 8081 ]
}

@test "a holder in another pid namespace, or none that can be known: that is said" {
  needs_no_proc
  lock_registry
  run --separate-stderr unshare --pid --fork --mount-proc "$BERTH" register api 8081 --wait 0
  [[ $stderr != *unshare:* ]] || skip "no pid namespaces here"
  expect 5
  expect_stderr "by whom cannot be told" "another container"
  [[ ! $stderr =~ pid\ [0-9] ]]
  run --separate-stderr unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' sh "$BERTH" register api 8081 --wait 0
  expect 5
  expect_stderr "by whom cannot be told" "/proc"
}

@test "a holder inside a container is named by its pid out here" {
  unshare --pid --fork --kill-child flock --no-fork "$BERTH_REGISTRY.lock" sleep 1000 3>&- &
  CONTAINER=$!
  while flock --nonblock "$BERTH_REGISTRY.lock" true; do sleep 0.01; done
  berth register api 8081 --wait 0
  expect 5
  expect_stderr "sleep 1000" "pid "
  [[ $stderr =~ pid\ ([0-9]+) ]]
  [ "$(tr '\0' ' ' <"/proc/${BASH_REMATCH[1]}/cmdline")" = "sleep 1000 " ]
}

@test "a holder whose command line is long, or not harmless" {
  (exec 3>&-; exec {fd}<>"$BERTH_REGISTRY.lock"; flock "$fd"; exec -a $'\e[31m\u202e'"$(head -c 100000 /dev/zero | tr '\0' x)" sleep 1000) &
  LISTENERS+=($!)
  while flock --nonblock "$BERTH_REGISTRY.lock" true; do sleep 0.01; done
  berth register api 8081 --wait 0
  expect 5
  harmless
  [ "${#stderr}" -lt 1000 ]
}

@test "waits are shared out: nobody starves" {
  run --separate-stderr python3 "$ROOT/tests/stress/fairness.py" "$BERTH" 2 16
  echo "# $output" >&3
  expect_status 0
}
