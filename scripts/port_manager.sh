#!/bin/sh
# The port manager for installation scripts: a thin cover over berth. See the README for what berth does.
#
# Sourced, it defines
#   register_port SERVICE PORT [fixed|flexible]   allocates the port, or keeps the one the service has; prints it
#   get_port SERVICE [DEFAULT]                    prints the port of a service
#   list_ports                                    prints all allocations
#   is_port_free PORT                             exit 0 if it is free, 1 if not; prints nothing
#   get_next_available_port PORT                  prints the next port that is free; records nothing
# and otherwise only names that begin with berth_. It changes no shell option, trap, directory or IFS, and works under
# `set -euo pipefail`. The functions end with berth's exit codes.
#
# Run, it is berth:
#   scripts/port_manager.sh register SERVICE PORT [fixed|flexible]
#   scripts/port_manager.sh get SERVICE [DEFAULT]
#   scripts/port_manager.sh list
#   scripts/port_manager.sh ...                   any other command of berth
#
# berth is taken from the checkout or the installation that this file is in, else from PATH. Exit 127: there is none.
# PORT_DB and BERTH_REGISTRY name another registry, be they exported or not.

# Sets berth_file, the path of this file, and berth_sourced. Only bash tells a sourced file its name; in other shells
# $0 is this file when it is run.
berth_file=$0
berth_sourced=
if [ -n "${BASH_VERSION-}" ]; then
  # shellcheck disable=SC3028,SC2128 # this is bash, and its first element is meant
  berth_file=$BASH_SOURCE
  if [ "$berth_file" != "$0" ] || (return 0 2>/dev/null); then berth_sourced=yes; fi
fi
[ ! -L "$berth_file" ] || berth_file=$(readlink -f -- "$berth_file")
case $berth_file in
  /*) ;;
  *) berth_file=$PWD/$berth_file ;;
esac
if [ -z "${BASH_VERSION-}" ] && [ "${berth_file##*/}" != port_manager.sh ]; then
  berth_file=
  berth_sourced=yes
fi

# Sets berth_program. The caller may have a function or an alias of the name berth: only files count.
berth_find() {
  if [ -n "$berth_file" ]; then
    berth_here=${berth_file%/*}
    for berth_program in "$berth_here/../build/release" "$berth_here/../bin" "$berth_here" "$berth_here/.."; do
      if berth_usable; then return 0; fi
    done
  fi
  berth_rest=${PATH-}:
  while [ -n "$berth_rest" ]; do
    berth_program=${berth_rest%%:*}
    if [ -n "$berth_program" ] && berth_usable; then return 0; fi
    berth_rest=${berth_rest#*:}
  done
  printf '%s\n' "port_manager.sh: berth is neither near ${berth_file:-this script} nor on PATH" \
    "  hint: in berth's checkout, './berth version' builds it and 'cmake --install build/release' puts it on PATH" >&2
  return 127
}

# Whether the folder in berth_program has berth; then berth_program becomes its path.
berth_usable() {
  berth_program=$berth_program/berth
  [ -f "$berth_program" ] && [ -x "$berth_program" ]
}

# The subshell hands on variables that are not exported, without a change to the caller's.
berth_run() {
  berth_find || return
  (
    export PORT_DB BERTH_REGISTRY
    exec "$berth_program" "$@"
  )
}

register_port() { berth_run register "$@"; }
get_port() { berth_run get "$@"; }
list_ports() { berth_run list "$@"; }
is_port_free() { berth_run free --quiet "$@"; }
get_next_available_port() { berth_run next "$@"; }

if [ -z "$berth_sourced" ]; then
  berth_find || exit
  exec "$berth_program" "$@"
fi
