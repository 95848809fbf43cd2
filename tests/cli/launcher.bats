#!/usr/bin/env bats
# ./berth: starts the built program at once, and builds it on the first call. Here cmake, apt-get and what they need to
# know are played by small scripts in front of PATH, which write down how they were called.

load berth
private_namespaces

setup() {
  setup_registry
  checkout="$BATS_TEST_TMPDIR/a check out"
  played=$BATS_TEST_TMPDIR/played
  calls=$BATS_TEST_TMPDIR/calls
  mkdir -p "$checkout" "$played"
  cp -r "$ROOT/berth" "$ROOT/packaging" "$checkout"
  : >"$calls"
  export PATH=$played:$PATH CALLS=$calls

  play id 'echo "${PLAYED_UID:-0}"'
  play dpkg-query 'for package in cmake g++ libtomlplusplus-dev libyaml-dev lld ninja-build; do echo "$package installed"; done
    echo "libfmt-dev not-installed"
    ! [ -e "$CALLS.installed" ] || sed -n "s/$/ installed/p" "$CALLS.installed"'
  play apt-get 'echo "apt-get $*" >>"$CALLS"
    echo "Setting up things"
    case " $* " in *" install "*) for word; do echo "$word"; done >"$CALLS.installed" ;; esac'
  play cmake 'echo "cmake $*" >>"$CALLS"
    cat >/dev/null
    case " $* " in *" --build "*)
      mkdir -p build/release
      sleep "${PLAYED_BUILD:-0}"
      echo "[1/1] Linking berth"
      printf "%s\n" "#!/bin/sh" "printf \"<%s>\" \"\$@\"; cat; exit 3" >build/release/berth
      chmod +x build/release/berth ;;
    esac'
}

play() {
  printf '#!/bin/sh\n%s\n' "$2" >"$played/$1"
  chmod +x "$played/$1"
}

built() {
  mkdir -p "$checkout/build/release"
  printf '#!/bin/sh\nprintf "<%%s>" "$@"; exit 3\n' >"$checkout/build/release/berth"
  chmod +x "$checkout/build/release/berth"
}

@test "built: starts it with the same words, and ends with its exit code" {
  built
  run --separate-stderr "$checkout/berth" get 'a b' '' '*'
  expect 3 '<get><a b><><*>'
  [ -z "$stderr" ]
}

@test "built: runs no other program first" {
  built
  run --separate-stderr env PATH=/nowhere "$checkout/berth" list
  expect 3 '<list>'
}

@test "built: from another directory, through a symbolic link, by a relative path" {
  built
  ln -s "$checkout/berth" "$BATS_TEST_TMPDIR/linked"
  ln -s "$checkout" "$BATS_TEST_TMPDIR/folder"
  cd /
  run --separate-stderr "$BATS_TEST_TMPDIR/linked" list
  expect 3 '<list>'
  run --separate-stderr "$BATS_TEST_TMPDIR/folder/berth" list
  expect 3 '<list>'
  cd "$checkout"
  run --separate-stderr ./berth list
  expect 3 '<list>'
  run --separate-stderr sh berth list
  expect 3 '<list>'
}

@test "the first call: installs what is missing and nothing else, builds, and leaves stdin and stdout to berth" {
  run --separate-stderr "$checkout/berth" register web 8080 <<<"input"
  expect 3 '<register><web><8080>input'
  expect_stderr installing building "Linking berth"
  run grep install "$calls"
  expect_output "--no-install-recommends"
  [[ $output == *" libfmt-dev rapidjson-dev" ]]
  run grep -c '^cmake' "$calls"
  expect 0 2
}

@test "the first call: through a symbolic link builds in the checkout" {
  ln -s "$checkout/berth" "$BATS_TEST_TMPDIR/linked"
  cd /
  run --separate-stderr "$BATS_TEST_TMPDIR/linked" list </dev/null
  expect 3 '<list>'
  [ -x "$checkout/build/release/berth" ]
}

@test "the first call: with everything installed calls no apt-get, and needs no root" {
  sed -n '/^[a-z]/p' "$checkout/packaging/dependencies" >"$calls.installed"
  PLAYED_UID=1000 run --separate-stderr "$checkout/berth" list </dev/null
  expect 3 '<list>'
  run grep apt-get "$calls"
  expect 1
}

@test "the first call: fetches the list of packages only where an installation fails, or there is none" {
  mkdir "$checkout/lists"
  play find 'exit 0' # a minimal image: no lists at all
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 3 '<list>'
  run grep -o 'update$\|install ' "$calls"
  expect 0 $'update\ninstall '
}

@test "the first call: an old list of packages is fetched anew" {
  play find 'echo /var/lib/apt/lists/some_Packages'
  play apt-get 'echo "apt-get $*" >>"$CALLS"
    case " $* " in
      *" update "*) : >"$CALLS.updated" ;;
      *) [ -e "$CALLS.updated" ] || { echo "404 Not Found"; exit 100; } ;;
    esac'
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 3 '<list>'
  run grep -o 'update$\|install ' "$calls"
  expect 0 $'install \nupdate\ninstall '
}

@test "the first call: 70 and the end of the log when apt-get fails" {
  play apt-get 'echo "E: no space left on device"; exit 100'
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 70
  expect_stderr "no space left" "could not install"
}

@test "the first call: 8, the missing packages and the command without root" {
  PLAYED_UID=1000 run --separate-stderr "$checkout/berth" list </dev/null
  expect 8
  expect_stderr "missing: " "sudo apt-get install" "libfmt-dev rapidjson-dev"
  [[ $stderr != *cmake* ]]
  run grep . "$calls"
  expect 1
}

@test "the first call: 8 and the packages where there is no Debian" {
  local tool
  for tool in awk cat cmake id mkdir readlink sh flock tail tr; do
    [ -e "$played/$tool" ] || ln -s "$(type -P "$tool")" "$played/$tool"
  done
  rm "$played/dpkg-query" "$played/apt-get"
  run --separate-stderr env PATH="$played" "$checkout/berth" list </dev/null
  expect 8
  expect_stderr "not a Debian" "g++" rapidjson-dev
}

@test "the first call: 70 and the end of the log when the build fails" {
  play cmake 'echo "FAILED: main.cc.o"; exit 1'
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 70
  expect_stderr "FAILED: main.cc.o" "the build failed" "$checkout/build/launcher.log"
  [ ! -e "$checkout/build/release/berth" ]
}

@test "the first call: is tried anew after one that failed" {
  PATH=$BATS_TEST_TMPDIR/broken:$PATH
  mkdir "$BATS_TEST_TMPDIR/broken"
  printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/broken/cmake"
  chmod +x "$BATS_TEST_TMPDIR/broken/cmake"
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 70
  rm "$BATS_TEST_TMPDIR/broken/cmake"
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 3 '<list>'
}

@test "the first call: 8 where the build may not be written" {
  : >"$checkout/build"
  run --separate-stderr "$checkout/berth" list </dev/null
  expect 8
  expect_stderr "no permission" "$checkout/build"
}

@test "two first calls at once: one builds, both are answered" {
  export PLAYED_BUILD=0.3
  "$checkout/berth" get one </dev/null >"$BATS_TEST_TMPDIR/one" 2>/dev/null 3>&- &
  local first=$!
  run --separate-stderr "$checkout/berth" get two </dev/null
  expect 3 '<get><two>'
  wait "$first" || [ $? -eq 3 ]
  [ "$(<"$BATS_TEST_TMPDIR/one")" = '<get><one>' ]
  run grep -c -- '--build' "$calls"
  expect 0 1
}

@test "a service that apt-get starts does not keep the lock" {
  play apt-get 'for word; do echo "$word"; done >"$CALLS.installed"
    sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >"$CALLS.pid"'
  run --separate-stderr "$checkout/berth" list </dev/null
  LISTENERS+=("$(<"$calls.pid")")
  expect 3 '<list>'
  flock -n "$checkout/build/launcher.lock" true
}
