#!/usr/bin/env bash
# Mutation testing of the door to money and of retries, file by file. Results are kept in tests/mutants, hold as long as the file is as it was, and
# are summed at the end: it fails where a file has none, or fewer than 90 of 100 mutants were caught.
# usage: mutants.sh [FILE OF adbrain-core/src ...]   (none: nothing is run; all: every file whose result does not hold, and what was missed)
set -uo pipefail
cd "$(dirname "$0")/../.."
files=(model/money.rs control/policy.rs control/caps.rs control/journal.rs control/ledger.rs control/reconcile.rs)
files+=(io/http/class.rs io/http/client.rs io/http/failure.rs io/http/lane.rs)
results=tests/mutants
work=$(realpath -m "${MUTANTS_FOLDER:-target/mutants}")
export CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=1 CARGO_PROFILE_TEST_DEBUG=0 CARGO_PROFILE_DEV_DEBUG=0

kept() { echo "$results/${1//\//-}.txt"; }
holds() { [ "$(head -n 1 "$(kept "$1")" 2>/dev/null)" = "$(git rev-parse "HEAD:adbrain-core/src/$1")" ]; }

slim() { # Takes out of a tree what the door does not name, so that a mutant is built in seconds. The tests that are run all stay.
  local source=$1/adbrain-core/src connector
  sed -i -E '/^(pub )?mod (know|decide|agent|brain|show|serve);/d; /^pub use (decide|know|serve|show|agent|brain|memory|predict)/d
    /^#\[cfg\(feature/d; s/^pub use world::.*/pub use world::{market, platform};/' "$source/lib.rs"
  sed -i '/^pub mod measure;/d' "$source/world/mod.rs"
  sed -i '/^mod accounts;/d; /^pub use accounts/d' "$source/world/platform/mod.rs"
  for connector in google linkedin meta tiktok; do sed -i '/mod spec;$/!d' "$source/world/platform/$connector/mod.rs"; done
  sed -i -E '/^#\[cfg\(test\)\]/d; /mod [a-z_]+;$/{/ (distribution|interval|quadrature|random|root|undefined|vector);/!d}' "$source/stats/mod.rs"
}

# The names of the mutants of a file that were missed.
missed() { sed -n 's/^missed //p' "$(kept "$1")"; }

try() { # try FILE: in a tree of its own, built in part for each mutant. Where a result holds, only what was missed is tried again.
  local tree=$work/tree out=$work/out caught=0 only=() name
  if holds "$1"; then
    caught=$(sed -n 's/^caught //p' "$(kept "$1")")
    while read -r name; do only+=(--re "^$(sed 's/[][\.*^$()+?{}|]/\\&/g' <<<"$name")$"); done < <(missed "$1")
    [ ${#only[@]} -gt 0 ] || return
  fi
  [ -d "$tree" ] || git worktree add --quiet --detach "$tree" HEAD || return
  git -C "$tree" checkout --quiet --detach --force "$(git rev-parse HEAD)" || return
  slim "$tree"
  rm -rf "$out"
  # In place of the tests of everything, those of the door, of amounts and of requests: a mutant that they miss counts as missed.
  (cd "$tree" && cargo mutants --in-place --package adbrain-core --no-default-features --cargo-arg --lib --baseline skip --timeout 30 \
    --output "$out" --file "adbrain-core/src/$1" "${only[@]}" -- -- control:: model::money io::http)
  # 0: all caught; 2: some missed; 3: some took too long. Anything else came to no end.
  case $? in 0 | 2 | 3) ;; *) return ;; esac
  out=$out/mutants.out
  # Where nothing was built, the stripped tree itself is broken.
  grep -q . "$out"/{caught,missed,timeout}.txt || { echo "$1: no mutant was built"; return; }
  mkdir -p "$results"
  # A pattern may find more than was asked for; of what was tried again, what was missed before and is not now counts.
  if [ ${#only[@]} -gt 0 ]; then
    caught=$((caught + $(missed "$1" | grep -cvxFf "$out/missed.txt")))
  else
    caught=$(cat "$out/caught.txt" "$out/timeout.txt" | grep -c .)
  fi
  {
    git rev-parse "HEAD:adbrain-core/src/$1"
    echo "caught $caught"
    sed 's/^/missed /' "$out/missed.txt"
  } >"$(kept "$1")"
}

if [ $# -gt 0 ]; then
  command -v cargo-mutants >/dev/null || { echo "cargo-mutants is needed: cargo install cargo-mutants"; exit 2; }
fi
[ "${1:-}" != all ] || set -- "${files[@]}"
for file in "$@"; do try "$file"; done

caught=0 missed=0 open=""
for file in "${files[@]}"; do
  holds "$file" || { open="$open $file"; continue; }
  caught=$((caught + $(sed -n 's/^caught //p' "$(kept "$file")"))) missed=$((missed + $(missed "$file" | grep -c .)))
done
grep -h '^missed ' "$results"/*.txt 2>/dev/null
echo "mutants: caught $caught of $((caught + missed)); no result that holds:${open:- none}"
[ -z "$open" ] && [ $((100 * caught)) -ge $((90 * (caught + missed))) ]
