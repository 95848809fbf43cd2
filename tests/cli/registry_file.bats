#!/usr/bin/env bats
# The registry file: what a person or another program made of it, and what is left beside it.

load berth
load checks
private_namespaces

# Three services, one of each shape.
some_services() { "$BERTH" register --batch - <<<$'web 8080\nkeycloak 8080\nmedia 127.0.0.1:10000-10100/udp fixed' >/dev/null; }

# rewritten JQ-OPTION...: the file as jq prints it.
rewritten() {
  jq "$@" "$BERTH_REGISTRY" >"$BATS_TEST_TMPDIR/rewritten"
  cat "$BATS_TEST_TMPDIR/rewritten" >"$BERTH_REGISTRY"
}

# every_command STATUS: all that read the registry end so, print nothing, and leave it alone.
every_command() {
  local words
  for words in "get web" "get web 80" list "list --plain" "register new 9000" "register web 8080" "release web" \
    "release --all" "free 9000" "next 9000" "who 9000" "explain web" history undo "migrate --yes" "register new 9000 --dry-run"; do
    # shellcheck disable=SC2086 # words
    refuses "$1" $words || { echo "with: $words"; return 1; }
  done
}

@test "its form: sorted, an allocation a line, a newline at the end" {
  some_services
  run sed 's/"20[^"]*Z"/"TIME"/' "$BERTH_REGISTRY"
  expect 0 '{
  "schema": 1,
  "revision": 1,
  "allocations": {
    "keycloak": {"port": 8081, "protocol": "tcp", "kind": "flexible", "preferred": 8080, "since": "TIME"},
    "media": {"address": "127.0.0.1", "port": 10000, "last": 10100, "protocol": "udp", "kind": "fixed", "preferred": 10000, "since": "TIME"},
    "web": {"port": 8080, "protocol": "tcp", "kind": "flexible", "preferred": 8080, "since": "TIME"}
  }
}'
  [ "$(tail -c 1 "$BERTH_REGISTRY" | od -An -tx1)" = " 0a" ]
}

@test "pretty-printed, compacted, with tabs, sorted, by jq: reads the same" {
  some_services
  local before form
  before=$("$BERTH" list --json)
  for form in "--indent 7" --compact-output --tab --sort-keys --ascii-output; do
    # shellcheck disable=SC2086 # words
    rewritten $form .
    berth list --json
    expect 0 "$before"
  done
}

@test "reordered by hand, with blanks and escapes: reads the same, and is put in order by the next commit" {
  write_registry <<'REGISTRY'

  { "allocations" : { "web" : { "kind":"flexible" , "preferred":8080,"protocol":"tcp"
  ,"port":8080 },"\u0061pi":{"port":8081,"protocol":"tcp","kind":"fixed"} } , "revision":7,"schema":1 }
REGISTRY
  berth get web
  expect 0 8080
  berth get api
  expect 0 8081
  berth register web 8080 flexible
  expect 0 8080
  berth register new 9000
  expect 0 9000
  [ "$(jq -c '[.revision, (.allocations | keys_unsorted)]' "$BERTH_REGISTRY")" = '[8,["api","new","web"]]' ]
}

@test "an allocation needs a port alone" {
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":8080}}}'
  berth get web --json
  expect_json 0 '.port == 8080 and .address == "*" and .protocol == "tcp" and .kind == "flexible"'
}

@test "unknown fields survive every kind of commit" {
  write_registry <<<'{"schema":1,"revision":1,"site":{"name":"b","n":[1,2.50,null,true]},"allocations":{
    "web":{"port":8080,"protocol":"tcp","kind":"flexible","preferred":8080,"note":"caf\u00e9","x":{"y":[]}},
    "old":{"port":8081,"colour":"blue"}}}'
  local unknown='[.site, .allocations.web.note, .allocations.web.x, .allocations.old.colour]' before
  before=$(jq -c "$unknown" "$BERTH_REGISTRY")
  "$BERTH" register new 9000
  "$BERTH" register web 8090
  "$BERTH" register old 8081 fixed
  "$BERTH" release new
  [ "$(jq -c "$unknown" "$BERTH_REGISTRY")" = "$before" ]
  [ "$(recorded .revision)" = 5 ]
}

@test "rm starts anew" {
  some_services
  rm "$BERTH_REGISTRY"
  berth list --json
  expect_json 0 '.revision == 0 and .allocations == []'
  berth register new 8080 fixed
  expect 0 8080
  [ "$(jq -c '[.revision, (.allocations | keys)]' "$BERTH_REGISTRY")" = '[1,["new"]]' ]
}

@test "a folder that is not there is made, with those above it" {
  BERTH_REGISTRY=$BATS_TEST_TMPDIR/a/b/c/ports.json
  berth get web
  expect 1
  [ ! -e "$BATS_TEST_TMPDIR/a" ]
  berth register web 8080
  expect 0 8080
  berth get web
  expect 0 8080
}

@test "the registry before the last commit is kept beside it" {
  "$BERTH" register web 8080
  cp "$BERTH_REGISTRY" "$BATS_TEST_TMPDIR/before"
  "$BERTH" register api 8081
  cmp "$BERTH_REGISTRY.previous" "$BATS_TEST_TMPDIR/before"
  [ "$(cd "${BERTH_REGISTRY%/*}" && echo *)" = \
    "port_allocation.history.jsonl port_allocation.json port_allocation.json.lock port_allocation.json.previous" ]
}

@test "empty, of blanks, torn, with NUL bytes, no JSON: 6, untouched" {
  local text
  for text in '' ' ' '\n\n' '{' '{"schema": 1, "revision": 1, "alloc' '\0\0\0\0' '{"schema":1,"revision":1,"allocations":{}}\0\0' \
    garbage ',"x":7000}' '{"w":}' '{"schema":1,"revision":1,"allocations":{}} {}' "{'schema':1}" '{"a":8080,}' '// x\n{}' \
    '\xef\xbb\xbf{"a":8080}' '{"a\xff":8080}'; do
    # shellcheck disable=SC2059 # with escapes
    printf "$text" >"$BERTH_REGISTRY"
    refuses 6 list
    refuses 6 register new 9000
    expect_stderr "$BERTH_REGISTRY"
  done
}

@test "cut off at any byte: 6, untouched" {
  some_services
  local whole size
  whole=$(wc -c <"$BERTH_REGISTRY")
  cp "$BERTH_REGISTRY" "$BATS_TEST_TMPDIR/whole"
  for ((size = 0; size < whole - 2; size += 13)); do
    head -c "$size" "$BATS_TEST_TMPDIR/whole" >"$BERTH_REGISTRY"
    refuses 6 get web
    refuses 6 register new 9000
  done
}

@test "names that are there twice: 6, untouched, named" {
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":1},"web":{"port":2}}}'
  refuses 6 register new 9000
  expect_stderr "'web'" twice
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":{"port":1,"port":2}}}'
  refuses 6 register new 9000
  write_registry <<<'{"web":8080,"web":8081}'
  refuses 6 register new 9000
  write_registry <<<'{"schema":1,"revision":1,"allocations":{},"allocations":{}}'
  refuses 6 register new 9000
}

@test "of a newer schema: 6, untouched; the way on is another one than starting anew" {
  write_registry <<<'{"schema":2,"revision":1,"allocations":{"web":{"port":8080}}}'
  every_command 6
  expect_stderr newer "schema 2" update
  [[ $stderr != *"rm "* ]]
}

@test "of wrong types: 6, untouched" {
  local text
  for text in '[]' 'null' '1' '"x"' '{"schema":"1","revision":1,"allocations":{}}' '{"schema":0,"revision":1,"allocations":{}}' \
    '{"schema":1,"allocations":{}}' '{"schema":1,"revision":1}' '{"revision":1,"allocations":{}}' \
    '{"schema":1,"revision":"1","allocations":{}}' '{"schema":1,"revision":-1,"allocations":{}}' \
    '{"schema":1,"revision":1.5,"allocations":{}}' '{"schema":1,"revision":1,"allocations":[]}' \
    '{"schema":1,"revision":1,"allocations":null}'; do
    write_registry <<<"$text"
    refuses 6 register new 9000
  done
}

@test "with an allocation of wrong types: 6, untouched, the service named" {
  local allocation
  for allocation in 8080 null '[]' '{}' '{"port":"8080"}' '{"port":0}' '{"port":65536}' '{"port":-1}' '{"port":80.5}' '{"port":8e1}' \
    '{"port":80,"last":79}' '{"port":80,"last":"81"}' '{"port":80,"protocol":"sctp"}' '{"port":80,"protocol":6}' \
    '{"port":80,"kind":"maybe"}' '{"port":80,"address":"localhost"}' '{"port":80,"address":1}' '{"port":80,"preferred":"x"}' \
    '{"port":80,"since":1}' '{"port":80,"owner":"nginx"}' '{"port":80,"owner":{"exe":"a","unit":"b"}}'; do
    write_registry <<<'{"schema":1,"revision":1,"allocations":{"web":'"$allocation"'}}'
    refuses 6 register new 9000
    expect_stderr "'web'"
  done
}

@test "an old registry with what is no port: 6, untouched, the service named" {
  local port
  for port in 0 70000 '"abc"' null 80.5 '{}' true; do
    write_registry <<<'{"web":8080,"odd":'"$port"'}'
    refuses 6 register new 9000
    expect_stderr "'odd'"
  done
}

@test "broken: every command says so" {
  some_services
  echo '{' >"$BERTH_REGISTRY"
  every_command 6
}

@test "broken: the message says where" {
  printf '{\n  "schema": 1,\n  "revision": x\n}\n' >"$BERTH_REGISTRY"
  berth list
  expect 6
  expect_stderr "$BERTH_REGISTRY" "line 3"
}

@test "broken: the message has the ways back, and each works" {
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  echo '{' >"$BERTH_REGISTRY"
  berth get web
  expect 6
  expect_stderr "revision 1" "revision 2" "rm "
  local goal web api
  cp -r "${BERTH_REGISTRY%/*}" "$BATS_TEST_TMPDIR/broken"
  PATH=$BATS_TEST_TMPDIR:$PATH
  ln -s "$BERTH" "$BATS_TEST_TMPDIR/berth"
  while read -r goal web api; do
    rm -r "${BERTH_REGISTRY%/*}"
    cp -r "$BATS_TEST_TMPDIR/broken" "${BERTH_REGISTRY%/*}"
    bash -c "$(grep -o "berth restore $goal --registry [^ ]*" <<<"$stderr")" 2>/dev/null
    [ "$("$BERTH" get web 1)" = "$web" ]
    [ "$("$BERTH" get api 1)" = "$api" ]
  done <<<$'--previous 8080 1\n2 8080 8081'
}

@test "broken: where nothing good is kept, rm alone is the way, and it works" {
  echo '{' >"$BERTH_REGISTRY"
  echo '{' >"$BERTH_REGISTRY.previous"
  berth get web
  expect 6
  [[ $stderr != *"restore"* ]]
  bash -c "$(grep -o "rm [^ ]*" <<<"$stderr")"
  berth register web 8080
  expect 0 8080
}

@test "no regular file: a folder, a device, a pipe: 6" {
  local path
  mkfifo /opt/pipe
  for path in /opt /dev/null /dev/zero /opt/pipe; do
    berth list --registry "$path"
    expect 6
    berth register web 8080 --registry "$path"
    expect 6
    expect_stderr "$path"
  done
}

@test "an old registry: the flat format reads, and the first commit gives it the present form" {
  write_registry <<<'{"keycloak":8080,"gitea": "3000"}'
  remember
  berth get keycloak
  expect 0 8080
  berth list --json
  expect_json 0 '[.allocations[] | "\(.service) \(.port) \(.preferred)"] == ["gitea 3000 null", "keycloak 8080 null"]'
  berth register keycloak 8080 --dry-run
  expect 0 8080
  expect_untouched
  berth register new 8080
  expect 0 8081
  [ "$(jq -c '[.schema, .revision, (.allocations | map_values(.port))]' "$BERTH_REGISTRY")" = \
    '[1,1,{"gitea":3000,"keycloak":8080,"new":8081}]' ]
  [ "$(<"$BERTH_REGISTRY.old")" = '{"keycloak":8080,"gitea": "3000"}' ]
}

@test "an old registry: the old file is kept for good" {
  write_registry <<<'{"keycloak":8080}'
  "$BERTH" register one 9000
  "$BERTH" register two 9001
  "$BERTH" register three 9002
  [ "$(<"$BERTH_REGISTRY.old")" = '{"keycloak":8080}' ]
}

@test "an old registry: the format by port reads, its other fields survive" {
  write_registry <<<'{"last_updated":"2024","ports_in_use":{"8080":{"service":"keycloak","type":"flexible"},"3000":{"service":"gitea"}}}'
  berth list --json
  expect_json 0 '[.allocations[] | "\(.service) \(.port)"] == ["gitea 3000", "keycloak 8080"]'
  "$BERTH" register new 9000
  [ "$(jq -c '[.last_updated, .allocations.keycloak.type]' "$BERTH_REGISTRY")" = '["2024","flexible"]' ]
}

@test "an old registry that is empty" {
  write_registry <<<'{}'
  berth list
  expect 0
  berth register web 8080
  expect 0 8080
}

@test "an old registry with two services on one port: both are kept and shown, nothing is put on top" {
  write_registry <<<'{"one":8080,"two":8080}'
  berth get one
  expect 0 8080
  berth get two
  expect 0 8080
  refuses 3 register three 8080 fixed
  berth register three 8080
  expect 0 8081
  berth register two 8080 flexible
  expect 0 8082
  berth register one 8080 fixed
  expect 0 8080
}

@test "a symbolic link: what it links to is replaced, and the link stays" {
  mkdir "$BATS_TEST_TMPDIR/elsewhere"
  ln -s ../elsewhere/real.json "$BERTH_REGISTRY"
  berth register web 8080
  expect 0 8080
  [ -L "$BERTH_REGISTRY" ]
  [ -f "$BATS_TEST_TMPDIR/elsewhere/real.json" ]
  berth register api 8080
  expect 0 8081
  berth get web
  expect 0 8080
  [ "$(ls "${BERTH_REGISTRY%/*}")" = port_allocation.json ]
  [ -e "$BATS_TEST_TMPDIR/elsewhere/real.json.previous" ]
}

@test "a symbolic link: two names of one registry have one lock" {
  "$BERTH" register web 8080
  ln -s "$BERTH_REGISTRY" "$BATS_TEST_TMPDIR/linked.json"
  lock_registry
  BERTH_REGISTRY=$BATS_TEST_TMPDIR/linked.json berth register api 8080 --wait 0
  expect 5
}

@test "a symbolic link to a link, or to itself, is not followed" {
  ln -s "$BERTH_REGISTRY" "$BATS_TEST_TMPDIR/one"
  ln -s "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
  ln -s loop "$BATS_TEST_TMPDIR/loop"
  local link
  for link in two loop; do
    berth register web 8080 --registry "$BATS_TEST_TMPDIR/$link"
    expect 6
    expect_stderr "$BATS_TEST_TMPDIR/$link"
  done
}

@test "mode and owner stay as they are, whatever the umask" {
  some_services
  chmod 664 "$BERTH_REGISTRY"
  if setpriv --reuid 65534 --clear-groups true 2>/dev/null; then chown 65534:65533 "$BERTH_REGISTRY"; fi
  local before
  before=$(stat -c '%a %u %g' "$BERTH_REGISTRY")
  umask 077
  "$BERTH" register new 9000
  [ "$(stat -c '%a %u %g' "$BERTH_REGISTRY")" = "$before" ]
}

@test "what a writer left behind that died is in nobody's way" {
  some_services
  echo torn >"$BERTH_REGISTRY.tmp"
  berth register new 9000
  expect 0 9000
  [ ! -e "$BERTH_REGISTRY.tmp" ]
  rm "$BERTH_REGISTRY.lock"
  berth register newer 9001
  expect 0 9001
}
