#!/usr/bin/env bats
# What goes where: stdout is the answer alone; colours; foreign names; stdout that is closed or full.

load berth
load checks
private_namespaces

# Names as only another program can have written them: control characters, a terminal's title and colours, a line
# break, C1, text that runs from right to left, zero width, quotes, nothing at all.
hostile_registry() {
  write_registry <<'REGISTRY'
{"schema":1,"revision":3,"allocations":{
  "red\u001b[31m":{"port":8080,"protocol":"tcp","kind":"fixed","since":"\u001b]0;title\u0007"},
  "line\nbreak\ttab\rreturn":{"port":8081,"owner":{"unit":"\u001bc.service"}},
  "c1\u009b31m":{"port":8082},
  "rtl\u202eabc\u2066\u200b":{"port":8083},
  "back\\slash\u0000\u007f":{"port":8085},
  "":{"port":8086}
}}
REGISTRY
  cat >"${BERTH_REGISTRY%.json}.history.jsonl" <<'HISTORY'
{"revision": 3, "time": "\u001b[31m", "user": "\u001b[32m\u202e", "command": "\u001b[33m\u009b", "changes": [{"service": "red\u001b[31m", "before": null, "after": {"port": 8080}, "decision": "moved", "skipped": [{"port": 8079, "verdict": "allocated", "evidence": [{"source": "registry", "what": "allocated to \u001b[34m\u202e"}]}]}]}
HISTORY
}

# terminal WORD...: berth's stdout and stderr are a terminal; $output has both, without the carriage returns.
terminal() {
  run script -qec "$(printf '%q ' "$BERTH" "$@")" /dev/null </dev/null
  output=${output//$'\r'/}
}

@test "the answer is the number and a newline, to the byte" {
  [ "$("$BERTH" register web 8080 | od -An -c | tr -s ' ')" = ' 8 0 8 0 \n' ]
  [ "$("$BERTH" get web | od -An -c | tr -s ' ')" = ' 8 0 8 0 \n' ]
  [ "$("$BERTH" next 8080 | od -An -c | tr -s ' ')" = ' 8 0 8 1 \n' ]
  [ "$("$BERTH" register r 9000-9001 | od -An -c | tr -s ' ')" = ' 9 0 0 0 - 9 0 0 1 \n' ]
}

@test "a JSON answer is one line" {
  listen tcp 8080
  local words
  for words in "register web 8080" "get web" "list" "free 8080" "next 8080" "who 8080" "explain web" "history" "migrate" \
    "release web" "version" "get nobody"; do
    # shellcheck disable=SC2086 # words
    berth $words --json
    [ "${#lines[@]}" = 1 ]
    jq -e '.schema == 1' <<<"$output"
  done
}

@test "foreign names are never printed raw" {
  hostile_registry
  listen tcp 8080
  local words
  for words in list "list --plain" "who 8080" "who 8081" "who 8080-8090" "free 8081" "free 8083" "next 8080" "register new 8080" \
    "register new 8081 fixed" "register new 8083 --explain" history "history --plain" "get x" "explain c1" "list red" \
    "release rtl" "release --all" history; do
    # shellcheck disable=SC2086 # words
    berth $words
    harmless || { echo "by: $words"; return 1; }
  done
}

@test "foreign names are never printed raw: when they are asked for" {
  hostile_registry
  local name
  for name in $'red\e[31m' $'line\nbreak\ttab\rreturn' $'c1\u009b31m' $'rtl\u202eabc\u2066\u200b' ''; do
    berth get "$name"
    expect_status 0
    [[ $output =~ ^808[0-9]$ ]]
    berth explain "$name"
    expect_status 0
    harmless
    berth list "$name" --plain
    expect_status 0
    harmless
    [ "${#lines[@]}" = 1 ]
  done
}

@test "foreign names are never printed raw: on a terminal" {
  hostile_registry
  local words
  for words in list "list --plain" "who 8080" "free 8081" history; do
    # shellcheck disable=SC2086 # words
    NO_COLOR=1 TERM=xterm terminal $words
    stderr='' harmless || { echo "by: $words"; return 1; }
  done
}

@test "foreign names in JSON are as they are once it is parsed, and harmless before" {
  hostile_registry
  local words
  for words in list "who 8080-8090" history "register new 8080" "register new2 8083 fixed" "get red"; do
    # shellcheck disable=SC2086 # words
    berth $words --json
    jq -e . <<<"$output" >/dev/null
    harmless || { echo "by: $words"; return 1; }
  done
  write_registry <<<'{"schema":1,"revision":3,"allocations":{"red\u001b[31m":{"port":1},"c1\u009b31m":{"port":2},"rtl\u202e":{"port":3},"":{"port":4}}}'
  berth list --json
  expect_json 0 '[.allocations[].service] | sort == ["", "c1\u009b31m", "red\u001b[31m", "rtl\u202e"]'
}

@test "what a user typed is never printed raw" {
  berth register $'a\e[31m\u202eb' 8080
  harmless
  berth get $'a\e[31m\u202eb'
  harmless
  berth register web $'80\e[31m80'
  harmless
  berth $'li\e[31mst'
  harmless
  berth list $'--js\e[31mon'
  harmless
  berth list --registry $'/nowhere/\e[31m/\u202e'
  harmless
  berth register web 8080 --batch $'/nowhere/\e[31m'
  harmless
}

@test "a hint never offers an empty name" {
  hostile_registry
  berth get x
  expect 1
  [[ $stderr != *"did you mean ?"* ]]
}

@test "names of processes are never printed raw" {
  cp "$(readlink -f /usr/bin/python3)" $'/opt/ev\e[31m\nil'
  exec {ready}< <(exec $'/opt/ev\e[31m\nil' "$ROOT/tests/cli/occupy.py" listen tcp 8080 2>&1 3>&-)
  LISTENERS+=($!)
  read -r -u "$ready" answer
  [ "$answer" = ready ]
  local words
  for words in "who 8080" "free 8080" "register web 8080" "register fix 8080 fixed" "list" "who 8080 --json"; do
    # shellcheck disable=SC2086 # words
    berth $words
    harmless || { echo "by: $words"; return 1; }
  done
  berth free 8080
  expect_stderr '\x1b' '\n'
}

@test "a terminal gets colours, unless NO_COLOR or a dumb terminal says otherwise" {
  "$BERTH" register web 8080
  TERM=xterm terminal list
  expect_output $'\e['
  expect_output web 8080
  NO_COLOR='' TERM=xterm terminal list
  expect_output $'\e['
  local plain
  plain=$("$BERTH" list)
  NO_COLOR=1 TERM=xterm terminal list
  expect 0 "$plain"
  TERM=dumb terminal list
  expect 0 "$plain"
  unset TERM
  terminal list
  expect 0 "$plain"
}

@test "a file or a pipe gets none" {
  "$BERTH" register web 8080
  listen tcp 9000
  local words
  for words in list "who 9000" "free 9000" history "explain web" "register fix 9000 fixed" "register irc 6667" "register x 8080 fixed"; do
    # shellcheck disable=SC2086 # words
    TERM=xterm berth $words
    [[ $output$stderr != *$'\e'* ]]
  done
}

@test "stdout on a terminal gets colours while stderr is a file, and the other way round" {
  listen tcp 8080
  TERM=xterm run script -qec "$BERTH who 8080 2>'$BATS_TEST_TMPDIR/err'" /dev/null </dev/null
  expect_output $'\e['
  TERM=xterm run script -qec "$BERTH register fix 8080 fixed >'$BATS_TEST_TMPDIR/out'" /dev/null </dev/null
  expect_output $'\e['
  [ "$(<"$BATS_TEST_TMPDIR/out")" = 8080 ]
  TERM=xterm run script -qec "$BERTH register fix2 9000 fixed; $BERTH list 2>&1 | cat" /dev/null </dev/null
  [[ $output != *$'\e'* ]]
}

@test "JSON and plain columns have no colours on a terminal either" {
  "$BERTH" register web 8080
  TERM=xterm terminal list --json
  [[ $output != *$'\e'* ]]
  TERM=xterm terminal list --plain
  [[ $output != *$'\e'* ]]
}

@test "a table's columns are aligned with names of several bytes a character" {
  write_registry <<<'{"schema":1,"revision":1,"allocations":{"caf\u00e9":{"port":8080},"plain":{"port":8081}}}'
  LC_ALL=C.UTF-8 berth list
  local one=${lines[1]%%80*} two=${lines[2]%%80*}
  [ "${#one}" = "${#two}" ]
}

@test "stdout is empty after a failure, also where some of the answer was there" {
  "$BERTH" register one 8081 fixed
  berth register --batch - <<<$'two 8082\nthree 8081 fixed'
  expect 3
  berth next 65535 --count 2
  expect 4
  berth list one two
  expect 1
}

@test "stdout closed: an error, and what was registered stays" {
  "$BERTH" register web 8080
  run --separate-stderr bash -c '"$0" get web >&-' "$BERTH"
  expect 8
  expect_stderr stdout
  run --separate-stderr bash -c '"$0" register api 8080 >&-' "$BERTH"
  expect 8
  berth get api
  expect 0 8081
}

@test "stdout full: an error" {
  "$BERTH" register web 8080
  local words
  for words in "get web" list "list --json" "who 8080" help version "register web 8080"; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr bash -c '"$0" "$@" >/dev/full' "$BERTH" $words
    expect 8
    expect_stderr stdout
  done
}

@test "a reader that has seen enough is no error" {
  seq -f 'service-%g 20000' 2000 | "$BERTH" register --batch - >/dev/null
  run --separate-stderr bash -c 'set -o pipefail; "$0" list | head -n 1 >/dev/null' "$BERTH"
  expect 0
  expect_no_stderr
}

@test "stdin, stdout and stderr closed: the files stay whole, the exit code is right" {
  listen tcp 8080
  local round
  for round in 1 2 3; do
    "$BERTH" register "fix$round" 8080 fixed <&- >&- 2>&- || true
    "$BERTH" register "web$round" 8080 <&- >&- 2>&- || true
    "$BERTH" register "other$round" 40000 <&- 2>&- >/dev/null
    "$BERTH" who 8080 >&- 2>&- <&- || true
  done
  [ "$(recorded '.allocations | length')" = 7 ]
  [ "$(jq -c .revision "${BERTH_REGISTRY%.json}.history.jsonl" | xargs)" = "1 2 3 4 5 6 7" ]
  [ ! -s "$BERTH_REGISTRY.lock" ]
  local status=0
  "$BERTH" register web1 9000abc <&- >&- 2>&- || status=$?
  [ "$status" = 2 ]
}

@test "stderr full is no error" {
  listen tcp 8080
  run --separate-stderr bash -c '"$0" register web 8080 2>/dev/full' "$BERTH"
  expect 0 8081
}
