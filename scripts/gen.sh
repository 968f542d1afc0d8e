#!/usr/bin/env bash
# `make gen`: the OpenAPI document from the handlers, then the typed web client from the document.
# With --check nothing changes, and a stale file fails.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

npm_deps web/tools
exec cargo xtask gen "$@"
