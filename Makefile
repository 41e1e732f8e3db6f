# Bare `make` lists what can be done.
VENV ?= .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
PYTHON ?= python3
PORT ?= 5000
HOST ?= 127.0.0.1
WORKERS ?= 2
JOBS ?= auto
export PORT HOST

.PHONY: attacks help install run test quick check lint docs bench translations screenshots clean chaos

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t16

$(VENV)/installed: requirements.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

translations/compiled: $(wildcard translations/*/LC_MESSAGES/*.po) | $(VENV)/installed
	@$(BIN)/python scripts/translations --compile
	@touch $@

install: $(VENV)/installed translations/compiled ## virtual environment, requirements, translations

run: install ## database, demo data (first time), web and worker; prints the address and a login for every role
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/run

test: install ## every test, on SQLite and PostgreSQL, browser included
	@bash scripts/install-test-tools
	@$(PY) -m pytest -n $(JOBS) --dist worksteal

quick: install ## the tests of every day: SQLite, no browser, without the slow ones (under 90 seconds)
	@$(PY) -m pytest -n $(JOBS) --dist worksteal --quick

lint: install ## format, lint, types, import rules, translations, generated docs
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PY) scripts/translations --check
	@$(PY) scripts/docs --check

check: lint test ## everything that CI asks

bench: install ## the performance table of bench/results.md (TICKETS=1000000 adds a million; BENCH_SECONDS a run)
	@$(PY) -m bench

docs: install ## write docs/procedures/ from the declarations
	@$(PY) scripts/docs

attacks: install ## 100,000 hostile requests on each database, into docs/reliability.md (ATTACKS=n)
	@ATTACKS=$${ATTACKS:-100000} ATTACKS_SEED=0 $(PY) -m pytest -n 0 tests/attacks

chaos: install ## 1,000 kills, 10,000 mails, a day without mail, full disks, on each database, into docs/reliability.md
	@$(PY) -m tests.chaos

screenshots: install ## every screen of the demonstration, wide and phone, into screenshots/
	@bash scripts/install-test-tools
	@$(PY) scripts/screenshots

translations: install ## extract texts, merge the English parts, compile
	@$(PY) scripts/translations
	@touch translations/compiled

clean: ## remove what was generated (never instance/)
	@rm -rf $(VENV) translations/compiled .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
