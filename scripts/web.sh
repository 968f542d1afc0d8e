#!/usr/bin/env bash
# `make web`: builds the web UI into web/dist, from which the server embeds it.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

must "set-up" scripts/setup.sh build
must "web UI" web_build
