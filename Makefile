# Every target sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# Each `##` comment begins with the group of its target in this list: daily, release, aws or engine.
help:  ## daily: show this list
	@awk '/^[.a-z][.a-z0-9-]*:.*## / { \
	    target = $$0; sub(/:.*/, "", target); \
	    text = $$0; sub(/^.*## /, "", text); \
	    group = text; sub(/:.*/, "", group); \
	    if (group ~ /^(daily|release|aws|engine)$$/) sub(/^[a-z]+: */, "", text); else group = "other"; \
	    list[group] = list[group] sprintf("  make %-23s %s\n", target, text) \
	  } \
	  function show(title, group) { if (group in list) printf "%s\n%s", title, list[group] } \
	  END { \
	    show("Daily", "daily"); \
	    show("\nBefore a release", "release"); \
	    show("\nOn AWS", "aws"); \
	    show("\nDeveloping the engine", "engine"); \
	    show("\nOther", "other") \
	  }' $(MAKEFILE_LIST)

# Only what `make serve` needs, to keep the first start short.
.venv/serve.stamp: requirements/sample.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is %d.%d. Name one: make PYTHON=python3.13" % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -r requirements/sample.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

# What `contract test` needs in addition.
.venv/test.stamp: .venv/serve.stamp requirements/test.txt
	$(PIP) -r requirements/test.txt
	@touch $@

.venv/dev.stamp: .venv/test.stamp requirements/dev.txt
	$(PIP) -r requirements/dev.txt
	@touch $@

.venv: .venv/dev.stamp  ## engine: install everything that tests and checks need

build/compiled.py: .venv/serve.stamp openapi.yaml $(shell find src/openapi_first -name "*.py")
	@$(BIN)/contract compile -o $@

export PORT API_KEY
serve: .venv/serve.stamp  ## daily: run the API on http://127.0.0.1:3000/prod and reload it on changes
	@exec $(BIN)/contract serve

types: .venv/serve.stamp  ## daily: write the types of the contract to src/items/types.py
	@$(BIN)/contract types

# The origins from which browsers may call the API, such as https://shop.example; * for all.
ORIGINS ?= *
# The TLS versions and ciphers of the API. GATEWAY_OPTIONS= are further settings of it, such as
# --vpc-endpoint=ID, for which PARAMETERS has the same in the words of template.yaml.
SECURITY_POLICY ?= SecurityPolicy_TLS13_1_2_2021_06
gateway: .venv/serve.stamp  ## daily: write the document that API Gateway imports to build/openapi.gateway.json
	@$(BIN)/contract gateway $(patsubst %,--allow-origin '%',$(ORIGINS)) \
	  --security-policy $(SECURITY_POLICY) $(GATEWAY_OPTIONS) -o build/openapi.gateway.json

# DOCKER_BUILDKIT=0 or 1 chooses the builder; both build the same layers, and Docker 23 or later
# with buildx the same image of a commit, whose time it gets. BASE= sets the base image.
DOCKER ?= docker
IMAGE ?= items
ARCH ?= $(shell uname -m | sed s/arm64/aarch64/)
PLATFORM = $(if $(filter aarch64,$(ARCH)),linux/arm64,linux/amd64)
image: build/compiled.py  ## release: build the Lambda container image
	@source=$$(git remote get-url origin 2>/dev/null | sed -n 's#^https://\([^/]*@\)*#https://#p'); \
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) BUILDX_NO_DEFAULT_ATTESTATIONS=1 \
	  $(DOCKER) build --quiet --tag $(IMAGE) --platform $(PLATFORM) \
	  $(if $(BASE),--build-arg BASE=$(BASE)) \
	  --build-arg CONTRACT_HASH=$$(sed -n "s/^HASH = '\(.*\)'/\1/p" build/compiled.py) \
	  --build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null) \
	  $${source:+--label "org.opencontainers.image.source=$$source"} .

# The image's build writes the list; nothing in the image is run but `cat`.
licences: image  ## release: list the licences of the image's packages; requirements/licences.txt allows them
	@$(DOCKER) run --rm --entrypoint cat $(IMAGE) /var/task/licences.json | \
	  $(BIN)/python -m openapi_first.compiler.licences - --allowed requirements/licences.txt

serve-image: image .venv/serve.stamp build/$(ARCH)/aws-lambda-rie  ## release: run the API with the function in its container
	@exec $(BIN)/contract serve --image $(IMAGE) --emulator build/$(ARCH)/aws-lambda-rie

# For a build without access to a package index: `docker build` uses these files if they exist.
wheels: wheels/$(ARCH).stamp  ## release: download the image's packages, for a build without a network
wheels/$(ARCH).stamp: .venv/serve.stamp requirements/lambda.txt requirements/build.txt
	@rm -rf wheels
	$(PIP:install=download) --only-binary=:all: --implementation cp --python-version 3.13 \
	  --abi cp313 --abi abi3 --abi none --platform manylinux2014_$(ARCH) --platform manylinux_2_28_$(ARCH) \
	  -r requirements/lambda.txt -r requirements/build.txt -d wheels
	@touch $@

wheel: .venv/serve.stamp  ## release: build the engine's wheel and source distribution into build/dist
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python tools/distributions.py build/dist
	@ls build/dist/*

# The test of the wheel installs from this folder into an empty environment, and into a new project.
wheelhouse: build/wheelhouse/stamp  ## engine: download the dependencies of every extra into build/wheelhouse
build/wheelhouse/stamp: .venv/serve.stamp requirements/sample.txt requirements/test.txt requirements/dev.txt
	@rm -rf build/wheelhouse && mkdir -p build
	@PYTHONPATH=src $(BIN)/python -c 'from openapi_first.project.locks import checks; print(checks())' >build/checks.txt
	$(PIP:install=wheel) -r requirements/sample.txt -r requirements/test.txt -r build/checks.txt -w build/wheelhouse
	@touch $@

test-wheel: .venv/dev.stamp build/wheelhouse/stamp  ## release: test the wheel in an empty environment
	@$(PYTEST) tests/packaging --wheelhouse build/wheelhouse

# Locked versions stay unless UPGRADE=--upgrade or UPGRADE="--upgrade-package NAME".
UV ?= uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header $(UPGRADE)
locks:  ## release: write requirements/*.txt from pyproject.toml and requirements/*.in; needs uv
	@$(LOCK) pyproject.toml requirements/lambda.in -o requirements/lambda.txt
	@for extras in serve build dynamodb,image,sam test client; do \
	  name=$$(echo $$extras | sed s/dynamodb,image,sam/sample/); \
	  $(LOCK) --extra $$extras pyproject.toml requirements/$$name.in -o requirements/$$name.txt || exit; \
	done
	@for name in dev audit checkov swagger-parser tools; do \
	  $(LOCK) requirements/$$name.in -o requirements/$$name.txt || exit; \
	done
	@$(LOCK) --extra dynamodb pyproject.toml requirements/bench.in -o requirements/bench.txt
	@$(LOCK) --no-deps requirements/emulator.in -o requirements/emulator.txt

# AWS ships its emulator for Linux in the wheel of its SAM CLI; only that file is extracted.
build/$(ARCH)/aws-lambda-rie: .venv/serve.stamp requirements/emulator.txt
	@rm -rf build/emulator
	$(PIP:install=download) --no-deps -r requirements/emulator.txt -d build/emulator
	@$(BIN)/python -m zipfile -e build/emulator/*.whl build/emulator
	@mkdir -p $(@D) && install -m 755 build/emulator/samcli/local/rapid/aws-lambda-rie-$(patsubst aarch64,arm64,$(ARCH)) $@
	@rm -rf build/emulator

# The second DynamoDB engine of the tests; without Node.js the run reports what it leaves out.
node_modules: package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent && touch node_modules; \
	  else echo "No Node.js here: the store is tested only on moto."; fi

# A run has hundreds of processes; they share compiled modules, whatever the environment says.
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest
PARALLEL = --numprocesses auto --dist worksteal
test: .venv/dev.stamp node_modules  ## daily: run every test that this machine can run
	@$(PYTEST) $(PARALLEL)

# Without `=`, pytest takes the folder for one of tests, and does not find its own options there.
test-all: .venv/dev.stamp node_modules build/wheelhouse/stamp  ## daily: run every test, with all of the data that tests generate
	@$(PYTEST) $(PARALLEL) --all --wheelhouse=build/wheelhouse

COMPARISONS ?= 20000
EVENTS ?= 1000000
fuzz: .venv/dev.stamp  ## engine: compare compiled contracts with openapi-core, serve raw events; SEED=… repeats a run
	@PYTHONPATH=src:tests $(BIN)/python tools/fuzz.py --comparisons $(COMPARISONS) --events $(EVENTS) $(if $(SEED),--seed $(SEED))

# FAULT="NAME" and CALL="NAME" choose a row or a column; SEED=… repeats a run.
faults: .venv/dev.stamp node_modules  ## engine: print what every call answers behind every fault of DynamoDB and the network
	@PYTHONPATH=src:tests $(BIN)/python tools/faults.py $(if $(SEED),--seed $(SEED)) \
	  $(if $(FAULT),--fault "$(FAULT)") $(if $(CALL),--call "$(CALL)")

# Without URL, the command starts a stage on a free port and stops it afterwards.
contract-test: .venv/test.stamp  ## daily: run the contract tests; URL=… and API_KEY=… name a deployed stage
	@$(BIN)/contract test $(URL) $(ARGS)

# RECORDS= adds records of other runs, e.g. against a deployed stage.
coverage: .venv/dev.stamp node_modules  ## daily: measure how much of the contract unit tests and contract tests cover
	@rm -rf build/coverage
	@$(PYTEST) -q -p openapi_first.conformance.pytest_plugin --contract-coverage build/coverage/unit.json tests/items
	@$(MAKE) --no-print-directory contract-test ARGS="--coverage build/coverage/replay.json $(ARGS)"
	@$(BIN)/contract coverage build/coverage/unit.json build/coverage/replay.json $(RECORDS) \
	  --html build/coverage/index.html --cov-fail-under $(or $(FLOOR),95)

# First bugs of the sample service, then kinds of errors in services of other shapes. PEER=1 also runs
# plain Schemathesis on the first, which takes eight times as long, and writes docs/mutants.md and
# docs/operators.md. KEEP=1 takes what Schemathesis finds from docs/mutants.md, for the faults that are
# there. RESUME=FOLDER continues an earlier run from the records that it kept there.
# ONLY="NAME …" are operators or services, MOST= the changes of an operator in a service, 0 for all.
MUTANTS = PYTHONPATH=src:tests:tools $(BIN)/python -m
mutants: .venv/dev.stamp  ## engine: plant bugs in services and check that the contract tests find them
	@$(if $(ONLY),:,$(MUTANTS) mutants.run $(if $(RESUME),--resume $(RESUME)) \
	  $(if $(KEEP),--keep docs/mutants.md) \
	  $(if $(PEER),--report docs/mutants.md --schemathesis $(CURDIR)/$(BIN)/schemathesis)); status=$$?; \
	$(MUTANTS) mutants.table $(if $(RESUME),--resume $(RESUME)) $(if $(PEER),--report docs/operators.md) \
	  $(if $(MOST),--most $(MOST)) $(ONLY:%=--only %) || status=1; exit $$status

test-image: wheels/$(ARCH).stamp image sbom build/tools/stamp .venv/dev.stamp node_modules build/$(ARCH)/aws-lambda-rie  ## release: run the tests that need a Docker engine
	@BASE=$(BASE) $(PYTEST) tests/image tests/integration/test_session.py \
	  --all --image $(IMAGE) --emulator build/$(ARCH)/aws-lambda-rie

build/audit/stamp: requirements/audit.txt
	@$(PYTHON) -m venv --clear build/audit
	$(PIP:$(BIN)/%=build/audit/bin/%) -r requirements/audit.txt
	@touch $@

# The packages of the image, in an otherwise empty environment.
build/task: image build/audit/stamp
	@rm -rf $@ && mkdir -p $@ && $(PYTHON) -m venv --clear --without-pip build/empty
	@id=$$($(DOCKER) create $(IMAGE)) && $(DOCKER) cp $$id:/var/task/. $@; status=$$?; \
	  $(DOCKER) rm $$id >/dev/null && exit $$status

sbom: build/task  ## release: list the image's packages as CycloneDX in build/sbom.json
	@PYTHONPATH=$(CURDIR)/build/task build/audit/bin/cyclonedx-py environment --output-reproducible \
	  --output-format JSON --output-file build/sbom.json build/empty/bin/python
	@echo build/sbom.json

# Without --strict, pip-audit reports no vulnerabilities if it could not look anything up. It prints
# findings on stdout, and nothing else. It is not asked about the engine, which was built here.
audit: build/task  ## release: check the image's packages for known vulnerabilities
	@rm -rf build/task/openapi_first_serverless-*.dist-info
	@found=$$(build/audit/bin/pip-audit --strict --progress-spinner off --path build/task) && exit; \
	  test -z "$$found" || { echo "$$found"; exit 1; }; \
	  echo "No vulnerability database could be queried for all packages, so none is known to be safe." >&2; exit 2

# Other local stages receive the same requests; needs Node.js, a Docker engine and the image.
build/peers/node_modules:
	@npm install --silent --no-save --no-package-lock --prefix build/peers serverless@3 serverless-offline@13
peers: .venv/dev.stamp build/peers/node_modules build/tools/stamp image  ## engine: compare the stage with sam local and serverless-offline
	@DOCKER=$(DOCKER) PYTHONPATH=src:tests:tools $(BIN)/python -m peers.run --serverless build/peers \
	  --sam build/tools/bin/sam --image $(IMAGE)
	@$(BIN)/python tools/fidelity.py

examples: .venv/dev.stamp  ## engine: serve CONTRACTS="FILE …" with functions that return their examples, and test them
	@PYTHONPATH=src:tests $(BIN)/python tools/served_examples.py $(CONTRACTS)

# CLIENTS=, SECONDS=, FAULTS= (a share, such as 0.05) and SEED= override the defaults.
soak: .venv/dev.stamp  ## engine: 50 clients for a minute while 5 % of DynamoDB's calls fail; check answers, items and memory
	@PYTHONPATH=src:tests:tools $(BIN)/python -m soak.run $(if $(CLIENTS),--clients $(CLIENTS)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(SEED),--seed $(SEED))

# The candidates have a separate environment. The Lambda runs Python 3.13: PYTHON=python3.13.
build/bench/stamp: requirements/bench.txt
	@$(PYTHON) -m venv --clear build/bench
	$(PIP:$(BIN)/%=build/bench/bin/%) -r requirements/bench.txt
	@touch $@

# PARTS="NAME …" measures only some. FORMAT=json; WRITE=1 also writes docs/performance.md and its plot.
BENCH = PYTHONPATH=src:tests build/bench/bin/python -m benchmarks
bench: build/bench/stamp node_modules  ## engine: measure every figure that has a target, beside other frameworks
	@$(BENCH) $(PARTS) $(if $(FORMAT),--format $(FORMAT)) $(if $(WRITE),--write)

# Needs BASE= if the image was built with BASE=.
bench-image: wheels/$(ARCH).stamp image .venv/dev.stamp build/$(ARCH)/aws-lambda-rie  ## engine: measure size, INIT and memory of the image, beside a hand-written Lambda's
	@tar -c requirements/lambda.txt wheels benchmarks/__init__.py benchmarks/candidates benchmarks/handwritten | BUILDX_NO_DEFAULT_ATTESTATIONS=1 $(DOCKER) build --quiet \
	  --tag $(IMAGE)-handwritten --platform $(PLATFORM) $(if $(BASE),--build-arg BASE=$(BASE)) \
	  --file benchmarks/handwritten/Dockerfile -
	@$(BIN)/python -m benchmarks.image --image $(IMAGE) --handwritten $(IMAGE)-handwritten \
	  --base $(or $(BASE),$$(sed -n 's/^ARG BASE=//p' Dockerfile)) --emulator build/$(ARCH)/aws-lambda-rie

# SAM in a separate environment. --no-deps, because pip does not accept a pin for an extra.
build/tools/stamp: requirements/tools.txt
	@$(PYTHON) -m venv --clear build/tools
	$(PIP:$(BIN)/%=build/tools/bin/%) --no-deps -r requirements/tools.txt
	@touch $@

build/checkov/stamp: requirements/checkov.txt
	@$(PYTHON) -m venv --clear build/checkov
	$(PIP:$(BIN)/%=build/checkov/bin/%) --no-deps -r requirements/checkov.txt
	@touch $@

# The Java parser that API Gateway's importer behaves like; its package includes Java.
build/swagger-parser/stamp: requirements/swagger-parser.txt
	@$(PYTHON) -m venv --clear build/swagger-parser
	$(PIP:$(BIN)/%=build/swagger-parser/bin/%) -r requirements/swagger-parser.txt
	@touch $@

# The generators of clients, in a separate environment.
build/client/stamp: requirements/client.txt
	@$(PYTHON) -m venv --clear build/client
	$(PIP:$(BIN)/%=build/client/bin/%) -r requirements/client.txt
	@touch $@

# STACK= names the stack, PARAMETERS='NAME=VALUE ...' changes parameters: those that are not given stay
# as the stack has them. Needs a Docker engine, unless PREBUILT=1 deploys the result of `make sam-build`.
# MONITOR= are the minutes in which alarms undo an update. ROLE_ARN= and TAGS='NAME=VALUE ...' are
# passed to CloudFormation.
# IMAGE_REPOSITORY= and BUCKET= take the place of those that SAM makes. REIMPORT=1 imports the same
# document once more, over what was edited by hand.
# Where Docker has buildx, a commit's image is always the same; DOCKER_BUILDKIT=0 builds without.
export STACK PARAMETERS ROLE_ARN TAGS MONITOR IMAGE_REPOSITORY BUCKET TO
SAM ?= build/tools/bin/sam
DEPLOYMENT = SAM_CLI_TELEMETRY=0 $(BIN)/python -m openapi_first.deployment
CHOSEN = --sam $(SAM) --stack="$$STACK" --parameters="$$PARAMETERS"
OPTIONS = $(CHOSEN) $(if $(PREBUILT),--prebuilt) --role-arn="$$ROLE_ARN" --tags="$$TAGS" --monitor="$$MONITOR" \
  --image-repository="$$IMAGE_REPOSITORY" --bucket="$$BUCKET" $(if $(REIMPORT),--reimport)
deploy: .venv/serve.stamp  ## aws: deploy to AWS; the first time it asks for the settings
	@$(DEPLOYMENT) check $(OPTIONS)
	@$(MAKE) --no-print-directory build/tools/stamp
	@$(DEPLOYMENT) deploy $(OPTIONS)

sam-build: .venv/serve.stamp build/tools/stamp  ## aws: build the image and the template as they are deployed
	@$(DEPLOYMENT) build $(CHOSEN)

undeploy: .venv/serve.stamp  ## aws: remove the stack from AWS, YES=1 without a question; the table stays
	@$(DEPLOYMENT) account $(CHOSEN)
	@$(MAKE) --no-print-directory build/tools/stamp
	@$(DEPLOYMENT) undeploy $(CHOSEN) $(if $(YES),--yes)

diff-deployed: .venv/serve.stamp  ## aws: compare the contract with the one that STACK=… was deployed with; FIRST=1 if there is none yet
	@$(DEPLOYMENT) diff $(CHOSEN) $(if $(FIRST),--first)

contract-test-deployed: .venv/test.stamp  ## aws: run the contract tests against the stage of STACK=…
	@$(DEPLOYMENT) contract-test $(CHOSEN)

# Reads only, with the key of clients if the stack has none for contract tests. ARGS= adds options.
smoke-deployed: .venv/test.stamp  ## aws: replay what reads of the contract against the stage of STACK=…
	@$(DEPLOYMENT) smoke $(CHOSEN)

drift-deployed: .venv/serve.stamp  ## aws: compare the contract with the API and the stage of STACK=…
	@$(DEPLOYMENT) drift $(CHOSEN)

# LIST=1 lists the deployments of the API; TO= names one, by its id, contract or revision.
rollback: .venv/serve.stamp  ## aws: put the stage of STACK=… back on an earlier deployment; DRY_RUN=1, YES=1
	@$(DEPLOYMENT) rollback $(CHOSEN) --to="$$TO" $(if $(LIST),--list) $(if $(DRY_RUN),--dry-run) $(if $(YES),--yes)

test-stack: .venv/dev.stamp node_modules build/tools/stamp build/checkov/stamp build/swagger-parser/stamp gateway  ## release: test the template, the import document and the workflows
	@$(PYTEST) $(PARALLEL) tests/stack --all --tools build/tools/bin --checkov build/checkov/bin \
	  --swagger-parser build/swagger-parser/bin/python

# aws-cdk-lib has 190 MB, so only this target installs it.
build/nag/node_modules: tests/stack/nag/package.json tests/stack/nag/package-lock.json
	@mkdir -p build/nag && cp $^ build/nag && npm ci --silent --prefix build/nag && touch $@

nag: .venv/dev.stamp build/tools/stamp build/nag/node_modules  ## release: judge the template by cdk-nag; needs Node.js
	@$(PYTEST) tests/stack/test_nag.py --tools build/tools/bin --nag build/nag/node_modules

test-clients: .venv/dev.stamp node_modules build/client/stamp  ## release: generate clients and use them against the stage
	@$(PYTEST) tests/integration/clients --generators build/client/bin/python

lint: .venv/dev.stamp  ## daily: check format, style, types and the contract
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/hadolint Dockerfile benchmarks/*/Dockerfile
	@$(BIN)/contract types --check -o src/items/types.py
	@$(BIN)/contract lint
	@$(BIN)/python tools/plain_english.py
	@$(BIN)/mypy

lint-rules: .venv/dev.stamp  ## engine: write docs/lint-rules.md from the rules of `contract lint`, and the table of docs/extensions.md
	@PYTHONPATH=src $(BIN)/python tools/lint_rules.py
	@PYTHONPATH=src $(BIN)/python tools/extension_table.py

options: .venv/serve.stamp  ## engine: write the option tables of docs/commands.md from the commands
	@PYTHONPATH=src $(BIN)/python tools/command_options.py

screenshots: .venv/dev.stamp  ## engine: take the pictures in docs/images of console and report; needs Chromium
	@PYTHONPATH=src:tests:tools $(BIN)/python tools/screenshots.py

project-files: .venv/serve.stamp  ## engine: write the files that have the same source as those of `contract init`
	@PYTHONPATH=src $(BIN)/python tools/project_files.py

architecture:  ## engine: write the table of packages in ARCHITECTURE.md
	@$(PYTHON) tools/architecture.py

.PHONY: help faults peers serve types gateway image serve-image wheel wheelhouse test-wheel wheels locks deploy sam-build undeploy diff-deployed contract-test-deployed smoke-deployed drift-deployed rollback test test-all contract-test coverage mutants test-stack nag test-clients fuzz test-image soak examples bench bench-image build/task licences sbom audit lint lint-rules options screenshots project-files architecture .venv
