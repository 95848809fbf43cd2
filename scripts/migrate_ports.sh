#!/bin/sh
# Takes over an existing installation: `berth migrate`, with all that it understands. See `berth help migrate`.
set -eu

here=$(readlink -f -- "$0")
exec "${here%/*}/port_manager.sh" migrate "$@"
