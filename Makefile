# SPDX-License-Identifier: EUPL-1.2
# Every command a developer or operator types. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 = 1
# Tests start many processes; what Python compiled for one is there for the next.
export PYTHONDONTWRITEBYTECODE =
RUNS ?= 20000
TORTURE_SECONDS ?= 1800
SAMPLE ?= 0

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: .venv/run.stamp ## install, migrate, load the demo on a first start, and serve
	@$(BIN)/timebank serve

test: .venv/dev.stamp chromium hledger openid ## run every test on SQLite, PostgreSQL and in a browser
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

coverage: .venv/dev.stamp chromium hledger openid ## the tests once more, slowly, with what they never ran
	@$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term:skip-covered $(ARGS)

coverage-ledger: .venv/dev.stamp ## hold every line and branch of the ledger to being run by a test
	@$(BIN)/python -m pytest -n auto --dist loadfile --cov=ledger --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100 tests/ledger tests/tenancy tests/cli/test_unsafe_database.py

check: lint types coverage ## what the build server runs, and more

torture: .venv/dev.stamp ## twenty thousand runs against the model, every interleaving, an hour of kills (long)
	@TORTURE=1 TORTURE_RUNS=$(RUNS) $(BIN)/python -m pytest -v -n 2 --dist worksteal --durations 20 tests/ledger/test_state_machine.py tests/ledger/test_interleavings.py tests/together tests/phone tests/torture
	@for backend in sqlite postgresql; do $(BIN)/python -m tests.torture --backend $$backend --seconds $(TORTURE_SECONDS) || exit 1; done

mutants: .venv/dev.stamp ## change the ledger in many small ways and count which the tests find (long; SAMPLE=200 for some)
	@$(BIN)/python -m tools.mutants --sample $(SAMPLE) $(ARGS)

bench-ledger: .venv/dev.stamp .venv-bench/stamp ## measure the ledger against others, as ratios (PGLEDGER=file.sql lets it take part)
	@$(BIN)/python tools/bench_ledger $(if $(PGLEDGER),--pgledger $(PGLEDGER)) $(ARGS)

bench-matching: .venv/dev.stamp ## measure the plan on invented towns, and twelve weeks of people who use it (long)
	@$(BIN)/python tools/bench_matching $(ARGS)

bench-figures: .venv/dev.stamp ## measure pages of figures with 10,000 and 1,000,000 transfers (some minutes)
	@$(BIN)/python tools/bench_figures $(ARGS)

bench: bench-ledger bench-matching bench-figures ## every bench

lint: .venv/dev.stamp ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: .venv/dev.stamp ## let ruff format and sort
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

types: .venv/dev.stamp ## mypy, strict
	@$(BIN)/mypy

policy: .venv/dev.stamp chromium ## which tests play each row of docs/policy.md, and which rows nobody plays yet
	@$(BIN)/python -m pytest -q -m policy --policy-report $(ARGS)

messages: .venv/dev.stamp ## collect the words on the screens into the message catalogues
	@$(BIN)/python tools/messages.py

screenshots: .venv/dev.stamp chromium ## make the pictures in docs/screenshots again
	@$(BIN)/python -m tools.screenshots

vendor: .venv/dev.stamp ## fetch and purge the vendored front-end files again (needs npm)
	@$(BIN)/python -m tools.vendor

lock: ## resolve the lock files again from setup.cfg (needs uv)
	@$(PYTHON) tools/lock.py

.venv/bin/python:
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

.venv/run.stamp: requirements.lock setup.cfg $(wildcard timebank/translations/*/LC_MESSAGES/*.po) | .venv/bin/python
	@[ -e .venv/dev.stamp ] || { echo "Installing what Timebank needs (about a minute) ..."; \
	  $(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock; }
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/pybabel -q compile -d timebank/translations
	@touch $@

.venv/dev.stamp: requirements-dev.lock setup.cfg $(wildcard timebank/translations/*/LC_MESSAGES/*.po) | .venv/bin/python
	@echo "Installing what the tests need (a few minutes the first time) ..."
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/pybabel -q compile -d timebank/translations
	@touch $@

.venv-bench/stamp: tools/bench_ledger/requirements.lock
	@[ -x .venv-bench/bin/python ] || $(PYTHON) -m venv .venv-bench
	@echo "Installing the rivals of the bench ..."
	@.venv-bench/bin/pip install -q --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

hledger: # Debian's hledger checks an export; where it may not be installed its tests skip, loudly
	@command -v hledger >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	    { echo "Installing hledger to check the export ..."; apt-get update -qq >/dev/null && apt-get install -y -qq hledger >/dev/null; }; } || \
	  echo "hledger is not here and could not be installed: its tests will be skipped."

openid: # the provider that staff sign in through in the tests; without npm those tests skip, loudly
	@[ -d tests/oidc/node_modules/oidc-provider ] || \
	  { command -v npm >/dev/null 2>&1 && echo "Installing an OpenID provider for the tests ..." && \
	    npm ci --prefix tests/oidc --silent --no-audit --no-fund; } || \
	  echo "The OpenID provider is not here and could not be installed: its tests will be skipped."

chromium: # Debian's browser for the browser tests; where it may not be installed they skip, loudly
	@command -v chromium-headless-shell >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	    { echo "Installing Chromium for the browser tests ..."; apt-get update -qq >/dev/null && apt-get install -y -qq chromium-headless-shell >/dev/null; }; } || \
	  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get install -y -qq chromium >/dev/null; } || \
	  echo "Chromium is not here and could not be installed: the browser tests will be skipped."

.PHONY: help run test coverage coverage-ledger check lint format types policy messages screenshots vendor lock chromium hledger openid torture mutants bench bench-ledger bench-matching bench-figures
