-- Work on many people at once: putting them on a list, tagging them, and taking that back. The log tells of each person;
-- a row here says who asked, how far it came and whose records it changed.
CREATE TABLE bulk_actions (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    action TEXT NOT NULL CHECK (action IN ('list_add', 'list_remove', 'tag_set', 'tag_remove')),
    segment BIGINT REFERENCES segments (ord), -- the list; null for tags
    tag TEXT, -- the tag; null for lists
    value TEXT,
    terms TEXT, -- JSON: reason and last day of a tag
    origin TEXT NOT NULL CHECK (origin IN ('selection', 'segment', 'import', 'lookalike')),
    report TEXT, -- JSON: rows of an import by outcome; line numbers only
    undoes BIGINT UNIQUE REFERENCES bulk_actions (ord), -- what it takes back, once
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
    finished_at BIGINT,
    people {{blob}} NOT NULL, -- roaring bitmap of record numbers to go through
    reached BIGINT NOT NULL, -- the last of them that was done
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    changed {{blob}} NOT NULL, -- roaring bitmap of the records it changed
    changed_count BIGINT NOT NULL
);
CREATE INDEX bulk_actions_running ON bulk_actions (ord) WHERE state = 'running';
CREATE INDEX bulk_actions_segment ON bulk_actions (segment, ord);
