# Two commands for people: `make serve` and `make test`. `make check` is what CI runs before the tests.
PYTHON ?= python3
BIN = .venv/bin

# The deployment settings are checked as production would meet them, on the tests' clinic: the demo clinic is refused there.
PRODUCTION = DEMO=off SECRET_KEY=check-only-check-only-check-only-check-only-check-0123456789 ALLOWED_HOSTS=clinic.example \
	SITE_URL=https://clinic.example DATABASE_URL=sqlite:///:memory: EMAIL_URL=smtp+tls://user:word@mail.clinic.example:587 \
	DEFAULT_FROM_EMAIL=desk@clinic.example CONTENT_DIR=tests/content BEHIND_PROXY=on

.PHONY: serve test check bench docs lock venv venv-dev
.DEFAULT_GOAL := serve

serve: venv
	@DEMO=on $(BIN)/python manage.py serve

# The whole suite on SQLite, then on a throw-away PostgreSQL; one coverage report over both.
test: venv-dev
	@$(BIN)/python -m clinic_site.bootstrap tools
	@$(BIN)/coverage erase
	@TEST_DATABASE_URL= $(BIN)/coverage run -m pytest && $(BIN)/python -m tests.postgres $(BIN)/coverage run -m pytest; \
	status=$$?; $(BIN)/coverage combine -q && $(BIN)/coverage report && exit $$status

check: venv-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	DEMO=on $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	DEMO=on $(BIN)/python manage.py check_content
	DEMO=on $(BIN)/python manage.py draw_transitions --check

# The site beside its yardsticks, in under ten minutes: `make bench ARGS="--only desk"`. See docs/performance.md.
bench: venv-dev
	@$(BIN)/python -m clinic_site.bootstrap bench-tools
	@$(BIN)/python -m tests.bench $(ARGS)

# What the guides show of the code and of the pages.
docs: venv-dev
	DEMO=on $(BIN)/python manage.py draw_transitions
	PICTURES=docs/images $(BIN)/python -m pytest -q -p no:randomly tests/browser/test_desk.py tests/browser/test_publishing_path.py

# Exact versions with hashes, from pyproject.toml. No download addresses.
lock: venv-dev
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --python-version 3.11 tests/bench/requirements.in -c requirements.txt -o requirements-bench.txt

venv:
	@$(PYTHON) clinic_site/bootstrap.py requirements.txt

venv-dev:
	@$(PYTHON) clinic_site/bootstrap.py requirements-dev.txt
