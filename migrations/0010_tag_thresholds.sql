-- Thresholds that the chain put in the place of the library's, one row a change: a dated input like those in `profile_inputs`.
-- Each is also told by an event, `threshold.set` or `threshold.reset`.
CREATE TABLE tag_thresholds (
    ord {{serial_key}},
    at BIGINT NOT NULL,
    tag TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT, -- null: back to the library's
    staff BIGINT -- staff.ord; null when a command did it
);
