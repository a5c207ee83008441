-- Calls of language models: append-only, each row chained to the one before by its hash. Tokens and micros are what a row adds to what
-- counts as spent: a reservation adds the most that the call can cost, the row after the call takes off what it did not cost.
CREATE TABLE language_calls (
  seq INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  agent TEXT NOT NULL,
  call INTEGER NOT NULL,
  state TEXT NOT NULL,
  model TEXT NOT NULL,
  request TEXT NOT NULL,
  answer TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  micros INTEGER NOT NULL,
  currency TEXT NOT NULL,
  day TEXT NOT NULL,
  at TEXT NOT NULL,
  note TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX language_calls_run ON language_calls (run);
CREATE INDEX language_calls_day ON language_calls (day);
