# One command each; every one makes what it needs first.
#   make demo   the main job on drawn sample images, start to ONNX
#   make run    the window
#   make test   every test, without a screen
#   make check  formatting, types and layers
#   make bench             the four below, one after the other (hours)
#   make bench-training    speed and accuracy against the PyTorch tutorial and, if installed, fastai
#   make bench-scale       time and memory for a thousand and more images
#   make bench-sweep       time of a sweep over freeze depths, against one full fine-tuning
#   make bench-window      start-up times on this machine
#   make bench-backbones   what the bundled backbones are worth, against random weights
#   make bench-depths      at which freeze depth few images are learned best
#   make pretrain          the bundled backbones anew (hours; goes on where it was)

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# One worker for each core, with one thread each: two torch processes of several threads hold each other up.
PYTEST := OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest \
          --numprocesses logical --maxprocesses 4 --dist worksteal

.PHONY: demo run test test-fast check bench bench-training bench-scale bench-sweep bench-window bench-backbones \
        bench-depths pretrain clean

demo: $(VENV)/ready
	$(BIN)/tlstudio demo

run: $(VENV)/ready
	@$(BIN)/python packaging/system_libraries.py --screen
	$(BIN)/tlstudio

test: $(VENV)/ready-dev
	@$(BIN)/python packaging/system_libraries.py
	$(PYTEST)

test-fast: $(VENV)/ready-dev
	@$(BIN)/python packaging/system_libraries.py
	$(PYTEST) -m "not slow"

check: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: bench-training bench-scale bench-sweep bench-window

bench-training: $(VENV)/ready
	$(BIN)/python tests/benchmarks/training.py $(BENCH)

bench-scale: $(VENV)/ready
	$(BIN)/python tests/benchmarks/scale.py $(BENCH)

bench-sweep: $(VENV)/ready-dev
	$(BIN)/python tests/benchmarks/sweep.py $(BENCH)

bench-window: $(VENV)/ready
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/benchmarks/window.py

bench-backbones: $(VENV)/ready-dev
	$(BIN)/python tests/benchmarks/backbones.py $(BENCH)

bench-depths: $(VENV)/ready-dev
	$(BIN)/python tests/benchmarks/depths.py $(BENCH)

pretrain: $(VENV)/ready
	$(BIN)/python packaging/pretraining/pretrain.py resnet10t --images 500000
	$(BIN)/python packaging/pretraining/package.py build/pretraining/resnet10t resnet10t --input-px 144
	$(BIN)/python packaging/pretraining/pretrain.py fasternet_t0 --images 800000
	$(BIN)/python packaging/pretraining/package.py build/pretraining/fasternet_t0 fasternet_t0 --input-px 144
	$(BIN)/python packaging/pretraining/pretrain.py fasternet_t0 --from resources/backbones/fasternet_t0.safetensors \
	    --folder build/pretraining/larger --images 51200 --size-px 128 --batch-size 128 --learning-rate 1e-3 \
	    --warm-up-steps 100
	$(BIN)/python packaging/pretraining/package.py build/pretraining/larger/fasternet_t0 fasternet_t0 --input-px 144

# The environment with what the program needs, and with the test tools on top; remade when pyproject.toml changes.
$(VENV)/ready: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found. Install Python 3.11 with venv, or name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
