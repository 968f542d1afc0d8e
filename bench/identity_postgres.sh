#!/usr/bin/env bash
# The PostgreSQL part of bench/identity.sh, inside `scripts/pg.sh run`: the town in DIR goes into the private cluster, and people
# come in once more, one by one.
#   bench/identity_postgres.sh CARELOOP TOOL DIR
set -euo pipefail
careloop=$1 tool=$2 dir=$3
export CARELOOP_DATABASE_URL=$CARELOOP_TEST_POSTGRES_URL/postgres CARELOOP_DATA_DIR=$dir/postgres
{
    "$careloop" init
    "$careloop" source add records --kind file
    "$careloop" import "$dir/records.csv" --source records --map "$dir/records.toml"
} >"$dir/postgres.log" 2>&1 || { cat "$dir/postgres.log" >&2; exit 1; }
# What autovacuum would do within the next minute.
vacuumdb --analyze --quiet --dbname="$CARELOOP_DATABASE_URL"
"$tool" arrive "$CARELOOP_DATABASE_URL" "$CARELOOP_DATA_DIR/keys" "$dir/records.csv" 3000
