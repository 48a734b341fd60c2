# Caigou. `make help` lists what there is; everything sets itself up on a machine with Python 3.11+ and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled once, not by each of the many processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE
# Two workers suit two cores; more of them only wait for each other.
JOBS ?= 2
# conftest.py puts the long ones first; xdist would put every test that is no group behind all groups of two.
PYTEST := $(BIN)/pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder
# `make test PG=15` runs on Debian's PostgreSQL 15 where that is installed, instead of the one that comes with us.
PG ?=
ifneq ($(PG),)
export CAIGOU_POSTGRES_BIN := /usr/lib/postgresql/$(PG)/bin
endif
# What must be installed anew when it changes.
LOCKS := requirements/dev.txt pyproject.toml

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## virtual environment with everything pinned; quick when nothing changed
	@stamp="$$(cat $(LOCKS) | sha256sum | cut -d' ' -f1) $$(pwd -P)"; \
	if [ "$$(cat $(VENV)/.stamp 2>/dev/null)" != "$$stamp" ]; then \
	  "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Caigou needs Python 3.11 or newer; this is " + sys.version.split()[0])'; \
	  [ -x $(BIN)/python ] || "$(PYTHON)" -m venv $(VENV) || { echo "Python's venv module is missing (on Debian: apt-get install python3-venv)." >&2; exit 1; }; \
	  echo "Installing the pinned packages into $(VENV) …"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	  echo "$$stamp" > $(VENV)/.stamp; \
	fi

.PHONY: run
run: setup ## run the demonstration: database, web and worker; Ctrl-C ends it
	@exec $(BIN)/caigou up --demo

.PHONY: quick
quick: setup ## the tests without browser and slow ones (under 3 minutes)
	@$(PYTEST) -m "not browser and not slow"

.PHONY: test
test: setup browser ## all tests, with a real browser (under 20 minutes)
	@$(PYTEST)

.PHONY: browser
browser: setup ## Chromium and a Chinese font for the browser tests; by apt when root on Debian
	@$(BIN)/python -m tests.support.browser

.PHONY: check
check: setup ## format, lint, types, floors, migrations, templates, translations
	@echo "ruff";         $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "mypy";         $(BIN)/mypy
	@echo "floors";       $(BIN)/lint-imports
	@echo "migrations";   $(BIN)/python -m tests.support.with_database $(BIN)/python -m django makemigrations --check --dry-run
	@echo "django";       $(BIN)/python -m tests.support.with_database $(BIN)/python -m django check --fail-level WARNING
	@echo "templates";    $(BIN)/djlint --lint --quiet caigou
	@echo "translations"; $(BIN)/python -m caigou.cli.translations check

.PHONY: messages
messages: setup ## bring the Chinese catalogue up to what the code says, and compile it
	@$(BIN)/python -m caigou.cli.translations update
	@$(BIN)/python -m caigou.cli.translations compile

.PHONY: lock
lock: setup ## pin the newest packages that requirements/*.in allow, with their hashes
	@for name in base dev meaning; do \
	  (cd requirements && ../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $$name.in -o $$name.txt); \
	done

.PHONY: pictures
pictures: setup browser ## take the README's pictures anew from the running demonstration
	@$(BIN)/python -m tests.support.pictures

.PHONY: reset
reset: setup ## delete the demonstration's data
	@$(BIN)/caigou reset --yes

.PHONY: bench
bench: setup ## measure pages, import, start and memory beside a plain yardstick (about ten minutes)
	@$(BIN)/python -m bench

# The judged set of Home Depot, which isn't ours to bring along; docs/measuring.md says where it is.
HOMEDEPOT ?=
.PHONY: goals
goals: setup ## every goal of search in one table: HOMEDEPOT=FOLDER (twenty minutes)
	@$(BIN)/python -m bench.goals $(if $(HOMEDEPOT),--homedepot "$(HOMEDEPOT)")

# Of 10,000 sequences, 320 workers, 22 backends and 6 servers are killed; of fewer, their share.
SEQUENCES ?= 1000
SEED ?= 1
.PHONY: prove
prove: setup ## keep the promises about money under races and kill -9: SEQUENCES=10000 SEED=1; prints one line of JSON
	@$(BIN)/python -m prove --sequences $(SEQUENCES) --seed $(SEED)

.PHONY: docs
docs: setup ## make a site of the guides
	@$(BIN)/sphinx-build --quiet --fail-on-warning -c docs . build/site
	@echo "Open build/site/docs/index.html"
