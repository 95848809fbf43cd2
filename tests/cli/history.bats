#!/usr/bin/env bats
# berth history: every change, when, by whom and what.

load berth
load checks
private_namespaces

# A registry with some past.
live() {
  "$BERTH" register web 8080
  "$BERTH" register api 8080
  "$BERTH" register web 8090 fixed
  "$BERTH" register --batch - <<<$'one 9000\ntwo 9000'
  "$BERTH" release api
} &>/dev/null

setup() {
  setup_registry
  history=${BERTH_REGISTRY%.json}.history.jsonl
}

@test "nothing yet: no answer, exit 0" {
  berth history
  expect 0
  berth history --json
  expect_json 0 '.commits == []'
}

@test "every commit, the oldest first" {
  live
  berth history
  expect_status 0
  expect_output "register web 8080" "web: 8080/tcp" "register api 8080" 8081 "register web 8090 fixed" "8090/tcp" \
    "one: 9000/tcp" "two: 9001/tcp" "release api" "$(id -un)"
  [ "$(grep -o '^[0-9]*' <<<"$output" | xargs)" = "1 2 3 4 5" ]
}

@test "of one service" {
  live
  berth history api
  expect_status 0
  [ "$(grep -o '^[0-9]*' <<<"$output" | xargs)" = "2 5" ]
  berth history two
  [ "$(grep -o '^[0-9]*' <<<"$output" | xargs)" = 4 ]
  [[ $output != *one:* ]]
  berth history nobody
  expect 0
}

@test "in JSON: revision, time, user, command, before, after, decision, skipped" {
  live
  berth history --json
  expect_json 0 '[.commits[].revision] == [1, 2, 3, 4, 5]' '.commits | all(.time | test("^20.*Z$"))' \
    ".commits | all(.user == \"$(id -un)\")" '.commits[1].command == "register api 8080"' \
    '.commits[0].changes[0] | .service == "web" and .before == null and .after.port == 8080 and .decision == "preferred"' \
    '.commits[1].changes[0] | .decision == "moved" and .skipped[0].port == 8080' \
    '.commits[2].changes[0] | .before.port == 8080 and .after.port == 8090 and .after.kind == "fixed"' \
    '[.commits[3].changes[].service] == ["one", "two"]' '.commits[4].changes[0] | .before.port == 8081 and .after == null'
}

@test "plain: one line a change" {
  live
  berth history --plain
  expect_status 0
  [ "${#lines[@]}" = 6 ]
  [ "$(cut -f 1 <<<"$output" | xargs)" = "1 2 3 4 4 5" ]
  [ "$(awk -F '\t' '{ print NF }' <<<"$output" | sort -u)" = 4 ]
}

@test "on the disk: one JSON line a commit, as the registry has it" {
  live
  [ "$(jq -c .revision "$history" | xargs)" = "1 2 3 4 5" ]
  [ "$(recorded .revision)" = 5 ]
}

@test "what was refused, kept or only asked is no commit" {
  live
  remember
  "$BERTH" register web 8090 fixed
  "$BERTH" register api 8090 fixed || true
  "$BERTH" register api 8090 --dry-run
  "$BERTH" get api || true
  "$BERTH" next 8080
  expect_untouched
}

@test "lines of a commit that never came to be are left out, and written over" {
  live
  echo '{"revision": 6, "time": "x", "user": "x", "command": "x", "changes": []}' >>"$history"
  berth history --json
  expect_json 0 '[.commits[].revision] == [1, 2, 3, 4, 5]'
  "$BERTH" register new 7000
  berth history --json
  expect_json 0 '[.commits[].revision] == [1, 2, 3, 4, 5, 6]' '.commits[5].command == "register new 7000"'
}

@test "a torn end is left out, and written over" {
  live
  printf '{"revision": 6, "time": "2026' >>"$history"
  berth history --json
  expect_json 0 '.commits | length == 5'
  "$BERTH" register new 7000
  berth history --json
  expect_json 0 '[.commits[].revision] == [1, 2, 3, 4, 5, 6]'
  [ "$(jq -c .revision "$history" | xargs)" = "1 2 3 4 5 6" ]
}

@test "odd lines in it stop nobody" {
  live
  printf 'garbage\n\n[]\n{}\n{"revision":"x"}\n' >>"$history"
  berth history --json
  expect_json 0 '.commits | length == 5'
  berth register new 7000
  expect 0 7000
  berth explain new
  expect_output "register new 7000"
}

@test "after rm of the registry it begins anew" {
  live
  rm "$BERTH_REGISTRY"
  berth history
  expect 0
  "$BERTH" register new 7000
  berth history --json
  expect_json 0 '[.commits[] | "\(.revision) \(.command)"] == ["1 register new 7000"]'
}

@test "after rm of the history everything else goes on" {
  live
  rm "$history"
  berth history
  expect 0
  berth explain web
  expect_output "web has 8090/tcp"
  "$BERTH" register new 7000
  berth history --json
  expect_json 0 '[.commits[].revision] == [6]'
}

@test "words that need quotes are shown as they could be typed" {
  "$BERTH" register web '[::1]:8080' --within '8080-8090'
  berth history
  expect_output "register web '[::1]:8080' --within 8080-8090"
}
