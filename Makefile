# Groundswell. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN := bin/groundswell
GO_SOURCES := $(shell find . -name '*.go' -not -path './web/ui/node_modules/*') go.mod go.sum
UI_SOURCES := $(shell find web/ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*')

.PHONY: help demo run build ui test test-real race lint bench fuzz fuzz-api e2e tools clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## build everything and play the demo on http://127.0.0.1:8080
	$(BIN) demo $(ARGS)

run: build ## run the daemon with groundswell.yaml
	$(BIN) serve --config groundswell.yaml $(ARGS)

build: tools $(BIN) ## build the UI and the binary

$(BIN): $(GO_SOURCES) web/ui/dist/index.html $(shell find sentiment/models internal/sqldb/migrations -type f)
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BIN) ./cmd/groundswell

ui: tools web/ui/dist/index.html ## build the UI

web/ui/dist/index.html: $(UI_SOURCES)
	cd web/ui && npm ci --no-audit --no-fund && npm run build

test: build ## all tests, embedded: needs nothing but Go and Node
	go vet ./...
	go test -timeout 20m $(TESTFLAGS) ./...
	cd web/ui && npm test

test-real: build ## the same suites on real servers (deploy/dev/README.md)
	@for v in KAFKA KAFKA_SASL POSTGRES REDIS SMTP ALERTMANAGER MATRIX OIDC; do n=GROUNDSWELL_TEST_$$v; [ -n "$${!n}" ] || { echo "make test-real: $$n is not set: eval \"\$$(deploy/dev/all.sh start DIR)\" starts the servers and sets it" >&2; exit 1; }; done
	go test -count=1 -timeout 30m $(TESTFLAGS) ./...

race: ## all tests under the race detector (needs a C compiler)
	go test -race -timeout 40m ./...

lint: ## vet, golangci-lint and the type checker
	go vet ./...
	golangci-lint run
	cd web/ui && npm run lint

bench: build ## measure the whole way of a post, then each part
	$(BIN) bench
	go test -run '^$$' -bench . -benchtime 1s ./...

fuzz: ## every fuzz test for ten seconds
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep ^Fuzz || true); do \
	  echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-10s} -fuzzminimizetime 1x $$p || exit 1; done; done

fuzz-api: build ## generated requests to every operation of the API (needs python3-venv)
	deploy/dev/fuzz-api.sh $(FUZZ_SECONDS)

e2e: build ## the pages in a real browser (needs chromium)
	web/ui/e2e/run.sh

tools:
	@command -v go >/dev/null || { echo "go is missing: install Go 1.26 or newer" >&2; exit 1; }
	@go version | awk '{ split(substr($$3, 3), v, "."); exit !(v[1] > 1 || v[2] >= 26) }' || { echo "$$(go version | cut -d' ' -f3) is too old: install Go 1.26 or newer" >&2; exit 1; }
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "node is missing: install Node.js 20.19 or newer, with npm" >&2; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || { echo "node $$(node --version) is too old: install Node.js 20.19 or newer" >&2; exit 1; }

clean: ## remove what was built
	rm -rf bin web/ui/node_modules
	find web/ui/dist -mindepth 1 -not -name .gitkeep -delete
