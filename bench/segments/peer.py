"""A peer answers the same questions: `peer.py ENGINE DIR REBUILT_AT ASKED_AT`; instants in microseconds.

DIR holds what the product wrote: events-*.csv, people.csv, tags.csv, tag_counts.csv, members.csv, and counts.tsv and algebra.tsv
with its answers. Prints `name value` lines and, on stderr, whatever differs.
"""

import csv
import glob
import os
import sys
import time

from questions import questions
from tags import statements

COLUMNS = "person, kind, clinic, at_us, amount, line, channel, number"


class DuckDb:
    def __init__(self, folder):
        import duckdb

        self.version = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect(f"{folder}/peer.duckdb")
        self.folder = folder

    def load(self):
        kinds = "{'person':'UINTEGER','kind':'VARCHAR','clinic':'VARCHAR','at_us':'BIGINT','amount':'BIGINT','line':'VARCHAR','channel':'VARCHAR','number':'UINTEGER'}"
        files = f"read_csv('{self.folder}/events-*.csv', header=false, columns={kinds})"
        self.run(f"CREATE TABLE events AS SELECT {COLUMNS} FROM {files} ORDER BY kind, at_us")
        small = {
            "people": "{'person':'UINTEGER'}",
            "tags": "{'person':'UINTEGER','tag':'VARCHAR','value':'VARCHAR'}",
            "members": "{'segment':'INTEGER','person':'UINTEGER'}",
        }
        for name, columns in small.items():
            self.run(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{self.folder}/{name}.csv', header=false, columns={columns})")
        self.run("CREATE TABLE found (person UINTEGER, tag VARCHAR, value VARCHAR)")

    def run(self, sql):
        return self.connection.execute(sql).fetchall()

    def local_day(self, at):
        return f"(({at} + 28800000000) // 86400000000)"

    def divide(self, a, b):
        return f"({a} // {b})"


class ClickHouse:
    def __init__(self, folder):
        import chdb
        from chdb import session

        self.session = session.Session(f"{folder}/peer.chdb")
        self.folder = folder
        self.version = f"ClickHouse {self.run('SELECT version()')[0][0]} (chDB {chdb.__version__})"

    def load(self):
        self.run("CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic")
        self.run("USE bench")
        text = "LowCardinality(String)"
        columns = f"person UInt32, kind {text}, clinic {text}, at_us Int64, amount Nullable(Int64), line {text}, channel {text}, number UInt32"
        tables = {
            "events": (columns, "kind, person, at_us", "events-*.csv"),
            "people": ("person UInt32", "person", "people.csv"),
            "tags": (f"person UInt32, tag {text}, value {text}", "tag, value, person", "tags.csv"),
            "members": ("segment Int32, person UInt32", "segment, person", "members.csv"),
        }
        for name, (columns, order, files) in tables.items():
            self.run(f"CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY ({order})")
            self.run(f"INSERT INTO {name} SELECT * FROM file('{self.folder}/{files}', 'CSV', '{columns}')")
            self.run(f"OPTIMIZE TABLE {name} FINAL")
        self.run(f"CREATE TABLE found (person UInt32, tag {text}, value {text}) ENGINE = MergeTree ORDER BY (tag, value, person)")

    def run(self, sql):
        text = self.session.query(sql, "CSV").bytes().decode()
        return list(csv.reader(text.splitlines()))

    def local_day(self, at):
        return f"intDiv({at} + 28800000000, 86400000000)"

    def divide(self, a, b):
        return f"intDiv({a}, {b})"


class Postgres:
    def __init__(self, folder):
        import psycopg

        url = os.environ["CARELOOP_TEST_POSTGRES_URL"] + "/postgres"
        self.connection = psycopg.connect(url, autocommit=True)
        self.folder = folder
        self.version = f"PostgreSQL {self.run('SHOW server_version')[0][0].split()[0]}"
        for setting in ["work_mem = '512MB'", "maintenance_work_mem = '1GB'", "max_parallel_workers_per_gather = 2", "jit = off"]:
            self.run(f"SET {setting}")

    def load(self):
        tables = {
            "events": "person INT, kind TEXT, clinic TEXT, at_us BIGINT, amount BIGINT, line TEXT, channel TEXT, number INT",
            "people": "person INT",
            "tags": "person INT, tag TEXT, value TEXT",
            "members": "segment INT, person INT",
            "found": "person INT, tag TEXT, value TEXT",
        }
        for name, columns in tables.items():
            self.run(f"CREATE TABLE {name} ({columns})")
            for path in sorted(glob.glob(f"{self.folder}/{name}{'-*' if name == 'events' else ''}.csv")):
                with self.connection.cursor() as cursor, open(path, "rb") as file:
                    with cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
                        while part := file.read(1 << 20):
                            copy.write(part)
        self.run("CREATE INDEX ON events (kind, at_us) INCLUDE (person)")
        self.run("CREATE INDEX ON events (kind, person, at_us)")
        self.run("CREATE INDEX ON tags (tag, value, person)")
        self.run("CREATE INDEX ON members (segment, person)")
        self.run("VACUUM ANALYZE")

    def run(self, sql):
        cursor = self.connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def local_day(self, at):
        return f"(({at} + 28800000000) / 86400000000)"

    def divide(self, a, b):
        return f"({a} / {b})::bigint" if "sum" not in a else f"trunc({a} / {b})"


def percentile(times, share):
    times = sorted(times)
    return times[max(0, -(-len(times) * int(share * 100) // 100) - 1)] * 1000


def compare(name, ours, theirs):
    """`equal`, or how many answers differ and by how much; the differing ones on stderr."""
    differing = {key: (ours.get(key, 0), theirs.get(key, 0)) for key in ours.keys() | theirs.keys()}
    differing = {key: pair for key, pair in differing.items() if pair[0] != pair[1]}
    for key, (our, their) in sorted(differing.items()):
        print(f"{name} {key}: Careloop {our}, peer {their}", file=sys.stderr)
    if not differing:
        return f"equal ({len(ours)} counts)"
    off = sum(abs(our - their) for our, their in differing.values())
    return f"{len(differing)} of {len(ours)} counts differ, by {off} of {sum(ours.values())} people"


def rebuild(peer, folder, now):
    started, names = time.perf_counter(), []
    for tag, sql in statements(now, peer.local_day, peer.divide):
        names.append(tag)
        # The inner names differ, so the columns are named by their places.
        peer.run(f"INSERT INTO found WITH q (person, value) AS ({sql}) SELECT person, '{tag}', value FROM q")
    print("tags_s", f"{time.perf_counter() - started:.2f}")
    found = {(tag, value): int(count) for tag, value, count in peer.run("SELECT tag, value, count(*) FROM found GROUP BY tag, value")}
    with open(f"{folder}/tag_counts.csv", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    ours = {(tag, value): int(count) for tag, value, count in rows if tag in names}
    print("tags_asked", len(names))
    print("tags_verdict", compare("tag", ours, found))


def ask(peer, folder, now):
    with open(f"{folder}/counts.tsv", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    ours = {row[1]: int(row[2]) for row in rows if row[0] == "count"}
    theirs, times = {}, []
    for name, _, sql in questions(now):
        started = time.perf_counter()
        theirs[name] = int(peer.run(sql)[0][0])
        times.append(time.perf_counter() - started)
    # The first round warms caches, as it does for the product.
    if sum(times) < 300:
        times = []
        for _, _, sql in questions(now):
            started = time.perf_counter()
            peer.run(sql)
            times.append(time.perf_counter() - started)
    print("rules_p50_ms", f"{percentile(times, 0.5):.1f}")
    print("rules_p99_ms", f"{percentile(times, 0.99):.1f}")
    print("rules_verdict", compare("rule", ours, theirs))


def algebra(peer, folder):
    with open(f"{folder}/algebra.tsv", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    ours = {tuple(row[1:4]): int(row[4]) for row in rows if row[0] == "set"}
    theirs, times = {}, []
    for a, b, c in ours:
        one, two, three = (f"SELECT person FROM members WHERE segment = {number}" for number in (a, b, c))
        sql = f"SELECT count(*) FROM (({one} INTERSECT {two}) UNION DISTINCT ({three} EXCEPT {one})) q"
        if isinstance(peer, ClickHouse):
            sql = (
                f"WITH (SELECT groupBitmapState(person) FROM members WHERE segment = {a}) AS a,"
                f" (SELECT groupBitmapState(person) FROM members WHERE segment = {b}) AS b,"
                f" (SELECT groupBitmapState(person) FROM members WHERE segment = {c}) AS c"
                " SELECT bitmapCardinality(bitmapOr(bitmapAnd(a, b), bitmapAndnot(c, a)))"
            )
        if isinstance(peer, DuckDb):
            sql = sql.replace("UNION DISTINCT", "UNION")
        for _ in range(3):
            started = time.perf_counter()
            theirs[a, b, c] = int(peer.run(sql)[0][0])
            times.append(time.perf_counter() - started)
    print("algebra_p50_ms", f"{percentile(times, 0.5):.2f}")
    print("algebra_p99_ms", f"{percentile(times, 0.99):.2f}")
    print("algebra_verdict", compare("set", ours, theirs))


def main():
    engine, folder, rebuilt, asked = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    peer = {"duckdb": DuckDb, "clickhouse": ClickHouse, "postgres": Postgres}[engine](folder)
    print("version", peer.version, flush=True)
    started = time.perf_counter()
    peer.load()
    print("load_s", f"{time.perf_counter() - started:.1f}")
    rebuild(peer, folder, rebuilt)
    ask(peer, folder, asked)
    algebra(peer, folder)


if __name__ == "__main__":
    main()
