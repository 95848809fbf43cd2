#!/usr/bin/env bats
# What the README shows is what happens.

load berth
private_namespaces

# The lines of the README's console blocks.
console() { awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/README.md"; }

# What differs from run to run, as the README has it.
as_in_readme() {
  sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/2026-11-22T18:00:00Z/g' -e 's/pid [0-9]+/pid 812/g' \
    -e 's#/[^ ,;]*/python3[0-9.]*#/usr/bin/python3.11#g'
}

# A listener as in the tour, which a `&` would not wait for.
python3() { [[ "$*" == "-m http.server 8000 --bind 127.0.0.1" ]] && listen tcp 8000 127.0.0.1; }

@test "the tour prints what the README says" {
  local line command='' expected='' got
  # shellcheck disable=SC2317 # called by eval
  berth() { "$BERTH" "$@"; }
  compare() {
    [[ -n $command ]] || return 0
    if [[ $command == *' &' ]]; then
      eval "${command% &}"
      got=''
    else
      got=$(eval "$command" 2>&1 | as_in_readme)
    fi
    [[ $got == "${expected%$'\n'}" ]] || { printf '$ %s\nREADME:\n%s\ngot:\n%s\n' "$command" "$expected" "$got"; return 1; }
  }
  while IFS= read -r line; do
    if [[ $line == '$ '* ]]; then
      compare
      command=${line#??} expected=''
    else
      expected+=$line$'\n'
    fi
  done < <(console)
  compare
  [[ -n $command ]]
}

@test "every command of the help is in the README" {
  local name
  for name in $("$BERTH" help | awk '/^  berth / { print $2 }'); do
    grep -qE "berth $name( |\`)" "$ROOT/README.md" || { echo "missing: $name"; return 1; }
  done
}

@test "the batch of the README is accepted" {
  run --separate-stderr bash -c "$(awk '/^berth register --batch - <</ { on = 1 } on && /^```$/ { exit } on' "$ROOT/README.md" |
    sed "s#^berth #'$BERTH' #")"
  expect 0 "keycloak 8080
keycloak/admin 9990
jitsi/media 10000-10100"
}
