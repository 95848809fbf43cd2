#!/usr/bin/env bats
# Disks that are full, read-only or come back after a crash, under the real program.

load berth
load checks
private_namespaces

# mounted MOUNT-ARGUMENT...: at /opt/disk, with the registry on it.
mounted() {
  mkdir -p /opt/disk
  mount "$@" /opt/disk 2>/dev/null || skip "cannot mount: $*"
  export BERTH_REGISTRY=/opt/disk/ports.json
}

# expect_web: the registry is readable, and has what was acknowledged.
expect_web() { [ "$("$BERTH" get web)" = 8080 ]; }

@test "a full disk: refused (8) or done, with any amount of room; nothing is lost, and with room it goes on" {
  mounted -t tmpfs -o size=256k tmpfs
  "$BERTH" register web 8080
  # An allocation that says much: the new file is of several pages.
  jq --arg note "$(head -c 20000 /dev/zero | tr '\0' x)" '.allocations.web.note = $note' "$BERTH_REGISTRY" >/opt/edited
  cat /opt/edited >"$BERTH_REGISTRY"
  "$BERTH" register second 8081
  local pages refused=0 status
  for ((pages = 0; pages < 14; pages++)); do
    rm -f /opt/disk/fill
    head -c 300000 /dev/zero >/opt/disk/fill 2>/dev/null || true
    truncate -s "$(($(stat -c %s /opt/disk/fill) - pages * 4096))" /opt/disk/fill
    berth register "s$pages" $((9000 + pages))
    case $status in
      0) [ "$output" = $((9000 + pages)) ] ;;
      8) refused=$((refused + 1)); expect_stderr "make room" "/opt/disk" ;;
      *) return 1 ;;
    esac
    expect_web
    [ ! -e "$BERTH_REGISTRY.tmp" ]
    [[ $status != 0 ]] || [ "$("$BERTH" get "s$pages")" = $((9000 + pages)) ]
    [[ $status == 0 ]] || [ "$("$BERTH" get "s$pages" 1)" = 1 ]
  done
  ((refused > 3 && refused < 14))
  rm /opt/disk/fill
  berth register last 7000
  expect 0 7000
  [ "$(jq -c .revision /opt/disk/ports.history.jsonl | xargs)" = "$(seq "$(recorded .revision)" | xargs)" ]
}

@test "a disk without room for another file: 8, nothing is lost" {
  mounted -t tmpfs -o nr_inodes=10 tmpfs
  "$BERTH" register web 8080
  local number
  for number in 1 2 3 4 5 6 7 8; do : >"/opt/disk/file$number" || break; done 2>/dev/null
  berth register api 8081
  expect 8
  expect_stderr "make room"
  expect_web
  rm /opt/disk/file*
  berth register api 8081
  expect 0 8081
}

@test "a disk that is read-only: readers go on, writers are told (8)" {
  mounted -t tmpfs tmpfs
  "$BERTH" register web 8080
  mount -o remount,ro /opt/disk
  expect_web
  berth list
  expect_status 0
  berth history
  expect_status 0
  berth register web 8080
  expect 0 8080
  local words
  for words in "register api 8081" "release web" undo "restore --previous" "restore 0"; do
    # shellcheck disable=SC2086 # words
    berth $words
    [[ $words == *previous ]] || expect 8
    [[ $words == *previous ]] || expect_stderr "mounted read-only"
  done
  berth undo --dry-run
  expect_status 0
  mount -o remount,rw /opt/disk
  berth register api 8081
  expect 0 8081
}

@test "files that may not be changed (chattr +i): 8, nothing is lost" {
  "$BERTH" register web 8080
  "$BERTH" register api 8081
  local folder=${BERTH_REGISTRY%/*} file
  chattr +i "$BERTH_REGISTRY" 2>/dev/null || skip "the file system has no immutable files"
  chattr -i "$BERTH_REGISTRY"
  for file in "$BERTH_REGISTRY" "${BERTH_REGISTRY%.json}.history.jsonl" "$folder" "$BERTH_REGISTRY.previous"; do
    chattr +i "$file"
    berth register new 9000
    chattr -i "$file"
    expect 8
    [ "$("$BERTH" get web)" = 8080 ]
    [ "$("$BERTH" get new 1)" = 1 ]
    [ ! -e "$BERTH_REGISTRY.tmp" ]
  done
  berth register new 9000
  expect 0 9000
  [ "$(recorded .revision)" = 3 ]
}

# keeps_writing ACKNOWLEDGED: one service after the other, until it is ended; the number of each that was acknowledged.
keeps_writing() {
  local number
  for ((number = 1; ; number++)); do
    "$BERTH" register "s$number" 20000 >/dev/null || return
    echo "$number" >>"$1"
  done
}

@test "a disk (ext4) that is copied in the middle of writes and mounted again has all that was acknowledged" {
  [[ -n $(type -P mkfs.ext4) ]] || skip "needs mkfs.ext4"
  local image=$BATS_TEST_TMPDIR/image copy=$BATS_TEST_TMPDIR/copy acknowledged=$BATS_TEST_TMPDIR/acknowledged
  truncate -s 8M "$image"
  mkfs.ext4 -q "$image"
  mounted -o loop "$image"
  "$BERTH" register web 8080
  mkdir /opt/copy
  set -m
  keeps_writing "$acknowledged" 3>&- &
  local writer=$! round known revision copies=0
  set +m
  for ((round = 0; round < 12; round++)); do
    sleep "0.0$((round % 7 + 1))"
    kill -STOP -- "-$writer"
    known=$(tail -n 1 "$acknowledged" 2>/dev/null || echo 0)
    cp --sparse=always "$image" "$copy"
    kill -CONT -- "-$writer"
    mount -o loop "$copy" /opt/copy || { kill -KILL -- "-$writer"; skip "no second loop device"; }
    revision=$(jq -e .revision /opt/copy/ports.json)
    ((revision >= known + 1))
    [ "$("$BERTH" get web --registry /opt/copy/ports.json)" = 8080 ]
    ((known == 0)) || "$BERTH" get "s$known" --registry /opt/copy/ports.json >/dev/null
    "$BERTH" register after 7000 --registry /opt/copy/ports.json --wait 0 >/dev/null
    [ "$(jq -c .revision /opt/copy/ports.history.jsonl | xargs)" = "$(seq "$((revision + 1))" | xargs)" ]
    umount /opt/copy
    copies=$((copies + 1))
  done
  kill -KILL -- "-$writer"
  wait "$writer" 2>/dev/null || true
  echo "# copies of a disk in use: $copies, acknowledged: $(wc -l <"$acknowledged"), lost: 0" >&3
  umount /opt/disk
}
