# The one door. `make` lists what it opens to.
PYTHON ?= python3
PY := .venv/bin/python
export PORT ?= 8000
export DATA_DIR ?= $(CURDIR)/var

.PHONY: help run test check bench fmt messages locks screens clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run:  ## a running site with the demo organisation (PORT, DATA_DIR)
	@$(PYTHON) tools/bootstrap.py base
	@DEMO=$${DEMO:-1} exec $(PY) manage.py start

test:  ## the whole suite on the embedded default, in parallel
	@$(PYTHON) tools/bootstrap.py dev
	@env -u DATA_DIR $(PY) tools/suite.py $(TESTS)

check:  ## format, lint, types, architecture, templates, migrations, translations, locks
	@$(PYTHON) tools/bootstrap.py dev
	@env -u DATA_DIR $(PY) tools/check.py

bench:  ## the benchmarks, as ratios to floors of the same run (BENCH=quick for a small set)
	@$(PYTHON) tools/bootstrap.py dev
	@$(PY) -m bench $(BENCH)

fmt:  ## format code
	@$(PY) -m ruff check --fix-only --quiet . ; $(PY) -m ruff format --quiet .

messages:  ## update the translation files from code and templates
	@$(PY) manage.py messages

screens:  ## take the screenshots under docs/screens
	@$(PY) tools/screens.py

locks:  ## write the hash-locked requirement files anew (needs uv)
	@for kind in base dev; do \
	  uv pip compile pyproject.toml $$([ $$kind = dev ] && echo --group dev) --universal --generate-hashes \
	    --no-annotate --no-header --python-version 3.11 --quiet --upgrade -o requirements/$$kind.txt; done

clean:  ## remove what was built; data in var/ stays
	@rm -rf .venv build
