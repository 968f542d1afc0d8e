-- Who may do what: the chain, its clinics, staff, roles, sessions, audit.

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- A named right to work that one process holds at a time.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Dense numbers given out in blocks, so that bulk inserts know their keys beforehand.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE clinics (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT
);

CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('own', 'clinic', 'region', 'chain')),
    permissions TEXT NOT NULL, -- JSON array of permission keys
    updated_at BIGINT NOT NULL
);

CREATE TABLE staff (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT,
    password_hash TEXT NOT NULL,
    role_id TEXT NOT NULL REFERENCES roles (id),
    created_at BIGINT NOT NULL,
    archived_at BIGINT
);

-- Failed log-ins, by the blind index of what was typed: a login that nobody has locks like any other, so that a
-- stranger cannot tell them apart.
CREATE TABLE login_failures (
    login BIGINT PRIMARY KEY,
    failures BIGINT NOT NULL,
    locked_until BIGINT,
    last_at BIGINT NOT NULL
);

CREATE TABLE staff_clinics (
    staff BIGINT NOT NULL REFERENCES staff (ord),
    clinic BIGINT NOT NULL REFERENCES clinics (ord),
    PRIMARY KEY (staff, clinic)
);

CREATE TABLE sessions (
    token_hash {{blob}} PRIMARY KEY,
    staff BIGINT NOT NULL REFERENCES staff (ord),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_staff ON sessions (staff);

-- Each row's hash covers the row and the hash before it.
CREATE TABLE audit_log (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL, -- JSON, never personal data
    hash {{blob}} NOT NULL
);
