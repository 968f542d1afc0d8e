#!/usr/bin/env bash
# Installs what is missing, and only that.
#   scripts/setup.sh build   a C compiler for the crates that bundle C; checks Rust and Node
#   scripts/setup.sh check   the same, and cargo-deny
#   scripts/setup.sh test    the same, PostgreSQL, Chromium, CJK fonts, Python's venv and cargo-nextest
# Debian and Ubuntu get packages by apt; elsewhere the script says what to install.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

what=${1:-build}

CARGO_DENY=0.20.2
CARGO_NEXTEST=0.9.143

need_version() { # NAME FOUND WANTED HINT
    printf '%s\n%s\n' "$3" "$2" | sort -V -C || die "$1 $2 is too old: $3 or newer is needed; $4"
}

check_toolchains() {
    have cargo || die "cargo is missing: install Rust with rustup (https://rustup.rs)"
    have node || die "node is missing: install Node.js 20.19 or newer (https://nodejs.org)"
    have npm || die "npm is missing: it comes with Node.js; on Debian it is the package npm"
    local wanted
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    need_version rustc "$(rustc --version | cut -d' ' -f2)" "$wanted" "run: rustup update stable"
    need_version node "$(node --version | tr -d v)" 20.19 "install a current Node.js"
}

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb; }
has_chromium() { have chromium || [ -n "${CHROMIUM:-}" ]; }
has_cjk_fonts() { compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || { have fc-list && [ -n "$(fc-list :lang=zh)" ]; }; }

missing=()
check_toolchains
have cc || missing+=(build-essential)
have git || missing+=(git)
if [ "$what" = test ]; then
    has_postgres || missing+=(postgresql)
    has_chromium || missing+=(chromium)
    has_cjk_fonts || missing+=(fonts-noto-cjk)
    python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
fi

if [ "${#missing[@]}" -gt 0 ]; then
    have apt-get || die "missing: ${missing[*]} (Debian's names); install them with this system's package manager and run again"
    say "installing ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || die "missing: ${missing[*]}; run as root: apt-get install ${missing[*]}"
        as_root=(sudo -n)
        [ -t 0 ] && as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

if [ "$what" = test ]; then
    has_postgres || die "PostgreSQL is still missing: the store tests run on it and are never skipped"
    if ! cargo nextest --version >/dev/null 2>&1; then
        say "building cargo-nextest once, into $TOOLS_DIR"
        cargo install --quiet --locked --root "$TOOLS_DIR" --version "$CARGO_NEXTEST" cargo-nextest
    fi
fi

if [ "$what" = check ] && ! have cargo-deny; then
    say "building cargo-deny $CARGO_DENY once, into $TOOLS_DIR"
    cargo install --quiet --locked --root "$TOOLS_DIR" --version "$CARGO_DENY" cargo-deny
fi
