# TrainMon's commands. Needs Python 3.10 or newer; everything else comes from PyPI and npm, into
# .venv/ and frontend/node_modules/. `make PYTHON=python3.12 ...` names the Python to use.

PYTHON ?= python3

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check
FRAMEWORKS := .venv-frameworks
FRONT_END := $(PY) build_support/front_end.py
# One test more at once than there are cores, as there is always one that waits: each process has its
# share of the tests in a row, so that a TensorBoard is started once for those that look at it, and
# who is done takes from who is not.
PYTEST_SIDE_BY_SIDE ?= --numprocesses $(shell expr 1 + `getconf _NPROCESSORS_ONLN`) --dist worksteal
KERNEL := $(wildcard tb_trainmon/*/*kernel.py* tb_trainmon/event_files/kernel_source/*.py tb_trainmon/event_files/machine.*)
PACKAGING := pyproject.toml setup.py $(wildcard build_support/*.py) $(KERNEL)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(VENV)/.installed front-end ## Train a small model live and open TensorBoard on it; Ctrl-C ends both
	@exec $(VENV)/bin/trainmon demo --logdir demo_logs

.PHONY: test
test: $(VENV)/.installed-dev front-end chromium postgresql ## Run every check and every test
	@$(PY) -m build_support.whole $(PYTEST_SIDE_BY_SIDE) --durations=20

# What differs from the branch main, or `make quick FILES="tb_trainmon/cli/status.py frontend/src/base/numbers.ts"`.
FILES ?=

.PHONY: quick
quick: $(VENV)/.installed-dev ## Check and test what was changed, within 45 seconds
	@$(PY) -m build_support.quick $(FILES)

.PHONY: test-frameworks
test-frameworks: $(FRAMEWORKS)/.installed ## Train tiny models with the real frameworks and our callbacks in them
	$(FRAMEWORKS)/bin/python -m build_support.pytest_again tests/frameworks

.PHONY: test-browsers
test-browsers: $(VENV)/.installed-browsers front-end chromium ## Use the tab in Chromium, Firefox and WebKit, and behind proxies
	$(PY) -m tests.every_browser.install
	$(PY) -m build_support.pytest_again tests/every_browser

.PHONY: clean-frameworks
clean-frameworks: ## Remove the environment of the frameworks
	rm -rf $(FRAMEWORKS)

.PHONY: check
check: $(VENV)/.installed-dev front-end ## Run the formatters, linters and type checkers
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/ci.yml .github/workflows/release.yml
	$(VENV)/bin/zizmor --quiet --offline --config .github/zizmor.yml .github/workflows
	$(FRONT_END) npm run check

.PHONY: judgement
judgement: $(VENV)/.installed-dev ## Say what share of each conclusion is right on labelled logs and tags
	$(PY) -m tests.judgement

.PHONY: report
report: ## List the longest files and functions
	@$(PYTHON) build_support/report.py

.PHONY: bench-live
bench-live: $(VENV)/.installed-dev front-end chromium ## Measure the live tab: delay, load, ticks, abuse (some 30 minutes)
	$(PY) -m tests.bench.live

.PHONY: fuzz
fuzz: $(VENV)/.installed-dev ## Damage real logs and ask everything about them: make fuzz MINUTES=60
	$(PY) -m tests.fuzz --minutes $(or $(MINUTES),1)

.PHONY: sanitize
sanitize: $(VENV)/.installed-dev ## Read event files with kernels that watch every access to memory
	$(PY) build_support/sanitize.py --minutes $(or $(MINUTES),1)

.PHONY: build
build: $(VENV)/.installed-dev front-end ## Make the source distribution and the wheel in dist/
	$(PY) -m build --outdir dist

.PHONY: docs
docs: $(VENV)/.installed-docs ## Build the site of docs/ into site/; a link that leads nowhere is an error
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet --strict

.PHONY: pictures
pictures: $(VENV)/.installed-dev front-end chromium ## Take the pictures of the README anew
	$(PY) -m tests.browser.readme_pictures

.PHONY: dist
dist: $(VENV)/.installed-dist ## Make every distribution for this machine, check, install and start each
	$(PY) -m tests.installed.distributions

.PHONY: test-versions
test-versions: dist ## Start every TensorBoard from 2.14.1 on with each Python that is here (20 minutes)
	$(PY) -m tests.installed.versions

.PHONY: bench
bench: $(VENV)/.installed-dev ## Time the event reader and the routes beside TensorBoard's data server
	$(PIP) install tensorboard-data-server
	$(PY) -m tests.bench.readers
	$(PY) -m tests.bench.answers

.PHONY: clean
clean: ## Remove everything that was made
	rm -rf $(VENV) $(FRAMEWORKS) build dist site *.egg-info frontend/node_modules tb_trainmon/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find tb_trainmon tests build_support -name __pycache__ -prune -exec rm -rf {} +

# ---- what they need ------------------------------------------------------------------------------

.PHONY: front-end
front-end: $(VENV)/.node
	@$(FRONT_END) build

.PHONY: chromium
chromium: $(VENV)/.installed-dev
	@$(PY) tests/browser/find_chromium.py --install

.PHONY: postgresql
postgresql: $(VENV)/.installed-dev
	@$(PY) tests/postgresql_server.py --install

$(VENV)/.made:
	@command -v $(PYTHON) > /dev/null || { \
	    echo "error: There is no $(PYTHON). TrainMon needs Python 3.10 or newer." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	    echo "error: TrainMon needs Python 3.10 or newer, and $(PYTHON) is older." \
	        "Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	    echo "error: $(PYTHON) cannot make virtual environments: its venv module is not there." \
	        "On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install 'pip>=22.3'
	@touch $@

# Node from PyPI, where there is none of 20.19, 22.12 or newer on PATH.
$(VENV)/.node: $(VENV)/.made build_support/front_end.py
	@needs=`$(FRONT_END) needs` && { test -z "$$needs" || $(PIP) install "$$needs"; }
	@touch $@

# The front end is built before pip runs, so that pip has nothing to build but Python's part.
$(VENV)/.installed: $(VENV)/.made $(PACKAGING) | front-end
	$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made $(PACKAGING) | front-end
	$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dist: $(VENV)/.installed-dev
	$(PIP) install --editable '.[dist]'
	@touch $@

$(VENV)/.installed-browsers: $(VENV)/.installed-dev
	$(PIP) install --editable '.[browsers]'
	@touch $@

$(VENV)/.installed-docs: $(VENV)/.installed-dev
	$(PIP) install --editable '.[docs]'
	@touch $@

# The frameworks take a gigabyte, so they have an environment of their own. Another version of one:
# make TRAINMON_FRAMEWORKS='transformers<5' clean-frameworks test-frameworks
TRAINMON_FRAMEWORKS ?=

$(FRAMEWORKS)/.made: | $(VENV)/.made
	$(PYTHON) -m venv --clear $(FRAMEWORKS)
	@$(FRAMEWORKS)/bin/python -m pip --quiet --disable-pip-version-check install 'pip>=22.3'
	@touch $@

# torch first, and refused where it would be the build for graphics cards.
$(FRAMEWORKS)/.installed: $(FRAMEWORKS)/.made $(PACKAGING) build_support/torch_for_tests.py | front-end
	$(FRAMEWORKS)/bin/python build_support/torch_for_tests.py
	$(FRAMEWORKS)/bin/python -m pip --quiet --disable-pip-version-check install \
	    --editable '.[frameworks]' $(foreach it,$(TRAINMON_FRAMEWORKS),'$(it)')
	@touch $@
