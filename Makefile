# Two commands on a fresh machine: make run, make test.
BIN := .venv/bin
PYTHON ?= $(shell command -v $(BIN)/python || command -v python3.11 || command -v python3)
export PORT ?= 7860

.PHONY: run install install-dev test check format bench

run: install
	@exec $(BIN)/python -m ftcore.ui.launch

install:
	@$(PYTHON) ftcore/bootstrap.py

install-dev:
	@$(PYTHON) ftcore/bootstrap.py --dev

test: install-dev check
	$(BIN)/python -m pytest

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev
	$(BIN)/python -m benchmarks $(NAME)
