-- Records (one row of one source), the persons and households they form, and what hangs on them.

CREATE TABLE sources (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'http', 'internal')),
    strict BOOLEAN NOT NULL,
    write_key_hash {{blob}} UNIQUE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT,
    disabled_at BIGINT
);

-- The program's own events (merges, segment entries, tasks) come from this source; its `ord` is 1.
INSERT INTO sources (id, name, kind, strict, created_at) VALUES ('src_00000000000000000000000000', 'careloop', 'internal', TRUE, 0);

-- `person` is the lowest `ord` of the cluster, `household` the lowest person of the household.
-- Personal data is in `sealed` (JSON under the record's key); erasing a person empties `salt` and `sealed`.
CREATE TABLE records (
    ord BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source BIGINT NOT NULL REFERENCES sources (ord),
    source_key TEXT NOT NULL,
    person BIGINT NOT NULL,
    household BIGINT NOT NULL,
    clinic BIGINT REFERENCES clinics (ord),
    owner BIGINT REFERENCES staff (ord),
    gender TEXT CHECK (gender IN ('male', 'female')),
    birth_date TEXT,
    region TEXT,
    channel TEXT,
    content_hash BIGINT NOT NULL, -- of the fields as imported, to tell an unchanged row
    created_at BIGINT, -- as the source says
    first_seen_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    resolved_at BIGINT, -- null until identity has looked at it for the first time
    stale BOOLEAN NOT NULL DEFAULT TRUE, -- identity has to look, or to look again
    contacts BIGINT NOT NULL DEFAULT 0, -- bit 0 phone, bit 1 e-mail, bit 2 WeCom, bit 3 in a guardian's care
    salt {{blob}},
    sealed {{blob}},
    UNIQUE (source, source_key)
);
CREATE INDEX records_person ON records (person);
CREATE INDEX records_household ON records (household);
CREATE INDEX records_updated ON records (updated_at); -- whoever keeps the mapping in memory asks for the newest change
CREATE INDEX records_stale ON records (ord) WHERE stale;

-- Blind indexes: phone, last four, name, pinyin, initials, e-mail, id card, union id, other identifiers. The keys of a
-- record follow from its sealed fields, so there is no index by record: whoever removes them computes them again.
CREATE TABLE record_keys (
    hash BIGINT NOT NULL,
    record BIGINT NOT NULL,
    PRIMARY KEY (hash, record)
){{clustered}};

-- What people decided about two records; outlives every resolve.
CREATE TABLE identity_decisions (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('must', 'cannot')),
    origin TEXT NOT NULL CHECK (origin IN ('person', 'review', 'sample', 'source')), -- a merge or unmerge, a doubt, a check of links, an alias
    record_a BIGINT NOT NULL REFERENCES records (ord),
    record_b BIGINT NOT NULL REFERENCES records (ord),
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    CHECK (record_a < record_b)
);
CREATE UNIQUE INDEX identity_decisions_pair ON identity_decisions (record_a, record_b) WHERE withdrawn_at IS NULL;
CREATE INDEX identity_decisions_b ON identity_decisions (record_b);

-- Why two records are one person: what joined them at the last resolve, and the odds in hundredths of a bit.
CREATE TABLE identity_links (
    record_a BIGINT NOT NULL,
    record_b BIGINT NOT NULL,
    rule TEXT NOT NULL,
    weight BIGINT NOT NULL,
    PRIMARY KEY (record_a, record_b)
);
CREATE INDEX identity_links_b ON identity_links (record_b);

-- Pairs of records of two persons that may be one, for a person to look at.
CREATE TABLE identity_doubts (
    record_a BIGINT NOT NULL,
    record_b BIGINT NOT NULL,
    rule TEXT NOT NULL,
    weight BIGINT NOT NULL,
    PRIMARY KEY (record_a, record_b)
);
CREATE INDEX identity_doubts_b ON identity_doubts (record_b);
CREATE INDEX identity_doubts_weight ON identity_doubts (weight);

-- The weights of evidence, one row each time they were learned; the newest holds. JSON that people can read.
CREATE TABLE identity_models (
    version BIGINT PRIMARY KEY,
    learned_at BIGINT NOT NULL,
    records BIGINT NOT NULL, -- the highest record at that time
    parameters TEXT NOT NULL
);

-- How common names are, in steps, for the newest weights: blind hashes of surnames and given names that are not rare.
CREATE TABLE identity_names (
    hash BIGINT PRIMARY KEY,
    step BIGINT NOT NULL
);

-- Identifiers that more records have than a family has, as the last full resolve found them; masked.
CREATE TABLE identity_crowds (
    ord BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    masked TEXT NOT NULL,
    records BIGINT NOT NULL
);

-- How identity stood at the end of a day (UTC) on which everybody was looked at.
CREATE TABLE identity_days (
    day TEXT PRIMARY KEY,
    records BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    doubts BIGINT NOT NULL
);

CREATE TABLE notes (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    record BIGINT NOT NULL REFERENCES records (ord),
    staff BIGINT REFERENCES staff (ord),
    salt {{blob}},
    sealed {{blob}},
    created_at BIGINT NOT NULL,
    erased_at BIGINT
);
CREATE INDEX notes_record ON notes (record);

CREATE TABLE consents (
    id TEXT PRIMARY KEY,
    record BIGINT NOT NULL REFERENCES records (ord),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'wecom', 'phone', 'all')),
    state TEXT NOT NULL CHECK (state IN ('granted', 'refused')),
    proof TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX consents_record ON consents (record);
