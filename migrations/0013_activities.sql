-- Offline activities whose visitors sign in through a QR code, and who came.

CREATE TABLE activities (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    clinic BIGINT REFERENCES clinics (ord), -- who holds it; null for the chain
    starts_at BIGINT NOT NULL, -- signing in works from here
    ends_at BIGINT NOT NULL, -- to before here
    list BIGINT NOT NULL REFERENCES segments (ord), -- the static list its visitors are put on
    tags TEXT NOT NULL, -- JSON: tags its visitors are given
    token TEXT NOT NULL UNIQUE, -- the end of the printed address; whoever stands before the poster may know it
    closed_at BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A record attends once. Somebody who signs in has a record of their own per activity and phone.
CREATE TABLE activity_attendees (
    activity BIGINT NOT NULL REFERENCES activities (ord),
    record BIGINT NOT NULL REFERENCES records (ord),
    origin TEXT NOT NULL CHECK (origin IN ('qr', 'import')),
    at BIGINT NOT NULL,
    PRIMARY KEY (activity, record)
){{clustered}};
CREATE INDEX activity_attendees_record ON activity_attendees (record);
