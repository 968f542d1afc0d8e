#!/usr/bin/env bash
# `make bench` lists the benchmarks; `make bench-NAME` runs one: Careloop and its peers on the same
# input in one run. Timings are never tests.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

if [ $# -eq 0 ]; then
    echo "make bench-ingest     events per second over HTTP, durable, beside PostgreSQL's own COPY"
    echo "make bench-identity   who is who: FEBRL 4 and towns of families, beside Splink on DuckDB"
    echo "make bench-segments   tags, nested rules, sets and memberships, beside DuckDB, ClickHouse and PostgreSQL"
    exit 0
fi
name=$1
shift
case "$name" in
    ingest) exec bench/ingest.sh "$@" ;;
    identity) exec bench/identity.sh "$@" ;;
    segments) exec bench/segments.sh "$@" ;;
    *) die "no benchmark called $name; make bench lists them" ;;
esac
