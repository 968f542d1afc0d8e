-- What happened to each record, together: the log stands in the order of arrival, so to read one record's events from it is to
-- read as many pages. Derived from the log by a reader of it (`events.histories` in `consumers`), and thrown away and filled
-- again at will.

CREATE TABLE event_histories (
    record {{given_key}},
    events {{blob}} NOT NULL -- LZ4 of the record's events in the order of the log: crates/careloop_events/src/histories/packed.rs
);

-- How many people a household has, when they were born and which records a person has is asked whenever one of them is folded;
-- records themselves lie far apart.
DROP INDEX records_household;
CREATE INDEX records_household ON records (household, person, ord, birth_date);
DROP INDEX records_person;
CREATE INDEX records_person ON records (person, ord);

-- A person's rows live in their primary key.
CREATE TABLE person_profiles_by_key (
    person {{given_key}},
    basis BIGINT NOT NULL, -- inputs and rule version it was folded with; an older basis is folded again
    records_at BIGINT NOT NULL, -- newest change or resolve of its records that the fold saw
    due_at BIGINT, -- next instant at which a value may change without an event
    gender TEXT,
    birth_date TEXT,
    region TEXT,
    channel TEXT,
    owner BIGINT,
    created_at BIGINT,
    household_size BIGINT NOT NULL,
    has_phone BOOLEAN NOT NULL,
    has_wecom BOOLEAN NOT NULL,
    tags {{blob}} -- as 0014 says
);
INSERT INTO person_profiles_by_key SELECT person, basis, records_at, due_at, gender, birth_date, region, channel, owner, created_at,
    household_size, has_phone, has_wecom, tags FROM person_profiles;
DROP TABLE person_profiles;
ALTER TABLE person_profiles_by_key RENAME TO person_profiles;
CREATE INDEX person_profiles_due ON person_profiles (due_at);
CREATE INDEX person_profiles_basis ON person_profiles (basis);

CREATE TABLE person_segments_by_key (
    person {{given_key}},
    due_at BIGINT, -- when a membership may change without an event
    held TEXT NOT NULL -- JSON: each segment's number, since when, and the parts of its rule that hold with their events
);
INSERT INTO person_segments_by_key SELECT person, due_at, held FROM person_segments;
DROP TABLE person_segments;
ALTER TABLE person_segments_by_key RENAME TO person_segments;
CREATE INDEX person_segments_due ON person_segments (due_at);
