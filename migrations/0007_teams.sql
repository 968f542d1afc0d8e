-- Tasks: what a member of staff is to do for a customer.

CREATE TABLE tasks (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    record BIGINT NOT NULL REFERENCES records (ord),
    clinic BIGINT REFERENCES clinics (ord),
    owner BIGINT REFERENCES staff (ord), -- null: anybody of the clinic
    reason TEXT NOT NULL, -- what opened it: the name of a plan, or empty
    origin TEXT UNIQUE, -- what opened it, by id: the same thing opens one task
    follow_up BOOLEAN NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done')),
    outcome TEXT CHECK (outcome IN ('fine', 'discomfort', 'booked', 'refused', 'unreachable', 'other')),
    round BIGINT NOT NULL, -- how often it was reopened
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    done_by BIGINT REFERENCES staff (ord),
    salt {{blob}}, -- erasing a person empties salt and sealed
    sealed {{blob}} -- JSON: title and note
);
CREATE INDEX tasks_open ON tasks (state, due_at, ord);
CREATE INDEX tasks_owner ON tasks (owner, state, due_at, ord);
CREATE INDEX tasks_record ON tasks (record);
