# Dabiao's commands; `make` lists them. Needed: Python 3.11 or newer with venv, and make.

PYTHON ?= python3
# How many processes run the tests: one more than there are processors, as some tests wait.
JOBS ?= 3
# Where `make run` serves: make run PORT=8001
PORT ?= 8000
# More arguments for pytest: make test ARGS="tests/domain -k gap"
ARGS ?=

# Else each process, of hundreds that the tests start, compiles the program again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Who has no test left takes over half of what the other has.
PYTEST := pytest -n $(JOBS) --dist worksteal
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

EXTRAS := --extra postgres --extra arrow --extra compression --extra forms --extra push --extra oidc --extra telemetry

# The stamps hold the time of the last installation, so that the next start is immediate.
RUNTIME := .venv/.runtime-installed
TOOLS := .venv/.tools-installed
# What the benchmark compares with, in an environment of its own.
BENCH := .venv-bench/.installed
# Generators of clients, with the Node and Java that they run on.
INTEROP := .venv-interop/.installed
# Patroni, on Debian's Python, which the user postgres may run.
DRILLS := .venv-drills/.installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The parts of `check` come in order.
.NOTPARALLEL:
.PHONY: help install run wheel wheels container test soak check static style lint types contracts
.PHONY: image sbom covered
.PHONY: demo bench drills faults drill fuzz schema interop pictures format lock clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

install: $(TOOLS) ## Make .venv with everything for running, testing and checking

run: $(RUNTIME) ## Serve on http://127.0.0.1:8000 with the bundled plans (PORT=8001: on another port)
	@echo "Starting Dabiao on port $(PORT). Press Ctrl-C to stop it."
	@exec $(BIN)/dabiao serve --port $(PORT)

demo: $(RUNTIME) ## Serve a whole plan with simulated figures, apart from real data
	@exec $(BIN)/dabiao demo --serve --port $(PORT)

# Built from nothing: setuptools would put what is left of an earlier build into the wheel.
wheel: $(RUNTIME) ## Build the wheel into dist/
	@rm -rf build dist
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build
	@ls dist/*.whl

# For this machine's Python and processor: run it on one like those that will serve.
wheels: wheel ## Collect every wheel into dist/wheels, for machines without internet, and try them
	@deploy/collect-wheels.sh $(BIN)/python dist/wheels

# Buildah in a chroot, on Debian and as root: make container SAVE=dabiao.tar writes the image too.
container: wheels ## Build the image from dist/wheels without Docker, start it and send it requests
	@deploy/build-image.sh dist/wheels $(SAVE)

test: $(TOOLS) ## Run all tests
	@$(BIN)/python -m $(PYTEST) $(ARGS)

# Thousands of writes at random, hundreds at once in four processes: `make test` has a few of each.
soak: $(TOOLS) ## Run the tests of many or concurrent writes in full
	@SOAK=1 $(BIN)/python -m $(PYTEST) -m soak $(ARGS)

check: static test covered ## Format, lint, types, import contracts, Dockerfile, licences, tests, coverage

static: style lint types contracts image sbom ## What can be checked without running the tests

style: $(TOOLS)
	$(BIN)/ruff format --check --output-format concise .

lint: $(TOOLS)
	$(BIN)/ruff check --output-format concise .

types: $(TOOLS)
	$(BIN)/mypy

contracts: $(TOOLS)
	$(BIN)/lint-imports --no-logo

image: $(TOOLS)
	$(BIN)/hadolint Dockerfile

sbom: $(TOOLS) ## Write the software bill of materials and the licences, which must be allowed
	@$(BIN)/python -m sbom.run

# Tracing takes half as long again. What runs on PostgreSQL as on SQLite is traced on SQLite alone, and
# servers in processes of their own are not: `test` runs them.
covered: $(TOOLS) ## Run the tests on SQLite, and check their coverage
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m $(PYTEST) -m "not soak" -k "not postgres" $(ARGS)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='app/domain/*' --fail-under=100
	$(BIN)/coverage report --fail-under=95

# With 12 million figures: make bench LARGE=1
bench: $(TOOLS) $(BENCH) ## Measure the speed in ten minutes, and write docs/performance.md
	@$(BIN)/python -m bench.run $(if $(LARGE),--large)

races: $(TOOLS) ## Check that four processes show what was written and lose no write (half an hour)
	@$(BIN)/python -m bench.freshness
	@$(BIN)/python -m bench.increments
# The short form: make faults ARGS=--short
faults: $(TOOLS) $(DRILLS) ## Cause faults on one machine (as root), and write docs/reliability.md
	@$(BIN)/python -m drills.run faults $(ARGS)

drill: $(TOOLS) $(DRILLS) ## Cause faults in a cluster (as root), and write docs/reliability.md
	@$(BIN)/python -m drills.run drill $(ARGS)

# The short form: make schema ARGS=--short
schema: $(TOOLS) ## Check the server against its OpenAPI document with schemathesis (ten minutes)
	@$(BIN)/python -m fuzzing.contract $(ARGS)

# The short form: make fuzz ARGS="--seconds 30"
fuzz: $(TOOLS) ## Fuzz the parsers of JSON, CSV, XLSX and periods for ten minutes
	@nice $(BIN)/python -m fuzzing.readers $(ARGS)

interop: $(TOOLS) $(INTEROP) ## Generate clients, compile and run them, and lint the contract
	@$(BIN)/python -m interop.run

pictures: $(RUNTIME) $(INTEROP) ## Take the pictures of the README from the demonstration
	@.venv-interop/bin/python interop/callers/pictures.py $(BIN)/dabiao docs/page

format: $(TOOLS) ## Format the code and fix what can be fixed automatically
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

# Kept versions stay until raised on purpose: make lock UPGRADE=--upgrade
lock: $(TOOLS) ## Resolve the dependencies of pyproject.toml into the two requirements files
	$(LOCK) $(UPGRADE) $(EXTRAS) --group build --output-file requirements.txt
	$(LOCK) $(UPGRADE) $(EXTRAS) --group build --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@! grep -nE 'https?:|--(extra-)?index-url|--find-links' requirements.txt requirements-dev.txt

clean: ## Remove everything that was made here except the data
	rm -rf .venv .venv-bench .venv-drills .venv-interop build dist *.egg-info htmlcov .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find app tests migrations bench drills fuzzing interop sbom -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Dabiao needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1): make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# Order-only: venv rewrites nothing in there later, and its date says nothing.
$(RUNTIME): requirements.txt pyproject.toml setup.py | .venv/pyvenv.cfg
	@echo "Installing what Dabiao needs to run ..."
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q app
	@touch $@

$(TOOLS): requirements-dev.txt $(RUNTIME)
	@echo "Installing what tests and checks need ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@

$(BENCH): bench/requirements.txt | .venv/pyvenv.cfg
	@echo "Installing what the benchmark compares with ..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --quiet --disable-pip-version-check --no-input install \
		--requirement bench/requirements.txt || echo "It cannot be installed; the page will say so." >&2
	@touch $@

# By name and version alone: a lock file of npm would record hosts. Nothing of them runs on install.
$(INTEROP): interop/requirements.txt interop/package.json | .venv/pyvenv.cfg
	@echo "Installing generators of clients ..."
	@rm -rf .venv-interop
	@$(PYTHON) -m venv .venv-interop
	@.venv-interop/bin/python -m pip --quiet --disable-pip-version-check --no-input install \
		--requirement interop/requirements.txt
	@.venv-interop/bin/python -m pip --quiet --disable-pip-version-check --no-input install \
		--no-deps --no-build-isolation jsonstat.py==0.1.14 || \
		echo "jsonstat.py cannot be installed; its trial will fail." >&2
	@mkdir .venv-interop/node && cp interop/package.json .venv-interop/node/
	@command -v chromium >/dev/null || { apt-get -qq update && apt-get -qq install --yes \
		--no-install-recommends chromium; } >/dev/null 2>&1 || true
	@Rscript -e 'library(rsdmx)' >/dev/null 2>&1 || { apt-get -qq update && apt-get -qq install --yes \
		--no-install-recommends r-cran-rsdmx; } >/dev/null 2>&1 || true
	@cd .venv-interop/node && PATH="$$PWD/../bin:$$PATH" npm install --silent --no-audit --no-fund \
		--no-package-lock --ignore-scripts
	@touch $@

# Debian starts what it installs, unless it is told not to; the drills start their own.
$(DRILLS): drills/requirements.txt | .venv/pyvenv.cfg
	@echo "Installing PostgreSQL, etcd, HAProxy, nginx and Patroni for the drills ..."
	@for name in etcd haproxy nginx nft mkfs.ext4 pgrep /usr/lib/postgresql/*/bin/postgres; do \
		command -v $$name >/dev/null || missing=1; done; test -z "$$missing" || \
		{ apt-get -qq update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes \
		--no-install-recommends postgresql etcd-server haproxy nginx nftables iproute2 e2fsprogs \
		procps; } >/dev/null
	@/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || \
		apt-get -qq install --yes --no-install-recommends python3-venv >/dev/null
	@rm -rf .venv-drills
	@/usr/bin/python3 -m venv .venv-drills
	@.venv-drills/bin/python -m pip --quiet --disable-pip-version-check --no-input install \
		--requirement drills/requirements.txt
	@touch $@
