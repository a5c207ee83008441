#!/usr/bin/env bash
# Installs the proxy of LiteLLM (about 760 MB) for the test of language models against a real server, and runs that test.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/scripts/need.sh cargo python
folder=tests/.litellm
if [ ! -x "$folder/bin/litellm" ]; then
  "${PYTHON:-python3}" -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check 'litellm[proxy]==1.108.7'
fi
export ADBRAIN_LITELLM_KEY=sk-adbrain-test-0123456789abcdef0123456789abcdef
exec cargo test --quiet -p adbrain-tests --test whole_loop litellm -- --ignored
