# `make` alone lists the targets.
.POSIX:
.NOTPARALLEL:
.PHONY: help demo test need vet lint fmt bench cover fuzz clean

GO = go
# The linter has a go.mod of its own, so that its dependencies are not catnap's.
LINT = $(GO) tool -modfile=tools/go.mod golangci-lint
OUT = dist
# More flags for make demo.
ARGS =
# How long make fuzz tries each target.
FUZZTIME = 10s

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

demo: ## watch a service sleep and wake on this computer, ten times as fast as real (more flags: ARGS=)
	@$(GO) run ./cmd/catnap sandbox --speed 10 $(ARGS)

test: need vet lint ## all that a change must pass: vet, lint, and the tests with the race detector
	CGO_ENABLED=1 $(GO) test ./... -race -shuffle=on

need: # a C compiler is needed for the race detector alone
	@sh scripts/need cc git

vet:
	$(GO) vet ./...

lint: ## check the house style
	@echo "lint: the first run builds golangci-lint, which takes a minute or two"
	@$(LINT) run

fmt: ## lay out the code and its imports
	@$(LINT) fmt

bench: ## run the benchmarks
	$(GO) test ./... -run '^$$' -bench . -benchmem

cover: ## measure the coverage of each package; internal/policy must be covered in full
	@mkdir -p $(OUT)
	@$(GO) test ./... -coverprofile=$(OUT)/cover.out
	@awk '/\/internal\/policy\// { seen = 1; if ($$NF == 0) { print "not covered: " $$1; bad = 1 } } \
		END { if (!seen) print "not measured: internal/policy"; exit bad || !seen }' $(OUT)/cover.out

fuzz: ## run each fuzz target for FUZZTIME (10s)
	@listed=$$($(GO) test ./... -list '^Fuzz') || { echo "$$listed"; exit 1; }; \
	echo "$$listed" | awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' | \
	while read -r package name; do \
		echo "fuzz: $$package $$name"; \
		$(GO) test "$$package" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) </dev/null || exit 1; \
	done

clean: ## remove what the other targets left
	rm -rf $(OUT) bin
