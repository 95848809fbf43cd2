#!/usr/bin/env bats
# What lies where berth's files belong, and is none of them: links, pipes, folders, devices, other users' files.

load berth
load checks
private_namespaces

setup() {
  setup_registry
  HISTORY=${BERTH_REGISTRY%.json}.history.jsonl
  PRECIOUS=$BATS_TEST_TMPDIR/precious
  echo precious >"$PRECIOUS"
  chmod 640 "$PRECIOUS"
}

# Files that berth may find beside the registry. A commit replaces the first three, and cannot do without the others.
replaced() { echo "$BERTH_REGISTRY.tmp" "$BERTH_REGISTRY.previous" "$BERTH_REGISTRY.previous.tmp"; }
needed() { echo "$BERTH_REGISTRY.lock" "$HISTORY"; }

expect_precious() { [[ $(<"$PRECIOUS") == precious && $(stat -c '%a %h' "$PRECIOUS") == "640 ${1:-1}" ]]; }

# in_time WORD...: berth with these words, which must not hang.
in_time() { run --separate-stderr timeout 20 "$BERTH" "$@"; }

# refused_for PATH TEXT: a commit is refused (8), nothing has changed, and PATH is said to be TEXT.
refused_for() {
  in_time register new 9000
  expect 8 || return
  expect_stderr "'$1'" "$2" "hint: " || return
  [[ $("$BERTH" get web) == 8080 && $("$BERTH" get new 1) == 1 ]]
}

# another_user: skips where files cannot be given away.
another_user() {
  MALLORY=12345
  chown "$MALLORY" "$PRECIOUS" 2>/dev/null || skip "there are no other users here"
  chown 0 "$PRECIOUS"
}

# in_sticky_folder: the registry is in a folder like /tmp.
in_sticky_folder() {
  another_user
  chmod 755 "$BATS_TEST_TMPDIR"
  chmod 1777 "${BERTH_REGISTRY%/*}"
}

# as USER[:GROUP] WORD...: berth with these words, as another user.
as() {
  local user=${1%:*} group=${1#*:}
  shift
  [[ -x /opt/berth ]] || { install -m 755 "$BERTH" /opt/berth && chmod 755 /opt; }
  run --separate-stderr setpriv --reuid "$user" --regid "$user" --groups "$group" --inh-caps=-all /opt/berth "$@"
}

@test "symbolic links where a commit writes: replaced, or refused; what they lead to is left alone" {
  "$BERTH" register web 8080
  local path target
  for target in "$PRECIOUS" "$BATS_TEST_TMPDIR/dangling" loop; do
    for path in $(replaced); do
      rm -f "$path"
      ln -s "${target/#loop/$path}" "$path"
      in_time register web 8080 fixed
      expect 0 8080
      in_time register web 8080 flexible
      expect 0 8080
      [[ ! -L $path ]]
    done
    for path in $(needed); do
      mv "$path" "$path.aside"
      ln -s "${target/#loop/$path}" "$path"
      refused_for "$path" "a symbolic link"
      mv "$path.aside" "$path"
    done
    expect_precious
    [ ! -e "$BATS_TEST_TMPDIR/dangling" ]
  done
  in_time register new 9000
  expect 0 9000
}

@test "symbolic links where something is read: the way back does not follow them" {
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  mv "$BERTH_REGISTRY.previous" "$BATS_TEST_TMPDIR/elsewhere"
  ln -s "$BATS_TEST_TMPDIR/elsewhere" "$BERTH_REGISTRY.previous"
  in_time restore --previous
  expect_status 6
  expect_stderr "$BERTH_REGISTRY.previous"
  mv "$HISTORY" "$BATS_TEST_TMPDIR/history"
  ln -s "$BATS_TEST_TMPDIR/history" "$HISTORY"
  local words
  for words in history undo "restore 1" "explain web"; do
    # shellcheck disable=SC2086 # words
    in_time $words
    expect_status 6
    expect_stderr "$HISTORY"
  done
  [ "$("$BERTH" get web)" = 8080 ]
}

@test "pipes, folders, devices and sockets: nothing hangs, nothing is lost, and the file is named" {
  "$BERTH" register web 8080
  local path kind
  for kind in "mkfifo" "mkdir" "a_device" "a_socket"; do
    for path in $(replaced) $(needed); do
      "$kind" "$BATS_TEST_TMPDIR/$kind" || continue
      [[ ! -e $path ]] || mv "$path" "$path.aside"
      mv "$BATS_TEST_TMPDIR/$kind" "$path"
      if [[ $path == *.history.jsonl || $path == *.lock || $kind == mkdir ]]; then
        refused_for "$path" "is a"
      else
        in_time register web "$((8080))" "$([[ $(recorded .allocations.web.kind) == fixed ]] && echo flexible || echo fixed)"
        expect 0 8080
        [[ -f $path || ! -e $path ]]
      fi
      rm -rf "$path"
      [[ ! -e $path.aside ]] || mv "$path.aside" "$path"
    done
  done
  in_time register new 9000
  expect 0 9000
}
a_device() { mknod "$1" c 1 3 2>/dev/null; }
a_socket() { python3 -c 'import os, socket, sys; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$1"; }

@test "what lies there keeps nobody from reading" {
  "$BERTH" register web 8080
  local path
  for path in $(replaced) "$BERTH_REGISTRY.lock"; do
    rm -f "$path"
    mkfifo "$path"
  done
  local words
  for words in "get web" list "who 8080" history "explain web" check "next 8080" "register web 8080"; do
    # shellcheck disable=SC2086 # words
    in_time $words
    expect_status 0
  done
}

@test "hard links: a backup made with them stays as it was" {
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  local backup=$BATS_TEST_TMPDIR/backup
  cp -al "${BERTH_REGISTRY%/*}" "$backup"
  local before
  before=$(cd "$backup" && sha256sum -- *)
  "$BERTH" register new 9000
  "$BERTH" release web
  [ "$(cd "$backup" && sha256sum -- *)" = "$before" ]
  [ "$(jq -c .revision "$HISTORY" | xargs)" = "1 2 3 4" ]
  [ "$(stat -c %h "$HISTORY" "$BERTH_REGISTRY" | xargs)" = "1 1" ]
}

@test "hard links: another file that is called like the history, or like what is left of a commit, is not written to" {
  "$BERTH" register web 8080
  mv "$HISTORY" "$HISTORY.aside"
  ln "$PRECIOUS" "$HISTORY"
  in_time register api 8081
  expect 0 8081
  expect_precious
  mv "$HISTORY.aside" "$HISTORY"
  ln "$PRECIOUS" "$BERTH_REGISTRY.tmp"
  ln "$PRECIOUS" "$BERTH_REGISTRY.previous.tmp"
  in_time register more 8082
  expect 0 8082
  expect_precious
  rm "$BERTH_REGISTRY.lock"
  ln "$PRECIOUS" "$BERTH_REGISTRY.lock"
  in_time register last 8083
  expect 0 8083
  expect_precious 2
}

@test "like /tmp: another user's registry is not believed, and not written to" {
  in_sticky_folder
  echo '{"mallory":22}' >"$BERTH_REGISTRY"
  chown "$MALLORY" "$BERTH_REGISTRY"
  local words
  for words in "get mallory" list "register web 8080" "register mallory 22" "who 22" check "release --all" undo "restore --previous"; do
    # shellcheck disable=SC2086 # words
    refuses 8 $words
    expect_stderr "$BERTH_REGISTRY" "$MALLORY" "hint: "
  done
  chown 0 "$BERTH_REGISTRY"
  berth get mallory
  expect 0 22
}

@test "like /tmp: another user's lock, history and registry of before are not believed" {
  in_sticky_folder
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  local path
  for path in "$BERTH_REGISTRY.lock" "$HISTORY"; do
    chown "$MALLORY" "$path"
    refused_for "$path" "belongs to $MALLORY"
    chown 0 "$path"
  done
  chown "$MALLORY" "$HISTORY"
  refuses 8 history
  refuses 8 undo
  chown 0 "$HISTORY"
  chown "$MALLORY" "$BERTH_REGISTRY.previous"
  refuses 8 restore --previous
  expect_stderr "$BERTH_REGISTRY.previous"
  echo '{' >"$BERTH_REGISTRY"
  berth get web
  expect 6
  [[ $stderr != *--previous* ]]
}

@test "like /tmp: what another user put in the way of a commit does not lead it astray" {
  in_sticky_folder
  "$BERTH" register web 8080
  local path
  for path in "$BERTH_REGISTRY.tmp" "$BERTH_REGISTRY.previous" "$BERTH_REGISTRY.previous.tmp"; do
    rm -f "$path"
    ln -s "$PRECIOUS" "$path"
    chown -h "$MALLORY" "$path"
  done
  berth register api 8081
  expect 0 8081
  expect_precious
  [ "$(stat -c %u "$BERTH_REGISTRY" "$BERTH_REGISTRY.previous" "$HISTORY" | xargs)" = "0 0 0" ]
  [ ! -e "$BERTH_REGISTRY.tmp" ]
}

@test "another user's link is not followed, wherever it lies; root's, one's own and that of the folder's owner are" {
  another_user
  local folder=${BERTH_REGISTRY%/*} mode
  ln -s "$BATS_TEST_TMPDIR/elsewhere.json" "$BERTH_REGISTRY"
  chown -h "$MALLORY" "$BERTH_REGISTRY"
  for mode in 1777 777 755; do
    chmod "$mode" "$folder"
    berth register web 8080
    expect 8
    expect_stderr "'$BERTH_REGISTRY' is a symbolic link of $MALLORY"
    berth get web 1
    expect 8
    [ ! -e "$BATS_TEST_TMPDIR/elsewhere.json" ]
    [ ! -e "$BATS_TEST_TMPDIR/elsewhere.json.lock" ]
  done
  chown "$MALLORY" "$folder"
  berth register web 8080
  expect 0 8080
  chown -h 0 "$BERTH_REGISTRY"
  chown 4711 "$folder"
  berth get web
  expect 0 8080
}

@test "a group may write: a folder for it is all that is needed" {
  another_user
  local folder=/opt/shared
  chmod 755 /opt
  install -d -m 2775 -g 2000 "$folder"
  export BERTH_REGISTRY=$folder/ports.json
  umask 077
  as 1001:2000 register web 8080
  expect 0 8080
  as 1002:2000 register api 8080
  expect 0 8081
  as 1001:2000 release web
  expect 0
  berth register admin 9000
  expect 0 9000
  as 1002:2000 undo
  expect 0
  [ "$(stat -c '%a %g' "$folder"/ports.{json,history.jsonl} | sort -u)" = "664 2000" ]
  [ "$(stat -c '%a %g' "$folder/ports.json.lock")" = "660 2000" ]
  # Others read, and cannot stop a writer.
  as 1003:3000 get api
  expect 0 8081
  as 1003:3000 register evil 22
  expect 8
  expect_stderr "$folder" "hint: "
  run setpriv --reuid 1003 --regid 1003 --clear-groups flock -n "$BERTH_REGISTRY.lock" true
  [ "$status" -ne 0 ]
}

@test "root in another user's folder leaves that user able to go on" {
  another_user
  chmod 755 /opt
  install -d -o 1001 -g 1001 /opt/hers
  export BERTH_REGISTRY=/opt/hers/ports.json
  berth register web 8080
  expect 0 8080
  as 1001:1001 register api 8081
  expect 0 8081
  berth register more 8082
  expect 0 8082
  as 1001:1001 undo
  expect 0
  [ "$(stat -c %u /opt/hers/* | sort -u)" = 1001 ]
}

@test "who cannot write because of one file is told which" {
  another_user
  chmod 755 /opt
  install -d -m 777 /opt/open
  export BERTH_REGISTRY=/opt/open/ports.json
  berth register web 8080
  as 1001:1001 register api 8081
  expect 8
  expect_stderr "'/opt/open/ports.history.jsonl' belongs to root (mode 664)" 1001
  chmod 600 "$BERTH_REGISTRY.lock"
  as 1001:1001 register api 8081
  expect 8
  expect_stderr "'/opt/open/ports.json.lock' belongs to root (mode 600)"
  as 1001:1001 get web
  expect 0 8080
}
