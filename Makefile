# One command per task; `make` alone lists them. A fresh machine needs Python 3.11 or newer, git and make, nothing more:
# the first command builds its own environment in the checkout, and nothing is installed outside it.
#
#   make test PYTHON=/usr/local/bin/python3.13     chooses the interpreter
#   make test TEST_FLAGS='-k screening -x'         hands flags to pytest

.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
WALK := .venv-walkthrough
READY := $(VENV)/.ready
WALK_READY := $(WALK)/.ready
RUN := $(VENV)/bin/python -m
PYTEST := $(RUN) pytest

PYTHON ?=
TEST_FLAGS ?=

# The environments are isolated: neither a search path nor a pip habit from outside reaches them.
unexport PYTHONPATH
unexport PYTHONHOME
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
MAKEFLAGS += --no-print-directory

INSTALLED_FROM := pyproject.toml src/ketaprogram/_version.py

# $(call environment,FOLDER,EXTRAS,WHAT FOR): a virtual environment with the checkout installed in it, editable. The build
# asks for schemas/, which `make schemas` writes, which needs the environment: an empty folder breaks the circle.
define environment
@set -eu; \
if ! $(1)/bin/python -c '' >/dev/null 2>&1; then \
  found=; too_bare=; \
  set -- python3.14 python3.13 python3.12 python3.11 python3 python; \
  if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; fi; \
  for candidate in "$$@"; do \
    "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
    if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$candidate; break; fi; \
    too_bare="$${too_bare:-$$candidate}"; \
  done; \
  if [ -z "$$found" ] && [ -n "$$too_bare" ]; then \
    echo "$$too_bare cannot make virtual environments: its modules venv and ensurepip are missing." >&2; \
    echo "On Debian and Ubuntu they are in the package python3-venv." >&2; \
    exit 1; \
  elif [ -z "$$found" ]; then \
    echo "No Python 3.11 or newer found (looked for: $$*)." >&2; \
    echo "Install one, or name it: make $(firstword $(MAKECMDGOALS)) PYTHON=/path/to/python3" >&2; \
    exit 1; \
  fi; \
  echo "==> making $(1) with $$("$$found" --version)"; \
  "$$found" -m venv --clear $(1); \
fi; \
echo "==> installing ketaprogram $(3) into $(1) (a minute or two the first time)"; \
mkdir -p schemas; \
$(1)/bin/python -m pip install -qq --editable '.[$(2)]'; \
touch $(1)/.ready
endef

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

$(READY): $(INSTALLED_FROM)
	$(call environment,$(VENV),dev,and its tools)

$(WALK_READY): $(INSTALLED_FROM)
	$(call environment,$(WALK),cli,and its command)

.PHONY: test
test: $(READY) ## run the tests
	@echo "==> running the tests"
	@$(PYTEST) -n auto $(TEST_FLAGS)

.PHONY: walkthrough
walkthrough: $(WALK_READY) ## follow one made-up person through a program, printed
	@echo "==> walking through one program"
	@$(WALK)/bin/python -m ketaprogram walkthrough

.PHONY: slow
slow: $(READY) ## run the tests with the slow ones and a long search for counterexamples
	@echo "==> running all tests with the slow profile"
	@$(PYTEST) -n auto -m 'slow or not slow' --hypothesis-profile=slow $(TEST_FLAGS)

.PHONY: cov
cov: $(READY) ## run the tests and show the branches that no test takes
	@echo "==> running the tests with branch coverage"
	@$(PYTEST) -n auto --cov --cov-report=term-missing:skip-covered $(TEST_FLAGS)

.PHONY: cov-report
cov-report: $(READY) ## judge the coverage of the last run that measured it
	@$(RUN) coverage report

.PHONY: docs
docs: $(READY) ## run the examples in README, docs and docstrings
	@echo "==> running the examples"
	@$(PYTEST) --doctest-modules tests/docs src/ketaprogram

.PHONY: bench
bench: $(READY) ## measure, with ratios to a hand-written floor
	@echo "==> measuring"
	@$(PYTEST) --benchmark-enable --benchmark-only --benchmark-sort=fullname tests/bench

.PHONY: lint
lint: $(READY) ## look for faults of style
	@echo "==> ruff check"
	@$(RUN) ruff check

.PHONY: format
format: $(READY) ## lay the code out
	@$(RUN) ruff format

.PHONY: format-check
format-check: $(READY) ## tell whether the code is laid out
	@echo "==> ruff format --check"
	@$(RUN) ruff format --check

.PHONY: types
types: $(READY) ## check the types, strictly
	@echo "==> mypy"
	@$(RUN) mypy

.PHONY: layers
layers: $(READY) ## check who imports whom
	@echo "==> import-linter"
	@$(VENV)/bin/lint-imports --no-logo

.PHONY: schemas
schemas: $(READY) ## write schemas/ and the example journal anew from the models
	@$(VENV)/bin/python tools/publish_schemas.py
	@$(VENV)/bin/python tools/write_example_journal.py

.PHONY: gate
gate: ## run everything that a change must pass
	@bash .ci/run

.PHONY: clean
clean: ## remove both environments and every leftover
	rm -rf $(VENV) $(WALK) .coverage .coverage.* .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
