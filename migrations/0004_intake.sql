-- Files on their way in: uploads, imports and the rows they refused.

-- The bytes lie in the data folder under the upload's id until they are imported, or for a day.
CREATE TABLE uploads (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    file_name TEXT NOT NULL,
    size BIGINT NOT NULL,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- `position` is the number of rows after the header that are dealt with. It moves in the transaction that stores them,
-- so an import that was killed goes on after its last committed batch. `upload` is null for files of the command line;
-- such an import belongs to one `run` of the command, which says again and again that it is alive.
CREATE TABLE imports (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    source BIGINT NOT NULL REFERENCES sources (ord),
    upload TEXT,
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('people', 'events')),
    map TEXT NOT NULL, -- JSON
    columns TEXT NOT NULL, -- JSON: the header
    digest {{blob}} NOT NULL, -- SHA-256 of the file
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    rows_total BIGINT,
    position BIGINT NOT NULL,
    inserted BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    warned BIGINT NOT NULL,
    warnings TEXT NOT NULL, -- JSON: how often each column was warned of, and why
    error_code TEXT,
    error TEXT,
    cancel_requested BOOLEAN NOT NULL,
    run TEXT NOT NULL, -- empty for uploads, which belong to whoever holds the lease
    alive_until BIGINT NOT NULL, -- when a run that says nothing more has broken off; 0 for uploads
    salt {{blob}} NOT NULL, -- of the sealed rows below
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX imports_state ON imports (state, ord);

-- `sealed` is the row as it was in the file; the reason names no cell's text.
CREATE TABLE import_rejects (
    import BIGINT NOT NULL REFERENCES imports (ord),
    line BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    PRIMARY KEY (import, line)
);
