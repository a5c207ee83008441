#!/usr/bin/env bash
# Mutation testing of the door to money and of retries, file by file. Results are kept in tests/mutants, hold as long as the file is as it was, and
# are summed at the end: it fails where a file has none, or fewer than 90 of 100 mutants were caught.
# usage: mutants.sh [FILE OF adbrain-core/src ...]   (none: nothing is run; all: every file whose result does not hold)
set -uo pipefail
cd "$(dirname "$0")/../.."
files=(model/money.rs control/policy.rs control/caps.rs control/journal.rs control/ledger.rs control/reconcile.rs)
files+=(io/http/class.rs io/http/client.rs io/http/failure.rs io/http/lane.rs)
results=tests/mutants
work=$(realpath -m "${MUTANTS_FOLDER:-target/mutants}")
export CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=1 CARGO_PROFILE_TEST_DEBUG=0 CARGO_PROFILE_DEV_DEBUG=0

kept() { echo "$results/${1//\//-}.txt"; }
holds() { [ "$(head -n 1 "$(kept "$1")" 2>/dev/null)" = "$(git rev-parse "HEAD:adbrain-core/src/$1")" ]; }

try() { # try FILE: in a tree of its own, built in part for each mutant, so that a mutant takes seconds.
  local tree=$work/tree out=$work/out
  [ -d "$tree" ] || git worktree add --quiet --detach "$tree" HEAD || return
  git -C "$tree" checkout --quiet --detach --force "$(git rev-parse HEAD)" || return
  rm -rf "$out"
  # In place of the tests of everything, those of the door, of amounts and of requests: a mutant that they miss counts as missed.
  (cd "$tree" && cargo mutants --in-place --package adbrain-core --no-default-features --baseline skip --timeout 60 --output "$out" \
    --file "adbrain-core/src/$1" -- --lib -- control:: model::money io::http)
  # 0: all caught; 2: some missed; 3: some took too long. Anything else came to no end.
  case $? in 0 | 2 | 3) ;; *) return ;; esac
  out=$out/mutants.out
  mkdir -p "$results"
  {
    git rev-parse "HEAD:adbrain-core/src/$1"
    echo "caught $(cat "$out/caught.txt" "$out/timeout.txt" | grep -c .)"
    sed 's/^/missed /' "$out/missed.txt"
  } >"$(kept "$1")"
}

if [ $# -gt 0 ]; then
  command -v cargo-mutants >/dev/null || { echo "cargo-mutants is needed: cargo install cargo-mutants"; exit 2; }
fi
[ "${1:-}" != all ] || set -- "${files[@]}"
for file in "$@"; do holds "$file" || try "$file"; done

caught=0 missed=0 open=""
for file in "${files[@]}"; do
  holds "$file" || { open="$open $file"; continue; }
  caught=$((caught + $(sed -n 's/^caught //p' "$(kept "$file")"))) missed=$((missed + $(grep -c '^missed ' "$(kept "$file")")))
done
grep -h '^missed ' "$results"/*.txt 2>/dev/null
echo "mutants: caught $caught of $((caught + missed)); no result that holds:${open:- none}"
[ -z "$open" ] && [ $((100 * caught)) -ge $((90 * (caught + missed))) ]
