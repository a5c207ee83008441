-- The result of each run as its last go left it: a report is written from it later.
CREATE TABLE kept_results (
    run TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
);

-- What people are told, kept before it is sent. The id is the same after a restart.
CREATE TABLE letters (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    acknowledged_at TEXT,
    acknowledged_by TEXT
);

-- What each letter tells, so that nothing is told twice.
CREATE TABLE told (
    run TEXT NOT NULL,
    key TEXT NOT NULL,
    letter TEXT NOT NULL,
    PRIMARY KEY (run, key)
);

-- Each letter's way to each channel: marked as on its way before it is sent, and as sent after.
CREATE TABLE deliveries (
    letter TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'dropped', 'failed')),
    attempts INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    is_escalation INTEGER NOT NULL,
    problem TEXT,
    PRIMARY KEY (letter, channel)
);
CREATE INDEX deliveries_by_due ON deliveries (state, due_at);
