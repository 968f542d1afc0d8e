#!/usr/bin/env bash
# `make test`: every test there is. A missing PostgreSQL or browser is installed or fails; nothing is skipped.
# shellcheck source=scripts/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

logs=$(mktemp -d "${TMPDIR:-/tmp}/careloop-test.XXXXXX")
trap 'rm -rf "$logs"' EXIT

# keep NAME COMMAND...   shows the output and keeps it for the counts below.
keep() {
    local name=$1
    shift
    "$@" 2>&1 | tee "$logs/$name"
}

rust_tests() {
    keep rust scripts/pg.sh run cargo nextest run "${CARGO_FLAGS[@]}" --workspace --no-tests fail
}

doc_tests() {
    # Quiet when all is well: dozens of crates without examples have nothing to say.
    cargo test "${CARGO_FLAGS[@]}" --workspace --doc --quiet >"$logs/doc" 2>&1 || { cat "$logs/doc"; return 1; }
}

web_tests() {
    npm_deps web
    npm_deps web/tools
    keep web npm --prefix web test
}

browser_tests() {
    npm_deps e2e
    export CARELOOP_BIN="$TARGET_DIR/debug/careloop"
    keep e2e npm --prefix e2e test
}

# Other people's client libraries, as npm and PyPI have them, and the program killed under them.
tracking_tests() {
    npm_deps e2e/tracking
    export CARELOOP_BIN="$TARGET_DIR/debug/careloop"
    keep tracking npm --prefix e2e/tracking test
}

# A real mail server, and the program killed while it sends.
mail_tests() {
    npm_deps e2e
    export CARELOOP_BIN="$TARGET_DIR/debug/careloop"
    keep smtp node --test --test-concurrency=1 e2e/smtp/smtp.test.mjs
}

# Each runner's own closing line, read back: "N passed", "pass N", "N failed", "fail N".
count() { # WORD
    local word=$1 n total=0
    for n in $(
        { grep -hE '^ *Summary \[' "$logs/rust" | grep -oE "[0-9]+ $word"
          sed 's/\x1b\[[0-9;]*m//g' "$logs/web" | grep -E '^ *Tests ' | grep -oE "[0-9]+ $word"
          sed 's/\x1b\[[0-9;]*m//g' "$logs/e2e" "$logs/tracking" "$logs/smtp" | grep -E "^(#|ℹ) ${word%ed} [0-9]+" | grep -oE '[0-9]+'
          grep -hE '^test result' "$logs/doc" | grep -oE "[0-9]+ $word"
        } 2>/dev/null | grep -oE '[0-9]+'
    ); do total=$((total + n)); done
    echo "$total"
}

must "set-up" scripts/setup.sh test
step "Rust tests, SQLite and PostgreSQL" rust_tests
step "doc tests" doc_tests
step "web unit tests" web_tests
must "web UI" web_build
must "debug binary" cargo build "${CARGO_FLAGS[@]}" --quiet --package careloop
step "client libraries" tracking_tests
step "mail" mail_tests
step "browser tests" browser_tests
status=0
summary || status=1
echo "careloop: $(count passed) passed, $(count failed) failed"
exit "$status"
