# The commands of the README. Every target works from a clean clone with Rust, Python 3.10+ and Node 20+.

SHELL := /bin/bash
PYTHON ?= python3
VENV := $(CURDIR)/.venv
SHARED := $(abspath $(CURDIR)/../shared)
ifneq ($(wildcard $(SHARED)/data),)
export ADBRAIN_TEST_DATA ?= $(SHARED)
endif
export VENV

.PHONY: demo demo-wire docs live setup test test-all bench lint clean-setup

demo: ## Run the whole loop on the example brief; spends nothing.
	@tests/scripts/need.sh cargo
	@rm -rf target/demo && mkdir -p target/demo
	@cargo run --quiet --bin adbrain -- run --brief examples/brief.json --history examples/history.csv \
	  --db target/demo/brain.db --seed 7 --days 14 --out target/demo --json target/demo/result.json

demo-wire: ## The same over fake platforms, with the real connectors; nothing leaves the machine.
	@tests/scripts/need.sh cargo
	@tests/scripts/demo_wire.sh

live: ## Check the connectors against accounts of yours; asks for them by variable, see docs/guides/platforms.md.
	@tests/scripts/need.sh cargo
	@cargo test --quiet -p adbrain-fakes --test live -- --nocapture --test-threads=1

setup: ## Install what the tests need beyond the three toolchains.
	@tests/scripts/setup.sh

test: ## Run all tests of all three languages.
	@tests/scripts/setup.sh
	@tests/scripts/test.sh

test-all: ## As test, with the long suites.
	@tests/scripts/setup.sh
	@ADBRAIN_LONG=1 tests/scripts/test.sh

bench: ## Measure beside the peers, in one run.
	@tests/scripts/setup.sh
	@benches/run.sh

docs: ## Write the site of the documents into target/site, with the references of all three languages.
	@tests/scripts/setup.sh
	@tests/scripts/docs.sh

lint: ## Format and lints of all three languages.
	@tests/scripts/setup.sh
	@tests/scripts/lint.sh
