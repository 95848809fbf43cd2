#!/usr/bin/env bats
# berth migrate takes over a whole server: what runs, what is stopped, what is written down, and an old registry.

load berth
load checks
load docker
load grown_server
namespaces_of "${ENGINE_KEEPER-}"

setup_file() { start_grown_server; }
teardown_file() { stop_grown_server; }
setup() {
  setup_engine_test
  unset BERTH_REGISTRY
  REGISTRY=/opt/foss-server-stack/port_allocation.json
  rm -rf "${REGISTRY%/*}"
  write_old_registry
}

# Two ask for what nginx has: that is left to the operator.
take_over() { "$BERTH" migrate --yes --quiet 2>/dev/null || [[ $? -eq 1 ]]; }

# answer FILTER: of the last JSON answer, an array as one line; "127.0.0.1:9000-9001/tcp", process ids are 0.
answer() {
  jq -r 'def endpoint: if .port == null then null else
      "\(.address):\(.port)\(if .last then "-\(.last)" else "" end)/\(.protocol)" end;
    '"$1"' | map(if . == null then "-" elif type == "array" then join(",") else tostring end)
      | join(" | ") | gsub("pid [0-9]+"; "pid 0")' <<<"$output"
}

# expect_lines FILTER: they are those on stdin, all of them.
expect_lines() { diff <(cat) <(answer "$1"); }

@test "a grown server: the plan is complete and right" {
  local before
  before=$(<"$REGISTRY")
  berth migrate --dry-run --json
  expect_json 1 '.applied == false' '.problems == []'
  expect_lines '.plan[] | [.change, .service, (.endpoint | if . then endpoint else null end), .because]' <<'PLAN'
add | database | *:5432/tcp | in the old registry; postgres (pid 0, unit postgresql@15-main.service) listens there
add | gitea | *:3000/tcp | in the old registry; container gitea-server-1 publishes it
add | grafana | *:3001/tcp | in the old registry
add | keycloak | *:8080/tcp | in the old registry; container keycloak publishes it
add | vaultwarden | *:8082/tcp | in the old registry; container vaultwarden publishes it
skip | metrics/grafana | - | /srv/metrics/compose.yaml:9: ${GRAFANA_PORT}:3000: no value for GRAFANA_PORT
add | nginx | *:80/tcp | nginx (pid 0, unit nginx.service) listens there
add | gitea/22 | *:2222/tcp | container gitea-server-1 publishes it
add | jitsi | *:4443-4446/tcp | container jitsi-jvb-1 publishes it
add | redis-server | 127.0.0.1:6379/tcp | redis-server (pid 0, unit redis-server.service) listens there
add | nginx/8081 | *:8081/tcp | nginx (pid 0, unit nginx.service) listens there
add | jitsi/10000 | *:10000/udp | container jitsi-jvb-1 publishes it
conflict | oldblog | *:8081/tcp | container oldblog (not running) is configured to publish it; but nginx (pid 0, unit nginx.service) listens there: give one of them another port
add | shop | 127.0.0.1:9000-9001/tcp | container shop-front-1 (not running) is configured to publish it
add | metrics/exporter | *:9100/tcp | /srv/metrics/compose.yaml:13: ${EXPORTER_PORT:-9100}:9100
conflict | metrics/prometheus | *:8081/tcp | /srv/metrics/compose.yaml:5: 8081:9090; but nginx (pid 0, unit nginx.service) listens there: give one of them another port
PLAN
  [ "$(<"$REGISTRY")" = "$before" ]
  [ "$(ls "${REGISTRY%/*}")" = port_allocation.json ]
}

@test "a grown server: everything that was found is told, and which service it is" {
  berth migrate --dry-run --json
  expect_lines '.found[] | [.source, .file, .line, .service, endpoint, .state, .raw, .variables]' <<'FOUND'
registry | /opt/foss-server-stack/port_allocation.json | - | database | *:5432/tcp | declared | - | 
registry | /opt/foss-server-stack/port_allocation.json | - | gitea | *:3000/tcp | declared | - | 
registry | /opt/foss-server-stack/port_allocation.json | - | grafana | *:3001/tcp | declared | - | 
registry | /opt/foss-server-stack/port_allocation.json | - | keycloak | *:8080/tcp | declared | - | 
registry | /opt/foss-server-stack/port_allocation.json | - | vaultwarden | *:8082/tcp | declared | - | 
socket | - | - | nginx | *:80/tcp | running | nginx (pid 0, unit nginx.service) listens there | 
socket | - | - | gitea/22 | *:2222/tcp | running | container gitea-server-1 publishes it | 
socket | - | - | gitea | *:3000/tcp | running | container gitea-server-1 publishes it | 
socket | - | - | jitsi | *:4443-4446/tcp | running | container jitsi-jvb-1 publishes it | 
socket | - | - | database | 127.0.0.1:5432/tcp | running | postgres (pid 0, unit postgresql@15-main.service) listens there | 
socket | - | - | redis-server | 127.0.0.1:6379/tcp | running | redis-server (pid 0, unit redis-server.service) listens there | 
socket | - | - | keycloak | *:8080/tcp | running | container keycloak publishes it | 
socket | - | - | nginx/8081 | *:8081/tcp | running | nginx (pid 0, unit nginx.service) listens there | 
container | - | - | - | *:8081/tcp | declared | container oldblog (not running) is configured to publish it | 
socket | - | - | vaultwarden | 127.0.0.1:8082/tcp | running | container vaultwarden publishes it | 
container | - | - | shop | 127.0.0.1:9000-9001/tcp | declared | container shop-front-1 (not running) is configured to publish it | 
socket | - | - | jitsi/10000 | *:10000/udp | running | container jitsi-jvb-1 publishes it | 
compose | /srv/gitea/compose.yaml | 5 | gitea | *:3000/tcp | fixed | 3000:3000 | 
compose | /srv/gitea/compose.yaml | 6 | gitea/22 | *:2222/tcp | fixed | 2222:22 | 
compose | /srv/metrics/compose.yaml | 13 | metrics/exporter | *:9100/tcp | fixed | ${EXPORTER_PORT:-9100}:9100 | 
compose | /srv/metrics/compose.yaml | 9 | - | - | unresolved | ${GRAFANA_PORT}:3000 | GRAFANA_PORT
compose | /srv/metrics/compose.yaml | 5 | - | *:8081/tcp | fixed | 8081:9090 | 
compose | /srv/shop/docker-compose.yml | 5 | shop | 127.0.0.1:9000-9001/tcp | fixed | 127.0.0.1:9000-9001:80-81 | 
nginx | /etc/nginx/sites-enabled/intranet | 2 | nginx/8081 | 0.0.0.0:8081/tcp | declared | listen 8081 | 
nginx | /etc/nginx/sites-enabled/shop | 2 | nginx | 0.0.0.0:80/tcp | declared | listen 80 default_server | 
nginx | /etc/nginx/sites-enabled/shop | 3 | nginx | :::80/tcp | declared | listen [::]:80 default_server | 
FOUND
}

@test "a grown server: on a terminal the plan keeps to its width, conflicts first, and says how much it is" {
  run script -qec "stty cols 90 rows 50; TERM=dumb $BERTH migrate --dry-run" /dev/null </dev/null
  output=${output//$'\r'/}
  expect_output "13 to add, 2 conflicts left to you, 1 skipped"
  [ -z "$(awk 'length > 90' <<<"$output")" ]
  diff - <(awk '$1 ~ /^(add|conflict|skip)$/ { print $1, $2 }' <<<"$output") <<'ROWS'
conflict metrics/prometheus
conflict oldblog
add database
add gitea
add gitea/22
add grafana
add jitsi
add jitsi/10000
add keycloak
add metrics/exporter
add nginx
add nginx/8081
add redis-server
add shop
add vaultwarden
skip metrics/grafana
ROWS
}

@test "a grown server: one command applies the plan in one commit" {
  local old
  old=$(<"$REGISTRY")
  berth migrate --yes --json
  expect_json 1 .applied
  diff - <(jq -r '.allocations | to_entries[] | .key as $name | .value | "\($name) \(.address // "*"):\(.port)-\(.last)/\(.protocol) \(.kind
    ) \(.preferred) \(.owner | tojson)"' "$REGISTRY") <<'ALLOCATIONS'
database *:5432-null/tcp fixed null {"unit":"postgresql@15-main.service"}
gitea *:3000-null/tcp fixed null {"container":"gitea-server-1"}
gitea/22 *:2222-null/tcp fixed null {"container":"gitea-server-1"}
grafana *:3001-null/tcp flexible null null
jitsi *:4443-4446/tcp fixed null {"container":"jitsi-jvb-1"}
jitsi/10000 *:10000-null/udp fixed null {"container":"jitsi-jvb-1"}
keycloak *:8080-null/tcp fixed null {"container":"keycloak"}
metrics/exporter *:9100-null/tcp flexible 9100 {"compose":"metrics/exporter"}
nginx *:80-null/tcp fixed null {"unit":"nginx.service"}
nginx/8081 *:8081-null/tcp fixed null {"unit":"nginx.service"}
redis-server 127.0.0.1:6379-null/tcp fixed null {"unit":"redis-server.service"}
shop 127.0.0.1:9000-9001/tcp flexible 9000 {"container":"shop-front-1"}
vaultwarden *:8082-null/tcp fixed null {"container":"vaultwarden"}
ALLOCATIONS
  [ "$(jq .revision "$REGISTRY")" = 1 ]
  [ "$(<"$REGISTRY.old")" = "$old" ]
  [ "$(wc -l <"${REGISTRY%.json}.history.jsonl")" = 1 ]
}

@test "a grown server: then check has nothing to say but what was wrong before" {
  take_over
  berth check --all --json
  expect_json 0 '.blind_spots == []' '[.findings[] | [.id, .severity, .endpoint.port]] == [["latent-conflict", "risk", 8081]]' \
    '.findings[0].message | contains("nginx") and contains("container oldblog (not running")'
  berth list --json
  expect_json 0 '[.allocations[] | select(.state != "listening") | [.service, .state]] ==
    [["grafana", "idle"], ["metrics/exporter", "idle"], ["shop", "idle"]]'
}

@test "a grown server: taking it over again changes nothing, and the conflicts are still shown" {
  take_over
  export BERTH_REGISTRY=$REGISTRY
  remember
  berth migrate --yes --json
  expect_json 1 '.applied == false'
  expect_untouched
  expect_lines '.plan | sort_by(.change, .service)[] | [.change, .service, (.endpoint | if . then endpoint else null end)]' <<'PLAN'
conflict | metrics/prometheus | *:8081/tcp
conflict | oldblog | *:8081/tcp
keep | database | *:5432/tcp
keep | gitea | *:3000/tcp
keep | gitea/22 | *:2222/tcp
keep | grafana | *:3001/tcp
keep | jitsi | *:4443-4446/tcp
keep | jitsi/10000 | *:10000/udp
keep | keycloak | *:8080/tcp
keep | metrics/exporter | *:9100/tcp
keep | nginx | *:80/tcp
keep | nginx/8081 | *:8081/tcp
keep | redis-server | 127.0.0.1:6379/tcp
keep | shop | 127.0.0.1:9000-9001/tcp
keep | vaultwarden | *:8082/tcp
skip | metrics/grafana | -
PLAN
}

@test "a grown server: each installer that asks again gets the port that its service has" {
  local service spec port ports
  take_over
  ports=$(jq -c '.allocations | map_values([.port, .last])' "$REGISTRY")
  # What it has always asked for; two had been given another one.
  while read -r service spec port; do
    berth register "$service" "$spec" flexible
    expect 0 "$port"
  done <<'INSTALLERS'
database 5432 5432
gitea 3000 3000
gitea/22 2222 2222
grafana 3000 3001
jitsi 4443-4446 4443-4446
jitsi/10000 10000/udp 10000
keycloak 8080 8080
metrics/exporter 9100 9100
nginx 80 80
nginx/8081 8081 8081
redis-server 6379 6379
shop 127.0.0.1:9000-9001 9000-9001
vaultwarden 8080 8082
INSTALLERS
  [ "$(jq -c '.allocations | map_values([.port, .last])' "$REGISTRY")" = "$ports" ]
  berth check --json
  expect_json 0 '[.findings[].id] == ["latent-conflict"]'
  # And whoever is new gets what nobody has.
  berth register newcomer 8080
  expect 0 8083
}
