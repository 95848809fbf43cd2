#!/usr/bin/env bats
# berth migrate: where it looks, whatever lies there, and whatever it is told.

load berth
load checks
private_namespaces

# write_project DIRECTORY SPEC: a compose project with one port.
write_project() {
  mkdir -p "$1"
  printf 'services:\n  web:\n    image: x\n    ports: ["%s"]\n' "$2" >"$1/compose.yaml"
}

# added: what the last JSON answer adds, one a line.
added() { jq -r '.plan[] | select(.change == "add") | "\(.service) \(.endpoint.port)"' <<<"$output"; }

# peak COMMAND...: its memory at most, in MiB.
peak() {
  python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
}

@test "a tree with everything that could hang it: what is sound is found, the rest is said" {
  local tree=/srv level
  write_project $tree/sound 8080:80
  ln -s . $tree/sound/itself
  ln -s .. $tree/sound/up
  mkdir $tree/{loop,fifo,socket,huge,large,bomb,zeros,proc,broken}
  ln -s compose.yaml $tree/loop/compose.yaml
  mkfifo $tree/fifo/compose.yaml
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $tree/socket/compose.yaml
  truncate -s 100M $tree/huge/compose.yml
  yes 'services: {web: {ports: ["1:1"]}}' | head -c 100M >$tree/large/compose.yml
  head -c 4M /dev/zero >$tree/zeros/compose.yml
  {
    echo 'a0: &a0 ["1:1", "2:2", "3:3", "4:4", "5:5", "6:6", "7:7", "8:8", "9:9"]'
    for level in {1..30}; do printf 'a%d: &a%d [%s]\n' "$level" "$level" "$(printf "*a$((level - 1)),%.0s" {1..9})"; done
    echo 'services: {web: {ports: *a30}}'
  } >$tree/bomb/compose.yaml
  echo 'services: [' >$tree/broken/compose.yaml
  mount --bind /proc $tree/proc
  berth migrate --yes --json
  expect_json 0 .applied '[.problems[].file | split("/")[2]] | unique == ["bomb", "broken", "huge", "large", "zeros"]'
  [ "$(added)" = "sound 8080" ]
}

@test "thousands of projects: all of them, in little memory, and nothing the second time" {
  python3 - <<'PROJECTS'
import os
for number in range(6000):
    os.makedirs(f"/srv/p{number}")
    with open(f"/srv/p{number}/compose.yaml", "w") as file:
        ports = "".join(f'      - "{10000 + 3 * number + port}:{80 + port}"\n' for port in range(3))
        file.write("services:\n  web:\n    image: x\n    ports:\n" + ports)
PROJECTS
  local limit=200
  [[ $BERTH != */asan/* ]] || limit=2000 # the sanitizers' own
  [ "$(peak "$BERTH" migrate --yes --quiet)" -lt "$limit" ]
  [ "$(recorded '.allocations | length')" = 18000 ]
  remember
  [ "$(peak "$BERTH" migrate --yes --quiet)" -lt "$limit" ]
  expect_untouched
}

@test "on a terminal a long search says how far it is" {
  mkdir -p /srv/{1..50}/{1..50}
  write_project /srv/1/1/blog 8080:80
  run script -qec "NO_COLOR=1 $BERTH migrate --dry-run" /dev/null </dev/null
  expect_status 0
  expect_output "looked into 1000 directories" "looked into 2000 directories" $'\r\e[K' "add     blog"
  run script -qec "$BERTH migrate --dry-run --quiet" /dev/null </dev/null
  [[ $output != *"looked into"* ]]
  berth migrate --dry-run
  [[ $stderr != *"looked into"* ]]
}

@test "another root: links lead to where they would lead there, and never outside" {
  local root=$BATS_TEST_TMPDIR/disk
  write_project "$root/data/blog" 8080:80
  mkdir -p "$root/etc/nginx"
  ln -s /data "$root/srv"
  write_project /data/outside 8081:80
  write_project /outside 8082:80
  ln -s /outside "$root/data/linked"
  mkdir "$root/opt"
  ln -s /outside/compose.yaml "$root/opt/compose.yaml"
  echo 'events {} http { server { listen 8083; } }' >"$root/data/nginx.conf"
  ln -s /data/nginx.conf "$root/etc/nginx/nginx.conf"
  berth migrate --root "$root" --dry-run --json
  expect_json 0 '.problems == []'
  [ "$(added | sort)" = $'blog 8080\nnginx 8083' ]
  # Paths are those inside.
  berth migrate --root "$root" /srv/blog --dry-run --json
  [ "$(added)" = "blog 8080" ]
  berth migrate --root "$root" /outside --dry-run --json
  expect_json 0 '.problems == [{"file": "/outside", "line": null, "message": "is not there"}]'
}

@test "paths that are not there, or none" {
  write_project /srv/blog 8080:80
  refuses 2 migrate /srv/none --yes
  expect_stderr /srv/none "No such file"
  refuses 2 migrate /srv/blog '' --yes
  refuses 2 migrate --root /srv/none --yes
  expect_stderr /srv/none
  refuses 2 migrate --root /srv/blog/compose.yaml --yes
  expect_stderr "Not a directory"
  mkdir /srv/empty
  berth migrate /srv/empty --yes
  expect_status 0
  expect_stderr "nothing to take over"
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "a folder that may not be read is refused where it is named, and said where it is not" {
  mkdir -p /srv/closed
  chmod 700 /srv/closed
  as_nobody migrate /srv/closed --dry-run
  expect_status 2
  expect_stderr /srv/closed "Permission denied"
  write_project /srv/blog 8080:80
  chmod 755 /srv /srv/blog
  as_nobody migrate --dry-run
  expect_output "add     blog"
  expect_stderr "/srv/closed: permission denied"
}

@test "paths twice, in each other, and relative: each thing once" {
  write_project /srv/blog 8080:80
  write_project /srv/blog/inner 8081:80
  echo '{"keycloak":8180}' >/srv/port_allocation.json
  cd /srv
  berth migrate blog ./blog blog/inner/../ /srv /srv/blog/compose.yaml port_allocation.json --dry-run --json
  expect_json 0 '.found | length == 3'
  [ "$(added | sort)" = $'blog 8080\ninner 8081\nkeycloak 8180' ]
}

@test "a registry that was found by the way and is broken does not stop the rest" {
  write_project /srv/blog 8080:80
  echo '{"keycloak":' >/srv/port_allocation.json
  berth migrate --yes
  expect_status 0
  expect_stderr "/srv/port_allocation.json: is not valid"
  [ "$(recorded '.allocations | keys | join(" ")')" = blog ]
}

@test "what is registered and found nowhere has a row, and is no reason to do anything" {
  "$BERTH" register wiki 8090
  remember
  berth migrate --yes
  expect_status 0
  expect_stderr "keep    wiki     8090/tcp  registered, but not found here" "berth: 1 registered, but not found here" \
    "nothing to take over"
  expect_untouched
  berth migrate /srv --dry-run
  expect 0 ""
}

@test "what is registered in part is told with the command that registers all of it" {
  "$BERTH" register python3 127.0.0.1:7000 fixed
  listen tcp 7000
  berth migrate --yes
  expect_status 0
  expect_stderr "registered for 127.0.0.1:7000/tcp alone: berth register python3 7000 fixed" "1 registered only in part"
  berth register python3 7000 fixed
  expect 0 7000
  berth migrate --dry-run
  [[ $stderr != *"in part"* ]]
}

@test "the name goes to the main port: web before SSH, as declared before others" {
  mkdir -p /srv/gitea
  printf 'services:\n  server:\n    image: x\n    ports: ["2222:22", "3000:3000", "2080:80"]\n' >/srv/gitea/compose.yaml
  berth migrate --yes --json
  [ "$(added | sort)" = $'gitea 3000\ngitea/22 2222\ngitea/80 2080' ]
}

@test "the sum comes after the plan, also where both go to one place" {
  write_project /srv/blog 8080:80
  run bash -c '"$BERTH" migrate --dry-run 2>&1'
  [ "${lines[1]%% *}" = add ]
  [ "${lines[2]}" = "berth: 1 to add" ]
  # What could not be written is an error all the same.
  run --separate-stderr bash -c '"$BERTH" migrate --dry-run >/dev/full'
  [ "$status" -eq 8 ]
}

@test "at the question: the end of the input is no, and Ctrl-C ends it" {
  write_project /srv/blog 8080:80
  run timeout --foreground 30 script -qec "$BERTH migrate" /dev/null <<<$'\x04'
  expect_output "[y/N]" "nothing was changed"
  [ ! -e "$BERTH_REGISTRY" ]
  coproc timeout --foreground 30 script -qec "$BERTH migrate" /dev/null
  local pid=$COPROC_PID said status=0
  IFS= read -r -d ']' said <&"${COPROC[0]}"
  [[ $said == *"[y/N" ]]
  printf '\003' >&"${COPROC[1]}"
  wait "$pid" || status=$?
  [ "$status" -eq 130 ]
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "an installer that asks under another name than the one taken over is told what to do, and that works" {
  listen tcp 7000
  "$BERTH" migrate --running redis-server=7000 --yes
  berth register redis 7000 flexible
  expect 0 7001
  expect_stderr "if redis-server is the same service, ask under that name: berth register redis-server 7000" \
    "berth release redis redis-server, then berth migrate --running redis=7000"
  berth register redis-server 7000
  expect 0 7000
  "$BERTH" release redis redis-server
  "$BERTH" migrate --running redis=7000 --yes
  berth register redis 7000
  expect 0 7000
  [ "$(recorded '.allocations | keys | join(" ")')" = redis ]
}
