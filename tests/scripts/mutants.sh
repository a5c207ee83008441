#!/usr/bin/env bash
# Mutation testing of the door to money and of retries, in shards: each call runs some shards that have not run yet at this commit, and prints the
# sum of all.
# usage: mutants.sh [SHARDS IN ALL] [SHARDS NOW] [FOLDER OF THE RESULTS]
set -uo pipefail
cd "$(dirname "$0")/../.."
commit=$(git rev-parse --short HEAD)
all=${1:-40} now=${2:-1} results=$(realpath -m "${3:-target/mutants}")/$commit
command -v cargo-mutants >/dev/null || { echo "cargo-mutants is needed: cargo install cargo-mutants"; exit 2; }
files=(model/money.rs control/policy.rs control/caps.rs control/journal.rs control/ledger.rs control/reconcile.rs)
files+=(io/http/class.rs io/http/client.rs io/http/failure.rs io/http/lane.rs)
options=()
for file in "${files[@]}"; do options+=(--file "adbrain-core/src/$file"); done
mkdir -p "$results"
# A tree of its own, built in part for each mutant: a mutant takes seconds.
tree=$results/tree
[ -d "$tree" ] || git worktree add --quiet --detach "$tree" HEAD || exit 2
export CARGO_TARGET_DIR=${MUTANTS_TARGET_DIR:-$(dirname "$results")/target}
export CARGO_INCREMENTAL=1 CARGO_PROFILE_TEST_DEBUG=0 CARGO_PROFILE_DEV_DEBUG=0
for ((shard = 0; shard < all && now > 0; shard++)); do
  folder=$results/$shard-of-$all
  [ -d "$folder" ] && continue
  # In place of the tests of everything, those of the door, of amounts and of requests: a mutant that they miss counts as missed.
  (cd "$tree" && cargo mutants --in-place --package adbrain-core --no-default-features --baseline skip --timeout 60 --sharding round-robin --shard "$shard/$all" \
    --output "$folder" "${options[@]}" -- --lib -- control:: model::money io::http)
  now=$((now - 1))
done
count() { cat "$results"/*-of-"$all"/mutants.out/"$1".txt 2>/dev/null | grep -c .; }
caught=$(count caught) missed=$(count missed) timeout=$(count timeout) unviable=$(count unviable)
ran=$(find "$results" -maxdepth 1 -name "*-of-$all" | wc -l)
tried=$((caught + missed + timeout))
echo "mutants: $ran of $all shards; caught $((caught + timeout)) of $tried ($unviable did not compile)"
cat "$results"/*-of-"$all"/mutants.out/missed.txt 2>/dev/null
[ "$tried" -eq 0 ] || [ $((100 * (caught + timeout))) -ge $((90 * tried)) ]
