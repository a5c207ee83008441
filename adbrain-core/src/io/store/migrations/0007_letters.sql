-- When a letter was kept: it is deleted some time after its last try.
ALTER TABLE letters ADD COLUMN kept_at TEXT;

-- The files of letters: a report as a page, and what is attached to it.
CREATE TABLE letter_files (
    letter TEXT NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    is_page INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (letter, place)
);

-- The periods whose reports were made by a schedule, or passed over. Each is written together with the letters of its report.
CREATE TABLE scheduled_reports (
    run TEXT NOT NULL,
    schedule TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    is_made INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (run, schedule, first)
);
