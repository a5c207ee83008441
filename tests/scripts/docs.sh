#!/usr/bin/env bash
# Writes the site of the documents into target/site, with the references that are made from the code of the three languages.
# docs.sh pages: the pages alone, which is where links are checked.
set -euo pipefail
cd "$(dirname "$0")/../.."
"$VENV/bin/mkdocs" build --quiet
echo "pages: $(find target/site -name '*.html' | wc -l)"
[ "${1:-}" != pages ] || exit 0
"$VENV/bin/python" -c 'import adbrain' 2>/dev/null || "$VENV/bin/maturin" develop --quiet --profile dev -m adbrain-py/Cargo.toml
"$VENV/bin/pdoc" adbrain -o target/site/python
(cd adbrain-node && node_modules/.bin/typedoc --logLevel Error --name adbrain --readme none --skipErrorChecking \
  --tsconfig __test__/tsconfig.json --entryPoints index.d.mts --out ../target/site/node)
cargo doc --quiet --no-deps -p adbrain-core
rm -rf target/site/rust
cp -a "${CARGO_TARGET_DIR:-target}/doc" target/site/rust
echo "site: $(du -sh target/site | cut -f 1) in target/site, begin with index.html; references: rust/adbrain_core, python/adbrain.html, node"
