#!/usr/bin/env bats
# berth undo and berth restore: going back to an earlier registry, as one commit more.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  bare_machine
  history=${BERTH_REGISTRY%.json}.history.jsonl
}

# Four revisions: web on 8080, api on 8081, web on 8090, no api.
live() {
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  "$BERTH" register web 8090
  "$BERTH" release api
} &>/dev/null

# has SERVICE=PORT...: just these are registered.
has() { [ "$(jq -r '.allocations | to_entries[] | "\(.key)=\(.value.port)"' "$BERTH_REGISTRY" | xargs)" = "$*" ]; }

@test "undo takes the last commit back, undo of that brings it back" {
  live
  berth undo
  expect 0
  expect_stderr "api: 8081/tcp" "back to revision 3, as revision 5"
  has api=8081 web=8090
  berth undo
  expect 0
  has web=8090
}

@test "undo of a whole batch, and of a release of all" {
  "$BERTH" register --batch - <<<$'one 9000\ntwo 9000' >/dev/null
  "$BERTH" release --all
  "$BERTH" undo
  has one=9000 two=9001
  "$BERTH" restore 0
  has ""
}

@test "restore: every revision, each as a commit with its command and its changes" {
  live
  local revision
  local -a goals=("" "web=8080" "api=8081 web=8080" "api=8081 web=8090" "web=8090")
  for revision in 1 3 0 2 4; do
    "$BERTH" restore "$revision"
    # shellcheck disable=SC2086 # words
    has ${goals[revision]}
    [ "$(tail -n 1 "$history" | jq -r .command)" = "restore $revision" ]
  done
  [ "$(jq -c .revision "$history" | xargs)" = "1 2 3 4 5 6 7 8 9" ]
  [ "$(recorded .revision)" = 9 ]
  berth explain web
  expect_status 0
}

@test "restore: an allocation comes back with all that was written in it" {
  write_registry <<<'{"schema":1,"revision":1,"site":"b","allocations":{"web":{"port":8080,"address":"127.0.0.1","last":8082,
    "protocol":"udp","kind":"fixed","preferred":8080,"note":"caf\u00e9","owner":{"unit":"web.service"}}}}'
  local before
  before=$(jq -S .allocations.web "$BERTH_REGISTRY")
  "$BERTH" release web
  "$BERTH" undo
  [ "$(jq -S .allocations.web "$BERTH_REGISTRY")" = "$before" ]
  [ "$(recorded .site)" = b ]
}

@test "--dry-run: says what would change, changes nothing" {
  live
  remember
  berth undo --dry-run
  expect 0 "api: 8081/tcp flexible"
  berth restore 1 --dry-run
  expect 0 "web: 8090/tcp flexible -> 8080/tcp flexible"
  berth restore 0 --dry-run --plain
  expect 0 $'web\t8090/tcp\t-'
  berth restore 2 --dry-run --json
  expect_json 0 '.applied == false and .restored == 2 and .revision == 4' '[.changes[].service] == ["api", "web"]' \
    '.changes[0].before == null and .changes[0].after.port == 8081'
  expect_untouched
}

@test "restore of what is there is no commit" {
  live
  remember
  berth restore 4
  expect 0
  expect_stderr "as it was at revision 4"
  expect_untouched
}

@test "restore --previous: the file of before the last commit; again, and it is as before" {
  live
  berth restore --previous --json
  expect_json 0 '.applied and .restored == 3 and .revision == 5'
  has api=8081 web=8090
  "$BERTH" restore --previous
  has web=8090
}

@test "no such revision, none to take back, none that is kept: no, and nothing is written" {
  berth undo
  expect 1
  expect_stderr "no commit to take back"
  berth restore --previous
  expect 1
  [ ! -e "$BERTH_REGISTRY" ]
  live
  refuses 1 restore 5
  expect_stderr "there is no revision 5: the latest is 4"
}

@test "bad input: no revision, two, words that are none" {
  local words
  for words in restore "restore 1 2" "restore x" "restore -1" "restore 1x" "restore ''" "restore 99999999999999999999" \
    "restore --previous 1" "undo 1"; do
    eval "berth $words"
    expect 2
  done
}

@test "a history that does not reach back: no, with the oldest that can be had" {
  live
  tail -n 2 "$history" >"$history.kept"
  mv "$history.kept" "$history"
  refuses 1 restore 1
  expect_stderr "does not reach back to revision 1" "revision 2"
  berth restore 2
  expect 0
  has api=8081 web=8080
  rm "$history"
  refuses 1 undo
}

@test "a torn last line of the history, and lines of no commit, are in nobody's way" {
  live
  echo '{"revision": 5, "time": "x", "user": "x", "command": "x", "changes": []}' >>"$history"
  printf '{"revision": 6, "ti' >>"$history"
  berth undo
  expect 0
  has api=8081 web=8090
  [ "$(jq -c .revision "$history" | xargs)" = "1 2 3 4 5" ]
}

@test "what an editor did meanwhile is undone too, and said" {
  live
  sed -i 's/"port": 8090/"port": 8095/' "$BERTH_REGISTRY"
  berth restore 2
  expect 0
  expect_stderr "web was changed in the file itself since revision 2"
  has api=8081 web=8080
}

@test "two services on one port: refused, both named, nothing is changed" {
  live
  # By hand: the history knows nothing of it, so it stays.
  jq '.allocations.hand = {"port": 8081}' "$BERTH_REGISTRY" >"$BATS_TEST_TMPDIR/edited"
  cat "$BATS_TEST_TMPDIR/edited" >"$BERTH_REGISTRY"
  refuses 3 undo
  expect_stderr "api and hand would both have port 8081/tcp" "hint: berth register api 8081 flexible"
  refuses 3 restore 2 --dry-run
}

@test "a port that another program has now: a warning that names it; with --strict refused" {
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080,"owner":{"exe":"/usr/sbin/web"}}}}'
  "$BERTH" release web
  listen tcp 8080
  refuses 3 undo --strict
  expect_stderr "web: port 8080/tcp is held by" "$LISTENER"
  berth undo
  expect 0
  expect_stderr "warning: web: port 8080/tcp is held by" "$LISTENER" "berth register web 8080 flexible"
  has web=8080
}

@test "a port on which something listens that may be the service itself: noted" {
  "$BERTH" register web 8080
  "$BERTH" release web
  listen tcp 8080
  berth undo --strict
  expect 0
  expect_stderr "taken to be web itself"
}

@test "a broken registry: restore is the way back; the broken file is kept, undo is not for that" {
  live
  echo '{"schema": 1, "revi' >"$BERTH_REGISTRY"
  refuses 6 undo
  refuses 1 restore 9
  berth restore 4
  expect 0
  expect_stderr "back to revision 4, as revision 5"
  has web=8090
  [ "$(<"$BERTH_REGISTRY.broken")" = '{"schema": 1, "revi' ]
  berth restore 1
  expect 0
  has web=8080
  [ "$(jq -c .revision "$history" | xargs)" = "1 2 3 4 5 6" ]
}

@test "a registry that was removed comes back" {
  live
  rm "$BERTH_REGISTRY"
  refuses 1 undo
  berth restore 3
  expect 0
  has api=8081 web=8090
  rm "$BERTH_REGISTRY"
  "$BERTH" restore --previous
  has api=8081 web=8090
}

@test "a registry of a newer berth is not restored over" {
  live
  write_registry <<<'{"schema": 2}'
  refuses 6 restore --previous
  refuses 6 restore 1
  expect_stderr "update berth"
}

@test "no permission: 8, nothing is changed" {
  live
  chmod -R go+rX "$BATS_TEST_TMPDIR/registry"
  cp -r "$BATS_TEST_TMPDIR/registry" /opt/registry
  NOBODYS_REGISTRY=/opt/registry/port_allocation.json as_nobody undo
  expect 8
}
