# make app: set up and run the app. make test: set up and run the tests.
BACKEND ?=
export BACKEND
ARGS ?=
.PHONY: app test bench clean

app:
	@env $(if $(BACKEND),BACKEND=$(BACKEND),-u BACKEND) ./install.sh requirements.txt
	@.venv/bin/python app.py $(ARGS)

test:
	@env $(if $(BACKEND),BACKEND=$(BACKEND),-u BACKEND) ./install.sh requirements-dev.txt
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@HF_HUB_OFFLINE=1 .venv/bin/python -m pytest $(ARGS)

bench:
	@for b in benchmarks/bench_*.py; do .venv/bin/python $$b --quick || exit 1; done

clean:
	rm -rf .venv memory_store/db
