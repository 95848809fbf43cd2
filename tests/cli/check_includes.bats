#!/usr/bin/env bats
# scripts/check_includes finds what it is there to find: each case is put into a copy of src/.

load berth

setup() {
  copy=$BATS_TEST_TMPDIR/copy
  mkdir "$copy"
  cp -r "$ROOT/src" "$copy"
}
teardown() { :; }

check() { run "$ROOT/scripts/check_includes" "$copy"; }

# finds FILE LINE TEXT: with LINE at its end, FILE in src/ is found, and nothing else.
finds() {
  printf '%s\n' "$2" >>"$copy/src/$1"
  check
  expect 1 "src/$1:$(wc -l <"$copy/src/$1"): $3"
}

@test "the code as it is keeps the rule" {
  check
  expect 0
}

@test "core includes nobody" { finds core/policy.cc '#include "store/store.h"' 'core may not include store/store.h'; }
@test "system includes nobody" {
  finds system/error.cc '#include "core/error.h"' 'system may not include core/error.h'
}
@test "siblings do not include each other" {
  finds store/store.h '#include "inspect/machine.h"' 'store may not include inspect/machine.h'
}
@test "app includes the interface of the store" {
  echo '#include "store/store.h"' >>"$copy/src/app/register.cc"
  check
  expect 0
}
@test "app includes no store" {
  finds app/register.cc '#include "store/file_store.h"' 'app may not include store/file_store.h'
}
@test "app includes no mechanism" {
  finds app/register.cc '  #  include "system/error.h" // why' 'app may not include system/error.h'
}
@test "cli does not include web, nor what discovers" {
  finds cli/run.cc '#include "web/server.h"' 'cli may not include web/server.h'
}
@test "main may include everything" {
  printf '#include "%s"\n' system/error.h store/file_store.h cli/run.h >>"$copy/src/main.cc"
  check
  expect 0
}
@test "a folder without a rule is found" {
  mkdir "$copy/src/extra"
  finds extra/more.cc '#include "core/error.h"' 'no rule says what extra/ may include'
}
@test "a path that does not begin with a folder is found" {
  finds core/policy.cc '#include "policy.h"' '"policy.h" is not of the form "folder/file.h"'
}
@test "a path upward is found" {
  finds core/policy.cc '#include "../store/store.h"' '"../store/store.h" is not of the form "folder/file.h"'
}
@test "a third-party header in a header is found" {
  finds store/store.h '#include <rapidjson/reader.h>' '<rapidjson/reader.h> is third-party: not in a header'
}
@test "a third-party header in a .cc is none of its business" {
  echo '#include <rapidjson/reader.h>' >>"$copy/src/store/codec.cc"
  check
  expect 0
}
@test "a header of the kernel in core is found" {
  finds core/policy.cc '#include <sys/socket.h>' 'core is pure: no <sys/socket.h>'
}
@test "the clock in core is found" { finds core/policy.cc '#include <chrono>' 'core is pure: no <chrono>'; }
@test "iostream is found" {
  finds cli/run.cc '#include <iostream>' '<iostream> costs more start-up time than all of berth'
}
@test "every line that is forbidden is named" {
  echo '#include "cli/run.h"' | tee -a "$copy/src/core/policy.cc" >>"$copy/src/system/error.cc"
  check
  expect_status 1
  expect_output 'core may not include cli/run.h' 'system may not include cli/run.h'
}
@test "nothing to read is no success" {
  rm -r "$copy/src"
  check
  expect_status 2
}
