# `make help` lists what there is. The first target that needs it sets up .venv.

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
DATA ?= standin
QUICK := COURSE_STRICT=1 COURSE_PROFILE=quick COURSE_DATA=$(DATA)
WORKERS ?= 3
STUDENTS ?= 2
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=300 --nbval-kernel-startup-timeout=120 \
	--nbval-sanitize-with=tests/nbval.cfg

.DEFAULT_GOAL := help

.PHONY: help
help:  ## list the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/ready: requirements.txt pyproject.toml tools/setup
	@sh tools/setup
	@touch $@

.PHONY: lab
lab: .venv/ready  ## open your own copies of the notebooks in JupyterLab
	@$(BIN)/python -m course_utils start
	$(BIN)/jupyter lab --notebook-dir=. my_notebooks/01_dense_mnist.ipynb

.PHONY: update
update: .venv/ready  ## bring a new version of the course into your own copies
	@$(BIN)/python -m course_utils update

.PHONY: demo
demo: .venv/ready  ## the same for a lecture: trained models are loaded, nobody waits
	COURSE_PROFILE=demo $(BIN)/jupyter lab --notebook-dir=. notebooks/01_dense_mnist.ipynb

.PHONY: slides
slides: .venv/ready  ## write slides and PDF files to build/slides
	$(BIN)/python -m course_utils slides

.PHONY: site
site: .venv/ready  ## write the course as a website to build/site; TESTED=2026-11-30: it says so
	-@sh tools/setup site
	$(BIN)/python -m course_utils site --tested "$(TESTED)"

.PHONY: links
links: .venv/ready  ## try the website's links to elsewhere
	-@sh tools/setup site
	$(BIN)/python -m course_utils site --links

.PHONY: test
test: lint unit notebooks  ## run every check: style, tests, all notebooks

.PHONY: lint
lint: .venv/ready  ## check style and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

.PHONY: unit
unit: .venv/ready  ## run the tests of the package
	$(QUICK) $(BIN)/pytest -n 2 --dist loadscope tests --ignore=tests/browser --ignore=tests/hub

.PHONY: notebooks
notebooks: .venv/ready  ## run all notebooks and compare their outputs
	$(QUICK) $(BIN)/pytest -n $(WORKERS) --dist loadscope $(NBVAL) notebooks

.PHONY: solutions
solutions: .venv/ready  ## run all notebooks with the exercises' solutions filled in
	$(QUICK) $(BIN)/pytest -n $(WORKERS) tests/solutions.py

.PHONY: experiments
experiments: .venv/ready  ## run all notebooks with changes that a reader might make
	$(QUICK) $(BIN)/pytest -n $(WORKERS) tests/experiments.py

.PHONY: installed
installed: .venv/ready  ## run all notebooks of the course installed from its wheel
	$(BIN)/pytest tests/installed.py

.PHONY: hub
hub: .venv/ready  ## run a class of STUDENTS (2) on a real JupyterHub
	-@sh tools/setup hub
	STUDENTS=$(STUDENTS) $(BIN)/pytest -s tests/hub

.PHONY: memory
memory: .venv/ready  ## measure the memory of each notebook's kernel; NB="03 05": these alone
	COURSE_PROFILE=demo $(BIN)/python tests/memory.py $(NB)

.PHONY: drills
drills: .venv/ready  ## try the faults that take time: kills, full queues, odd locales
	$(QUICK) $(BIN)/pytest tests/drills.py

.PHONY: jax
jax: .venv/ready  ## run what runs on JAX: notebooks 1, 3 and 9, a training in several processes
	$(QUICK) $(BIN)/pytest tests/on_jax.py

.PHONY: applications
applications: .venv/ready  ## try every network of Keras Applications (an hour, 8 GB)
	$(QUICK) $(BIN)/pytest tests/every_application.py

.PHONY: rehearse
rehearse: .venv/ready  ## run all notebooks and explorers in a browser, in the demo profile
	$(BIN)/pytest tests/browser

.PHONY: run
run: .venv/ready  ## run the course quickly, write the website to build/course
	-@sh tools/setup site
	COURSE_PROFILE=quick $(BIN)/python -m course_utils run

.PHONY: full
full: .venv/ready  ## re-run the notebooks in place on the real data; NB="03 05": these alone
	COURSE_STRICT=1 COURSE_PROFILE=full COURSE_DATA=real $(BIN)/python -m course_utils run --in-place $(NB)

.PHONY: bench
bench: .venv/ready  ## show speeds beside what people use today
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

.PHONY: format
format: .venv/ready  ## format code and notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: clean
clean:  ## remove the environment and all that was built
	rm -rf .venv build .pytest_cache .ruff_cache .hypothesis course_utils.egg-info
