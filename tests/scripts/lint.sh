#!/usr/bin/env bash
# Format and lints of all three languages; a warning is an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo fmt --all --check
cargo clippy --quiet --workspace --exclude adbrain-py --exclude adbrain-node --all-targets --keep-going -- -D warnings
# The bindings have no tests in Rust.
cargo clippy --quiet -p adbrain-py -p adbrain-node -- -D warnings
"$VENV/bin/ruff" check --quiet adbrain-py tests benches examples
"$VENV/bin/ruff" format --quiet --check adbrain-py tests benches examples
"$VENV/bin/pyright" --warnings --pythonpath "$VENV/bin/python" -p adbrain-py
# Advisories need a database from the network, so they are not part of a test.
if cargo deny --version >/dev/null 2>&1; then
  cargo deny --offline --log-level error check bans licenses sources
else
  echo "cargo-deny is not installed: licences and sources of the dependencies were not checked"
fi
