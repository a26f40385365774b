# Two commands do it all on a fresh machine: `make patch` and `make test`.
#   PYTHON=...         interpreter, 3.11 or newer ("oldest" and "newest" look for it); default: python3
#   ANSIBLE_CORE=2.16  release of ansible-core; default: the newest for that interpreter
#   CACHE=...          where `make patch` keeps what it makes, if the checkout is not yours; default: .cache
#   ARGS=...           further arguments of `make patch` for ansible-playbook, of `make bench` for the benchmarks
export PYTHON ANSIBLE_CORE CACHE

.PHONY: help patch test lint sanity unit node windows estate aws molecule matrix format docs package bench clean
.DEFAULT_GOAL := help

help:
	@echo 'make patch     scan this machine; ARGS="-e patch_operation=install" installs'
	@echo 'make test      all of these:'
	@echo '  make lint      ruff, mypy --strict, ansible-lint, documentation, generated'
	@echo '  make sanity    ansible-test sanity'
	@echo '  make unit      unit tests, with the coverage gate of the engine'
	@echo '  make node      the code for nodes on every Python of this machine'
	@echo '  make windows   the Windows modules on a played node (skipped without pwsh)'
	@echo '  make estate    the main job on real nodes over SSH (as root; skipped else)'
	@echo '  make aws       the emulator of Systems Manager, and what is tested with it'
	@echo '  make molecule  scenarios on such nodes, each run twice (as root; skipped else)'
	@echo '  make matrix    the package on the oldest and the newest ansible-core'
	@echo 'make format    format the code, write what is generated'
	@echo 'make docs      reference pages in .cache/docs'
	@echo 'make package   the collection as a file that ansible-galaxy installs'
	@echo 'make bench     benchmarks (as root)'
	@echo 'make clean     remove .cache'

patch:
	@sh tools/patch.sh $(ARGS)

test:
	@sh tools/debian.sh
	@sh tools/run.sh python tools/stages.py

lint sanity unit node windows estate aws molecule matrix:
	@sh tools/run.sh python tools/stages.py $@

format:
	@sh tools/run.sh ruff check --quiet --fix-only .
	@sh tools/run.sh ruff format .
	@sh tools/run.sh python tools/generate.py

docs:
	@mkdir -p .cache/docs
	@sh tools/run.sh antsibull-docs collection --use-current --cleanup everything --output-format simplified-rst \
		--dest-dir .cache/docs openpatch.patch_manager

package:
	@sh tools/run.sh ansible-galaxy collection build --force

bench:
	@sh tools/run.sh python -m benchmarks $(ARGS)

clean:
	rm -rf .cache
