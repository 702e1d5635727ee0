# The front door. Every task sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

help:            ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{printf "make %-14s %s\n", $$1, $$2}'

# What `make serve` needs, and no more: the first start should be short.
.venv/serve.stamp: requirements/lambda.txt requirements/serve.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is %d.%d. Name one: make PYTHON=python3.13" % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -r requirements/lambda.txt -r requirements/serve.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/serve.stamp requirements/dev.txt
	$(PIP) -r requirements/dev.txt
	@touch $@

.venv: .venv/dev.stamp  ## everything that tests and checks need

build/compiled.py: .venv/serve.stamp openapi.yaml $(wildcard src/contract/*.py)
	@$(BIN)/contract compile -o $@

export PORT ?= 3000
export TABLE_NAME ?= items
export API_KEY
serve: .venv/serve.stamp  ## the whole API on http://127.0.0.1:3000/prod
	@exec $(BIN)/contract serve --handler items.handler.handler --setup items.table \
	  --env TABLE_NAME

gateway: .venv/serve.stamp  ## the document that API Gateway imports
	@$(BIN)/contract gateway -o build/openapi.gateway.json

# The second DynamoDB engine of the tests; without Node the run says what it leaves out.
node_modules: package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent && touch node_modules; \
	  else echo "No Node.js here: the store is tested on moto alone."; fi

test: .venv/dev.stamp node_modules  ## every test that this machine can run
	@$(BIN)/python -m pytest

lint: .venv/dev.stamp  ## format, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

.PHONY: help serve gateway test lint .venv
