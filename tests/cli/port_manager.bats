#!/usr/bin/env bats
# scripts/port_manager.sh: sourced and run, from odd places and under strict options.

load berth
private_namespaces

setup() {
  setup_registry
  checkout="$BATS_TEST_TMPDIR/a check out:1"
  a_checkout "$checkout"
  port_manager=$checkout/scripts/port_manager.sh
}

# sourced TEXT...: a strict bash script that sources the port manager and goes on with TEXT, a line each.
sourced() {
  printf '%s\n' 'set -euo pipefail' "source '$port_manager'" "$@" >"$BATS_TEST_TMPDIR/script.sh"
  run --separate-stderr bash "$BATS_TEST_TMPDIR/script.sh"
}

@test "sourced: register_port prints the port that was asked for" {
  sourced 'register_port web 8080 flexible'
  expect 0 8080
}

@test "sourced: register_port takes no kind for flexible" {
  listen tcp 8080
  sourced 'register_port web 8080'
  expect 0 8081
}

@test "sourced: register_port keeps a service's port" {
  listen tcp 8080
  sourced 'register_port web 8080 flexible' 'register_port web 8080 flexible'
  expect 0 $'8081\n8081'
}

@test "sourced: get_port prints a service's port, else the default" {
  sourced 'register_port web 8080 flexible' 'get_port web 9999' 'get_port unknown 9999'
  expect 0 $'8080\n8080\n9999'
}

@test "sourced: get_port without a default ends with 1 when there is no such service" {
  sourced 'get_port unknown || echo "exit $?"'
  expect 0 'exit 1'
}

@test "sourced: list_ports names services and ports" {
  sourced 'register_port web 8080 flexible >/dev/null' 'list_ports'
  expect_status 0
  expect_output web 8080
}

@test "sourced: is_port_free says yes by its exit code alone" {
  sourced 'is_port_free 8080'
  expect 0
  [ -z "$stderr" ]
}

@test "sourced: is_port_free says no by its exit code alone" {
  listen tcp 8080
  sourced 'if is_port_free 8080; then echo free; else echo "exit $?"; fi'
  expect 0 'exit 1'
  [ -z "$stderr" ]
}

@test "sourced: is_port_free says no for a port that is allocated and idle" {
  sourced 'register_port web 8080 flexible >/dev/null' 'is_port_free 8080 || echo "exit $?"'
  expect 0 'exit 1'
}

@test "sourced: get_next_available_port passes over what is held and what is allocated, and records nothing" {
  listen tcp 8080
  sourced 'register_port web 8081 flexible >/dev/null' 'get_next_available_port 8080' 'get_next_available_port 8080'
  expect 0 $'8082\n8082'
  [ "$(recorded '.allocations | keys | join(" ")')" = web ]
}

@test "sourced: a refusal ends a strict script, with nothing on stdout" {
  sourced 'register_port one 8080 fixed >/dev/null' 'PORT=$(register_port two 8080 fixed)' 'echo "not reached"'
  expect 3
  expect_stderr one
}

@test "sourced: bad input ends with 2" {
  sourced 'register_port web abc || echo "exit $?"'
  expect 0 'exit 2'
  expect_stderr abc
}

@test "sourced: options of berth go along" {
  sourced 'register_port web 8080 flexible --within 8000-8100 --json | jq -r .port'
  expect 0 8080
}

@test "sourced: PORT_DB names the registry, though it is not exported and cannot be changed" {
  unset BERTH_REGISTRY
  sourced "readonly PORT_DB='$BATS_TEST_TMPDIR/old.json'" 'register_port web 8080 flexible'
  expect 0 8080
  [ "$(jq .allocations.web.port "$BATS_TEST_TMPDIR/old.json")" = 8080 ]
}

@test "sourced: nothing but functions and variables of ours is added, and no option, trap, directory or IFS changed" {
  local state='{ declare -F; compgen -v; set -o; shopt; trap -p; pwd; printf "%q\n" "$IFS" "$-" "$@"; alias; umask; }'
  state+=' | grep -vx "_\|BASH_LINENO\|FUNCNAME\|PIPESTATUS\|before\|after"'
  sourced 'set -- one two' "trap 'true' EXIT" "IFS=\$'\\n\\t'" 'before=$('"$state"')' "source '$port_manager'" \
    'after=$('"$state"')' 'diff <(echo "$before") <(echo "$after")'
  expect 0
  printf '%s\n' 'set -u' 'before=$('"$state"')' "source '$port_manager'" 'after=$('"$state"')' \
    'diff <(echo "$before") <(echo "$after") | sed -n "s/^[<>] //p" | sort' >"$BATS_TEST_TMPDIR/fresh.sh"
  run bash "$BATS_TEST_TMPDIR/fresh.sh"
  run grep -v '^berth_\|^declare -f berth_' <<<"$output"
  expect 0 "$(printf 'declare -f %s\n' get_next_available_port get_port is_port_free list_ports register_port)"
}

@test "sourced: calling the functions changes nothing either" {
  local state='{ declare -F; compgen -v; set -o; shopt; trap -p; pwd; printf "%q\n" "$IFS" "$-"; declare -x; }'
  state+=' | grep -vx "_\|BASH_LINENO\|FUNCNAME\|PIPESTATUS\|before\|after\|berth_[a-z]*\|declare -x _=.*"'
  sourced 'before=$('"$state"')' 'register_port web 8080 >/dev/null; is_port_free 9000; list_ports >/dev/null' \
    'after=$('"$state"')' 'diff <(echo "$before") <(echo "$after")'
  expect 0
}

@test "sourced: twice is as good as once" {
  sourced "source '$port_manager'" 'register_port web 8080 flexible'
  expect 0 8080
}

@test "sourced: by a relative path, from another directory, which is left afterwards" {
  mkdir "$checkout/elsewhere"
  cd "$checkout/elsewhere"
  run --separate-stderr bash -euc 'source ../scripts/port_manager.sh; cd /; register_port web 8080 flexible'
  expect 0 8080
}

@test "sourced: through a symbolic link" {
  ln -s "$port_manager" "$BATS_TEST_TMPDIR/linked.sh"
  port_manager=$BATS_TEST_TMPDIR/linked.sh sourced 'register_port web 8080 flexible'
  expect 0 8080
}

@test "sourced: with its own name as \$0" {
  run --separate-stderr bash -c '. "$0"; register_port web 8080 flexible' "$port_manager"
  expect 0 8080
}

@test "sourced: the caller's functions and aliases of the name berth are not called" {
  sourced 'berth() { echo wrong; }' 'shopt -s expand_aliases' 'alias berth="echo wrong"' "source '$port_manager'" \
    'register_port web 8080 flexible'
  expect 0 8080
}

@test "sourced: by dash, with berth on PATH" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  ln -s "$BERTH" "$BATS_TEST_TMPDIR/bin/berth"
  run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin:$PATH" \
    dash -euc ". '$port_manager'; register_port web 8080 flexible; get_port web; is_port_free 9000"
  expect 0 $'8080\n8080'
}

@test "run: register, get and list" {
  run --separate-stderr "$port_manager" register web 8080 flexible
  expect 0 8080
  run --separate-stderr "$port_manager" get web 9999
  expect 0 8080
  run --separate-stderr "$port_manager" list
  expect_status 0
  expect_output web 8080
}

@test "run: by dash" {
  run --separate-stderr dash "$port_manager" register web 8080 flexible
  expect 0 8080
  run --separate-stderr dash "$port_manager" get web 9999
  expect 0 8080
}

@test "run: by bash" {
  run --separate-stderr bash "$port_manager" register web 8080 flexible
  expect 0 8080
}

@test "run: by dash, with berth on PATH alone" {
  rm -r "$checkout/build" "$checkout/berth"
  mkdir "$BATS_TEST_TMPDIR/bin"
  ln -s "$BERTH" "$BATS_TEST_TMPDIR/bin/berth"
  run --separate-stderr env PATH="/nowhere::$BATS_TEST_TMPDIR/bin:$PATH" dash "$port_manager" register web 8080 flexible
  expect 0 8080
}

@test "run: from another directory, by a relative path" {
  cd "$checkout/scripts"
  run --separate-stderr ./port_manager.sh register web 8080 flexible
  expect 0 8080
  run --separate-stderr dash port_manager.sh get web
  expect 0 8080
}

@test "run: through a symbolic link of another name" {
  ln -s "$port_manager" "$BATS_TEST_TMPDIR/ports"
  local shell
  for shell in dash bash; do
    run --separate-stderr "$shell" "$BATS_TEST_TMPDIR/ports" register web 8080 flexible
    expect 0 8080
  done
}

@test "run: any other command of berth passes through, words, exit code and all" {
  run --separate-stderr "$port_manager" version
  expect 0 "$("$BERTH" version)"
  run --separate-stderr "$port_manager" next 8080 --count 2
  expect 0 $'8080\n8081'
  run --separate-stderr "$port_manager" register "not a name" 8080
  expect 2
  expect_stderr "not a name"
}

@test "run: standard input passes through" {
  run --separate-stderr "$port_manager" register --batch - <<<"web 8080 flexible"
  expect 0 'web 8080'
}

@test "installed: berth in the bin beside the folder of the script" {
  rm -r "$checkout/build" "$checkout/berth"
  mkdir "$checkout/bin"
  ln -s "$BERTH" "$checkout/bin/berth"
  sourced 'register_port web 8080 flexible'
  expect 0 8080
}

@test "installed: berth in the same folder" {
  rm -r "$checkout/build" "$checkout/berth"
  ln -s "$BERTH" "$checkout/scripts/berth"
  sourced 'register_port web 8080 flexible'
  expect 0 8080
}

@test "not built: the launcher of the checkout is called" {
  rm -r "$checkout/build"
  printf '#!/bin/sh\necho "launcher: $*"\n' >"$checkout/berth"
  sourced 'register_port web 8080 flexible'
  expect 0 'launcher: register web 8080 flexible'
}

@test "berth is missing: 127, and stderr says how to get it" {
  rm -r "$checkout/build" "$checkout/berth"
  sourced 'PORT=$(register_port web 8080 flexible) || { echo "exit $?, PORT=<$PORT>"; }'
  expect 0 'exit 127, PORT=<>'
  expect_stderr "neither near $port_manager nor on PATH" "./berth version"
  run -127 --separate-stderr dash "$port_manager" list
  expect 127
  expect_stderr "./berth version"
}

@test "berth is missing: sourcing alone says nothing" {
  rm -r "$checkout/build" "$checkout/berth"
  sourced 'echo on'
  expect 0 on
  [ -z "$stderr" ]
}

@test "a folder named berth is not taken for the program" {
  rm -r "$checkout/build" "$checkout/berth"
  mkdir "$checkout/berth" "$checkout/bin"
  ln -s "$BERTH" "$checkout/bin/berth"
  sourced 'register_port web 8080 flexible'
  expect 0 8080
}
