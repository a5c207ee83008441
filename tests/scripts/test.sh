#!/usr/bin/env bash
# Runs every suite, goes on after a failure, prints skipped tests and a closing line, and fails where a suite failed.
# ADBRAIN_STRICT=1: a skipped test fails the run. ADBRAIN_LONG=1: the long suites too.
set -uo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The long suites take hours unoptimised; libraries are optimised as they are always.
[ -n "${ADBRAIN_LONG:-}" ] && export CARGO_PROFILE_DEV_OPT_LEVEL=1
passed=0 failed=0
failures=""

suite() { # suite NAME COMMAND...
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  if "$@" 2>&1 | tee -a "$log"; then passed=$((passed + 1)); else failed=$((failed + 1)) failures="$failures $name"; fi
  echo "== $name: $((SECONDS - began)) s"
}

wheel() { # The dev profile shares its build with the tests; releases are built with --release.
  "$VENV/bin/maturin" develop --quiet --profile dev -m adbrain-py/Cargo.toml
}

suite lint tests/scripts/lint.sh
suite rust cargo test --quiet --no-fail-fast --all-features -- --show-output
suite python-build wheel
suite python "$VENV/bin/pytest" -q -rs adbrain-py/tests tests/python
suite node-build npm --silent --prefix adbrain-node run build:dev
suite node npm --silent --prefix adbrain-node test
suite cases "$VENV/bin/python" tests/python/run_cases.py
suite surface "$VENV/bin/python" tests/python/run_surface.py
suite types "$VENV/bin/python" tests/python/write_types.py --check
suite docs "$VENV/bin/python" tests/python/run_readme.py
suite links tests/scripts/docs.sh pages
suite notebook "$VENV/bin/python" tests/python/run_notebooks.py
suite page node tests/browser/page.mjs --check
suite browser node tests/browser/smoke.mjs
suite control-room node tests/browser/room.mjs
suite brief node tests/browser/brief.mjs
suite packages "$VENV/bin/python" tests/python/run_packages.py
suite licences "$VENV/bin/python" tests/python/third_party.py --check
suite workflows node tests/packages/workflows.mjs
if [ -n "${ADBRAIN_LONG:-}" ]; then
  suite error-rates cargo run --quiet --release -p adbrain-benches --bin error_rates
  suite language-models tests/scripts/litellm.sh
  suite packages-long "$VENV/bin/python" tests/python/run_packages.py --long
  suite site tests/scripts/docs.sh
  suite run-rates cargo run --quiet --release -p adbrain-benches --bin run_rates
fi

skipped=$(grep -aE '^(skipped: |SKIPPED )' "$log" | sort -u)
count=$(printf '%s' "$skipped" | grep -c . || true)
if [ -n "$skipped" ]; then printf 'skipped tests:\n%s\n' "$skipped"; else echo "skipped tests: none"; fi
[ -n "$failures" ] && echo "failed suites:$failures"
if [ "${ADBRAIN_STRICT:-}" = 1 ] && [ "$count" -gt 0 ]; then
  echo "a test was skipped for want of a part"
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed, $count skipped"
[ "$failed" -eq 0 ]
