#!/usr/bin/env bash
# `make check`: everything that reads the code without running the product.
# shellcheck source=scripts/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

shell_syntax() {
    local file
    for file in scripts/*.sh .ci/run; do bash -n "$file"; done
    if have shellcheck; then shellcheck --external-sources scripts/*.sh .ci/run; fi
}

# Advisories need a database from the network: `cargo deny check advisories`, where there is one.
deny() {
    cargo xtask deny
    cargo deny --log-level error check --hide-inclusion-graph bans licenses sources
}

web_check() {
    npm_deps web
    npm --prefix web run --silent check
}

must "set-up" scripts/setup.sh check
step "format" cargo fmt --all --check
step "shell scripts" shell_syntax
step "tidy" cargo xtask tidy
step "dependencies" deny
step "web lint and types" web_check
step "clippy" cargo clippy "${CARGO_FLAGS[@]}" --workspace --all-targets --quiet -- -D warnings
step "generated files" scripts/gen.sh --check
summary
