-- What came in from outside, as it was known when: a new line where a row is first seen or restated, none where nothing changed. A line
-- without a body says that the source does not have the row any more.
CREATE TABLE source_rows (
    source TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('day', 'hour')),
    day TEXT NOT NULL,
    key TEXT NOT NULL,
    as_of TEXT NOT NULL,
    body TEXT CHECK (body IS NULL OR json_valid(body)),
    largest_amount REAL NOT NULL,
    PRIMARY KEY (source, step, day, key, as_of)
);
CREATE INDEX source_rows_by_amount ON source_rows (source, step, largest_amount);

-- The days of each source: since when a day is known whole, nothing while it has not closed; and when it was last asked for.
CREATE TABLE source_days (
    source TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('day', 'hour')),
    day TEXT NOT NULL,
    known_at TEXT,
    checked_at TEXT NOT NULL,
    PRIMARY KEY (source, step, day)
);
