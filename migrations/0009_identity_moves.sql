-- Under which ids the log tells of merges and partings: each event person.merged and person.unmerged stands under both ids
-- it names, so that the history of an id is found wherever its records went since.
CREATE TABLE identity_moves (
    record BIGINT NOT NULL, -- the record an id is anchored at
    event {{blob}} NOT NULL, -- events.key
    PRIMARY KEY (record, event)
){{clustered}};

-- What the log tells already. Fields of an event are stored in the order of their names: `by`, `other`, `person`, …
INSERT INTO identity_moves (record, event)
SELECT r.ord, e.key FROM events e
JOIN records r ON r.id = 'rec_' || substr(replace(e.props, '"by":"staff"', '"by":"rule"'), 27, 26)
WHERE e.kind IN ('person.merged', 'person.unmerged');

INSERT INTO identity_moves (record, event)
SELECT r.ord, e.key FROM events e
JOIN records r ON r.id = 'rec_' || substr(replace(e.props, '"by":"staff"', '"by":"rule"'), 69, 26)
WHERE e.kind IN ('person.merged', 'person.unmerged');
