#!/usr/bin/env bats
# SECURITY.md: each promise names its test, and that test is there.

load berth

setup() { :; }
teardown() { :; }

@test "each promise has a test" {
  local line file name promises=0
  local -a files names
  while IFS= read -r line; do
    file=$(grep -oE '[a-z_]+\.(bats|cc)' <<<"$line" | head -n 1)
    mapfile -t files < <(find "$ROOT/tests" -name "${file:-none}")
    mapfile -t names < <(grep -oE '"[^"]+"' <<<"$line" | tr -d '"')
    [[ ${#files[@]} -gt 0 && ${#names[@]} -gt 0 ]] || { echo "no test: $line"; return 1; }
    for name in "${names[@]}"; do
      grep -hE '^@test "|^TEST' "${files[@]}" | grep -qF -- "$name" || { echo "$file has no test $name"; return 1; }
    done
    promises=$((promises + 1))
  done < <(sed -n '/^## What is promised/,/^## What is not/p' "$ROOT/SECURITY.md" | grep '^|' | sed 1,2d)
  ((promises > 15))
}
