# Everything runs from this folder as `python -m …`, in .venv, which the first target that needs it makes.
# Only Python 3.11 or newer and make have to be there.

PYTHON   ?= python3
# Set on the command line, as in `make mock PORT=9000`; what the environment happens to hold under these names
# (HOST, NAME and PREFIX mean something on several systems) is left alone.
QUICK    :=
HOST     := 127.0.0.1
PORT     := 8080
WORKERS  := 1
STATE    :=
TARGET   :=
PROVIDER :=
NAME     :=
PAGE     :=
PREFIX   :=
PAGES    :=
ARGS     :=

VENV     := .venv
COMPARED := .venv-compare
MEASURED := .venv-bench
PEERS    := .bench
DEBIAN   := wrk libluajit-5.1-2 nginx
NODE_SDK := proof/openai-node/node_modules
GATEWAYS := .gateways
RUN      := $(VENV)/bin/python
UV       := uv==0.13.9
PIP      := $(RUN) -m pip install -qq --disable-pip-version-check --no-input --root-user-action=ignore
COMPILE  := $(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
            --no-header --no-annotate --no-emit-index-url --system-certs

# As pip does with what it installs, so that the first start is as fast as the next, and each where Python is not to write.
COMPILED := $(RUN) -m compileall -q specs mockserver conformance gateway_contracts

.DEFAULT_GOAL := help
.PHONY: help mock conform record new-provider check test coverage test-bench test-compare mutants twins gateways soak schemathesis bench bench-scaling verdict compare docs citations package lock clean

help: ## list the targets
	@echo "Targets; make gets what they need the first time:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r target text; do printf '  %-13s %s\n' "$$target" "$$text"; done

mock: $(VENV)/.installed ## serve every provider at http://127.0.0.1:8080 (HOST=, PORT=, WORKERS=, STATE=, ARGS=)
	@exec $(RUN) -m mockserver --host '$(HOST)' --port '$(PORT)' --workers '$(WORKERS)' $(if $(STATE),--state '$(STATE)') $(ARGS)

conform: $(VENV)/.installed ## judge a gateway: TARGET=URL (PROVIDER=, ARGS=); the key is in GATEWAY_API_KEY
	@test -n '$(TARGET)' || { echo 'usage: make conform TARGET=http://127.0.0.1:8080/zenmux [PROVIDER=zenmux] [ARGS=...]' >&2; exit 2; }
	@$(RUN) -m pytest conformance --target '$(TARGET)' $(if $(PROVIDER),--provider '$(PROVIDER)') $(ARGS)

record: $(VENV)/.installed ## record what a gateway answers, for the mock to replay: TARGET=URL (PROVIDER=, ARGS=); the key is in GATEWAY_API_KEY
	@test -n '$(TARGET)' || { echo 'usage: make record TARGET=https://zenmux.ai [PROVIDER=zenmux] [ARGS=...]' >&2; exit 2; }
	@$(RUN) -m gateway_contracts record '$(TARGET)' $(if $(PROVIDER),--provider '$(PROVIDER)') $(ARGS)

new-provider: $(VENV)/.installed ## start the contract of another gateway: NAME=acme (PAGE=its documentation, PREFIX=ACM)
	@test -n '$(NAME)' || { echo 'usage: make new-provider NAME=acme [PAGE=acme.txt] [PREFIX=ACM]' >&2; exit 2; }
	@$(RUN) -m specs.scaffold $(if $(PAGE),--page '$(PAGE)') $(if $(PREFIX),--prefix '$(PREFIX)') -- '$(NAME)'

check: $(VENV)/.installed-dev ## lint, format, types and the import rules
	@echo 'Checking style (ruff)'
	@$(RUN) -m ruff check --quiet
	@$(RUN) -m ruff format --check --quiet || { echo 'Files are not formatted; this does it: $(RUN) -m ruff format' >&2; exit 1; }
	@echo 'Checking types (mypy)'
	@$(RUN) -m mypy
	@$(RUN) -m mypy --strict docs
	@echo 'Checking imports (specs/tests/test_layers.py)'
	@$(RUN) -m pytest --quiet specs/tests/test_layers.py

TESTED := $(if $(shell command -v npm),$(NODE_SDK)/.installed) $(PEERS)/debian/.installed

test: check $(TESTED) ## check, then all tests (ARGS= to narrow, such as ARGS=specs)
	@echo 'Testing'
	@$(RUN) -m pytest --numprocesses=auto $(ARGS)

# Not what `make test` does: to take note of each branch makes the tests take twice as long.
coverage: $(VENV)/.installed-dev $(TESTED) ## all tests, and which lines and branches none of them takes
	@$(RUN) -m pytest --numprocesses=auto --cov --cov-report=term $(ARGS)

test-compare: $(COMPARED)/.installed ## the tests of make compare and make schemathesis, in the environment that has Schemathesis
	@$(COMPARED)/bin/python -m pytest --quiet bench/tests/test_compare.py bench/tests/test_schemathesis.py $(ARGS)

test-bench: $(MEASURED)/.installed ## the tests with Locust and with granian, which make test leaves to the environment that has both
	@$(MEASURED)/bin/python -m pytest --quiet bench/tests/test_locustfile.py bench/tests/test_granian.py $(ARGS)

mutants: $(VENV)/.installed ## put every mutant before the suite (ARGS=--provider zenmux)
	@$(RUN) -m proof $(ARGS)

twins: $(VENV)/.installed ## put conforming gateways that look unusual before the suite, which must accuse nobody (ARGS=--seeds 200)
	@$(RUN) -m proof.twins $(ARGS)

gateways: $(patsubst proof/gateways/%/gateway.yaml,$(GATEWAYS)/%/.installed,$(wildcard proof/gateways/*/gateway.yaml)) ## install the real gateways that the tests judge (about a minute, 820 MB)

soak: $(VENV)/.installed-dev ## what the mock stands: ARGS=accounted, connections, sessions, slow, malformed, worker-killed or redis-restarted
	@$(RUN) -m bench.soak $(or $(ARGS),accounted)

bench: $(MEASURED)/.installed $(PEERS)/node_modules/.installed $(PEERS)/debian/.installed ## how fast the mock is beside other servers (QUICK=1 for a glance, ARGS=--help)
	@$(MEASURED)/bin/python -m bench.speed $(if $(QUICK),--quick) $(ARGS)

verdict: $(VENV)/.installed-dev ## how long the suite takes to a verdict, also for lists of 100000 models (ARGS=--help)
	@$(RUN) -m bench.verdict $(ARGS)

schemathesis: $(COMPARED)/.installed ## Schemathesis before the mock, every check on, for every contract (ARGS=--help)
	@$(COMPARED)/bin/python -m bench.schemathesis $(ARGS)

bench-scaling: $(VENV)/.installed $(PEERS)/debian/.installed ## one worker against two over a Redis, and what a fleet would do (ARGS=--help)
	@$(RUN) -m bench.scaling $(ARGS)

compare: $(COMPARED)/.installed ## put the suite and Schemathesis before the same mutants and twins, side by side (ARGS=--help)
	@$(COMPARED)/bin/python -m bench.compare $(ARGS)

docs: $(VENV)/.installed-dev ## build the user guide into build/docs
	@$(RUN) -m sphinx -b html -q -n -W --keep-going docs build/docs
	@echo 'The user guide is build/docs/index.html'

citations: $(VENV)/.installed ## compare every quotation with the providers' pages: PAGES=folder
	@test -n '$(PAGES)' || { echo 'usage: make citations PAGES=folder-with-the-pages' >&2; exit 2; }
	@$(RUN) -m specs.citations '$(PAGES)'

package: $(VENV)/.installed-dev ## build the sdist, and the wheel from it, into dist
	@$(RUN) -m uv build --quiet --no-build-isolation --python $(RUN) --out-dir dist

lock: $(VENV)/.made ## bring the lock files in line with pyproject.toml (ARGS=--upgrade for newer versions)
	@echo 'Locking (takes some seconds)'
	@$(PIP) '$(UV)'
	@$(COMPILE) $(ARGS) --output-file requirements.lock pyproject.toml
	@$(COMPILE) $(ARGS) --group build --constraints requirements.lock --output-file requirements-build.lock
	@$(COMPILE) $(ARGS) --group dev --constraints requirements.lock --constraints requirements-build.lock --output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) $(ARGS) --group compare --constraints requirements.lock --output-file requirements-compare.lock pyproject.toml
	@$(COMPILE) $(ARGS) --group bench --constraints requirements.lock --output-file requirements-bench.lock pyproject.toml
	@for folder in $(dir $(wildcard proof/gateways/*/requirements.in)); do \
	  $(COMPILE) $(ARGS) --only-binary :all: --output-file $${folder}requirements.lock $${folder}requirements.in || exit 1; done

clean: ## remove .venv, caches and everything else that is made
	rm -rf $(VENV) $(COMPARED) $(MEASURED) $(PEERS) $(NODE_SDK) $(GATEWAYS) .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@command -v '$(PYTHON)' >/dev/null || { echo 'There is no $(PYTHON); install Python 3.11 or newer, or name one: make PYTHON=/path/to/python' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is $$('$(PYTHON)' -V 2>&1); name another: make PYTHON=python3.12" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) lacks the module venv; install it (Debian and Ubuntu: apt install python3-venv)' >&2; exit 1; }
	@echo 'Making $(VENV)'
	@'$(PYTHON)' -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock $(VENV)/.made
	@echo 'Installing what running needs (once, may take a minute)'
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(COMPILED)
	@touch $@

# The development lock holds everything of the other one, at the same versions.
$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.made
	@echo 'Installing what developing needs (once, may take a minute)'
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@$(COMPILED)
	@touch $(VENV)/.installed $@

# Schemathesis has an environment of its own: its plugin would come along with every run of pytest.
$(COMPARED)/.installed: requirements-compare.lock $(VENV)/.made
	@echo 'Installing what comparing needs (once, may take a minute)'
	@'$(PYTHON)' -m venv $(COMPARED)
	@$(COMPARED)/bin/python -m pip install -qq --disable-pip-version-check --no-input --root-user-action=ignore --require-hashes --requirement requirements-compare.lock
	@touch $@

$(MEASURED)/.installed: requirements-bench.lock $(VENV)/.made
	@echo 'Installing what measuring needs (once, may take a minute)'
	@'$(PYTHON)' -m venv $(MEASURED)
	@$(MEASURED)/bin/python -m pip install -qq --disable-pip-version-check --no-input --root-user-action=ignore --require-hashes --requirement requirements-bench.lock
	@touch $@

# The mock servers of npm that the mock is measured beside; those that cannot be had are said to be missing in the table.
$(PEERS)/node_modules/.installed: bench/speed/peers/package-lock.json
	@mkdir -p $(PEERS)/node_modules
	@cp bench/speed/peers/package.json $< $(PEERS)
	@if command -v npm >/dev/null; then echo 'Installing the mock servers to measure beside (once, may take two minutes, 210 MB)'; \
	  npm ci --prefix $(PEERS) --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@ || \
	  echo 'npm cannot install them; they are not measured' >&2; fi

# wrk and nginx of Debian and Ubuntu, unpacked into a folder of ours where the machine does not have them.
$(PEERS)/debian/.installed:
	@mkdir -p $(PEERS)/debian
	@if command -v wrk >/dev/null && { command -v nginx || test -x /usr/sbin/nginx; } >/dev/null; then touch $@; \
	elif command -v apt-get >/dev/null; then echo 'Fetching wrk and nginx (once)'; \
	  (cd $(PEERS)/debian && { apt-get download -qq $(DEBIAN) 2>/dev/null || { apt-get update -qq && apt-get download -qq $(DEBIAN); }; } && \
	  for package in *.deb; do dpkg-deb -x "$$package" . || exit 1; done) && touch $@ || \
	  echo 'apt-get cannot fetch them; install wrk and nginx by hand (apt-get update, then apt-get install wrk nginx-light)' >&2; fi

# OpenAI's SDK for Node.js, which one test needs; where it is missing, that test is skipped, and fails in CI.
$(NODE_SDK)/.installed: proof/openai-node/package-lock.json
	@echo "Installing OpenAI's SDK for Node.js (once)"
	@npm ci --prefix proof/openai-node --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@ || \
	  echo 'npm cannot install it; the test that needs it is not run' >&2

# Real gateways, each in an environment of its own. A lock file names everything, so that nothing is worked out, and
# only wheels are taken, so that nothing is built.
$(GATEWAYS)/%/.installed: proof/gateways/%/requirements.lock $(VENV)/.made
	@echo 'Installing the gateway $* (once)'
	@rm -rf $(@D)
	@$(PIP) '$(UV)'
	@'$(PYTHON)' -m venv --without-pip $(@D)
	@$(RUN) -m uv pip install --quiet --system-certs --compile-bytecode --python $(@D)/bin/python \
	  --no-deps --only-binary :all: --require-hashes --requirement $<
	@touch $@

$(GATEWAYS)/%/.installed: proof/gateways/%/package-lock.json
	@echo 'Installing the gateway $* (once)'
	@rm -rf $(@D)
	@mkdir -p $(@D)
	@cp $(<D)/package.json $< $(@D)
	@npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
