-- Touch plans, and the intent to touch one person once.

CREATE TABLE touch_plans (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    segment TEXT NOT NULL, -- whoever enters it is touched
    action TEXT NOT NULL CHECK (action IN ('task', 'email')),
    version BIGINT NOT NULL,
    task_title TEXT,
    task_due_hours BIGINT,
    email_subject TEXT,
    email_body TEXT,
    quiet_from TEXT NOT NULL, -- HH:MM in the clinic's zone
    quiet_to TEXT NOT NULL,
    cap_days BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused')),
    active_since BIGINT NOT NULL, -- entries before it are not touched
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX touch_plans_segment ON touch_plans (segment);

-- One entry of one record into the segment makes one intent, whatever happens to the plan meanwhile.
CREATE TABLE touch_intents (
    ord {{serial_key}},
    id TEXT NOT NULL UNIQUE,
    plan BIGINT NOT NULL REFERENCES touch_plans (ord),
    plan_version BIGINT NOT NULL,
    record BIGINT NOT NULL REFERENCES records (ord),
    occurrence BIGINT NOT NULL, -- events.seq of the entry
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sending', 'sent', 'skipped', 'unknown', 'failed')),
    reason TEXT, -- why it is held, skipped, unknown or failed
    next_at BIGINT NOT NULL, -- when to look at it (again)
    attempts BIGINT NOT NULL,
    lease_until BIGINT, -- while sending: after that nobody knows
    touched_at BIGINT, -- when it was, or may have been, sent
    settled_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (plan, record, occurrence)
);
CREATE INDEX touch_intents_due ON touch_intents (state, next_at);
CREATE INDEX touch_intents_record ON touch_intents (record);
CREATE INDEX touch_intents_plan ON touch_intents (plan, ord);
