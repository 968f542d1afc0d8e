# shellcheck shell=bash disable=SC2034
# Shared by the scripts: where things are, how to talk, how to time a step. Sourced, never run.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# Tools this repository builds for itself live beside the build cache, outside the clone.
CACHE_DIR=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/careloop
TOOLS_DIR=$CACHE_DIR/tools
export PATH="$TOOLS_DIR/bin:$PATH"
TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}

# In CI the lock file is the truth; at a desk cargo may add what Cargo.toml asks for.
CARGO_FLAGS=()
[ "${CI:-}" = true ] && CARGO_FLAGS=(--locked)

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

STEPS=()
FAILED=()

# step NAME COMMAND...   runs the command, prints how long it took, remembers a failure and goes on.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    say ""
    say "==> $name"
    # Not `|| status=$?`: bash would then ignore every failure inside COMMAND but the last.
    set +e
    (set -e && "$@") </dev/null
    status=$?
    set -e
    local took=$((SECONDS - start))
    if [ "$status" -eq 0 ]; then
        STEPS+=("$(printf '%5d s  %s' "$took" "$name")")
    else
        STEPS+=("$(printf '%5d s  %s  FAILED (%d)' "$took" "$name" "$status")")
        FAILED+=("$name")
    fi
    say "    $name: $took s$([ "$status" -eq 0 ] || echo ", failed with $status")"
    return 0
}

# must NAME COMMAND...   the same, but nothing after a failure makes sense.
must() {
    local before=${#FAILED[@]}
    step "$@"
    [ "${#FAILED[@]}" -eq "$before" ] || { summary; exit 1; }
}

# summary   prints the time of each step; its status is 1 when one failed.
summary() {
    say ""
    say "steps of $(basename "$0" .sh):"
    local line
    for line in "${STEPS[@]}"; do say "  $line"; done
    say "$(printf '  %5d s  in all' "$SECONDS")"
    [ "${#FAILED[@]}" -eq 0 ]
}

# npm_deps DIR   installs the locked packages of DIR unless they are there already.
npm_deps() {
    local dir=$1
    if [ -f "$dir/node_modules/.package-lock.json" ] \
        && [ ! "$dir/package-lock.json" -nt "$dir/node_modules/.package-lock.json" ]; then
        return 0
    fi
    npm --prefix "$dir" ci --ignore-scripts --no-audit --no-fund --loglevel=error
    # npm keeps the time of the lock file it read; the stamp must be newer than the lock.
    touch "$dir/node_modules/.package-lock.json"
}

# web_is_fresh   true when web/dist is newer than everything it is built from.
web_is_fresh() {
    [ -f web/dist/index.html ] || return 1
    local newer
    newer=$(find web/src web/public web/index.html web/package.json web/package-lock.json \
        web/vite.config.ts web/tsconfig.json -newer web/dist/index.html -print -quit 2>/dev/null)
    [ -z "$newer" ]
}

# web_build   builds the web UI when it is not fresh.
web_build() {
    web_is_fresh && return 0
    npm_deps web
    npm --prefix web run --silent build
}
