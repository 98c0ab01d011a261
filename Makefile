# make app: set up and run the app. make test: set up and run the tests. make train: set up the environment of training.
BACKEND ?=
export BACKEND
ARGS ?=
UNSLOTH = unsloth==2026.10.9 unsloth_zoo==2026.10.9
.PHONY: app test bench train train-test clean

app:
	@env $(if $(BACKEND),BACKEND=$(BACKEND),-u BACKEND) ./install.sh requirements.txt
	@.venv/bin/python app.py $(ARGS)

test:
	@env $(if $(BACKEND),BACKEND=$(BACKEND),-u BACKEND) ./install.sh requirements-dev.txt
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@HF_HUB_OFFLINE=1 .venv/bin/python -m pytest $(ARGS)

bench:
	@for b in benchmarks/bench_*.py; do .venv/bin/python $$b --quick || exit 1; done

train: .venv-train/.installed

train-test: .venv-train/.installed
	@.venv-train/bin/python -m pytest -n 0 tests/test_training.py tests/test_notebook.py $(ARGS)

.venv-train/.installed: requirements.txt train/requirements.txt train/requirements-dev.txt
	@$(or $(PYTHON),python3) -m venv .venv-train
	@.venv-train/bin/python -m pip install --disable-pip-version-check -r requirements.txt -r train/requirements-dev.txt
	@.venv-train/bin/python -m pip install --disable-pip-version-check --no-deps $(UNSLOTH)
	@touch $@

clean:
	rm -rf .venv .venv-train memory_store/db
