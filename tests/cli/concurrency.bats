#!/usr/bin/env bats
# Many at once: no port is given twice, nothing is lost, and nobody ever reads half a registry.

load berth
load checks
private_namespaces

# at_once COUNT COMMAND...: as many times, with {} replaced by 1 to COUNT, all started before the first is waited for.
at_once() {
  local count=$1 number
  shift
  for ((number = 1; number <= count; number++)); do "${@//'{}'/$number}" 3>&- & done
  wait
}

register_to_file() { "$BERTH" register "$1" "${@:2}" >"$BATS_TEST_TMPDIR/answer.$1" 2>"$BATS_TEST_TMPDIR/talk.$1"; }

# consistent: valid, no port twice, every commit in the history, once, in order, and the history leads to the registry.
consistent() {
  local history=${BERTH_REGISTRY%.json}.history.jsonl
  jq -e '[.allocations[].port] | length == (unique | length)' "$BERTH_REGISTRY" || return
  [[ $(jq .revision "$history" | xargs) == "$(seq "$(recorded .revision)" | xargs)" ]] || return
  jq -s -c '[.[].changes[]] | reduce .[] as $c ({}; .[$c.service] = $c.after) | map_values(select(.))' "$history" \
    >"$BATS_TEST_TMPDIR/replayed"
  diff <(jq -S . "$BATS_TEST_TMPDIR/replayed") <(jq -S .allocations "$BERTH_REGISTRY")
}

@test "128 services at once that prefer one port: 128 ports, 128 entries" {
  at_once 128 register_to_file 's{}' 20000 flexible
  [ "$(cat "$BATS_TEST_TMPDIR"/answer.* | sort -un | sed -n '1p;$p' | xargs)" = "20000 20127" ]
  [ "$(cat "$BATS_TEST_TMPDIR"/answer.* | sort -un | wc -l)" = 128 ]
  [ "$(jq -c '[.revision, (.allocations | length)]' "$BERTH_REGISTRY")" = '[128,128]' ]
  local number
  for number in 1 64 128; do
    [ "$(recorded ".allocations.s$number.port")" = "$(<"$BATS_TEST_TMPDIR/answer.s$number")" ]
  done
  consistent
}

@test "the same from nothing: the folder is made by whoever is first" {
  BERTH_REGISTRY=$BATS_TEST_TMPDIR/a/b/c/ports.json
  at_once 32 register_to_file 's{}' 20000 flexible
  [ "$(recorded '.allocations | length')" = 32 ]
  consistent
}

@test "the same over an old registry: it is taken over once" {
  write_registry <<<'{"old":20000}'
  at_once 32 register_to_file 's{}' 20000 flexible
  [ "$(recorded '.allocations | length')" = 33 ]
  [ "$(<"$BERTH_REGISTRY.old")" = '{"old":20000}' ]
  [ "$(recorded .allocations.old.port)" = 20000 ]
}

@test "128 services while ports are grabbed and dropped: none gets a port that was held all the time" {
  run --separate-stderr python3 "$ROOT/tests/cli/thief.py" "$BERTH" 128 20000 400
  expect_status 0
  [ "$(grep -c '^s[0-9]' <<<"$output")" = 128 ]
  [ "$(awk '/^s[0-9]/ { print $2 }' <<<"$output" | sort -u | wc -l)" = 128 ]
  # The thief was really in the way.
  [ "$(awk '/^skipped/ { print $2 }' <<<"$output")" -gt 0 ]
  [ "$(recorded '.allocations | length')" = 128 ]
  diff <(awk '/^s[0-9]/ { print $1, $2 }' <<<"$output" | sort) \
    <(jq -r '.allocations | to_entries[] | "\(.key) \(.value.port)"' "$BERTH_REGISTRY" | sort)
  consistent
}

@test "one service, many times at once: one port, one commit" {
  at_once 64 register_to_file web 8080 flexible
  berth get web
  expect 0 8080
  [ "$(recorded .revision)" = 1 ]
}

@test "two services that want one fixed port: one gets it, the other is told who" {
  try_fixed() { "$BERTH" register "$1" 8080 fixed >"$BATS_TEST_TMPDIR/answer.$1" 2>"$BATS_TEST_TMPDIR/talk.$1" || echo $? >"$BATS_TEST_TMPDIR/failed.$1"; }
  at_once 16 try_fixed 's{}'
  [ "$(cat "$BATS_TEST_TMPDIR"/answer.* | xargs)" = 8080 ]
  [ "$(cat "$BATS_TEST_TMPDIR"/failed.* | sort | uniq -c | xargs)" = "15 3" ]
  local winner
  winner=$(recorded '.allocations | keys[0]')
  [ "$(grep -l "allocated to $winner " "$BATS_TEST_TMPDIR"/talk.* | wc -l)" = 15 ]
}

@test "batches at once: each all or nothing" {
  batch() { "$BERTH" register --batch - >/dev/null 2>&1 < <(printf "b$1-%s 20000\n" 1 2 3 4 5; echo "lucky$1 30000 fixed") || true; }
  at_once 12 batch '{}'
  [ "$(recorded '.allocations | length')" = 6 ]
  consistent
}

# churn SEED: registers, moves and releases the same few services, over and over.
churn() {
  local round name
  RANDOM=$1
  for ((round = 0; round < 12; round++)); do
    name=s$((RANDOM % 6))
    case $((RANDOM % 5)) in
      0) "$BERTH" release "$name" ;;
      1) "$BERTH" register "$name" $((20000 + RANDOM % 8)) fixed ;;
      2) "$BERTH" register "$name" $((20000 + RANDOM % 8)) flexible ;;
      *) "$BERTH" register "$name" 20000 flexible ;;
    esac >/dev/null 2>&1
    case $? in
      0 | 1 | 3) ;;
      *) echo "$name: exit $?" >>"$BATS_TEST_TMPDIR/odd" ;;
    esac
  done
  return 0
}

@test "registers, moves and releases of the same services at once" {
  at_once 12 churn '{}'
  [ ! -e "$BATS_TEST_TMPDIR/odd" ] || { cat "$BATS_TEST_TMPDIR/odd"; return 1; }
  [ "$(recorded .revision)" -gt 20 ]
  consistent
}

@test "readers during all that never see half a registry, and never go back" {
  "$BERTH" register first 7000
  at_once 6 churn '{}' 3>&- &
  local writers=$! last=0 now reads=0
  while kill -0 "$writers" 2>/dev/null || ((reads < 20)); do
    now=$(jq -e .revision "$BERTH_REGISTRY")
    ((now >= last))
    last=$now
    [ "$("$BERTH" get first)" = 7000 ]
    "$BERTH" list --json | jq -e '.allocations | length > 0' >/dev/null
    "$BERTH" history --json | jq -e '[.commits[].revision] | . == [range(1; length + 1)]' >/dev/null
    reads=$((reads + 1))
  done
  wait "$writers"
  consistent
}

@test "writers that are killed at any moment lose nothing and stop nobody" {
  local round
  "$BERTH" register first 7000
  for ((round = 0; round < 60; round++)); do
    "$BERTH" register "s$round" 20000 flexible >/dev/null 2>&1 3>&- &
    sleep "0.00$((round % 6))"
    kill -KILL $! 2>/dev/null || true
    wait $! 2>/dev/null || true
  done
  berth get first
  expect 0 7000
  berth register last 7001 --wait 0
  expect 0 7001
  [ ! -e "$BERTH_REGISTRY.tmp" ]
  consistent
}
