#!/usr/bin/env bats
# Names that somebody else chose, of containers, units, processes, users, files: none reaches a terminal or a shell raw.

load berth
load checks
private_namespaces

# A terminal's colours and title, a line break, C1, text that runs from right to left, quotes, a shell's own.
readonly NASTY=$'e\e[31m\e]0;t\a\n\u009b1m\u202e\u2066\u200b\'"`$(touch\t/opt/sprung)`;|&\x7f\xff'
# The same as JSON has it.
NASTY_JSON='e\u001b[31m\u001b]0;t\u0007\n\u009b1m\u202e\u2066\u200b'"'"'\"`$(touch /opt/sprung)`;|&\u007f'

# every_command: each that may show a name, on a registry that has `web` on 8080.
every_command() {
  local words
  for words in list "list --plain" "list --json" "who 8080" "who 8000-8100" "who 8080 --json" "free 8080" "free 8081" "next 8080" check \
    "check --plain" "check --json" "explain web" "explain web --json" "register new 8080" "register fix 8080 fixed" \
    "register fix 8081 fixed --strict" "register other 8081 --explain" "migrate --dry-run" "migrate --dry-run --json" \
    "migrate --yes" list history "history --plain" "history --json" "release new" undo "restore 1" "release --all"; do
    # shellcheck disable=SC2086 # words
    berth $words
    [[ $status -ne 70 && $status -lt 100 ]] || { echo "exit $status by: $words"; return 1; }
    harmless || { echo "by: $words"; return 1; }
  done
  [[ ! -e /opt/sprung ]]
}

@test "containers and compose projects" {
  bare_machine
  # It need not be there, and must not be there afterwards.
  mount -t tmpfs none /var/lib
  local folder=/var/lib/docker/containers/a1
  mkdir -p "$folder"
  cat >"$folder/config.v2.json" <<CONTAINER
{"State":{"Running":false},"ID":"a1","Name":"/$NASTY_JSON","Config":{"Image":"$NASTY_JSON","Labels":{
  "com.docker.compose.project":"$NASTY_JSON","com.docker.compose.service":"$NASTY_JSON"}}}
CONTAINER
  echo '{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}],"81/tcp":[{"HostIp":"","HostPort":"8081"}]}}' >"$folder/hostconfig.json"
  "$BERTH" register web 8080
  berth who 8080
  [[ $output == *"container"* ]] || skip "no containers are seen here"
  every_command
}

@test "units, and their files" {
  [[ -d /etc/systemd/system ]] || skip "no systemd here"
  bare_machine
  local name=$'e\e[31m\u202e\'`$(touch x)`;'
  printf '[Socket]\nListenStream=8080\nListenStream=8081\nService=%s.service\n' "$name" >"/etc/systemd/system/$name.socket"
  printf '[Socket]\nListenStream=8082\nService=%s\n' "$NASTY" >"/etc/systemd/system/b.socket"
  mkdir -p /etc/systemd/system/sockets.target.wants
  ln -s "../$name.socket" ../b.socket /etc/systemd/system/sockets.target.wants/
  "$BERTH" register web 8080
  berth who 8080
  expect_output b.socket
  every_command
}

@test "processes: their names, programs and arguments" {
  cp "$(readlink -f /usr/bin/python3)" "/opt/${NASTY//\//}"
  exec {ready}< <(exec "/opt/${NASTY//\//}" "$ROOT/tests/cli/occupy.py" listen tcp 8080 2>&1 3>&-)
  LISTENERS+=($!)
  read -r -u "$ready" answer
  [ "$answer" = ready ]
  "$BERTH" register web 8080
  every_command
  "$BERTH" register web 8080 fixed
  every_command
}

@test "users" {
  sed "s/^root:/$(printf '%s' "${NASTY//[:\/&$'\n']/}"):/" /etc/passwd >/opt/passwd
  mount --bind /opt/passwd /etc/passwd
  listen tcp 8081
  "$BERTH" register web 8080
  berth history
  expect_output '\x1b'
  every_command
  "$BERTH" register web 8080
  chmod 0 "$BERTH_REGISTRY"
  mount --bind "${BERTH_REGISTRY%/*}" "${BERTH_REGISTRY%/*}"
  mount -o remount,bind,ro "${BERTH_REGISTRY%/*}"
  berth register more 8082
  harmless
}

@test "files that are taken over: their names, and every name in them" {
  local tree=/opt/tree name=${NASTY//\//}
  mkdir -p "$tree/$name" "$tree/etc/nginx"
  cat >"$tree/$name/compose.yaml" <<COMPOSE
name: "$NASTY_JSON"
services:
  "$NASTY_JSON":
    container_name: "$NASTY_JSON"
    image: "$NASTY_JSON"
    ports: ["8080:80", "8081:\$x", "$NASTY_JSON", {published: "$NASTY_JSON", target: 1}]
COMPOSE
  printf 'X=%s\n' "$NASTY" >"$tree/$name/.env"
  printf 'server { listen 8082; server_name "%s"; }\nserver { listen "%s"; }\ninclude "%s";\n' "$NASTY" "$NASTY" "$NASTY" >"$tree/etc/nginx/nginx.conf"
  cp "$tree/etc/nginx/nginx.conf" "$tree/$name/nginx.conf"
  printf '{"%s": 8083, "odd": "%s"}\n' "$NASTY_JSON" "$NASTY_JSON" >"$tree/$name/ports.json"
  mkfifo "$tree/$name/Caddyfile"
  printf '%s:8084 {\n}\n' "$NASTY" >"$tree/Caddyfile"
  "$BERTH" register web 8080
  local words
  for words in "--dry-run" "--dry-run --json" "--yes"; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr timeout 20 "$BERTH" migrate "$tree" "$tree/$name" "$tree/$name/ports.json" $words
    [[ $status -le 1 || $status -eq 6 || $status -eq 2 ]]
    harmless || { echo "by: $words"; return 1; }
  done
  [[ $stderr == *'\x1b'* ]]
  every_command
}

@test "a registry of that name: each error, and what it says to type does what it says" {
  export BERTH_REGISTRY="$BATS_TEST_TMPDIR/registry/${NASTY//\//}.json"
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  every_command
  "$BERTH" register web 8080
  echo '{' >"$BERTH_REGISTRY"
  berth list
  expect 6
  harmless
  ln -s "$BERTH" "$BATS_TEST_TMPDIR/berth"
  cd "$BATS_TEST_TMPDIR"
  local command
  command=$(sed -n 's/^.*\(berth restore --previous .*\)   .*$/\1/p' <<<"$stderr")
  unset BERTH_REGISTRY
  PATH=$BATS_TEST_TMPDIR:$PATH bash -c "$command"
  berth list --registry "$BATS_TEST_TMPDIR/registry/${NASTY//\//}.json"
  expect_status 0
  [ "$(find "$BATS_TEST_TMPDIR" -name sprung)" = "" ]
  truncate -s 100M "$BATS_TEST_TMPDIR/registry/${NASTY//\//}.json"
  berth list --registry "$BATS_TEST_TMPDIR/registry/${NASTY//\//}.json"
  expect 6
  harmless
}

@test "what a hint says to type does what it says, whatever the name" {
  write_registry <<REGISTRY
{"schema":1,"revision":1,"allocations":{"$NASTY_JSON":{"port":8080,"protocol":"tcp","kind":"fixed"},"-x":{"port":8080}}}
REGISTRY
  ln -s "$BERTH" "$BATS_TEST_TMPDIR/berth"
  PATH=$BATS_TEST_TMPDIR:$PATH
  berth who 8080
  local hints hint
  mapfile -t hints < <(sed -n 's/^.*need it any more: //p' <<<"$output")
  [ "${#hints[@]}" = 2 ]
  for hint in "${hints[@]}"; do bash -c "$hint"; done
  [ "$(recorded '.allocations | length')" = 0 ]
  [ ! -e /opt/sprung ]
}

@test "answers that a shell evaluates: numbers, and columns that keep their number" {
  write_registry <<REGISTRY
{"schema":1,"revision":1,"allocations":{"$NASTY_JSON":{"port":8080,"since":"$NASTY_JSON","owner":{"unit":"$NASTY_JSON"}},"two\twords":{"port":8081}}}
REGISTRY
  local name
  eval "port=$("$BERTH" get "$(jq -r '.allocations | keys[0]' "$BERTH_REGISTRY")")"
  # shellcheck disable=SC2154 # eval assigns it
  [ "$port" = 8080 ]
  berth list --plain
  [ "${#lines[@]}" = 2 ]
  [ "$(awk -F '\t' '{ print NF }' <<<"$output" | sort -u | wc -l)" = 1 ]
  harmless
  for name in list history check; do
    berth "$name" --json
    harmless
    jq -e . <<<"$output" >/dev/null
  done
  [ ! -e /opt/sprung ]
}
