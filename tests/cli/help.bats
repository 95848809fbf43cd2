#!/usr/bin/env bats
# Help and version; options that every command takes; which registry is meant.

load berth
load checks
private_namespaces

commands="register get list release free next who explain migrate history undo restore version help"

@test "no words at all: the overview on stderr, bad input" {
  berth
  expect 2
  expect_stderr "berth register SERVICE SPEC" "berth help"
}

@test "help, --help and -h: the overview on stdout" {
  local words command overview=''
  for words in help --help -h; do
    berth "$words"
    expect_status 0
    expect_no_stderr
    [[ -z $overview || $output == "$overview" ]]
    overview=$output
  done
  for command in $commands; do expect_output "berth $command"; done
  expect_output --registry --json --plain --quiet --wait "Exit codes: 0 done" "8 permission" "70 a bug"
}

@test "no line of any help is longer than 100 characters" {
  berth help
  local command
  for command in '' $commands; do
    # shellcheck disable=SC2086 # nothing is no word
    berth help $command
    [ "$(awk 'length > 100' <<<"$output")" = "" ]
  done
}

@test "help on every command, in three forms" {
  local command text
  for command in $commands; do
    berth help "$command"
    expect_status 0
    expect_no_stderr
    expect_output "berth $command" --registry
    text=$output
    berth "$command" --help
    expect 0 "$text"
    berth "$command" -h
    expect 0 "$text"
  done
}

@test "help on a command names all its options" {
  berth help register
  expect_output --within --strict --dry-run --batch --explain "fixed|flexible" "/tcp+udp"
  berth help next
  expect_output --count --within
  berth help release
  expect_output --all
  berth help migrate
  expect_output --running --dry-run --yes
}

@test "help wins over everything else on the line" {
  berth register --help web
  expect_status 0
  expect_output "berth register"
  berth get web 9000 -h
  expect_status 0
  expect_output "berth get"
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "--help after -- is a word" {
  berth get -- --help
  expect 1
  expect_stderr "'--help'"
  berth get -- -h
  expect 1
  expect_stderr "'-h'"
}

@test "--help that is the value of an option is that value" {
  refuses 2 register web 8080 --within --help
}

@test "help on a command that is none" {
  refuses 2 help nonsense
  expect_stderr "'nonsense'"
  refuses 2 help registre
  expect_stderr "did you mean berth register?"
}

@test "help needs no registry that can be read" {
  write_registry <<<garbage
  berth help
  expect_status 0
  berth version
  expect_status 0
}

@test "version and --version" {
  berth version
  expect_status 0
  [[ $output =~ ^berth\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
  local version=$output
  berth --version
  expect 0 "$version"
}

@test "version in JSON, in both forms" {
  berth version --json
  expect_json 0 '.version | test("^[0-9]+[.][0-9]+[.][0-9]+$")'
  berth --version --json
  expect_json 0 '.version | type == "string"'
}

@test "options before the command, after it, and with =" {
  local other=$BATS_TEST_TMPDIR/other.json
  berth --registry "$other" register web 8080
  expect 0 8080
  berth "--registry=$other" get web
  expect 0 8080
  berth get "--registry=$other" web
  expect 0 8080
  berth get web --registry "$other"
  expect 0 8080
  berth --json --wait 1 get web --registry "$other"
  expect_json 0 '.port == 8080'
  [ ! -e "$BERTH_REGISTRY" ]
}

@test "the last of an option given twice counts" {
  berth register web 8080 --registry /nowhere/a.json --registry "$BERTH_REGISTRY"
  expect 0 8080
  [ -e "$BERTH_REGISTRY" ]
}

@test "after -- everything is a word" {
  berth register -- web 8080 fixed
  expect 0 8080
  berth get -- web
  expect 0 8080
  berth release -- --all
  expect 1
  expect_stderr "'--all'"
}

@test "registry: --registry wins over BERTH_REGISTRY, and that over PORT_DB" {
  local folder=$BATS_TEST_TMPDIR
  echo '{"web":1001}' >"$folder/option.json"
  echo '{"web":1002}' >"$folder/berth.json"
  echo '{"web":1003}' >"$folder/port_db.json"
  export BERTH_REGISTRY=$folder/berth.json PORT_DB=$folder/port_db.json
  berth get web --registry "$folder/option.json"
  expect 0 1001
  berth get web
  expect 0 1002
  unset BERTH_REGISTRY
  berth get web
  expect 0 1003
}

@test "registry: an empty variable is none" {
  echo '{"web":1003}' >"$BATS_TEST_TMPDIR/port_db.json"
  BERTH_REGISTRY='' PORT_DB=$BATS_TEST_TMPDIR/port_db.json berth get web
  expect 0 1003
}

@test "registry: the default, whose folder is made" {
  unset BERTH_REGISTRY
  berth register web 8080
  expect 0 8080
  [ "$(jq .allocations.web.port /opt/foss-server-stack/port_allocation.json)" = 8080 ]
  PORT_DB='' berth get web
  expect 0 8080
}

@test "registry: relative, with blanks, in folders that are made" {
  cd "$BATS_TEST_TMPDIR"
  berth register web 8080 --registry "a b/c/d.json"
  expect 0 8080
  [ -e "$BATS_TEST_TMPDIR/a b/c/d.json" ]
  berth get web --registry "./a b/c/d.json"
  expect 0 8080
}

@test "quiet: no notes and warnings, only the answer and errors" {
  listen tcp 8080
  berth register web 8080 --quiet
  expect 0 8081
  expect_no_stderr
  berth register fix 8080 fixed --quiet
  expect 0 8080
  expect_no_stderr
  berth --quiet list other
  expect 1
  expect_stderr "not registered"
}

@test "json: no notes and warnings on stderr" {
  listen tcp 8080
  berth register web 8080 fixed --json
  expect_json 0 '.warnings | length == 1'
  expect_no_stderr
}

@test "commands have nothing to do with each other's files" {
  local command
  for command in "get web 80" list "free 8080" "next 8080" "who 8080" history version help "register web 8080 --dry-run" migrate; do
    # shellcheck disable=SC2086 # words
    berth $command
    expect_status 0
    [ -z "$(ls -A "${BERTH_REGISTRY%/*}")" ]
  done
}
