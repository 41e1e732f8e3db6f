# Bare `make` lists what can be done.
VENV ?= .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
PYTHON ?= python3
PORT ?= 5000
HOST ?= 127.0.0.1
WORKERS ?= 2
# One test process more than there are cores: a third of the time the tests wait for disks, browsers and processes.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
export PORT HOST
# Where this is set, each process that the tests start compiles the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: attacks release-upgrades field-runs mail-torture retention-proof audit help install run test quick check lint docs bench guard requirements translations screenshots clean chaos workshop

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t16

PIP := -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/installed: requirements.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) $(PIP) -r requirements.txt
	@touch $@

$(VENV)/workshop: requirements.txt requirements-dev.txt | $(VENV)/installed
	@$(PY) $(PIP) -r requirements.txt -r requirements-dev.txt
	@touch $@

$(VENV)-tools/installed: requirements-tools.txt
	@test -x $(VENV)-tools/bin/python || $(PYTHON) -m venv $(VENV)-tools
	@$(VENV)-tools/bin/python $(PIP) -r requirements-tools.txt
	@touch $@

translations/compiled: $(wildcard translations/*/LC_MESSAGES/*.po) | $(VENV)/installed
	@$(BIN)/python scripts/translations --compile
	@touch $@

install: $(VENV)/installed translations/compiled ## virtual environment, what production needs, translations

workshop: install $(VENV)/workshop ## the same, and what tests and lint need

run: install ## database, demo data (first time), web and worker; prints the address and a login for every role
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/run

test: workshop ## every test, on SQLite and PostgreSQL, browser included
	@bash scripts/install-test-tools
	@$(PY) -m pytest -n $(JOBS) --dist worksteal

quick: workshop ## the tests of every day: SQLite, no browser, without the slow ones
	@$(PY) -m pytest -n $(JOBS) --dist worksteal --quick

lint: workshop ## format, lint, types, import rules, translations, generated docs, what nobody uses, bounds
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PY) scripts/translations --check
	@$(PY) scripts/docs --check
	@$(PY) scripts/unused
	@$(PY) scripts/bounds

check: lint test guard ## everything that CI asks

bench: workshop ## the performance table of bench/results.md (TICKETS=1000000 adds a million; BENCH_SECONDS a run)
	@$(PY) -m bench

guard: workshop ## a request of people that lost a quarter of its speed fails (bench/guard.json; `python -m bench.guard --keep` writes it anew)
	@$(PY) -m bench.guard

docs: workshop ## write docs/procedures/ from the declarations, docs/asvs.md from its rows
	@$(PY) scripts/docs
	@$(PY) scripts/asvs

attacks: workshop ## 100,000 hostile requests on each database, every POST by every actor, 150 payloads in Chromium, into docs/reliability.md (ATTACKS=n)
	@ATTACKS=$${ATTACKS:-100000} ATTACKS_SEED=0 $(PY) -m pytest -n 0 tests/attacks

mail-torture: workshop ## 5,000 mutations of the corpus of mails through the guarded reader, into docs/reliability.md
	@$(PY) -m tests.inbox.test_corpus

field-runs: workshop ## a hundred visits without a signal in Chromium, over a line that breaks to a server that refuses (FIELD_RUNS=n)
	@FIELD_RUNS=$${FIELD_RUNS:-100} $(PY) -m pytest -n 0 --database sqlite tests/browser/test_field_runs.py

chaos: workshop ## 1,000 kills, 10,000 mails out and in, a day without mail, full disks, on each database, into docs/reliability.md
	@$(PY) -m tests.chaos

release-upgrades: workshop ## the archive of each kept release upgraded and restored, killed in every migration, on each database, into docs/reliability.md
	@RELEASE_UPGRADES=1 $(PY) -m pytest -n 0 tests/deploy/test_release_upgrades.py

retention-proof: workshop ## many tickets full of canaries, three years later none is left, into docs/reliability.md (TICKETS=n DATABASE=sqlite)
	@$(PY) -m tests.at_size.retention_proof --tickets $${TICKETS:-200000} --database $${DATABASE:-sqlite}

screenshots: workshop ## every screen of the demonstration, wide and phone, into screenshots/
	@bash scripts/install-test-tools
	@$(PY) scripts/screenshots

translations: workshop ## extract texts, merge the English parts, compile
	@$(PY) scripts/translations
	@touch translations/compiled

requirements: $(VENV)-tools/installed ## compile requirements*.txt, with hashes, from requirements*.in
	@UV=$(VENV)-tools/bin/uv scripts/requirements

audit: $(VENV)-tools/installed ## known faults in what production installs, and its bill of materials (sbom.json)
	@$(VENV)-tools/bin/python scripts/audit

clean: ## remove what was generated (never instance/)
	@rm -rf $(VENV) $(VENV)-tools sbom.json translations/compiled .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
