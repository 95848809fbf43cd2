# A real Docker engine for all tests of a file; `load berth` and `load checks` first:
#
#   load docker
#   namespaces_of "${ENGINE_KEEPER-}"
#   setup_file() { start_engine --userland-proxy=true && docker run ...; }
#   teardown_file() { stop_engine; }
#   setup() { setup_engine_test; }
#
# Each test runs in the network in which the engine publishes, on a machine without socket units or other engines. There
# the engine is where berth and `docker` look for it: /run/docker.sock, /var/lib/docker. Also set: DOCKERD_PID.

# shellcheck shell=bash

export BATS_NO_PARALLELIZE_WITHIN_FILE=true

# start_engine DOCKERD-OPTION...: returns 0 also where there can be none; then each test is skipped.
start_engine() {
  export ENGINE_DIR ENGINE_KEEPER ENGINE_REFUSAL DOCKERD_PID
  ENGINE_DIR=$(mktemp -d /var/tmp/berth-docker-XXXXXX)
  setpriv --pdeathsig KILL unshare --net --mount --propagation private \
    bash -c "$(declare -f keep_engine bare_machine); keep_engine \"\$@\"" keeper "${ROOT?}" "$ENGINE_DIR" "$@" \
    >"$ENGINE_DIR/keeper" 2>&1 </dev/null 3>&- &
  ENGINE_KEEPER=$!
  while kill -0 "$ENGINE_KEEPER" 2>/dev/null && [[ ! -e $ENGINE_DIR/ready ]]; do sleep 0.05; done
  if [[ -e $ENGINE_DIR/ready ]]; then
    DOCKERD_PID=$(<"$ENGINE_DIR/ready")
  else
    ENGINE_REFUSAL=$(tail -n 1 "$ENGINE_DIR/keeper")
    ENGINE_KEEPER=''
  fi
}

# Runs in the namespaces until it is ended.
keep_engine() {
  local root=$1 folder=$2
  # shellcheck disable=SC1091 # it is checked by itself
  . "$root/tests/live/dockerd.bash"
  ip link set lo up && mount -t tmpfs tmpfs /opt && bare_machine || exit
  # Whatever is left of it would keep bats waiting, whose output it has open.
  trap 'stop_dockerd; kill $(jobs -p) 2>/dev/null' EXIT
  trap exit TERM
  local problem
  problem=$(dockerd_problem)
  [[ -z $problem ]] || { echo "$problem"; exit 1; }
  if ! start_dockerd "$folder" "${@:3}" || ! build_web_image; then
    echo "dockerd does not start"
    exit 1
  fi
  ln -s "$folder/docker.sock" /run/docker.sock
  mkdir -p "$folder/lib/docker"
  mount --bind "$folder/root" "$folder/lib/docker" && mount --rbind "$folder/lib" /var/lib
  echo "$DOCKERD_PID" >"$folder/starts" && mv "$folder/starts" "$folder/ready"
  setpriv --pdeathsig KILL sleep infinity &
  wait "$!"
}

# in_engine COMMAND...: runs it beside the engine, for setup_file.
in_engine() { nsenter --target "$ENGINE_KEEPER" --net --mount -- "$@"; }

# a_container NAME DOCKER-OPTION...: one that runs, of the image berth/web:1.
a_container() { [[ -n $ENGINE_REFUSAL ]] || in_engine docker run -d --name "$1" "${@:2}" berth/web:1 >/dev/null; }

setup_engine_test() {
  [[ -z $ENGINE_REFUSAL ]] || skip "no Docker engine: $ENGINE_REFUSAL"
  setup_registry
  unset DOCKER_HOST CONTAINER_HOST XDG_RUNTIME_DIR
}

stop_engine() {
  [[ -z $ENGINE_KEEPER ]] || { kill "$ENGINE_KEEPER" && wait "$ENGINE_KEEPER"; } 2>/dev/null || true
  rm -rf "$ENGINE_DIR"
}
