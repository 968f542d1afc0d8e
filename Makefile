# The menu. Anything with logic lives in scripts/ or in `cargo xtask`.
.DEFAULT_GOAL := help
.PHONY: help run test check fmt gen web bench bench-ingest bench-identity bench-segments

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: ## build everything and start the demo chain on http://127.0.0.1:7070 (ARGS="--people 2000 --fresh")
	@scripts/run.sh $(ARGS)

test: ## every test: Rust on SQLite and PostgreSQL, web unit, browser end-to-end
	@scripts/test.sh

check: ## format, lint, tidy, dependency rules, generated files up to date
	@scripts/check.sh

fmt: ## format Rust and web sources
	@scripts/fmt.sh

gen: ## write docs/api/openapi.json and the typed web client again
	@scripts/gen.sh

web: ## build the web UI into web/dist
	@scripts/web.sh

bench: ## list the benchmarks
	@scripts/bench.sh

bench-ingest: ## durable ingest over HTTP beside PostgreSQL's COPY
	@scripts/bench.sh ingest $(ARGS)

bench-identity: ## who is who, beside Splink on DuckDB (ARGS="100000 1000000": people of the towns)
	@scripts/bench.sh identity $(ARGS)

bench-segments: ## tags, rules and memberships beside DuckDB, ClickHouse, PostgreSQL (ARGS="100000 5000000": people, events)
	@scripts/bench.sh segments $(ARGS)
