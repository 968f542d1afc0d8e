#!/usr/bin/env bash
# Makes the pictures of the README and the guide again, from the real program on a fresh demo chain.
#   scripts/pictures.sh      with CARELOOP_URL=http://… a demo that runs already is taken instead
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

images=docs/guide/images
most_bytes=200000

shoot() {
    npm_deps e2e
    export CARELOOP_BIN="${CARELOOP_BIN:-$TARGET_DIR/release/careloop}"
    node e2e/pictures.mjs "$images"
}

# A screen has few colours: 128 of them look the same and weigh a third.
shrink() {
    pngquant --force --ext .png --skip-if-larger --strip 128 "$images"/*.png || [ $? -eq 98 ]
    local large
    large=$(find "$images" -name '*.png' -size +"${most_bytes}c")
    [ -z "$large" ] || die "larger than $most_bytes bytes: $large"
}

must "set-up" scripts/setup.sh test
have pngquant || die "pngquant is missing; on Debian: apt-get install pngquant"
# Without it the fields for days speak English whatever the language; elsewhere browsers bring their languages along.
if [ -d /usr/lib/chromium/locales ] && [ ! -e /usr/lib/chromium/locales/zh-CN.pak ]; then
    die "chromium speaks no Chinese; on Debian: apt-get install chromium-l10n"
fi
if [ -z "${CARELOOP_URL:-}" ]; then
    must "web UI" web_build
    must "release binary" cargo build --release "${CARGO_FLAGS[@]}" --package careloop
fi
must "pictures" shoot
must "smaller" shrink
summary
