-- What is true of every person: derived from records and log, and thrown away and folded again at will.

-- One row a person: what segment rules ask of the records, and when to look again.
CREATE TABLE person_profiles (
    person BIGINT PRIMARY KEY,
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
    has_wecom BOOLEAN NOT NULL
);
CREATE INDEX person_profiles_due ON person_profiles (due_at);
CREATE INDEX person_profiles_basis ON person_profiles (basis);

CREATE TABLE person_tags (
    person BIGINT NOT NULL,
    tag TEXT NOT NULL,
    value TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('computed', 'manual', 'imported')),
    why TEXT NOT NULL, -- JSON: names of the reason's sentence and the deciding events; no personal data
    until BIGINT, -- when it may be different without an event
    PRIMARY KEY (person, tag, value)
){{clustered}};
CREATE INDEX person_tags_value ON person_tags (tag, value, person);

-- Dated inputs: what a person's values depend on beyond the person. Each is also told by an event, `inputs.set`.
CREATE TABLE profile_inputs (
    ord {{serial_key}},
    at BIGINT NOT NULL,
    log_seq BIGINT NOT NULL, -- how long the log was
    value TEXT NOT NULL -- JSON: cut points and mean scores, or null before anybody paid
);
CREATE INDEX profile_inputs_at ON profile_inputs (at);

-- Payments behind the inputs are looked for whenever the log rests.
CREATE INDEX events_payments ON events (seq) WHERE kind IN ('payment.received', 'refund.paid');

-- The follower finds records that changed without an event.
CREATE INDEX records_resolved ON records (resolved_at);
