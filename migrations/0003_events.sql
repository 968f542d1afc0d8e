-- The log: everything that happens, appended once, never edited.

-- `seq` is the order of insertion. `tx` is the writing transaction on PostgreSQL (0 on SQLite): a reader follows
-- (tx, seq) and stops before the oldest running transaction, so a late commit is never skipped.
CREATE TABLE events (
    seq {{serial_key}},
    tx BIGINT NOT NULL,
    key {{blob}} NOT NULL, -- 16 bytes: SHA-256 of source and message id; the same event twice changes nothing
    kind TEXT NOT NULL,
    record BIGINT NOT NULL,
    clinic BIGINT,
    source BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    amount BIGINT,
    currency TEXT,
    props TEXT NOT NULL,
    flags BIGINT NOT NULL -- bit 0 unregistered kind, bit 1 time moved, bit 2 personal fields taken out
);
CREATE UNIQUE INDEX events_key ON events (key);
CREATE INDEX events_record ON events (record, at);
-- Only PostgreSQL numbers transactions; on SQLite this index stays empty and costs nothing.
CREATE INDEX events_position ON events (tx, seq) WHERE tx > 0;

-- How far each reader has come.
CREATE TABLE consumers (
    name TEXT PRIMARY KEY,
    tx BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Events that were refused, kept with the reason. The body may hold personal data, so it is sealed.
CREATE TABLE event_rejects (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    source BIGINT NOT NULL REFERENCES sources (ord),
    received_at BIGINT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    message_id TEXT,
    salt {{blob}} NOT NULL,
    sealed {{blob}} NOT NULL
);
CREATE INDEX event_rejects_source ON event_rejects (source, ord);

-- The lake's manifest: which Parquet file holds which part of the log.
CREATE TABLE lake_files (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    month TEXT NOT NULL, -- YYYY-MM in UTC
    time_zone TEXT NOT NULL, -- whose days the column `day` holds
    row_count BIGINT NOT NULL,
    byte_count BIGINT NOT NULL,
    min_at BIGINT NOT NULL,
    max_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    replaced_at BIGINT -- null while queries read it; a file that is being written starts as replaced
);
