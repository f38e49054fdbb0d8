# What a newcomer types. Needs a POSIX shell, make (3.81 is enough) and Python 3.11 to 3.13.
#
#   PYTHON=...   the interpreter that .venv is made from (default: the first suitable one found)
#   ARGS=...     passed to pytest:  make test ARGS="-k history -x"

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test chaos lint bench screenshots format messages lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

install: $(STAMP) ## make .venv and install the locked dependencies, nothing else

$(STAMP): requirements/dev.txt scripts/install.sh
	@PYTHON="$(PYTHON)" sh scripts/install.sh $(VENV) requirements/dev.txt
	@touch $@

demo: $(STAMP) ## start everything, import, serve the portal (ONCE=1 ends after the imports; PORT=8000)
	@$(PY) -m freesport.demo $(if $(filter-out 0,$(ONCE)),--once) $(if $(PORT),--port $(PORT))

test: $(STAMP) ## run the whole test suite (ARGS="-k word -x" for a part of it)
	@sh scripts/install-chromium.sh
	$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

chaos: $(STAMP) ## break imports for an hour: kill, freeze, cut off, restart; prints what was measured
	CHAOS=1 $(PY) -m pytest tests/faults $(ARGS)

lint: $(STAMP) ## check style, types, templates, spelling, import contracts and migrations
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/djlint --quiet --check --lint templates
	$(PY) -m codespell_lib
	$(VENV)/bin/lint-imports --no-cache
	$(PY) manage.py makemigrations --check --dry-run

bench: $(STAMP) ## measure the goals of speed and memory (SIZE=1k, 10k, 100k, 200k; GOALS=P1,P2; from 10k writes docs/benchmarks.md)
	@$(PY) -m benchmarks --size $(or $(SIZE),1k) --goals "$(GOALS)"

screenshots: $(STAMP) ## take the pictures of the user guide of the real portal (ONLY=start,history for some of them)
	@sh scripts/install-chromium.sh
	@$(PY) -m screenshots $(if $(ONLY),--only $(ONLY))

format: $(STAMP) ## rewrite the code in the project's style
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .
	$(VENV)/bin/djlint --quiet --reformat templates

messages: $(STAMP) ## take new texts into locale/ru and compile it (needs gettext)
	$(PY) manage.py makemessages --locale ru --no-obsolete --add-location file \
		--ignore .venv --ignore .data --ignore tests --ignore scripts
	$(VENV)/bin/pybabel compile --statistics --domain django --directory locale

lock: $(STAMP) ## write requirements/*.txt from pyproject.toml (UPGRADE=1 takes the newest versions)
	@sh scripts/lock.sh $(PY) $(if $(UPGRADE),--upgrade)

clean: ## stop the private servers, remove .venv, the caches and all data in .data
	@if [ -x $(PY) ]; then \
	    for data in .data .data/test .data/screenshots; do $(PY) -m freesport.embedded stop $$data; done; \
	fi
	rm -rf $(VENV) .data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
