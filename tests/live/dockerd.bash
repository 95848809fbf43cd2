# A real Docker engine for a test, with everything that it makes in one folder and in namespaces that end with it:
#
#   source tests/live/dockerd.bash
#   trap stop_dockerd EXIT
#   start_dockerd DIR [DOCKERD-OPTION...]
#   build_web_image
#   docker run -d --name web -p 8080:80 berth/web:1
#
# The caller is in a network namespace of its own, with nothing but `lo` in it, and stays there: what the engine
# publishes is published in it. The engine's processes and mounts are in a pid and a mount namespace of their own, so
# that not one of them outlives stop_dockerd, or the caller's process. DIR is on a file system that overlayfs can lie on
# (not on tmpfs with Linux before 6.6, nor on an overlay); it is the caller's to remove, after stop_dockerd.
#
# Exported for `docker`: DOCKER_HOST, unix://DIR/docker.sock. Also set: DOCKERD_PID, the engine's pid as the caller sees
# it. Start with --live-restore, and containers outlive `kill -9 "$DOCKERD_PID"`; restart_dockerd starts it again.

# shellcheck shell=bash

# dockerd_problem: why a Docker engine cannot be started here; prints nothing if it can.
dockerd_problem() {
  local command
  [[ $EUID -eq 0 ]] || { echo "needs root"; return; }
  for command in dockerd containerd runc docker iptables busybox setpriv unshare nsenter; do
    command -v "$command" >/dev/null || { echo "needs $command"; return; }
  done
  unshare --net --mount --pid --fork true 2>/dev/null || { echo "needs namespaces"; return; }
  [[ $(ip -o link | wc -l) -eq 1 ]] || echo "needs a network namespace of its own"
}

start_dockerd() {
  local problem
  problem=$(dockerd_problem)
  [[ -z $problem ]] || { echo "start_dockerd: $problem" >&2; return 1; }
  DOCKERD_DIR=$1
  shift
  # Containers need a fresh cgroup folder that is found again when everything else is gone.
  DOCKERD_CGROUP=berth-tests-$$-$RANDOM
  DOCKERD_OPTIONS=(--data-root "$DOCKERD_DIR/root" --exec-root "$DOCKERD_DIR/exec" --pidfile "$DOCKERD_DIR/pid"
    --host "unix://$DOCKERD_DIR/docker.sock" --cgroup-parent "/$DOCKERD_CGROUP" --bip 10.200.0.1/24 "$@")
  export DOCKER_HOST=unix://$DOCKERD_DIR/docker.sock
  mkdir -p "$DOCKERD_DIR"
  # The first process of the pid namespace: it reaps whatever loses its parent, and its end is the end of all. The engine
  # leaves sockets in /run wherever its own folders are.
  # shellcheck disable=SC2016 # that is for the inner bash
  setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    bash -c 'mount -t tmpfs tmpfs /run && echo ready; while :; do sleep 3600 & wait -n; done' bash >"$DOCKERD_DIR/init" 2>/dev/null </dev/null 3>&- &
  DOCKERD_UNSHARE=$!
  local tries
  for ((tries = 0; tries < 500; tries++)); do
    [[ ! -s $DOCKERD_DIR/init ]] || break
    sleep 0.01
  done
  read -r DOCKERD_INIT _ <"/proc/$DOCKERD_UNSHARE/task/$DOCKERD_UNSHARE/children" || true # no end of line there
  [[ -n $DOCKERD_INIT ]] || { echo "start_dockerd: no pid namespace" >&2; return 1; }
  restart_dockerd
}

restart_dockerd() {
  rm -f "$DOCKERD_DIR/pid" "$DOCKERD_DIR/docker.sock"
  nsenter --target "$DOCKERD_INIT" --mount --pid setsid dockerd "${DOCKERD_OPTIONS[@]}" \
    >>"$DOCKERD_DIR/log" 2>&1 </dev/null 3>&- &
  disown "$!"
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    if docker version >/dev/null 2>&1; then
      DOCKERD_PID=$(pid_outside "$(<"$DOCKERD_DIR/pid")")
      [[ -n $DOCKERD_PID ]] && return
    fi
    sleep 0.05
  done
  echo "dockerd does not answer; the end of its log:" >&2
  tail -n 20 "$DOCKERD_DIR/log" >&2
  return 1
}

# pid_outside PID: of a process of the engine's pid namespace, as the caller sees it.
pid_outside() {
  local space status
  space=$(readlink "/proc/$DOCKERD_INIT/ns/pid")
  while read -r status; do
    [[ $(readlink "${status%status}ns/pid") == "$space" ]] || continue
    status=${status#/proc/}
    echo "${status%/status}"
  done < <(grep -lE "^NSpid:.*\s$1\$" /proc/[0-9]*/status 2>/dev/null)
}

# Ends the engine, its containers and whatever else is in its namespaces, and removes their cgroups. May be called at any
# time, and more than once.
stop_dockerd() {
  [[ -n ${DOCKERD_UNSHARE-} ]] || return 0
  local folder state tries
  # A frozen process does not die.
  for state in /sys/fs/cgroup/freezer/"$DOCKERD_CGROUP"/*/freezer.state; do
    [[ ! -e $state ]] || echo THAWED >"$state"
  done
  for state in /sys/fs/cgroup/{,unified/}"$DOCKERD_CGROUP"/*/cgroup.freeze; do
    [[ ! -e $state ]] || echo 0 >"$state"
  done
  kill -KILL "$DOCKERD_UNSHARE" 2>/dev/null # and with it its child (--kill-child), the first of the pid namespace
  wait "$DOCKERD_UNSHARE" 2>/dev/null
  for ((tries = 0; tries < 500; tries++)); do
    [[ -n ${DOCKERD_INIT-} && -e /proc/$DOCKERD_INIT/ns/pid ]] || break
    sleep 0.02
  done
  for folder in /sys/fs/cgroup/{,*/}"$DOCKERD_CGROUP"; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  unset DOCKERD_UNSHARE DOCKERD_INIT
}

# build_web_image: berth/web:1, which serves HTTP on port 80 and says that it listens on 80/tcp and 443/tcp, too.
build_web_image() {
  local rootfs=$DOCKERD_DIR/rootfs name
  mkdir -p "$rootfs/bin" "$rootfs/www"
  cp "$(command -v busybox)" "$rootfs/bin/busybox"
  for name in sh httpd sleep; do ln -sf busybox "$rootfs/bin/$name"; done
  echo container >"$rootfs/www/index.html"
  tar -C "$rootfs" -c . | docker import -c 'CMD ["/bin/httpd","-f","-p","80","-h","/www"]' -c 'EXPOSE 80/tcp' \
    -c 'EXPOSE 443/tcp' - berth/web:1 >/dev/null
}
