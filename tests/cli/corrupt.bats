#!/usr/bin/env bats
# A corrupt registry is not an empty one, and not another one: the real program.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  "$BERTH" register --batch - <<<$'web 8080\nkeycloak 8080\nmedia 127.0.0.1:10000-10100/udp fixed' >/dev/null
  "$BERTH" register api 9000 >/dev/null
}

@test "mutations at random: read as another reader of JSON does, or refused (6) and left as they are" {
  run --separate-stderr python3 "$ROOT/tests/cli/corrupt.py" "$BERTH" "$BERTH_REGISTRY" "${BERTH_MUTATIONS:-100}"
  echo "# mutations: $output" >&3
  expect_status 0
}

@test "a hundred megabytes: 6, untouched, and the way back works" {
  truncate -s 100M "$BERTH_REGISTRY"
  local words
  for words in "get web" list "register new 9001" "release web" undo; do
    # shellcheck disable=SC2086 # words
    berth $words
    expect 6
  done
  [ "$(stat -c %s "$BERTH_REGISTRY")" = 104857600 ]
  expect_stderr "mv $BERTH_REGISTRY $BERTH_REGISTRY.broken" "berth restore --previous"
  PATH=$BATS_TEST_TMPDIR:$PATH
  ln -s "$BERTH" "$BATS_TEST_TMPDIR/berth"
  bash -c "$(grep -oE '(mv|berth restore) [^ ]*( --registry)? [^ ]*' <<<"$stderr")" 2>/dev/null
  berth get web
  expect 0 8080
}

@test "nested deeply: 6, untouched" {
  local text
  text=$(head -c 200000 /dev/zero | tr '\0' '[')
  printf %s "$text" >"$BERTH_REGISTRY"
  refuses 6 list
  printf '{"schema":1,"revision":1,"allocations":{"web":%s' "$text" >"$BERTH_REGISTRY"
  refuses 6 register new 9001
}

@test "every page of it lost, or full of zeros: 6, untouched" {
  local size
  cp "$BERTH_REGISTRY" "$BATS_TEST_TMPDIR/whole"
  for size in 0 1 100 300; do
    head -c "$size" "$BATS_TEST_TMPDIR/whole" >"$BERTH_REGISTRY"
    truncate -s 512 "$BERTH_REGISTRY"
    refuses 6 get web
    refuses 6 register new 9001
    expect_stderr "berth restore"
  done
}

@test "a history of noise stops nobody" {
  head -c 300000 /dev/urandom >"${BERTH_REGISTRY%.json}.history.jsonl"
  berth register new 9001
  expect 0 9001
  berth history new
  expect_status 0
  expect_output "register new 9001"
}

@test "a history of two gigabytes stops nobody" {
  truncate -s 2G "${BERTH_REGISTRY%.json}.history.jsonl"
  echo >>"${BERTH_REGISTRY%.json}.history.jsonl"
  berth register new 9001
  expect 0 9001
  berth history
  expect_status 0
  expect_output "register new 9001"
  berth undo
  expect 0
}
