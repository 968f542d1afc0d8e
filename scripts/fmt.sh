#!/usr/bin/env bash
# `make fmt`: formats Rust and web sources in place.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

cargo fmt --all
npm_deps web
npm --prefix web run --silent fix
