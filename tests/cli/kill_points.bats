#!/usr/bin/env bats
# The real program, killed before every system call that it makes: what was acknowledged is there, and the next command
# works.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  no_leak_check
  [[ -n $(type -P strace) ]] || skip "needs strace"
  strace -o /dev/null true 2>/dev/null || skip "processes may not be traced here"
  "$BERTH" register web 8080 >/dev/null
  "$BERTH" register api 8081 >/dev/null
  folder=${BERTH_REGISTRY%/*} kept=$BATS_TEST_TMPDIR/kept
}

# system_calls WORD...: "NAME NUMBER" for each system call that berth makes with these words: its NUMBERth of that name.
system_calls() {
  rm -rf "$folder"
  cp -r "$kept" "$folder"
  strace -o "$BATS_TEST_TMPDIR/trace" "$BERTH" "$@" >/dev/null 2>&1
  sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$BATS_TEST_TMPDIR/trace" | awk '{ print $1, ++count[$1] }'
}

# killed_before NAME NUMBER WORD...: berth with these words in a copy of the registry, killed before that system call.
# Leaves what it answered in $answer.
killed_before() {
  local name=$1 number=$2
  shift 2
  rm -rf "$folder"
  cp -r "$kept" "$folder"
  answer=$(exec 2>/dev/null; strace -o /dev/null -e "inject=$name:signal=KILL:when=$number" "$BERTH" "$@") || true
}

# sound: every commit has its line, once, in order, and the history leads to the registry.
sound() {
  local history=${BERTH_REGISTRY%.json}.history.jsonl
  [[ $(jq .revision "$history" | xargs) == "$(seq "$(recorded .revision)" | xargs)" ]] || return
  diff <(jq -s -S '[.[].changes[]] | reduce .[] as $c ({}; .[$c.service] = $c.after) | map_values(select(.))' "$history") \
    <(jq -S .allocations "$BERTH_REGISTRY")
}

@test "register, killed before each of its system calls" {
  cp -r "$folder" "$kept"
  local name number points=0 acknowledged=0
  while read -r name number; do
    killed_before "$name" "$number" register db 5432
    points=$((points + 1))
    [ "$("$BERTH" get web)" = 8080 ]
    [ "$("$BERTH" get api)" = 8081 ]
    [[ -z $answer ]] || { acknowledged=$((acknowledged + 1)); [ "$("$BERTH" get db)" = 5432 ]; }
    [ "$("$BERTH" register next 9000 --wait 0)" = 9000 ]
    [ ! -e "$BERTH_REGISTRY.tmp" ]
    ((points % 4)) || sound || { echo "killed before $name $number"; return 1; }
  done < <(system_calls register db 5432)
  echo "# kill points: $points, of these after the answer: $acknowledged, lost: 0" >&3
  ((points > 50))
}

@test "the first register, and the one over an old registry, killed before each call that changes files" {
  local name number text points=0
  for text in '' '{"web":8080,"api":8081}'; do
    rm -rf "$folder" "$kept"
    mkdir "$folder"
    [[ -z $text ]] || echo "$text" >"$BERTH_REGISTRY"
    cp -r "$folder" "$kept"
    while read -r name number; do
      killed_before "$name" "$number" register db 5432
      points=$((points + 1))
      [[ -z $text ]] || [ "$("$BERTH" get web)" = 8080 ]
      [[ -z $answer ]] || [ "$("$BERTH" get db)" = 5432 ]
      [ "$("$BERTH" register next 9000 --wait 0)" = 9000 ]
      [[ -z $text ]] || [ "$(<"$BERTH_REGISTRY.old")" = "$text" ]
    done < <(system_calls register db 5432 | grep -E '^(openat|write|link|rename|unlink|f(data)?sync|fchmod|ftruncate|mkdir|flock) ')
  done
  echo "# kill points: $points, lost: 0" >&3
}

@test "restore of a broken registry, killed before each call that changes files: broken still, or restored" {
  echo '{' >"$BERTH_REGISTRY"
  cp -r "$folder" "$kept"
  local name number points=0
  while read -r name number; do
    killed_before "$name" "$number" restore 2
    points=$((points + 1))
    [ "$(<"$BERTH_REGISTRY")" = '{' ] || [ "$("$BERTH" get api)" = 8081 ]
    "$BERTH" restore 2 --wait 0 2>/dev/null
    [ "$("$BERTH" get web)" = 8080 ]
    [ "$("$BERTH" get api)" = 8081 ]
    [ "$(<"$BERTH_REGISTRY.broken")" = '{' ]
  done < <(system_calls restore 2 | grep -E '^(openat|write|link|rename|unlink|f(data)?sync|fchmod|ftruncate|flock) ')
  echo "# kill points: $points, lost: 0" >&3
}
