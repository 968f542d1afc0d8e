#!/usr/bin/env bash
# A private PostgreSQL cluster for tests: own directory, own free port, own password, gone afterwards.
#   scripts/pg.sh run COMMAND...   starts one, runs COMMAND with CARELOOP_TEST_POSTGRES_URL, stops it
#   scripts/pg.sh start DIR        starts one in DIR (must not exist yet) and prints its URL as
#                                  CARELOOP_TEST_POSTGRES_URL=postgres://… without a database: each test makes its own
#   scripts/pg.sh stop DIR         stops it and removes DIR
# PG_SETTINGS holds more lines of its configuration, for a benchmark.
# PostgreSQL refuses to run as root; for root the cluster belongs to the user postgres, or careloop-pg.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

bin_dir() {
    local newest
    newest=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)
    if [ -n "$newest" ]; then
        echo "$newest"
    elif have initdb; then
        dirname "$(command -v initdb)"
    else
        die "PostgreSQL is missing: run scripts/setup.sh test"
    fi
}

owner() {
    [ "$(id -u)" -eq 0 ] || { id -un; return 0; }
    if id postgres >/dev/null 2>&1; then echo postgres; return 0; fi
    id careloop-pg >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin careloop-pg
    echo careloop-pg
}

as_owner() { # the server's user may not read our directory: start from /
    if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u "$OWNER" -- "$@"); else (cd / && "$@"); fi
}

start() {
    local dir=$1 password port attempt
    [ ! -e "$dir" ] || die "$dir exists; give a directory that does not"
    BIN=$(bin_dir)
    OWNER=$(owner)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$dir/password"
    chmod 700 "$dir"
    [ "$(id -u)" -ne 0 ] || chown -R "$OWNER" "$dir"
    as_owner "$BIN/initdb" --pgdata="$dir/data" --username=careloop --pwfile="$dir/password" \
        --auth=password --encoding=UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 \
        || { cat "$dir/initdb.log" >&2; die "initdb failed"; }
    cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir'
max_connections = 300
shared_buffers = 128MB
fsync = on
synchronous_commit = on
${PG_SETTINGS:-}
CONF
    for attempt in 1 2 3 4 5 6 7 8; do
        port=$((20000 + RANDOM % 40000))
        if as_owner "$BIN/pg_ctl" start --pgdata="$dir/data" --log="$dir/log" --wait --timeout=60 \
            --options="-p $port" >/dev/null 2>&1 </dev/null; then
            echo "postgres://careloop:$password@127.0.0.1:$port"
            return 0
        fi
        grep -q 'could not bind' "$dir/log" || break
    done
    cat "$dir/log" >&2
    die "PostgreSQL did not start (attempt $attempt)"
}

stop() {
    local dir=$1
    [ -f "$dir/data/PG_VERSION" ] || return 0
    BIN=$(bin_dir)
    OWNER=$(owner)
    dir=$(cd "$dir" && pwd)
    as_owner "$BIN/pg_ctl" stop --pgdata="$dir/data" --mode=fast --timeout=30 >/dev/null 2>&1 \
        || as_owner "$BIN/pg_ctl" stop --pgdata="$dir/data" --mode=immediate >/dev/null 2>&1 || true
    rm -rf "$dir"
}

case "${1:-}" in
    start) [ $# -eq 2 ] || die "usage: scripts/pg.sh start DIR"
        url=$(start "$2")
        echo "CARELOOP_TEST_POSTGRES_URL=$url" ;;
    stop) [ $# -eq 2 ] || die "usage: scripts/pg.sh stop DIR"
        stop "$2" ;;
    run) shift
        [ $# -gt 0 ] || die "usage: scripts/pg.sh run COMMAND..."
        parent=$(mktemp -d "${TMPDIR:-/tmp}/careloop-pg.XXXXXX")
        chmod 711 "$parent"
        trap 'set +e; stop "$parent/cluster"; rm -rf "$parent"' EXIT
        trap 'exit 130' INT TERM HUP
        CARELOOP_TEST_POSTGRES_URL=$(start "$parent/cluster")
        export CARELOOP_TEST_POSTGRES_URL
        "$@" ;;
    *) die "usage: scripts/pg.sh run COMMAND... | start DIR | stop DIR" ;;
esac
