# The two commands: `make run` starts Deskbell, `make test` proves it. All set-up happens by itself.
# PORT and DATA_DIR come from the environment (defaults 8000 and ./var).
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
BENCH ?= all
CORPUS ?= ../shared/mail
export PYTHONUNBUFFERED := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test test-fast test-windows check e2e bench mail-score messages lock

help: ## Say what can be made
	@grep -hE '^[a-z0-9-]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: ## Make the virtual environment with the pinned packages that running needs
	@scripts/setup run

run: setup ## Start the whole desk on http://127.0.0.1:8000 (Ctrl+C ends it)
	@exec $(PY) manage.py serve

test: ## Install what the tests need and run the whole suite
	@scripts/test all

test-fast: ## Only what needs neither a browser nor a display
	@scripts/test fast

e2e: ## Only what drives Chromium and real windows
	@scripts/test gui

test-windows: ## The tray agent under the Windows CPython in Wine
	@scripts/test windows

check: ## Style, types, import contracts, templates, migrations, sizes
	@scripts/check

bench: ## Measure: make bench BENCH=agent-api|ticket-list|rest|agent|mail-intake|pages-1m|live-agents prints one JSON object a line
	@scripts/setup test
	@$(PY) -m benchmarks $(BENCH)

mail-score: ## Score the reading of mail on the corpora of CORPUS (a folder with a score.py)
	@scripts/setup test
	@$(PY) -m benchmarks.mail_score $(CORPUS)

messages: ## Bring the catalogues of the mails and of the agent in line with their sources
	@scripts/setup test
	@scripts/messages
	@scripts/agent-messages

lock: ## Pin the newest allowed versions, with hashes and without hosts
	@scripts/setup test
	@scripts/lock
