#!/usr/bin/env bash
# Runs every bench beside its peers, one after the other, and fails where a bar is not met.
set -uo pipefail
cd "$(dirname "$0")/.."
tests/scripts/need.sh cargo python || exit 1
failed=0
echo "== parts"
cargo bench --quiet -p adbrain-benches --bench parts || failed=1
for bench in workflow import market cycle memory experiments value forest saturation persona allocation series setup sdk; do
  echo "== $bench"
  "${PYTHON:-python3}" benches/compare.py "$bench" || failed=1
done
echo "== fanout"
cargo run --quiet --release -p adbrain-benches --bin fanout || failed=1
echo "== decisions"
"${PYTHON:-python3}" benches/decisions.py || failed=1
exit "$failed"
