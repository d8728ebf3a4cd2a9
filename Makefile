# Two commands for a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint unit crash scale bench clients cassettes reference lock clean

demo: $(READY)
	$(BIN)/lusha-sync demo

test: lint unit

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile

# kill -9 at requests and commits of every command that buys or writes (`make test` holds a sample of it).
crash: $(READY)
	CONNECTOR_CRASH_POINTS=240 $(BIN)/python -m pytest -n 2 tests/e2e/test_crash.py

# 60,000 contacts and as many leads, 25,000 due of each, all modified at one moment, edited meanwhile (`make test`: 12,000).
scale: $(READY)
	CONNECTOR_SCALE=60000 $(BIN)/python -m pytest -n 2 --durations=2 tests/e2e/test_scale.py

# What a run costs in calls, time, CPU and memory, at small sizes (benchmarks/README.md has larger ones).
bench: $(READY)
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.sandbox --records 2000
	$(BIN)/python -m benchmarks.calls --records 500
	$(BIN)/python -m benchmarks.throughput --records 200
	$(BIN)/python -m benchmarks.cpu --records 500 --resting 2000
	$(BIN)/python -m benchmarks.compare --records 200 --resting 1000 --instead 20
	$(BIN)/python -m benchmarks.memory --small 500 --large 2000
	$(BIN)/python -m benchmarks.scale --due 200 --resting 800 --complete 1000

# Clients of other makers against the sandbox; needs node 20 or newer with npm, and is skipped without (docs/sandbox.md).
clients: $(READY)
	if command -v npm; then npm ci --prefix tests/clients --ignore-scripts --no-audit --no-fund; fi
	$(BIN)/python -m pytest -n 0 -rs -s tests/clients

# Record the cassettes anew from the local sandbox (no vendor is reached).
cassettes: $(READY)
	rm -rf cassettes/*
	CONNECTOR_RECORD=1 $(BIN)/python -m pytest -n 0 tests/cassettes

# Write docs/reference anew, from the schemas, the catalogue of attributes and the commands.
reference: $(READY)
	$(BIN)/python -m tools.reference

# Pin every dependency, with hashes, for all supported platforms and Python versions.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --quiet --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
