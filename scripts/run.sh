#!/usr/bin/env bash
# `make run`: from a clone to a running demo chain. Arguments go to `careloop demo`.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

must "set-up" scripts/setup.sh build
must "web UI" web_build
must "release binary" cargo build --release "${CARGO_FLAGS[@]}" --package careloop
summary
say ""
exec "$TARGET_DIR/release/careloop" demo "$@"
