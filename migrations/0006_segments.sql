-- Segments, who is in them since when and why, and every entry and exit.

CREATE TABLE segments (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    preset TEXT UNIQUE, -- which built-in segment it is
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    rule TEXT NOT NULL, -- canonical JSON
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT,
    filled_to BIGINT, -- people up to this number are evaluated; null when all are
    filled_once BOOLEAN NOT NULL, -- whether it was ever complete; until then entries are no news
    members {{blob}} NOT NULL, -- roaring bitmap of person numbers
    member_count BIGINT NOT NULL
);

-- What acts on who enters or leaves a segment; its owner writes the row, so that segments need not know it.
CREATE TABLE segment_uses (
    user_id TEXT PRIMARY KEY, -- public id of the user, such as a touch plan
    segment BIGINT NOT NULL REFERENCES segments (ord),
    name TEXT NOT NULL, -- of the user
    active BOOLEAN NOT NULL -- whether it acts at present
);
CREATE INDEX segment_uses_segment ON segment_uses (segment);

CREATE TABLE segment_members (
    segment BIGINT NOT NULL REFERENCES segments (ord),
    person BIGINT NOT NULL,
    since BIGINT NOT NULL,
    why TEXT NOT NULL, -- JSON: the parts of the rule that hold and their events
    PRIMARY KEY (segment, person)
){{clustered}};
CREATE INDEX segment_members_person ON segment_members (person);

CREATE TABLE segment_changes (
    ord {{serial_key}},
    segment BIGINT NOT NULL REFERENCES segments (ord),
    person BIGINT NOT NULL,
    entered BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX segment_changes_segment ON segment_changes (segment, ord);

-- When a person's membership may change without an event.
CREATE TABLE segment_due (
    person BIGINT PRIMARY KEY,
    due_at BIGINT NOT NULL
);
CREATE INDEX segment_due_at ON segment_due (due_at);
