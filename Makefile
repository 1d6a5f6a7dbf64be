# Two commands: `make run` and `make test`. Both make the virtual environment they need from a lock
# file, with uv where it is installed and with pip where it is not; a second run reuses it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
SOURCES ?= sources
# A package index behind a company's own certificate: trust what the machine trusts, as pip does.
export UV_SYSTEM_CERTS := 1

.PHONY: run test torture lock clean
.DELETE_ON_ERROR:

run: $(VENV)/.run
ifdef ONCE
	$(BIN)/tracker --sources $(SOURCES) poll
	$(BIN)/tracker --sources $(SOURCES) history kerman-2024
else
	$(BIN)/tracker --sources $(SOURCES) daemon
endif

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto

# Kills, full disks, flipped bytes, a crowd of writers, and outlets and receivers that answer as badly
# as they can, for a quarter of an hour or so; prints what it counted.
torture: $(VENV)/.test
	TORTURE=long $(BIN)/python -m pytest -q -s tests/test_kill.py tests/store/test_torture.py tests/test_faults.py \
	  tests/test_deliveries.py

# The two environments share one folder: what tests need comes on top of what running needs.
$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements.lock)
	touch $@

$(VENV)/.test: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements-dev.lock)
	touch $@ $(VENV)/.run

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
ifdef UV
	uv venv --quiet --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

# The package itself is built by the locked hatchling, so nothing unpinned is fetched. The lock file
# is a constraint as well: else pip takes `coverage[toml]`, which some package asks for, to be another
# thing than the locked `coverage`, and its newest version at that.
ifdef UV
define install
	uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1)
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
endef
else
define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) -c $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endef
endif

# For developers, with uv: resolve the ranges of pyproject.toml anew.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group build \
	  --custom-compile-command 'make lock' -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra plot --extra notify --group dev --group build \
	  --custom-compile-command 'make lock' -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
