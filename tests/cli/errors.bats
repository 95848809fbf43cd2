#!/usr/bin/env bats
# The exit codes, each in both forms; locks and permissions.

load berth
load checks
private_namespaces

# another_user: what to put before a command so that nobody runs it; skips where that cannot be.
another_user() {
  setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null || skip "cannot become another user here"
  cp "$BERTH" /opt/berth
  chmod 755 /opt/berth
  BERTH=/opt/berth
  nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$BERTH")
  # The folders of the tests are for their user alone.
  export BERTH_REGISTRY=/opt/registry/port_allocation.json
  mkdir -m 755 /opt/registry
  chmod 755 /opt
}
as_nobody() { run --separate-stderr "${nobody[@]}" "$@"; }

# read_only FOLDER: from now on.
read_only() { mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"; }

@test "0: done" {
  berth register web 8080
  expect 0 8080
}

@test "1: the answer is no" {
  listen tcp 8080
  berth free 8080
  expect 1
  refuses 1 get web
  berth get web --json
  expect_error_json 1 no
}

@test "2: bad input" {
  refuses 2 register web abc
  berth register web abc --json
  expect_error_json 2 usage
  berth nonsense --json
  expect_error_json 2 usage
  berth --json register web 8080 --nonsense
  expect_error_json 2 usage
  berth --json
  expect_error_json 2 usage
  berth get --json
  expect_error_json 2 usage
}

@test "3: the port is taken" {
  "$BERTH" register web 8080
  refuses 3 register api 8080 fixed
  berth register api 8080 fixed --json
  expect_error_json 3 port_taken
  expect_json 3 '.error.hint | contains("berth register api 8080 flexible")'
}

@test "4: nothing left in the range" {
  "$BERTH" register web 8080
  refuses 4 register api 8080 --within 8080
  berth register api 8080 --within 8080 --json
  expect_error_json 4 range_exhausted
}

@test "5: another writer has the lock: who, how long, and what to do" {
  "$BERTH" register web 8080
  lock_registry
  refuses 5 register api 8081 --wait 0.2
  expect_stderr "pid $LOCKER" "sleep 1000" 0.2 "--wait"
  refuses 5 release web --wait 0
  refuses 5 release --all --wait=0
  echo '{"old":8085}' >"$BATS_TEST_TMPDIR/old.json"
  refuses 5 migrate "$BATS_TEST_TMPDIR/old.json" --yes --wait 0
  berth register api 8081 --wait 0 --json
  expect_error_json 5 lock_timeout
}

@test "5: a writer that is stopped is said to be" {
  "$BERTH" register web 8080
  lock_registry
  kill -STOP "$LOCKER"
  refuses 5 register api 8081 --wait 0
  expect_stderr "pid $LOCKER" stopped "kill -CONT $LOCKER"
  kill -CONT "$LOCKER"
}

@test "5: whoever took the lock and is gone is not named" {
  "$BERTH" register web 8080
  local lock
  exec {lock}>>"$BERTH_REGISTRY.lock"
  flock "$lock"
  refuses 5 register api 8081 --wait 0
  [[ ! $stderr =~ pid\ ([0-9]+) || -e /proc/${BASH_REMATCH[1]} ]]
}

@test "5: the lock is waited for" {
  "$BERTH" register web 8080
  lock_registry
  "$BERTH" register api 8080 --wait 60 >"$BATS_TEST_TMPDIR/answer" 2>/dev/null 3>&- &
  local waiting=$!
  # It stands in line when it has the lock file open.
  until [[ $(readlink "/proc/$waiting"/fd/*) == *port_allocation.json.lock* ]]; do sleep 0.01; done
  [ ! -s "$BATS_TEST_TMPDIR/answer" ]
  kill "$LOCKER"
  wait "$waiting"
  [ "$(<"$BATS_TEST_TMPDIR/answer")" = 8081 ]
}

@test "5: reading, and asking for what one has, needs no lock" {
  local words
  "$BERTH" register web 8080
  lock_registry
  for words in "get web" list "list --json" "who 8080" "explain web" history "next 8080" "register web 8080" \
    "register web 8080 flexible --strict" "register api 8080 --dry-run" "migrate --dry-run"; do
    # shellcheck disable=SC2086 # words
    berth $words --wait 0
    expect_status 0
  done
}

@test "6: a registry that cannot be read" {
  write_registry <<<garbage
  refuses 6 list
  expect_stderr "$BERTH_REGISTRY" "hint: "
  berth list --json
  expect_error_json 6 registry_unreadable
}

@test "7: what could not be looked at" {
  refuses 7 migrate --running web=8080 --yes
  berth free 192.0.2.1:8080
  expect 7
  berth migrate --running web=8080 --yes --json
  expect_error_json 7 not_visible
}

@test "8: a read-only file system" {
  "$BERTH" register web 8080
  read_only "${BERTH_REGISTRY%/*}"
  refuses 8 register api 8081
  expect_stderr "${BERTH_REGISTRY%/*}" read-only
  refuses 8 release web
  berth register api 8081 --json
  expect_error_json 8 permission
}

@test "8: a read-only file system can be read, and asked for what is there" {
  "$BERTH" register web 8080
  read_only "${BERTH_REGISTRY%/*}"
  berth register web 8080
  expect 0 8080
  berth get web
  expect 0 8080
  berth list
  expect_status 0
  berth register api 8080 --dry-run
  expect 0 8081
}

@test "8: a folder that cannot be made" {
  mkdir "$BATS_TEST_TMPDIR/shut"
  read_only "$BATS_TEST_TMPDIR/shut"
  BERTH_REGISTRY=$BATS_TEST_TMPDIR/shut/new/a.json
  refuses 8 register web 8080
  expect_stderr "$BATS_TEST_TMPDIR/shut"
}

@test "8: no room" {
  mkdir /opt/small
  mount -t tmpfs -o size=4k tmpfs /opt/small || skip "cannot mount here"
  BERTH_REGISTRY=/opt/small/a.json
  berth register --batch - < <(seq -f 'service-with-a-long-name-%g 8080' 200)
  expect 8
  expect_stderr "No space left"
  berth list --json
  expect_json 0 '.allocations == []'
  [ ! -e /opt/small/a.json.tmp ]
}

@test "8: another user may not write: whose folder it is, and who this is" {
  another_user
  "$BERTH" register web 8080
  remember
  as_nobody register api 8081
  expect 8
  expect_stderr /opt/registry root nobody "hint: "
  as_nobody release web
  expect 8
  as_nobody register api 8081 --json
  expect_error_json 8 permission
  expect_untouched
}

@test "8: another user may read, and ask for what is there" {
  another_user
  "$BERTH" register web 8080
  as_nobody get web
  expect 0 8080
  as_nobody list
  expect_status 0
  as_nobody register web 8080
  expect 0 8080
  as_nobody history
  expect_status 0
}

@test "8: a registry that another user may not read" {
  another_user
  "$BERTH" register web 8080
  chmod 600 "$BERTH_REGISTRY"
  as_nobody get web
  expect 8
  expect_stderr "$BERTH_REGISTRY" root nobody
  as_nobody get web --json
  expect_error_json 8 permission
}

@test "another user: ports that only root may bind are unknown, not free" {
  another_user
  as_nobody free 80
  expect 7
  expect_stderr unknown 80
  as_nobody free 8080
  expect 0
}

@test "an error says what it is about in one line, and what to do in another" {
  "$BERTH" register web 8080
  berth register api 8080 fixed
  [[ ${stderr_lines[0]} == "berth: port 8080/tcp is allocated to web"* ]]
  [[ ${stderr_lines[1]} == "  hint: "* ]]
  [ "${#stderr_lines[@]}" = 2 ]
}
