# Two commands do everything: `make run` and `make test`. `make help` shows the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8080
UV := $(shell command -v uv || echo $(HOME)/.local/bin/uv)
LOCK := uv pip compile --quiet --python-version 3.11 --generate-hashes

.PHONY: drill-escalation help run test install browser check lock drill-records bench measure train-language check-recipe

help: ## Shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: install ## Installs what is missing, trains what is stale, starts Heard
	@.venv/bin/heard up --port $(PORT)

test: install browser ## Brings what the tests need, and passes every test
	@scripts/test

install: .venv/.installed bot/.venv/.installed ## Installs both environments from their lock files

# A stamp is as old as the lock it was installed from: nothing is installed twice.
.venv/.installed: requirements.lock pyproject.toml scripts/install
	@scripts/install .

bot/.venv/.installed: bot/requirements.lock scripts/install
	@scripts/install bot

browser: ## Brings a browser for the tests, from Debian's packages, where there is none
	@scripts/browser

check: install ## Format, lint, types and the direction of imports
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python scripts/check_language_data.py

lock: ## Writes both lock files anew (needs uv)
	$(LOCK) pyproject.toml --group dev -o requirements.lock
	cd bot && $(LOCK) pyproject.toml -o requirements.lock

drill-records: install ## Two thousand kills over the records, on each database
	@HEARD_DRILL_KILLS=2000 .venv/bin/python -m pytest -q tests/integration/records/test_records_kill.py

train-language: install training/.venv/.installed ## Trains the sentence encoder of models/language (two hours or more)
	@training/.venv/bin/python -m training
	@.venv/bin/python -m training.score

check-recipe: install training/.venv/.installed ## Trains a short while and holds it against the recorded short run
	@training/.venv/bin/python -m training.short

# pip, not uv, and no hashes: torch comes in another file for every machine.
training/.venv/.installed: training/requirements.txt
	@python3.11 -m venv training/.venv
	@training/.venv/bin/pip install --quiet --disable-pip-version-check -r training/requirements.txt
	@touch $@

bench: install ## Measures speed and size
	@.venv/bin/heard bench

drill-escalation: install ## Kills the ladder 200 times, lives through 30 days, writes docs/reliability.md
	@.venv/bin/python -m tests.integration.escalation.drill

measure: ## Sizes of files and functions (orientation, never a gate)
	@.venv/bin/python scripts/measure.py
