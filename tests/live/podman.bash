# A real podman for a test, on the same terms as dockerd.bash: everything in one folder, and in namespaces that end with
# it.
#
#   source tests/live/podman.bash
#   trap stop_podman EXIT
#   start_podman DIR          # its API: unix://DIR/api.sock
#   podman run -d --name web -p 8080:80 berth/web:1 /bin/httpd -f -p 80

# shellcheck shell=bash

# podman_problem: why podman cannot be used here; prints nothing if it can.
podman_problem() {
  local command
  [[ $EUID -eq 0 ]] || { echo "needs root"; return; }
  for command in podman conmon runc iptables busybox setpriv unshare nsenter; do
    command -v "$command" >/dev/null || { echo "needs $command"; return; }
  done
  unshare --net --mount --pid --fork true 2>/dev/null || { echo "needs namespaces"; return; }
  [[ $(ip -o link | wc -l) -eq 1 ]] || echo "needs a network namespace of its own"
}

start_podman() {
  PODMAN_DIR=$1
  PODMAN_CGROUP=berth-tests-$$-$RANDOM
  mkdir -p "$PODMAN_DIR/rootfs/bin"
  # shellcheck disable=SC2016 # that is for the inner bash
  setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc bash -c '
    for folder in /run /var/lib /dev/shm; do mount -t tmpfs tmpfs "$folder" || exit; done
    echo ready; while :; do sleep 3600 & wait -n; done' >"$PODMAN_DIR/init" 2>/dev/null </dev/null 3>&- &
  PODMAN_UNSHARE=$!
  local tries name
  for ((tries = 0; tries < 500; tries++)); do
    [[ ! -s $PODMAN_DIR/init ]] || break
    sleep 0.01
  done
  read -r PODMAN_INIT _ <"/proc/$PODMAN_UNSHARE/task/$PODMAN_UNSHARE/children" || true # no end of line there
  [[ -n $PODMAN_INIT ]] || { echo "start_podman: no pid namespace" >&2; return 1; }
  cp "$(command -v busybox)" "$PODMAN_DIR/rootfs/bin/busybox"
  for name in sh httpd sleep; do ln -sf busybox "$PODMAN_DIR/rootfs/bin/$name"; done
  tar -C "$PODMAN_DIR/rootfs" -c . | podman import - berth/web:1 >/dev/null || return
  start_podman_api
}

start_podman_api() {
  podman system service --time=0 "unix://$PODMAN_DIR/api.sock" >/dev/null 2>>"$PODMAN_DIR/log" </dev/null 3>&- &
  local tries
  for ((tries = 0; tries < 500; tries++)); do
    [[ ! -S $PODMAN_DIR/api.sock ]] || return 0
    sleep 0.02
  done
  tail -n 20 "$PODMAN_DIR/log" >&2
  return 1
}

# What runs with fewer rights than a server's root: no crun on mixed cgroups, no limits above what is allowed.
podman() {
  local limits=()
  case $1 in
    run | create)
      limits=("$1" --cgroup-parent "/$PODMAN_CGROUP" --ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
      shift
      ;;
  esac
  nsenter --target "$PODMAN_INIT" --mount --pid podman --root "$PODMAN_DIR/root" --runroot "$PODMAN_DIR/run" \
    --tmpdir "$PODMAN_DIR/tmp" --runtime "$(command -v runc)" --cgroup-manager=cgroupfs --events-backend=file \
    "${limits[@]}" "$@"
}

stop_podman() {
  [[ -n ${PODMAN_UNSHARE-} ]] || return 0
  local folder tries
  kill -KILL "$PODMAN_UNSHARE" 2>/dev/null # and with it its child (--kill-child), the first of the pid namespace
  wait "$PODMAN_UNSHARE" 2>/dev/null
  for ((tries = 0; tries < 500; tries++)); do
    [[ -n ${PODMAN_INIT-} && -e /proc/$PODMAN_INIT/ns/pid ]] || break
    sleep 0.02
  done
  for folder in /sys/fs/cgroup/{,*/}"$PODMAN_CGROUP"; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  unset PODMAN_UNSHARE PODMAN_INIT
}
