#!/usr/bin/env bash
# Mutation testing of the door to money, in shards: each call runs some shards that have not run yet, and prints the sum of all.
# usage: mutants.sh [SHARDS IN ALL] [SHARDS NOW] [FOLDER OF THE RESULTS]
set -uo pipefail
cd "$(dirname "$0")/../.."
all=${1:-60} now=${2:-1} results=${3:-target/mutants}
command -v cargo-mutants >/dev/null || { echo "cargo-mutants is needed: cargo install cargo-mutants"; exit 2; }
files=(model/money.rs control/policy.rs control/caps.rs control/journal.rs control/ledger.rs control/reconcile.rs)
options=()
for file in "${files[@]}"; do options+=(--file "adbrain-core/src/$file"); done
mkdir -p "$results"
for ((shard = 0; shard < all && now > 0; shard++)); do
  folder=$results/$shard-of-$all
  [ -d "$folder" ] && continue
  # In place of the tests of everything, those of the door and of amounts: a mutant that they miss counts as missed.
  cargo mutants --package adbrain-core --all-features --baseline skip --timeout 120 --shard "$shard/$all" --output "$folder" \
    "${options[@]}" -- --lib -- control:: model::money
  now=$((now - 1))
done
count() { cat "$results"/*-of-"$all"/mutants.out/"$1".txt 2>/dev/null | grep -c .; }
caught=$(count caught) missed=$(count missed) timeout=$(count timeout) unviable=$(count unviable)
ran=$(find "$results" -maxdepth 1 -name "*-of-$all" | wc -l)
tried=$((caught + missed + timeout))
echo "mutants: $ran of $all shards; caught $((caught + timeout)) of $tried ($unviable did not compile)"
cat "$results"/*-of-"$all"/mutants.out/missed.txt 2>/dev/null
[ "$tried" -eq 0 ] || [ $((100 * (caught + timeout))) -ge $((90 * tried)) ]
