# Needs only make and a Python from 3.11 to 3.14; everything else comes from PyPI into .venv.
# Other servers, ports and folders: docs/running.md and docs/operations.md.

SHELL := /bin/sh
.SHELLFLAGS := -ec
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTHON ?= $(shell sh config/local/find-python)
TEST := $(BIN)/python -m pytest
MANAGE := $(BIN)/python manage.py
SOURCES := config core contracts projects timesheets billing integrations reporting tests benchmarks manage.py

.PHONY: help demo demo-reset serve test check fix bench browser lint types contracts
.PHONY: migrations check-migrations schema check-schema diagrams check-diagrams

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1\t/' | expand -t 20

demo: .venv/installed ## start Tieout with a demo firm; Ctrl-C stops it, the next start continues
	@exec $(BIN)/python -m config.local demo

serve: .venv/installed ## start Tieout with the data there are, without the demo firm
	@exec $(BIN)/python -m config.local serve

demo-reset: .venv/installed ## remove the demo's data folder
	@exec $(BIN)/python -m config.local reset

test: .venv/installed ## run the tests but those with killed processes (browser tests if there is a Chromium)
	$(TEST) -n 2 --ignore=tests/faults

check: .venv/installed lint types contracts check-migrations check-schema check-diagrams ## everything that must hold before a change is merged
	$(TEST) -n 2 --ignore=tests/faults
	$(TEST) tests/faults

lint: .venv/installed
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

fix: .venv/installed ## format, and mend what the linter can mend
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

types: .venv/installed
	$(BIN)/mypy $(SOURCES)

contracts: .venv/installed
	$(BIN)/lint-imports

migrations: .venv/installed ## write the migrations that the models ask for
	$(MANAGE) makemigrations

check-migrations: .venv/installed
	$(MANAGE) makemigrations --check --dry-run

schema: .venv/installed ## write docs/openapi.yaml from the code
	$(MANAGE) spectacular --validate --fail-on-warn --file docs/openapi.yaml

# The committed description is what integrators read: it must be the one the code gives.
check-schema: .venv/installed
	@mkdir -p .venv/check
	$(MANAGE) spectacular --validate --fail-on-warn --file .venv/check/openapi.yaml
	@diff -u docs/openapi.yaml .venv/check/openapi.yaml || { echo "docs/openapi.yaml is not what the code gives: make schema" >&2; exit 1; }

diagrams: .venv/installed ## write the state diagrams from the transition tables
	$(MANAGE) state_diagrams

check-diagrams: .venv/installed
	$(MANAGE) state_diagrams --check

bench: .venv/installed ## measure, as ratios to floors of the same run
	$(BIN)/python -m benchmarks

browser: .venv/installed ## find or get a Chromium for the browser tests
	$(BIN)/python -m tests.chromium

.venv/installed: uv.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Tieout needs Python 3.11 to 3.14, and none was found. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(BIN)/python -c "" 2>/dev/null || $(PYTHON) -m venv --clear .venv || { echo "$(PYTHON) cannot make virtual environments (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv $(BIN)/python -m uv sync --frozen --quiet --compile-bytecode
	@touch $@
