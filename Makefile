# make run: the directory on this machine.  make test: all that this machine can test.
.DEFAULT_GOAL := run
.PHONY: run test test-quick lint style types bench load-test archive release locks
SHELL := /bin/bash

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000
WORKERS ?= 2
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

run: .venv/runtime-installed
	@echo "Employee Directory: http://$(HOST):$(PORT)  (stop it with Ctrl+C)"
	@$(BIN)/flask run --host $(HOST) --port $(PORT)

test: .venv/dev-installed
	@$(PYTEST) --numprocesses $(WORKERS) --dist loadfile $(ARGS)

test-quick: .venv/dev-installed
	@$(PYTEST) --numprocesses $(WORKERS) --dist loadfile -m "not slow" $(ARGS)

lint: style types

style: .venv/dev-installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint deploy/*.yaml
	@$(BIN)/hadolint Dockerfile
	@if command -v terraform >/dev/null; then terraform fmt -check -diff deploy/terraform; \
	else echo "terraform is not on this machine: the layout of deploy/terraform was not checked"; fi
	@scripts=$$(git ls-files '*.sh' .ci/run); \
	if command -v shellcheck >/dev/null; then shellcheck $$scripts; \
	else echo "shellcheck is not on this machine: shell scripts were not checked"; fi

types: .venv/dev-installed
	@$(BIN)/mypy

bench: .venv/dev-installed
	@$(BIN)/python -m bench $(ARGS)

# make load-test AT=http://127.0.0.1:5000 for an address of your own
load-test: .venv/dev-installed
	@$(BIN)/python -m bench.load_test $(if $(AT),--at $(AT)) $(ARGS)

# What machines are started from: make archive ARGS='--wheelhouse al2023/x86_64'
archive: .venv/runtime-installed
	@$(BIN)/python deploy/build-archive $(ARGS)

# Of the commit that is checked out: make release ARGS='1.2.0 --key ~/.ssh/id_ed25519'
release: .venv/dev-installed
	@$(BIN)/python deploy/release $(ARGS)

# After a change of requirements.txt.
locks: .venv/dev-installed
	@deploy/lock-requirements

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "The directory needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)." \
	       "Name a newer one: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# A stamp file each: installed again only when the requirements have changed.
.venv/runtime-installed: requirements.txt | .venv/bin/python
	@echo "Installing what the directory needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev-installed: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/runtime-installed
