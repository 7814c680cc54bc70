# What people do here. `make` alone lists it; each line below calls one small program in tools/.

PORT ?= 8000
HOST ?= 127.0.0.1
SOLUTIONS ?= yes
AGAIN ?= no
BENCH ?= --keep book/_data/grading-speed.md
STOCK ?= 12

PY := .venv/bin/python
SITE := $(if $(filter no,$(SOLUTIONS)),build/without-solutions/_build/html,_build/html)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help serve test environment site pdf epub demo demo-term bench bench-books bench-browser bench-pages bench-figures bench-grading diagnosis-report attack-report mutation weave lint types walls unit oldest frontend book notebooks clean

help:  ## list what can be done here
	@sed -n 's/^\([a-z-]*\)[a-z -]*:.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-24s %s\n", $$1, $$2 }'

serve: environment  ## the whole course on http://127.0.0.1:8000 (PORT=, HOST=, SOLUTIONS=no)
	@$(PY) tools/serve.py . --host "$(HOST)" --port "$(PORT)" --check
	@$(PY) -m tools.build.site --solutions $(SOLUTIONS)
	@exec $(PY) tools/serve.py $(SITE) --host "$(HOST)" --port "$(PORT)"

test: environment  ## the whole test suite, as in CI (AGAIN=yes repeats what has not changed)
	@exec $(PY) -m tools.test.run $(if $(filter yes,$(AGAIN)),--again)

environment:  ## the pinned packages in .venv
	@python=$$(PYTHON="$(PYTHON)" sh tools/build/find_python.sh) && "$$python" -m tools.build.environment

site: environment  ## the site that serve serves, in _build/html
	@$(PY) -m tools.build.site --solutions $(SOLUTIONS)

pdf: site  ## the book as one PDF, which the site then offers (SOLUTIONS=no)
	@$(PY) -m tools.build.printing pdf --solutions $(SOLUTIONS)

epub: site  ## the book as one EPUB, which the site then offers (SOLUTIONS=no)
	@$(PY) -m tools.build.printing epub --solutions $(SOLUTIONS)

demo: environment  ## a class of invented learners, from release to grades
	@$(PY) -m grader demo

demo-term: environment  ## an instructor's term: archives of Moodle and Canvas in, grades back in their tables
	@$(PY) -m grader demo-term

bench: environment  ## how fast the toolkit is, beside PyTorch and the machine's own peak
	@$(PY) -m tools.bench.toolkit

bench-browser: site  ## how long a reader waits for Python in the page, beside JupyterLite
	@$(PY) -m tools.bench.browser

bench-books: environment  ## what share of four public books' cells runs in the page (BENCH="--clones FOLDER")
	@$(PY) -m tools.build.frontend
	@$(PY) -m tools.bench.books $(if $(filter command line,$(origin BENCH)),$(BENCH))

bench-pages: site  ## how fast the pages open on a phone, by Lighthouse
	@$(PY) -m tools.bench.pages

bench-figures: environment  ## how fast the figures answer a reader, beside an empty page
	@$(PY) -m tools.build.frontend
	@$(PY) -m tools.bench.figures --train

bench-grading: environment  ## how fast a class is graded, beside stock nbgrader (BENCH=--otter, BENCH="--real 1000", BENCH="--replay 10000", BENCH="--load 2000")
	@$(PY) -m tools.bench.grading $(BENCH)

diagnosis-report: environment  ## how well mistakes are named, on the bank of answers
	@$(PY) -m tests.bank.diagnosis --write

mutation: environment  ## every change to a criterion, tried on the bank and the tests of the criteria
	@nice -n 19 $(PY) -m tests.mutation

attack-report: environment  ## what hostile submissions achieve, here and under stock nbgrader (STOCK=12 of each kind)
	@$(PY) -m tools.bench.attacks --stock $(STOCK) --write

weave: environment  ## book + solutions + hidden tests -> nbgrader's source notebooks
	@$(PY) -m grader weave

lint types walls unit oldest frontend book notebooks: environment  ## one part of the tests: lint types walls unit oldest frontend book notebooks
	@exec $(PY) -m tools.test.run --again $@

clean:  ## remove what was built, but neither the environment nor the class's files
	@rm -rf _build build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +
