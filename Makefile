# Everything a fresh machine needs to run and test the app: git, python3 and make are enough.
.DEFAULT_GOAL := help
SHELL := /bin/sh
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
IN := .venv/bin/
PARALLEL := -n logical --dist worksteal
KERNELS := kernels drawn large loss

.PHONY: help run test test-all lint wheel coverage mutants portable portable-fast bench load samples clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*##/ { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.tools/bin/uv:
	@python3 -m venv .tools || { echo "python3 cannot make virtual environments: install its venv module, or uv."; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

# The stamp is newer than the lock once the environment holds exactly what the lock says.
.venv/stamp: uv.lock pyproject.toml $(if $(filter .tools/%,$(UV)),$(UV))
	$(UV) sync --frozen --quiet
	@touch $@

run: .venv/stamp ## open the app in a browser
	$(IN)jsmi app

test: .venv/stamp ## run the tests (minutes)
	$(IN)pytest $(PARALLEL) -m "not slow"

test-all: .venv/stamp ## run the tests, the long proofs, the coverage and the seeded mistakes
	$(IN)pytest $(PARALLEL)
	$(MAKE) coverage mutants

lint: .venv/stamp ## check style, types and who imports whom
	$(IN)ruff check .
	$(IN)ruff format --check .
	$(IN)mypy
	$(IN)lint-imports

wheel: .venv/stamp ## build the wheel and see that it runs alone, in an empty environment
	$(IN)python -m tests.wheel $(UV)

# A compiled kernel has no lines to count: the tests of the kernels run as the plain Python that they are written in. All
# else has the same lines either way, and runs in minutes instead of hours.
coverage: .venv/stamp ## see that the tests reach every line and branch of jsmi_core
	$(IN)coverage erase
	NUMBA_DISABLE_JIT=1 $(IN)coverage run -m pytest -q $(PARALLEL) -m "not slow" $(addprefix tests/core/test_,$(addsuffix .py,$(KERNELS)))
	$(IN)coverage run -m pytest -q $(PARALLEL) -m "not slow" tests/core tests/faults tests/app jsmi_core
	$(IN)coverage combine --quiet
	$(IN)coverage report

mutants: .venv/stamp ## see whether the tests notice seeded mistakes of the maths
	$(IN)python -m tests.mutants

portable: .venv/stamp ## run the tests as other processors, BLAS kernels and Pythons would (half an hour)
	$(IN)python tests/portable.py

portable-fast: .venv/stamp ## the part of it that tells most (minutes)
	$(IN)python tests/portable.py --fast

bench: .venv/stamp ## print times and values beside their floors and peers
	$(IN)python -m benchmarks

load: .venv/stamp ## print the latencies of forty sessions on one server, and its memory after each page
	$(IN)python -m benchmarks.load

samples: .venv/stamp ## remake the results that pages show at their first visit (an hour)
	$(IN)python sample_data/make_figure1.py
	$(IN)python sample_data/make_results.py

clean: ## remove what the other commands made
	rm -rf .venv .tools .portable .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
