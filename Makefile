# `make` alone lists the targets.
.POSIX:
.NOTPARALLEL:
.PHONY: help demo build build-host invoke synth-time seed-tests page-preview screenshots test infra-test need policy vet lint fmt bench cover fuzz soak clean

GO = go
# The linter has a go.mod of its own, so that its dependencies are not catnap's.
LINT = $(GO) tool -modfile=tools/go.mod golangci-lint
# The CDK app in infra/ has one too, so that nobody else needs Node.
LINT_INFRA = cd infra && $(GO) tool -modfile=../tools/go.mod golangci-lint
OUT = dist
# What make invoke sends, and to which function.
FN = waker
EVENT = events/alb-navigation.json
# More flags for make demo.
ARGS =
# The benchmarks of whole wakes.
WHOLE = BenchmarkStorm|BenchmarkCrowd|BenchmarkTimeToApplication|BenchmarkColdStart|BenchmarkLoad
# How many lives make soak draws.
LIVES = 1000
# How long make fuzz tries each target.
FUZZTIME = 10s

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

demo: ## watch a service sleep and wake on this computer, ten times as fast as real (more flags: ARGS=)
	@$(GO) run ./cmd/catnap sandbox --speed 10 $(ARGS)

build: ## build the Lambda functions for arm64 into dist/: the same source gives the same bytes
	@$(GO) run ./cmd/pack --out $(OUT)

build-host: ## build the functions for this computer into dist/host, for catnap sandbox --functions process
	@$(GO) run ./cmd/pack --arch $$($(GO) env GOARCH) --out $(OUT)/host

invoke: ## send an event to a built function: make invoke FN=waker EVENT=events/alb-navigation.json
	@sh scripts/invoke $(FN) $(EVENT)

synth-time: ## measure how long the CDK app of infra/ takes to synthesise, once it is built
	@sh scripts/need node
	cd infra && $(GO) test . -run '^$$' -bench '^BenchmarkSynthesis$$' -benchtime 3x

seed-tests: ## three tests with the AWS CLI and curl, the functions as processes, in real time: six minutes
	@sh scripts/seed-tests

page-preview: ## show every state of the waiting page, anew at each save (more flags: ARGS=)
	@$(GO) run ./internal/page/preview $(ARGS)

screenshots: need ## take the pictures of the waiting page that the README shows and the tests compare with
	$(GO) test ./internal/page/preview -run Screenshots -update

test: need vet lint policy infra-test ## all that a change must pass: vet, lint, and the tests with the race detector
	@log=$$(mktemp) && { sh scripts/seed-tests quick >"$$log" 2>&1 & seed=$$!; }; \
	trap 'kill $$seed 2>/dev/null; rm -f "$$log"; exit 130' INT TERM; \
	echo "CGO_ENABLED=1 $(GO) test ./... -race -shuffle=on"; \
	tests=0; CGO_ENABLED=1 $(GO) test ./... -race -shuffle=on -timeout 30m || tests=$$?; \
	echo "waiting for the three tests with the AWS CLI, which began together with the others"; \
	three=0; wait $$seed || three=$$?; cat "$$log"; rm -f "$$log"; [ $$tests -eq 0 ] && [ $$three -eq 0 ]
	@echo "the largest tests once more, at full size, without the race detector"
	$(GO) test ./internal/sandbox ./internal/costguard -run '^Test(Storm|Crowd|NoWrongStop|Year)$$'

infra-test: ## vet and test the CDK app in infra/; it needs Node, and the first run builds for a minute or two
	@sh scripts/need node
	cd infra && $(GO) vet ./... && $(GO) test -count=1 ./... # what they read outside of the module is not in the cache's key

policy: # decisions are covered in full
	@$(GO) test ./internal/policy -cover | tee /dev/stderr | grep -q 'coverage: 100.0%'

need: # a C compiler for the race detector, a browser for the waiting page, the AWS CLI for the sandbox, Node for the CDK
	@sh scripts/need cc git chromium aws curl node

vet:
	$(GO) vet ./...

lint: ## check the house style
	@echo "lint: the first run builds golangci-lint, which takes a minute or two"
	@$(LINT) run
	@$(LINT_INFRA) run

fmt: ## lay out the code and its imports
	@$(LINT) fmt
	@$(LINT_INFRA) fmt

bench: ## run the benchmarks; those of whole wakes take a minute
	$(GO) test ./... -run '^$$' -bench . -benchmem -skip '$(WHOLE)'
	$(GO) test ./internal/sandbox/... -run '^$$' -bench '$(WHOLE)' -benchtime 1x -timeout 20m
	@$(GO) run ./cmd/pack --out $(OUT)

cover: ## measure the coverage of each package
	@$(GO) test ./... -cover

soak: ## draw LIVES (1000) random lives of a service, from a random one on, and look for a wrong stop
	$(GO) test ./internal/sandbox -run '^TestNoWrongStop$$' -timeout 0 -lives $(LIVES) -life $$(date +%s)

fuzz: ## run each fuzz target for FUZZTIME (10s)
	@listed=$$($(GO) test ./... -list '^Fuzz') || { echo "$$listed"; exit 1; }; \
	echo "$$listed" | awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' | \
	while read -r package name; do \
		echo "fuzz: $$package $$name"; \
		$(GO) test "$$package" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) </dev/null || exit 1; \
	done

clean: ## remove what the other targets left
	rm -rf $(OUT) bin
