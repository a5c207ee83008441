-- What a predictor has learnt from, and at the start of which run. The scope is trade, objective, currency, and simulated or real.
CREATE TABLE trainings (
    scope TEXT NOT NULL,
    run TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (scope, run)
);

-- The settled days of the ads of a run, and how its forecasts held: what later trainings learn from.
CREATE TABLE run_results (
    run TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
);
CREATE INDEX run_results_by_scope ON run_results (scope, run);
