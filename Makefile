# Everything a developer or CI calls. The virtual environment is made on the first call and kept; it is filled
# again only when a pinned list changes.

PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
BIGDATA_ARGS ?=
WEEK_ARGS ?=

# Where it is set, each of the many processes of a start and of the suite compiles every module again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin

# A stamp carries the checksum of its list, because git does not keep times of change.
RUNTIME := $(VENV)/.runtime-$(shell cksum < requirements.txt | tr ' ' '-')
DEV := $(VENV)/.dev-$(shell cksum < requirements-dev.txt | tr ' ' '-')

INSTALL := $(BIN)/python -m deploy.install
PYTEST := $(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)
COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

TIMED := $(BIN)/python -m tests.timed
TOOL := $(BIN)/python -m deploy.tools
FORMED := '**/*.{js,cjs,css}' # by prettier

NOT_CORE := --ignore=tests/gateways --ignore=tests/payments --ignore=tests/invoices

.DEFAULT_GOAL := help
.PHONY: help run test test-core check format messages mails pictures assets tools chromium bench bigdata queue week lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME) ## start the server and the worker with demonstration data; PORT and DATABASE_URL are honoured
	@mkdir -p .cache; exec $(BIN)/python -m deploy.run

# What has no SQL in it runs on SQLite alone, pages on PostgreSQL alone, everything else on both (tests/conftest.py).
test: $(DEV) tools assets chromium ## run the whole suite, with each part's seconds; PYTEST_ARGS="-k name" for a part
	@mkdir -p .cache
	@$(TIMED) JavaScript $(TOOL) node --test --test-reporter=spec tests/javascript/*.test.js
	@$(TIMED) SQLite env -u DATABASE_URL $(PYTEST) -m "not pages"
	@$(TIMED) PostgreSQL $(BIN)/python -m tests.postgres $(PYTEST) -m "sql or pages"

test-core: $(DEV) tools assets chromium ## the same without gateways, payments calls and invoices
	@mkdir -p .cache
	@$(TIMED) JavaScript $(TOOL) node --test --test-reporter=spec tests/javascript/*.test.js
	@$(TIMED) SQLite env -u DATABASE_URL $(PYTEST) -m "not pages" $(NOT_CORE)
	@$(TIMED) PostgreSQL $(BIN)/python -m tests.postgres $(PYTEST) -m "sql or pages" $(NOT_CORE)

check: $(DEV) tools ## format, lint, types, layers, missing migrations, Django's own checks, Hindi messages
	@mkdir -p .cache
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(TOOL) prettier --log-level warn --check $(FORMED)
	$(TOOL) eslint .
	$(BIN)/djlint --quiet --lint parking
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --cache-dir .cache/import-linter
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	$(BIN)/python -m deploy.messages check

format: $(DEV) tools ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(TOOL) prettier --log-level warn --write $(FORMED)
	$(TOOL) eslint --fix .

mails: export DATABASE_URL := sqlite:///$(CURDIR)/.cache/mails.sqlite3
mails: $(DEV) ## every kind of mail as pictures and text, in .cache/mails-seen
	$(BIN)/python -m deploy.messages compile
	$(BIN)/python manage.py migrate --noinput -v0
	$(BIN)/python manage.py shell -v 0 -c "from tests.notifications.mails import main; main('.cache/mails-seen')"

messages: $(DEV) ## gather what pages say into the Hindi catalogue
	$(BIN)/python -m deploy.messages update

pictures: $(DEV) tools assets chromium ## take the pictures of the user's guide again
	@mkdir -p .cache docs/user-guide/pictures
	PICTURES=1 $(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q tests/browser $(PYTEST_ARGS)

# Without help lines: whoever needs them calls them, and they do nothing when nothing has changed.
assets: $(RUNTIME)
	@$(BIN)/python -m deploy.assets
	@$(BIN)/python -m deploy.messages compile

# Before the assets, which are content with fewer packages than the tools need.
tools: $(DEV)
	@$(BIN)/python -m deploy.npm

chromium: $(DEV)
	@$(BIN)/python -m deploy.chromium

bench: $(DEV) assets ## measure against the floor that PostgreSQL sets; BENCH_ARGS for its options
	@mkdir -p .cache; exec $(BIN)/python -m bench $(BENCH_ARGS)

bigdata: $(DEV) assets ## pages and lists beside a year of 1,000,000 stays; BIGDATA_ARGS="--stays 5000000" for more
	@mkdir -p .cache; exec $(BIN)/python -m bench.bigdata $(BIGDATA_ARGS)

queue: $(DEV) assets ## 60 cars in and 60 out in an hour through the gate's pages, waiting times; QUEUE_ARGS for options
	@mkdir -p .cache; exec $(BIN)/python -m bench.gate_queue $(QUEUE_ARGS)

week: $(DEV) assets ## a week of two sites over HTTP, its sums compared; DATABASE_URL is honoured, WEEK_ARGS for options
	@mkdir -p .cache; exec $(BIN)/python -m bench.week $(WEEK_ARGS)

lock: $(DEV) ## pin the newest releases that requirements*.in allow
	$(COMPILE) --upgrade requirements-installer.in --output-file requirements-installer.txt
	$(COMPILE) --upgrade requirements.in --output-file requirements.txt
	$(COMPILE) --upgrade requirements-dev.in --output-file requirements-dev.txt
	$(COMPILE) --upgrade requirements-node.in --output-file requirements-node.txt

clean: ## remove what was made, except data
	rm -rf $(VENV) .cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is the last thing that venv puts in place: without it the environment is unfinished.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'Python 3.11 or later is needed. Another one: make PYTHON=/path/to/python3 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo 'Python cannot make a virtual environment. On Debian: apt install python3-venv' >&2; exit 1; }
	@echo 'Making the virtual environment $(VENV)'
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/pip
	@echo 'Installing the pinned packages'
	@rm -f $(VENV)/.runtime-*
	@$(INSTALL) requirements.txt
	@touch $@

# The developers' list contains the run-time one.
$(DEV): | $(BIN)/pip
	@echo "Installing the pinned packages and the developers' tools"
	@rm -f $(VENV)/.dev-* $(VENV)/.runtime-*
	@$(INSTALL) requirements-dev.txt
	@touch $(RUNTIME) $@
