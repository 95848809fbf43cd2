#!/usr/bin/env bats
# Every answer in JSON is as docs/json.schema.json says.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  bare_machine
  # Debian's: another interpreter may come first.
  /usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip "needs the package python3-jsonschema"
  ANSWERS=$BATS_TEST_TMPDIR/answers
}

# answer KIND WORD...: the JSON that berth gives to these words must be such an answer. All are looked at in valid.
answer() {
  local kind=$1
  berth "${@:2}" --json
  jq -c --arg kind "$kind" --arg words "${*:2}" '{kind: $kind, words: $words, answer: .}' <<<"$output" >>"$ANSWERS"
}

# valid: what was asked for fits the schema; as the answer that it is, and not only as some other one.
valid() {
  /usr/bin/python3 - "$ROOT/docs/json.schema.json" "$ANSWERS" <<'PYTHON'
import json
import sys

import jsonschema

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
whole = jsonschema.Draft202012Validator(schema)
wrong = 0
with open(sys.argv[2]) as file:
    for line in file:
        case = json.loads(line)
        one = {"$ref": "#/$defs/answer_" + case["kind"], "$defs": schema["$defs"]}
        errors = list(jsonschema.Draft202012Validator(one).iter_errors(case["answer"]))
        for error in errors:
            print(f'berth {case["words"]}: {"/".join(map(str, error.absolute_path))}: {error.message[:300]}')
        wrong += bool(errors) or not whole.is_valid(case["answer"])
sys.exit(wrong > 0)
PYTHON
}

@test "JSON: what is registered" {
  listen tcp 8080
  answer register register web 8080
  answer register register web 8080
  answer register register media 10000-10100/udp fixed
  answer register register dns 127.0.0.1:53/tcp+udp fixed
  answer register register other 8080 fixed
  answer register register six '[::1]:9000' --dry-run
  answer register next 8080
  answer several next 8080 --count 3
  printf '%s\n' 'a 8080' 'b 9000/udp fixed' >"$BATS_TEST_TMPDIR/batch"
  answer several register --batch "$BATS_TEST_TMPDIR/batch"
  answer get get web
  answer get get media
  answer get get nobody 80
  answer list list
  answer list list dns
  answer explain explain web
  answer explain explain media
  answer history history
  answer history history web
  answer release release web media
  answer history history
  answer version version
  valid
}

@test "JSON: what a person or an older program has written" {
  write_registry <<<'{"keycloak": 8080, "gitea": 3000}'
  answer list list
  answer get get gitea
  answer explain explain keycloak
  answer history history
  write_registry <<<'{"schema": 1, "revision": 3, "allocations": {"web": {"port": 8080, "owner": {"unit": "web.service"}},
    "wiki": {"port": 8080, "colour": "red", "owner": {"container": "wiki"}}, "": {"port": 1}}}'
  answer list list
  answer check check
  answer who who 8080
  valid
}

@test "JSON: going back" {
  "$BERTH" register web 8080
  "$BERTH" register media 10000-10100/udp fixed
  answer restore undo --dry-run
  answer restore undo
  answer restore undo
  answer restore restore 1
  answer restore restore 1
  answer restore restore --previous --dry-run
  answer error restore 99
  answer error restore --previous 1
  echo '{' >"$BERTH_REGISTRY"
  answer error undo
  answer restore restore --previous
  valid
}

@test "JSON: who and free, of every kind of holder" {
  listen tcp 8080
  hold bound 8081
  hold connection 8082
  hold time-wait 8083
  hold inherited 8084
  listen udp 5353 127.0.0.53
  [ ! -e /proc/net/if_inet6 ] || hold v6only 8085
  rules <<<'table ip left { chain over { type nat hook prerouting priority dstnat; tcp dport 8086 dnat to 10.9.8.7:80; tcp dport 8100-8110 redirect to :8888; }; }'
  mkdir -p /etc/systemd/system/sockets.target.wants
  printf '[Socket]\nListenStream=8087\nListenDatagram=8087\n' >/etc/systemd/system/web.socket
  ln -s ../web.socket /etc/systemd/system/sockets.target.wants/web.socket
  "$BERTH" register mine 8088
  local spec
  for spec in 8080 8081 8082 8083 8084 8085 127.0.0.53:5353/udp 8086 8087/tcp+udp 8088 8080-8120 9999 40000 6667 \
    192.0.2.1:80 '[::1]:8085' 8080-9000/tcp+udp; do
    answer who who "$spec"
    answer who free "$spec"
  done
  answer register register new 8086
  answer check check
  answer check check --all
  answer migrate migrate --dry-run
  answer migrate migrate --running web=8080 --dry-run
  answer migrate migrate --running web=8080 --yes
  valid
}

@test "JSON: an engine that cannot be asked" {
  export DOCKER_HOST=unix:///opt/none.sock
  answer who who 8080
  answer check check
  answer list list
  answer register register web 8080
  valid
}

@test "JSON: what fails" {
  listen tcp 8080
  "$BERTH" register web 8081
  answer error get nobody
  answer error explain nobody
  answer error list nobody
  answer error release nobody
  answer error register new 8081 fixed
  answer error register new 8080 fixed --strict
  answer error register new 70000
  answer error register '' 80
  answer error next 8080 --within 8080-8080
  answer error who nonsense
  answer error check --deadline x
  answer error nonsense
  answer error --nonsense
  write_registry <<<'{"schema": 1, "revi'
  answer error list
  answer error check
  write_registry <<<'{"schema": 99}'
  answer error get web
  valid
}
