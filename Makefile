# What a person or a machine does with a checkout; `make` alone lists it. Everything is installed into $(VENV), once.

PYTHON ?= python3
VENV ?= .venv
DEMO ?= demo

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SOURCES := pyproject.toml $(shell find src streamer models export configs -name '*.py' -o -name '*.toml' -o -name '*.onnx')

# One stamp for each thing that was installed.
MADE := $(VENV)/.stamp-made
FILM := $(VENV)/.stamp-film
TEST := $(VENV)/.stamp-test
CLUSTER := $(VENV)/.stamp-cluster
TRAIN := $(VENV)/.stamp-train
BROWSER := $(VENV)/.stamp-browser
LINT := $(VENV)/.stamp-lint

.DEFAULT_GOAL := help
.PHONY: help demo test fidelity fuzz kills test-browser test-cluster test-train lint docs clean

help:  ## say what there is
	@sed -n 's/^\([a-z-]*\):.*  ## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(FILM)  ## anonymise the sample film
	@mkdir -p $(DEMO)
	$(BIN)/faceerase-video tests/data/portrait.mp4 -o $(DEMO)/clean.mp4 --matte $(DEMO)/matte.mkv --overwrite
	@echo "the clean film: $(abspath $(DEMO)/clean.mp4)"
	@echo "its matte:      $(abspath $(DEMO)/matte.mkv)"

test: $(TEST)  ## all tests that need no torch
	$(BIN)/python -m pytest -m "not train and not fidelity and not kills and not browser and not cluster"

fidelity: $(TEST)  ## every kind of source into every container; writes docs/fidelity.md
	FIDELITY=write $(BIN)/python -m pytest -m fidelity

fuzz: $(TEST)  ## thousands of damaged films and pictures through the command (minutes; FUZZ='--cases 5000 --seed 7')
	$(BIN)/python tests/fuzz/campaign.py $(FUZZ)

kills: $(TEST)  ## stop the program at a hundred random moments and look at what is left
	$(BIN)/python -m pytest -m kills tests/kills

test-browser: $(BROWSER)  ## the page of faceerase live in Chromium (Debian: apt-get install chromium)
	$(BIN)/python -m pytest -m browser

test-cluster: $(CLUSTER)  ## the tests that start a Ray cluster on this machine (two minutes)
	$(BIN)/python -m pytest -m cluster

test-train: $(TRAIN)  ## the tests of training and export (torch)
	$(BIN)/python -m pytest -m train

lint: $(LINT)  ## style, types, and which folder may import which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(TEST)  ## write docs/cli.md and the pictures of the docs anew
	$(BIN)/python docs/make_cli_reference.py
	$(BIN)/python docs/make_before_after.py
	$(BIN)/python docs/make_failures.py

clean:  ## remove what was made here
	rm -rf $(VENV) $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find src streamer models export configs tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The demo installs what any user installs. Once the tests' editable install is there, that one is newer than any copy.
$(FILM): $(SOURCES) | $(MADE)
	test -e $(TEST) || $(PIP) install .
	@touch $@

$(TEST): pyproject.toml | $(MADE)
	$(PIP) install --editable '.[test]'
	@touch $@

$(CLUSTER): pyproject.toml | $(TEST)
	$(PIP) install --editable '.[cluster,test]'
	@touch $@

$(TRAIN): pyproject.toml | $(TEST)
	$(PIP) install --editable '.[train,test]'
	@touch $@

$(BROWSER): pyproject.toml | $(TEST)
	$(PIP) install --editable '.[browser,test]'
	@touch $@

# mypy follows models/ into torch. Dependency groups need pip 25.1.
$(LINT): pyproject.toml | $(TRAIN)
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --group dev
	@touch $@
