# A real systemd of a test's own, booted in namespaces from the packages of this machine:
#
#   . systemd.bash
#   mkdir -p "$tree/etc/systemd/system"; ...        # the units, as they lie on a disk
#   start_systemd "$tree" || skip "$SYSTEMD_REFUSAL"
#   in_systemd systemctl list-sockets
#   stop_systemd
#
# It has its own network (lo alone), processes, mounts and a cgroup; its root is a tmpfs with this machine's /usr, a
# minimal /etc, of this machine's units none, and what the tree has in etc, run and usr/lib/systemd/system. $BERTH, if
# set, is /berth there. It boots to multi-user.target and sockets.target in about half a second. What it says is in
# $tree/log. It ends with stop_systemd, or when the shell that started it does; nothing is left but an empty cgroup then.

# shellcheck shell=bash

SYSTEMD_PID='' # of its process 1, as it is seen from here
# Why it did not start.
# shellcheck disable=SC2034 # that is for the caller
SYSTEMD_REFUSAL=''

# start_systemd TREE: returns when it has booted, or 1.
start_systemd() {
  local tree=$1 program
  SYSTEMD_REFUSAL='' SYSTEMD_TREE=$1
  [[ $(id -u) -eq 0 ]] || { SYSTEMD_REFUSAL="booting systemd needs root"; return 1; }
  for program in /usr/lib/systemd/systemd /usr/bin/systemctl; do
    [[ -x $program ]] || { SYSTEMD_REFUSAL="needs the package systemd"; return 1; }
  done
  mkdir -p "$tree/root" "$tree/cgroup"
  # shellcheck disable=SC2016 # that is for the inner bash
  setpriv --pdeathsig KILL unshare --mount --propagation private bash -c '
    set -eu
    mount -t cgroup2 cgroup2 "$1/cgroup"
    mine=$1/cgroup$(sed -n "s/^0:://p" /proc/self/cgroup)/berth-test-$$
    mkdir "$mine"
    echo "$$" >"$mine/cgroup.procs"
    exec unshare --cgroup --mount --net --uts --ipc --pid --fork --kill-child bash -c "$2" boot "$1"' \
    namespaces "$tree" "$(declare -f boot_systemd); boot_systemd \"\$1\"" >"$tree/log" 2>&1 </dev/null 3>&- &
  SYSTEMD_OUTSIDE=$!
  SYSTEMD_CGROUP=berth-test-$SYSTEMD_OUTSIDE
  local tries
  for ((tries = 0; tries < 500; tries++)); do
    SYSTEMD_PID=''
    read -r SYSTEMD_PID _ <"/proc/$SYSTEMD_OUTSIDE/task/$SYSTEMD_OUTSIDE/children" || true
    kill -0 "$SYSTEMD_OUTSIDE" || break
    if [[ -n $SYSTEMD_PID && -S /proc/$SYSTEMD_PID/root/run/systemd/private ]]; then
      # It answers before it has booted; whether all units started is the test's business.
      in_systemd timeout 20 systemctl is-system-running --wait >/dev/null 2>&1 || true
      in_systemd systemctl is-active --quiet multi-user.target && return
      break
    fi
    sleep 0.02
  done 2>/dev/null
  # shellcheck disable=SC2034
  SYSTEMD_REFUSAL="systemd does not boot here: $(tail -n 1 "$tree/log")"
  stop_systemd
  return 1
}

# Runs in the namespaces, and becomes systemd.
boot_systemd() {
  set -eu
  local tree=$1 root=$1/root name
  local units=$root/usr/lib/systemd/system
  mount -t tmpfs tmpfs "$root"
  mkdir -p "$root"/{usr,etc/systemd/system,proc,sys,dev,run,tmp,var/log,root,old}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  mount --rbind /usr "$root/usr"
  mount -o remount,bind,ro "$root/usr"
  cp /etc/passwd /etc/group /etc/ld.so.cache "$root/etc"
  : >"$root/etc/machine-id"
  mount -t tmpfs tmpfs "$units"
  mount -t tmpfs tmpfs "$root/usr/lib/systemd/system-generators"
  for name in basic multi-user shutdown sockets sysinit; do
    printf '[Unit]\nDefaultDependencies=no\n' >"$units/$name.target"
  done
  printf 'Wants=sockets.target\nAfter=sockets.target\n' >>"$units/multi-user.target"
  ln -s multi-user.target "$units/default.target"
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for name in null zero full random urandom; do
    : >"$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
  done
  : >"$root/dev/console"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  for name in etc run usr/lib/systemd/system; do
    [[ ! -d $tree/$name ]] || cp -a "$tree/$name/." "$root/$name"
  done
  if [[ -n ${BERTH-} ]]; then
    : >"$root/berth"
    mount --bind "$BERTH" "$root/berth"
  fi
  cd "$root"
  pivot_root . old
  umount -l /old
  exec env -i container=berth PATH=/usr/sbin:/usr/bin /usr/lib/systemd/systemd --log-target=console --show-status=no
}

# in_systemd COMMAND...: runs it there, as root.
in_systemd() {
  nsenter --target "$SYSTEMD_PID" --mount --uts --ipc --net --pid --cgroup --root --wd -- "$@"
}

stop_systemd() {
  [[ -n ${SYSTEMD_OUTSIDE-} ]] || return 0
  # Everything in its process namespace ends with process 1, and the mounts with the last process.
  kill -KILL "$SYSTEMD_OUTSIDE" ${SYSTEMD_PID:+"$SYSTEMD_PID"} 2>/dev/null
  wait "$SYSTEMD_OUTSIDE" 2>/dev/null
  # shellcheck disable=SC2016 # that is for the inner bash
  unshare --mount --propagation private bash -c '
    mount -t cgroup2 cgroup2 "$1/cgroup"
    mine=$1/cgroup$(sed -n "s/^0:://p" /proc/self/cgroup)/$2
    for ((tries = 0; tries < 200; tries++)); do
      [[ ! -d $mine ]] || find "$mine" -depth -type d -exec rmdir {} + 2>/dev/null
      [[ -d $mine ]] || break
      sleep 0.02
    done' cgroup "$SYSTEMD_TREE" "$SYSTEMD_CGROUP"
  SYSTEMD_OUTSIDE='' SYSTEMD_PID=''
}
