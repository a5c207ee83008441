#!/usr/bin/env bash
# Starts the fake platforms on free ports, runs the whole loop over them with the real connectors, and stops them whatever happens.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=target/demo-wire
rm -rf "$out" && mkdir -p "$out"
cargo build --quiet --bin fakes --bin adbrain
programs=${CARGO_TARGET_DIR:-target}/debug
"$programs/fakes" "$out/fakes" >"$out/fakes.log" 2>&1 &
fakes=$!
trap 'kill "$fakes" 2>/dev/null || true; wait "$fakes" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  if [ "$(wc -l <"$out/fakes.log")" -ge 2 ]; then break; fi
  kill -0 "$fakes" || { cat "$out/fakes.log"; exit 1; }
  sleep 0.1
done
"$programs/adbrain" demo --wire "$(sed -n 2p "$out/fakes.log")" --out "$out" --json "$out/result.json"
