-- What happened to each record, together: the log stands in the order of arrival, so to read one record's events from it is to
-- read as many pages. Derived from the log by a reader of it (`events.histories` in `consumers`), and thrown away and filled
-- again at will.

CREATE TABLE event_histories (
    record {{given_key}},
    events {{blob}} NOT NULL -- LZ4 of the record's events in the order of the log: crates/careloop_events/src/histories/packed.rs
);
