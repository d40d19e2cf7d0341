# Everything a person or a machine does here starts with `make`. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
AMT_HOST ?= 127.0.0.1
AMT_DATA_DIR ?= var
export AMT_DATA_DIR

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
FRONTEND := web/frontend
BUILD := web/static/build
BUILT := $(BUILD)/app.css $(BUILD)/app.js
CLIENTS := tests/api/clients
FRONTEND_SOURCES := $(wildcard $(FRONTEND)/src/*) $(FRONTEND)/build.mjs

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

# --- running ----------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.run $(BUILT) ## install what running needs: Python packages, style and script of the pages

.PHONY: run
run: setup ## serve the demo town on PORT (8000), data in AMT_DATA_DIR (var)
	@exec $(BIN)/amt run --prepare --host $(AMT_HOST) --port $(PORT)

# --- checking ---------------------------------------------------------------------------------------------------

.PHONY: test
test: setup $(VENV)/.dev $(CLIENTS)/node_modules/.installed ## install what tests need (Chromium, PostgreSQL, RabbitMQ, Redis, ClamAV) and run all of them; ARGS="-k word" picks, WORKERS=1 in one process
	@sh tools/system.sh test
	$(BIN)/python tools/with_services.py $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check
check: setup $(VENV)/.dev ## style, types, imports, models, templates, migrations, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/amt check
	$(BIN)/python -m pytest -q tests/architecture

.PHONY: format
format: $(VENV)/.dev ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: pictures
pictures: setup $(VENV)/.dev ## take the pictures of README.md anew (docs/bilder)
	@sh tools/system.sh test
	$(BIN)/python tools/pictures.py

.PHONY: abdeckung
abdeckung: setup $(VENV)/.dev ## write what of BPMN is run, as the tests show it (docs/bpmn-abdeckung.md)
	$(BIN)/python tools/coverage_table.py

.PHONY: bench
bench: setup $(VENV)/.dev ## measure and print tables (benchmarks/)
	@sh tools/system.sh test
	@for file in benchmarks/bench_*.py; do \
		$(BIN)/python tools/with_services.py $(BIN)/python "$$file" || exit 1; \
	done

# --- what those need --------------------------------------------------------------------------------------------

$(BIN)/python:
	@sh tools/system.sh run $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/base.txt pyproject.toml | $(BIN)/python
	@sh tools/system.sh run $(PYTHON)
	$(PIP) install --quiet -r requirements/base.txt
	$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PIP) install --quiet -r requirements/dev.txt
	@touch $@

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json | $(BIN)/python
	$(BIN)/python tools/node.py --in $(FRONTEND) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# A client of Camunda 7's interface, by which tests ask ours.
$(CLIENTS)/node_modules/.installed: $(CLIENTS)/package.json $(CLIENTS)/package-lock.json | $(BIN)/python
	$(BIN)/python tools/node.py --in $(CLIENTS) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# One run of the bundler writes both files; the second target only waits for the first.
$(BUILD)/app.js: $(FRONTEND)/node_modules/.installed $(FRONTEND_SOURCES)
	$(BIN)/python tools/node.py --in $(FRONTEND) node build.mjs
$(BUILD)/app.css: $(BUILD)/app.js
	@touch -c $@

.PHONY: lock
lock: ## write requirements/base.txt and dev.txt anew from base.in and dev.in
	$(PYTHON) tools/lock.py

.PHONY: clean
clean: ## remove what make has built; data in AMT_DATA_DIR stays
	rm -rf $(VENV) $(BUILD) $(FRONTEND)/node_modules $(CLIENTS)/node_modules *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
