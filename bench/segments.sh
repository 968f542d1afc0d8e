#!/usr/bin/env bash
# Tags and segments beside DuckDB, ClickHouse and PostgreSQL, in turn on the same history.
#   bench/segments.sh [PEOPLE EVENTS]     default 1000000 50000000; about so many people and events over three years, seed 6
# The people are a town's records that go through the product's import and resolve; their history is written into its log
# directly (bench/segments/src/fill.rs) and as CSV for the peers, who get the person of each event worked out for them.
# Careloop rebuilds through its command line, and says how long tags and segments took: every tag of the library, who is in all
# built-in segments and why. The first time nobody has been decided before, so every entry is told to the log; what stands beside
# the peers is the second time, in which everything is derived again and compared, but little differs and has to be written.
# They answer 18 of those tags (bench/segments/tags.py), no reasons; the 100 nested rules are those of
# bench/segments/questions.py, asked of the product as the rule builder asks them, in process; peers ask warm, too, and of the
# instant at which the product decided everybody. Tags are folded from histories, the copy of the log by record that the product
# keeps as events arrive; bringing it together from the log, like the peers' loading and sorting, is printed below.
# PEERS="duckdb clickhouse postgres" says which peers; PostgreSQL is left out above 10 million events. WORK=DIR puts the data
# elsewhere (some 360 bytes an event before the peers load it), RATE and SECONDS_OF_LOAD set the load on the running server.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

people=${1:-1000000} events=${2:-50000000}
rate=${RATE:-2000} seconds=${SECONDS_OF_LOAD:-30}
read -ra peers <<<"${PEERS:-duckdb clickhouse postgres}"
work=$(mktemp -d "${WORK:-${TMPDIR:-/var/tmp}}/careloop-bench.XXXXXX")
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null; rm -rf "$work"' EXIT
export CARELOOP_DATA_DIR=$work/careloop CARELOOP_LISTEN=127.0.0.1:$((20000 + RANDOM % 40000))
unset CARELOOP_DATABASE_URL CARELOOP_LAKE_URL

python=$CACHE_DIR/bench-segments/bin/python
if ! "$python" -c 'import duckdb, chdb, psycopg' 2>/dev/null; then
    say "installing DuckDB and chDB into $CACHE_DIR/bench-segments"
    python3 -m venv "$CACHE_DIR/bench-segments"
    "$CACHE_DIR/bench-segments/bin/pip" install --quiet --requirement bench/segments/requirements.txt
fi
web_build
cargo build "${CARGO_FLAGS[@]}" --release --quiet --package careloop --package careloop_bench_segments
careloop=$TARGET_DIR/release/careloop
tool=$TARGET_DIR/release/careloop_bench_segments
database=$CARELOOP_DATA_DIR/careloop.db

value() { awk -v name="$1" '$1 == name { sub(/^[^ \t]+[ \t]+/, ""); print; exit }' "$2"; }
quietly() { # FILE COMMAND...   its output goes to FILE, and is shown when it fails
    local file=$1
    shift
    "$@" >"$file" 2>&1 || { cat "$file" >&2; die "$1 $2 failed"; }
}
micros() { echo $(($(date +%s%N) / 1000)); }
since() { awk -v a="$1" -v b="$(micros)" 'BEGIN { printf "%.1f", (b - a) / 1e6 }'; }

say "    people and history"
# Of a town's humans some stay apart when they are told from their records alone, so fewer are asked for.
end=$(($(date +%s) / 86400 * 86400))
quietly "$work/init" "$careloop" init
key=$("$careloop" source add chain --kind http 2>/dev/null)
"$tool" town $((people * 72 / 100)) 6 "$work/town" >"$work/town.made"
quietly "$work/import" "$careloop" import "$work/town/records.csv" --source chain --map "$work/town/records.toml"
quietly "$work/resolve" "$careloop" resolve --full
rm -r "$work/town"
"$tool" fill "$database" "$work" "$events" 6 "$end" >"$work/made"

rebuild() { # FILE ARGS...   its output goes to FILE, its peak in MB to FILE.peak
    local file=$1 pid now peak=0
    shift
    "$careloop" rebuild "$@" >"$file" 2>&1 &
    pid=$!
    while now=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        peak=$now
        sleep 0.1
    done
    wait "$pid" || { cat "$file" >&2; die "rebuild failed"; }
    echo "$peak" >"$file.peak"
}
took() { sed -n "s/^$2: \(.*\) s\$/\1/p" "$1"; } # FILE PART

say "    careloop rebuild"
started=$(micros)
rebuild "$work/first"
rebuild=$(since "$started")
rebuild "$work/again" --only tags
"$tool" found "$database" "$work" >"$work/found"
decided=$(value decided "$work/found")

say "    rules and sets"
"$python" bench/segments/questions.py "$work"
"$tool" count "sqlite://$database" "$CARELOOP_DATA_DIR/keys" "$work/rules.tsv" "$end" >"$work/counts.tsv"
"$tool" algebra "$database" >"$work/algebra.tsv"

say "    $rate events/s for $seconds s on a running server"
"$careloop" serve >"$work/serve.log" 2>&1 &
server=$!
for _ in $(seq 1 600); do
    (exec 3<>"/dev/tcp/${CARELOOP_LISTEN%:*}/${CARELOOP_LISTEN#*:}") 2>/dev/null && break
    kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; die "the server did not start"; }
    sleep 0.1
done
"$tool" follow "$CARELOOP_LISTEN" "$key" "$database" "$(value records "$work/town.made")" "$rate" "$seconds" >"$work/follow"
kill "$server"
wait "$server" 2>/dev/null || true
server=

for peer in "${peers[@]}"; do
    if [ "$peer" = postgres ]; then
        [ "$events" -le 10000000 ] || continue
        say "    postgres"
        scripts/pg.sh run "$python" bench/segments/peer.py postgres "$work" "$decided" "$((end * 1000000 + 1))" >"$work/postgres" 2>"$work/postgres.log" \
            || { cat "$work/postgres.log" >&2; die "postgres failed"; }
    else
        say "    $peer"
        "$python" bench/segments/peer.py "$peer" "$work" "$decided" "$((end * 1000000 + 1))" >"$work/$peer" 2>"$work/$peer.log" \
            || { cat "$work/$peer.log" >&2; die "$peer failed"; }
    fi
    cat "$work/$peer.log" >&2
done

line() { printf '%-34s %10s %10s %10s %10s %10s  %s\n' "$@"; }
echo
echo "tags and segments, $(nproc) cores, $(date -u +%F), $("$careloop" --version): $(value people "$work/made") people, $(value records "$work/town.made") records, $(value events "$work/made") events"
line "" "tags, s" "rule p50" "rule p99" "set p50" "set p99" "answers (tags; rules; sets)"
line "Careloop" "$(took "$work/again" "tags and segments")" "$(value p50_ms "$work/counts.tsv")" "$(value p99_ms "$work/counts.tsv")" \
    "$(value p50_ms "$work/algebra.tsv")" "$(value p99_ms "$work/algebra.tsv")" "all $(value tags "$work/found") tags in use, $(value values "$work/found") values, and segments with reasons"
for peer in "${peers[@]}"; do
    [ -e "$work/$peer" ] || continue
    line "$(value version "$work/$peer")" "$(value tags_s "$work/$peer")" "$(value rules_p50_ms "$work/$peer")" \
        "$(value rules_p99_ms "$work/$peer")" "$(value algebra_p50_ms "$work/$peer")" "$(value algebra_p99_ms "$work/$peer")" \
        "$(value tags_asked "$work/$peer") tags: $(value tags_verdict "$work/$peer"); $(value rules_verdict "$work/$peer"); $(value algebra_verdict "$work/$peer")"
done
echo "times of rules and sets in milliseconds; all rules for the first time, from nothing in memory, take $(value first_round_s "$work/counts.tsv") s"
echo "tags peak at $(cat "$work/again.peak") MB; the first time, with every entry told to the log, they take $(took "$work/first" "tags and segments") s, the whole \`careloop rebuild\` with persons and lake $rebuild s and $(cat "$work/first.peak") MB"
echo "bringing the log together by record takes $(took "$work/first" histories) s, which is not in the times of tags; it is kept as events arrive"
for peer in "${peers[@]}"; do
    [ ! -e "$work/$peer" ] || echo "loading and sorting the events takes $(value version "$work/$peer") $(value load_s "$work/$peer") s, which is not in its times"
done
echo "the first complaint of the chain, for which everybody is folded by the running server: $(value woken_s "$work/follow") s"
echo "event to membership at $rate events/s over HTTP: p50 $(value p50_ms "$work/follow") ms, p99 $(value p99_ms "$work/follow") ms of $(value entered "$work/follow") entries ($(value probes "$work/follow") sent); the load fell behind by $(value behind_s "$work/follow") s"
