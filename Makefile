# make demo     trains three models, exports them, loads them in TensorFlow.js, prints a table
# make gallery  runs all scripts of models/, and serves a page that runs their models in the browser
# make test     runs all tests
# All make a virtual environment in .venv at first and install what they need into it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help demo gallery test check docs clean
.DEFAULT_GOAL := help

help:
	@sed -n '1,4s/^# //p' Makefile

demo: $(INSTALLED)
	@$(BIN)/python -m models unary_regression circle iris

gallery: $(INSTALLED)
	@$(BIN)/python -m models
	@$(BIN)/python -m models.gallery

test: $(INSTALLED)
	@echo "Running all tests"
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile -m "slow or not slow"

check: $(INSTALLED)
	@echo "Checking style and types"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

docs: $(INSTALLED)
	@$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache

# The versions that TensorFlow and tensorflowjs 4.22 have in common.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' || { \
	  echo "tfjsbridge needs Python 3.10, 3.11 or 3.12, but $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "Install one of them and name it: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; \
	  exit 1; }
	@echo "Installing tfjsbridge and what it needs (3 GB with TensorFlow; a few minutes, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' || { \
	  echo "The packages could not be installed (see above)."; \
	  echo "This needs the network once: check that 'pip download six' works, then run make again."; \
	  exit 1; }
	@touch $(INSTALLED)
