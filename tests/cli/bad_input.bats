#!/usr/bin/env bats
# Bad input: exit 2, the offending text quoted, nothing on stdout, nothing written. And good input that looks odd.

load berth
load checks
private_namespaces

# refused TEXT WORD...: these words are bad input because of TEXT; in an empty folder, and over a registry.
refused() {
  local text=$1
  shift
  refuses 2 "$@" || return
  expect_stderr "$text" || return
  [[ ! -e $BERTH_REGISTRY ]] || return 0
  [[ -z $(ls -A "${BERTH_REGISTRY%/*}") ]]
}

@test "names that are good" {
  local name
  for name in web w.b a/b 9 A_b-c.d "$(printf '%063d' 0)" "$(printf '%063d/%063d' 0 0)"; do
    berth register "$name" 8080
    expect_status 0
    berth get "$name"
    expect_status 0
  done
  [ "$(recorded '.allocations | length')" = 7 ]
}

@test "names are compared as they are: no pattern, no prefix, no case" {
  berth register web 8080
  local other port=8081
  for other in w.b we webb WEB web/b; do
    berth get "$other"
    expect 1
    berth register "$other" 8080
    expect 0 $((port++))
  done
}

@test "names that are bad" {
  local name
  for name in 'x"y' a/b/c a/ /a // .a _a a/.b ../a 'a b' 'a,b' 'a:b' 'a=b' 'a*' '*' 'a\b' 'é' "a'b" ' a' 'a '; do
    refused "invalid service name" register "$name" 8080
  done
  refused "'x\"y'" register 'x"y' 8080
  refused 'hint: ' register 'x"y' 8080
}

@test "names that are too long" {
  refused "invalid service name" register "$(printf '%064d' 0)" 8080
  refused "invalid service name" register "a/$(printf '%064d' 0)" 8080
  refused "invalid service name" register "$(printf '%0100000d' 0)" 8080
  [ "${#stderr}" -lt 1000 ]
}

@test "an empty name" {
  refused empty register '' 8080
}

@test "a name that begins with a dash is an option, or after -- a bad name" {
  refused "'-n'" register -n 8080
  refused "'-n'" register -- -n 8080
}

@test "names with control characters are quoted harmlessly" {
  refused '\n' register $'a\nb' 8080
  refused '\x1b' register $'a\e[31m' 8080
  refused '\xff' register $'a\xff' 8080
}

@test "ports that are none" {
  local port
  for port in 0 65536 70000 99999999999999999999 abc 8080abc ' 8080' '8080 ' $'8080\n' +80 080 08080 0x50 1e3 80.0 80,81 \
    '' 8080- 8080-8070 0-10 65535-65536 1-2-3 8080/ 8080//tcp; do
    refused "'" register web "$port"
  done
  refused "'70000'" register web 70000
  refused "'abc'" register web abc
  refused "' 8080'" register web ' 8080'
  refused "-80" register web -80
  refused "'-80'" register -- web -80
}

@test "a range the wrong way round gets a hint" {
  refused 'did you mean 8070-8080?' register web 8080-8070
}

@test "protocols that are none" {
  local spec
  for spec in 8080/sctp 8080/TCP 8080/tcp/udp 8080/udp+tcp+udp 8080/http 8080/6; do
    refused "'" register web "$spec"
  done
  refused "'sctp'" register web 8080/sctp
}

@test "addresses that are none" {
  local spec
  for spec in localhost:80 256.0.0.1:80 127.1:80 0127.0.0.1:80 1.2.3.4.5:80 ::1:80 '[::1]' '[::1]80' '[127.0.0.1]:80' '[]:80' \
    '[::1%lo]:80' :80 80: '[::g]:80' ' 127.0.0.1:80' '127.0.0.1:'; do
    refused "'" register web "$spec"
  done
}

@test "addresses that are good" {
  local spec address=''
  while read -r spec address; do
    berth register web "$spec" fixed
    expect 0 8080
    berth get web --json
    expect_json 0 ".address == \"$address\""
  done <<'SPECS'
*:8080            *
0.0.0.0:8080      0.0.0.0
127.0.0.1:8080    127.0.0.1
[::]:8080         ::
[::1]:8080        ::1
[0:0::1]:8080     ::1
[::FFFF:127.0.0.1]:8080 127.0.0.1
SPECS
}

@test "kinds that are none" {
  local kind
  for kind in fixd FIXED Flexible any '' 'fixed '; do refused "unknown kind '$kind'" register web 8080 "$kind"; done
  refused 'did you mean fixed?' register web 8080 fixd
  refused 'did you mean flexible?' register web 8080 flexibel
}

@test "words that are missing, and one too many" {
  local words
  for words in register "register web" get "get a 80 b" free "free 80 81" next "next 80 81" who "who 80 81" explain \
    "explain a b" release "history a b" "version x" "help register x" "register web 8080 fixed x"; do
    # shellcheck disable=SC2086 # words
    refused "hint: berth ${words%% *}" $words
  done
}

@test "a bad name is bad input where there is a lock, where nothing may be written, and where there is no folder" {
  "$BERTH" register web 8080
  lock_registry
  refuses 2 register 'x"y' 8081 --wait 0
  BERTH_REGISTRY=/proc/nowhere/a.json refuses 2 register 'x"y' 8081
  BERTH_REGISTRY=$BATS_TEST_TMPDIR/nowhere/a.json refuses 2 register 'x"y' 8081
  [ ! -e "$BATS_TEST_TMPDIR/nowhere" ]
}

@test "bad SPECs are bad for every command" {
  local command
  for command in free next who; do
    refused "'abc'" "$command" abc
    refused "'0'" "$command" 0
    refused "'70000'" "$command" 70000
    refused "localhost" "$command" localhost:80
  done
}

@test "a default that is no port, even where it is not needed" {
  refused "'abc'" get web abc
  "$BERTH" register web 8080
  refuses 2 get web 70000
}

@test "counts that are none" {
  local count
  for count in 0 -1 abc 2-3 65536 '' 1.5 +1; do refused "--count" next 8080 "--count=$count"; done
}

@test "ranges that are none" {
  local range
  for range in abc 9000-8000 0-10 1-70000 '' 127.0.0.1:80 8080/tcp; do refused "'" register web 8080 "--within=$range"; done
  refused "--within" register web 8080 --within
}

@test "waits that are none" {
  local wait
  for wait in abc -1 '' nan inf 1e3 0x1 ' 1' 86401; do refused "--wait" register web 8080 "--wait=$wait"; done
  refused "--wait" register web 8080 --wait
}

@test "waits that are good" {
  local wait
  for wait in 0 1 0.5 86400; do
    berth register web 8080 "--wait=$wait"
    expect 0 8080
  done
}

@test "an empty registry name" {
  refused "--registry" register web 8080 --registry=
  refused "--registry" register web 8080 --registry
}

@test "options that are none get the nearest" {
  refused "'--nope'" register web 8080 --nope
  refused "did you mean --strict?" register web 8080 --strickt
  refused "did you mean --json?" list --jsn
  refused "'-x'" list -x
  refused "'--bogus'" --bogus list
  refused "'--bogus'" --bogus
}

@test "options of another command are none" {
  refused "'--all'" list --all
  refused "'--batch'" get --batch
  refused "'--strict'" next 8080 --strict
}

@test "an option without a value does not take one" {
  refused "'--json'" list --json=1
  refused "'--dry-run'" register web 8080 --dry-run=yes
}

@test "commands that are none get the nearest" {
  refused "did you mean berth list?" lst
  refused "did you mean berth register?" registre web 8080
  refused "unknown command 'frobnicate'" frobnicate
  refused "berth help" frobnicate
}
