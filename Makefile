# `make help` lists the commands. `make check` and `make test` are what has to pass before a change goes in.
PYTHON ?= python3
BIN = .venv/bin
UV = .venv-installer/bin/uv
LOCK = $(UV) pip compile -q --upgrade --universal --generate-hashes --no-strip-extras --no-header --python-version 3.11

# The deployment settings are checked as production would meet them, on the tests' clinic: the demo clinic is refused there.
PRODUCTION = DEMO=off SECRET_KEY=check-only-check-only-check-only-check-only-check-0123456789 ALLOWED_HOSTS=clinic.example \
	SITE_URL=https://clinic.example DATABASE_URL=sqlite:///:memory: EMAIL_URL=smtp+tls://user:word@mail.clinic.example:587 \
	DEFAULT_FROM_EMAIL=desk@clinic.example CONTENT_DIR=tests/content BEHIND_PROXY=on

.PHONY: help serve quick test soak check bench docs lock locks sbom venv venv-dev
.DEFAULT_GOAL := serve

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 10

serve: venv ## the site with a demo clinic, at http://127.0.0.1:8000/; PORT=8001 for another port
	@DEMO=on $(BIN)/python manage.py serve

quick: venv-dev ## the tests without a browser, a server and what is slow, on SQLite: about a minute; ARGS="-k phone" for some of them
	@$(BIN)/python -m tests quick $(ARGS)

test: venv-dev ## every test, on SQLite and on a throw-away PostgreSQL, with coverage: about twelve minutes
	@$(BIN)/python -m tests.tools test
	@$(BIN)/python -m tests test $(ARGS)

soak: venv-dev ## the long runs on both databases, hundreds of kills and restarts, with figures: about forty minutes
	@$(BIN)/python -m tests.tools test
	@$(BIN)/python -m tests soak $(ARGS)

check: venv-dev ## lint, types, templates, migrations, deployment settings, content, and whether the guides are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --quiet templates
	$(BIN)/mypy .
	DEMO=on $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	DEMO=on $(BIN)/python manage.py check_content
	DEMO=on $(BIN)/python manage.py draw_transitions --check

bench: venv-dev ## the site beside its yardsticks, in under ten minutes: see docs/performance.md; ARGS="--only desk"
	@$(BIN)/python -m tests.tools bench
	@$(BIN)/python -m tests.bench $(ARGS)

docs: venv-dev ## the guides' diagram and pictures, drawn anew
	DEMO=on $(BIN)/python manage.py draw_transitions
	PICTURES=docs/images $(BIN)/python -m pytest -q -p no:randomly tests/browser/test_desk.py tests/browser/test_visit_journey.py \
		tests/browser/test_publishing_path.py

lock: venv ## exact versions with hashes, the newest that pyproject.toml allows
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --group dev -o requirements-dev.txt
	$(LOCK) --group installer -o requirements-installer.txt
	$(LOCK) tests/bench/requirements.in -c requirements.txt -o requirements-bench.txt

sbom: venv-dev ## the bill of materials of requirements.txt, in CycloneDX
	@$(BIN)/python -m tests.sbom requirements.txt

locks: venv-dev ## installs each lock file into an empty environment
	@$(BIN)/python -m tests.locks $(PYTHON)

venv:
	@$(PYTHON) clinic_site/bootstrap.py requirements.txt requirements-dev.txt

venv-dev:
	@$(PYTHON) clinic_site/bootstrap.py requirements-dev.txt
