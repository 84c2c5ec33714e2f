# make serve   sets everything up, loads the data and serves the map on http://127.0.0.1:8000/
# make test    sets everything up and runs every test
# make docs    builds the documentation into var/docs
.PHONY: setup setup-dev serve test lint bench docs

setup: ; @scripts/setup

setup-dev: ; @scripts/setup dev

serve: setup
	@scripts/start

test: setup-dev
	@scripts/install-test-tools
	.venv/bin/python -m pytest --numprocesses auto --maxprocesses 6 --dist loadfile --no-loadscope-reorder

lint: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/hadolint Dockerfile
	.venv/bin/regmap validate
	.venv/bin/regmap codebook --check
	.venv/bin/regmap datapackage --check

docs: setup-dev
	@scripts/docs

bench: setup-dev
	.venv/bin/python -m tests.bench
