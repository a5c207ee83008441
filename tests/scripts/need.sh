#!/usr/bin/env bash
# Says in one line which toolchain is missing: need.sh cargo python node
set -u
for part in "$@"; do
  case "$part" in
    cargo) command -v cargo >/dev/null || { echo "missing: Rust (cargo); install it with rustup" >&2; exit 1; } ;;
    python) "${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
      { echo "missing: Python 3.10 or newer (python3)" >&2; exit 1; } ;;
    node) node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null ||
      { echo "missing: Node 20 or newer (node)" >&2; exit 1; } ;;
  esac
done
