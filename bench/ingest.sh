#!/usr/bin/env bash
# Durable ingest over HTTP, on SQLite and on PostgreSQL, beside PostgreSQL's own COPY of the same rows in the same run.
#   bench/ingest.sh [SECONDS] [CONNECTIONS] [BATCH]      default 30 96 500
# The server runs as it always does, with its workers; the load generator shares the machine with it.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

seconds=${1:-30}
connections=${2:-96}
batch=${3:-500}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/careloop-bench.XXXXXX")
chmod 711 "$work"
server=

finish() {
    set +e
    [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }
    [ ! -d "$work/pg" ] || scripts/pg.sh stop "$work/pg"
    rm -rf "$work"
}
trap finish EXIT

cargo build "${CARGO_FLAGS[@]}" --release --quiet --package careloop --package careloop_bench_ingest
careloop=$TARGET_DIR/release/careloop
tool=$TARGET_DIR/release/careloop_bench_ingest

value() { awk -v name="$1" '$1 == name { $1 = ""; print substr($0, 2) }' "$2"; }

# measure NAME DATABASE_URL   runs a server on the database, loads it and checks that every acknowledged event is there.
measure() {
    local name=$1 url=$2 port key stored
    export CARELOOP_DATA_DIR=$work/$name CARELOOP_DATABASE_URL=$url
    port=$((20000 + RANDOM % 40000))
    export CARELOOP_LISTEN=127.0.0.1:$port
    "$careloop" init >"$work/$name.init" 2>&1 || { cat "$work/$name.init" >&2; die "careloop init failed"; }
    key=$("$careloop" source add web --kind http 2>/dev/null)
    "$careloop" serve >"$work/$name.log" 2>&1 &
    server=$!
    for _ in $(seq 1 100); do
        # It listens once it is ready; no client is needed to see that.
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        kill -0 "$server" 2>/dev/null || { cat "$work/$name.log" >&2; die "the server did not start"; }
        sleep 0.1
    done
    say "    $name: $connections connections, batches of $batch, $seconds s"
    "$tool" load "http://127.0.0.1:$port" "$key" "$seconds" "$connections" "$batch" >"$work/$name.txt"
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    server=
    stored=$("$tool" count "$url")
    [ "$stored" -ge "$(value events "$work/$name.txt")" ] || die "$name: acknowledged $(value events "$work/$name.txt"), stored $stored"
    say "    $name: killed at the end; $(value events "$work/$name.txt") acknowledged, $stored stored"
}

mkdir "$work/sqlite"
measure sqlite "sqlite://$work/sqlite/careloop.db"
base=$(scripts/pg.sh start "$work/pg")
base=${base#*=}
measure postgres "$base/postgres"
# As many rows as came over HTTP: indexes grow, and the larger they are the slower both.
say "    COPY of as many rows"
"$tool" copy "$base/postgres" "$(value events "$work/postgres.txt")" >"$work/copy.txt"

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
same=$(value same_per_second "$work/copy.txt")
line() { printf '%-46s %12s %9s %9s %9s\n' "$@"; }
echo
echo "durable ingest, $(nproc) cores, $(date -u +%F), $("$careloop" --version)"
line "" "events/s" "p50 ms" "p99 ms" "× COPY"
for name in sqlite postgres; do
    case "$name" in sqlite) label="Careloop over HTTP, SQLite, synchronous=FULL" ;; *) label="Careloop over HTTP, PostgreSQL" ;; esac
    rate=$(value per_second "$work/$name.txt")
    line "$label" "$rate" "$(value p50_ms "$work/$name.txt")" "$(value p99_ms "$work/$name.txt")" "$(ratio "$rate" "$same")"
done
line "PostgreSQL COPY, one statement, same indexes" "$same" - - 1.00
for name in batches bare; do
    case "$name" in batches) label="PostgreSQL COPY, commit each 500, same indexes" ;; *) label="PostgreSQL COPY, one statement, no index" ;; esac
    rate=$(value ${name}_per_second "$work/copy.txt")
    line "$label" "$rate" - - "$(ratio "$rate" "$same")"
done
echo "PostgreSQL $(value version "$work/copy.txt"), $(value settings "$work/copy.txt"); refused and sent again: SQLite $(value busy "$work/sqlite.txt"), PostgreSQL $(value busy "$work/postgres.txt") calls"
