# Every target does its own set-up: a virtual environment in .venv, with the versions of constraints.txt.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
FUZZ_FILES ?= 10000
FUZZ_SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help demo test check check-vllm lint format fuzz fuzz-guided bench bench-render bench-load bench-reading constraints clean

help:  ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(VENV)/.ready: pyproject.toml constraints.txt $(wildcard adapters/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@rm -f $@
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[dev]' --editable 'adapters/langchain-glyph[dev]' --editable 'adapters/llama-index-glyph[dev]'
	@touch $@

demo: $(VENV)/.ready  ## Render a contract, let the bundled reader read it, and ask it
	$(BIN)/glyph render samples/documents/charter.pdf --style nano --output out/demo
	$(BIN)/glyph ask samples/documents/charter.pdf -q "What is the hire?" -q "Who is the king of Spain?" --model nano --show-pages

test: $(VENV)/.ready  ## Run the tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.ready  ## Style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## Everything that must hold before a change goes in

format: $(VENV)/.ready  ## Bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: $(VENV)/.ready  ## Load mutated files (FUZZ_FILES=10000)
	$(BIN)/python benchmarks/fuzz.py --count $(FUZZ_FILES)

fuzz-guided: $(VENV)/.ready  ## Fuzz the parsers, guided by coverage (FUZZ_SECONDS=600)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python benchmarks/fuzz_guided.py --seconds $(FUZZ_SECONDS)

bench: bench-render bench-load bench-reading  ## All benchmarks

bench-render: $(VENV)/.ready  ## Rendering against Glyph's own pipeline
	$(BIN)/python benchmarks/render.py

bench-load: $(VENV)/.ready  ## Loading long sources
	$(BIN)/python benchmarks/load.py

bench-reading: $(VENV)/.ready  ## Sessions, batches and the vision tower against recomputation and transformers' own path
	$(BIN)/python benchmarks/reading.py

check-vllm: $(VENV)/.ready  ## Run the server tests against a real vLLM on the CPU, set up in .venv-vllm (3.5 GB)
	$(BIN)/python benchmarks/check_vllm.py

constraints: $(VENV)/.ready  ## Write constraints.txt from what .venv holds
	head -n 2 constraints.txt > constraints.new
	$(PYTHON) -m pip --python $(BIN)/python freeze --exclude-editable | grep -v -E '^(nvidia|cuda|triton)' | sed -E 's/\+[a-z0-9]+$$//; s/ @ .*//' >> constraints.new
	mv constraints.new constraints.txt

clean:  ## Remove everything that make made
	rm -rf $(VENV) .venv-vllm out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis constraints.new
	find glyph_integrations tests benchmarks samples adapters -name __pycache__ -type d -prune -exec rm -rf {} +
