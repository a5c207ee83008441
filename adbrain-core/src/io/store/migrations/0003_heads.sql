-- The newest journal entry of each run, written with it in one transaction: a journal whose end was cut off is found without an
-- anchor from outside.
CREATE TABLE journal_heads (
    run TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO journal_heads (run, seq, hash)
    SELECT run, seq, hash FROM journal AS newest
    WHERE seq = (SELECT max(seq) FROM journal WHERE run = newest.run);
