# A server that has grown for years, in the namespaces of a real Docker engine; `load berth`, `load checks` and
# `load docker` first:
#
#   load grown_server
#   namespaces_of "${ENGINE_KEEPER-}"
#   setup_file() { start_grown_server; }
#   teardown_file() { stop_grown_server; }
#   setup() { setup_engine_test; }
#
# nginx, redis and PostgreSQL, each in a cgroup that is called as its unit is; six containers, two of them stopped; three
# compose projects in /srv; a registry in the flat format where the registry lies by default.

# shellcheck shell=bash

# start_grown_server: returns 0 also where there can be none; then each test is skipped.
start_grown_server() {
  local missing=''
  export POSTGRES_BIN
  POSTGRES_BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [[ -n $(type -P nginx) ]] || missing=nginx
  [[ -n $(type -P redis-server) ]] || missing=redis-server
  [[ -x $POSTGRES_BIN/postgres ]] || missing=PostgreSQL
  start_engine --userland-proxy=true
  [[ -z $ENGINE_REFUSAL ]] || return 0
  export SERVERS='' ENGINE_REFUSAL=${missing:+needs $missing}
  [[ -z $missing ]] || return 0
  chmod 711 "$ENGINE_DIR"
  in_engine env ROOT="$ROOT" bash -euc "$(declare -f hide_this_machine write_{nginx,compose_projects,old_registry} make_database)
    hide_this_machine; write_nginx; write_compose_projects; write_old_registry; make_database" || return
  start_containers &
  local containers=$!
  a_unit nginx.service nginx -e "$ENGINE_DIR/nginx/log" -g 'daemon off; master_process off;'
  a_unit redis-server.service redis-server --bind 127.0.0.1 --save '' --dir "$ENGINE_DIR"
  a_unit postgresql@15-main.service setpriv --reuid postgres --regid postgres --clear-groups \
    "$POSTGRES_BIN/postgres" -D "$ENGINE_DIR/database" -k "$ENGINE_DIR/database" -F
  wait "$containers" || return
  in_engine bash -c 'for port in 80 8081 6379 5432; do
    for ((tries = 0; tries < 500; tries++)); do (: </dev/tcp/127.0.0.1/$port) && break; sleep 0.02; done
  done' 2>/dev/null
}

stop_grown_server() {
  local pid folder
  for pid in ${SERVERS-}; do kill "$pid"; done 2>/dev/null
  for pid in ${SERVERS-}; do wait "$pid"; done 2>/dev/null
  for folder in ${ENGINE_KEEPER:+"/proc/$ENGINE_KEEPER/root$ENGINE_DIR/cgroup$(own_cgroup)/berth-server-$$"}; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  stop_engine
}

own_cgroup() { sed -n 's|^0::/*\(.*\)|/\1|p' /proc/self/cgroup; }

# a_unit NAME COMMAND...: starts it in a cgroup of this name.
a_unit() {
  # shellcheck disable=SC2016 # that is for the inner bash
  nsenter --target "$ENGINE_KEEPER" --net --mount -- setpriv --pdeathsig KILL bash -c 'mkdir -p "$1" && echo "$$" >"$1/cgroup.procs" && exec "${@:2}"' unit \
    "$ENGINE_DIR/cgroup$(own_cgroup)/berth-server-$$/$1" "${@:2}" >>"$ENGINE_DIR/servers" 2>&1 </dev/null 3>&- &
  SERVERS+=" $!"
}

# What this machine has where `berth migrate` looks is not there; but for the programs themselves.
hide_this_machine() {
  local folder
  for folder in /srv /home /root /etc/nginx /etc/apache2 /etc/haproxy /etc/caddy /etc/traefik; do
    [[ ! -d $folder || $ROOT/ == "$folder"/* ]] || mount -t tmpfs tmpfs "$folder"
  done
  mkdir "$ENGINE_DIR/cgroup"
  mount -t cgroup2 cgroup2 "$ENGINE_DIR/cgroup"
}

write_nginx() {
  local nginx=$ENGINE_DIR/nginx kind
  mkdir -p /etc/nginx/sites-enabled "$nginx"
  {
    printf 'user root;\npid %s/pid;\nevents {}\nhttp {\n  access_log off;\n' "$nginx"
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '  %s_temp_path %s/%s;\n' "$kind" "$nginx" "$kind"; done
    printf '  include /etc/nginx/sites-enabled/*;\n}\n'
  } >/etc/nginx/nginx.conf
  cat >/etc/nginx/sites-enabled/shop <<'SITE'
server {
  listen 80 default_server;
  listen [::]:80 default_server;
  server_name shop.example;
  return 204;
}
SITE
  cat >/etc/nginx/sites-enabled/intranet <<'SITE'
server {
  listen 8081;
  server_name intranet.example;
  return 204;
}
SITE
}

write_compose_projects() {
  mkdir -p /srv/{gitea,shop,metrics}
  cat >/srv/gitea/compose.yaml <<'YAML'
services:
  server:
    image: gitea/gitea:1.22
    ports:
      - "3000:3000"
      - "2222:22"
  database:
    image: postgres:16
    expose: ["5432"]
YAML
  cat >/srv/shop/docker-compose.yml <<'YAML'
services:
  front:
    image: shop/front:3
    ports:
      - "127.0.0.1:9000-9001:80-81"
YAML
  cat >/srv/metrics/compose.yaml <<'YAML'
services:
  prometheus:
    image: prom/prometheus
    ports:
      - "8081:9090"
  grafana:
    image: grafana/grafana
    ports:
      - "${GRAFANA_PORT}:3000"
  exporter:
    image: prom/node-exporter
    ports:
      - "${EXPORTER_PORT:-9100}:9100"
YAML
}

write_old_registry() {
  mkdir -p /opt/foss-server-stack
  echo '{"keycloak":8080,"vaultwarden":8082,"gitea":3000,"database":5432,"grafana":3001}' \
    >/opt/foss-server-stack/port_allocation.json
}

make_database() {
  install -d -o postgres -g postgres -m 700 "$ENGINE_DIR/database"
  setpriv --reuid postgres --regid postgres --clear-groups \
    "$POSTGRES_BIN/initdb" --no-sync --locale=C --auth=trust -D "$ENGINE_DIR/database" >/dev/null
}

# a_stopped_container NAME DOCKER-OPTION...
a_stopped_container() { in_engine docker create --name "$1" "${@:2}" berth/web:1 >/dev/null; }

# of_compose PROJECT SERVICE: the labels, in $LABELS.
of_compose() { LABELS=(--label "com.docker.compose.project=$1" --label "com.docker.compose.service=$2"); }

start_containers() {
  local LABELS started=()
  a_container keycloak -p 8080:8080 & started+=("$!")
  a_container vaultwarden -p 127.0.0.1:8082:80 & started+=("$!")
  of_compose gitea server
  a_container gitea-server-1 -p 3000:3000 -p 2222:22 "${LABELS[@]}" & started+=("$!")
  of_compose jitsi jvb
  a_container jitsi-jvb-1 -p 10000:10000/udp -p 4443-4446:4443-4446 "${LABELS[@]}" & started+=("$!")
  of_compose shop front
  a_stopped_container shop-front-1 -p 127.0.0.1:9000-9001:80-81 "${LABELS[@]}" & started+=("$!")
  # What nginx has by now.
  a_stopped_container oldblog -p 8081:80 & started+=("$!")
  local pid
  for pid in "${started[@]}"; do wait "$pid" || return; done
}
