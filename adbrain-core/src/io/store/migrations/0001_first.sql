-- What one campaign taught. The composite index serves "same industry, same objective, greatest impact first".
CREATE TABLE campaign_learnings (
    id TEXT PRIMARY KEY,
    campaign TEXT NOT NULL,
    learning_type TEXT NOT NULL CHECK (learning_type IN ('creative', 'copy', 'audience', 'timing')),
    industry TEXT NOT NULL,
    objective TEXT NOT NULL,
    insight TEXT NOT NULL,
    performance_impact REAL NOT NULL,
    impact_low REAL NOT NULL,
    impact_high REAL NOT NULL,
    confidence_score REAL NOT NULL CHECK (confidence_score BETWEEN 0 AND 1),
    impact_method TEXT NOT NULL,
    impact_warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(impact_warnings)),
    sample_size INTEGER NOT NULL CHECK (sample_size >= 0),
    learnt_at TEXT NOT NULL,
    metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata))
);
CREATE INDEX campaign_learnings_by_impact
    ON campaign_learnings (industry, objective, performance_impact DESC, id);
CREATE INDEX campaign_learnings_by_low
    ON campaign_learnings (industry, objective, impact_low DESC, id);

-- What usually works in a trade, pooled over campaigns.
CREATE TABLE industry_best_practices (
    industry TEXT NOT NULL,
    practice_type TEXT NOT NULL,
    description TEXT NOT NULL,
    average_performance TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(average_performance)),
    roas_variance REAL NOT NULL DEFAULT 0 CHECK (roas_variance >= 0),
    sample_size INTEGER NOT NULL DEFAULT 0 CHECK (sample_size >= 0),
    last_updated TEXT NOT NULL,
    PRIMARY KEY (industry, practice_type)
);

-- Combinations of creative, copy and audience. The success rate is the mean of Beta(1 + succeeded, 1 + used - succeeded).
CREATE TABLE winning_combinations (
    creative_type TEXT NOT NULL,
    copy_style TEXT NOT NULL,
    audience_segment TEXT NOT NULL,
    average_roas REAL NOT NULL,
    average_ctr REAL NOT NULL,
    times_used INTEGER NOT NULL CHECK (times_used > 0),
    times_succeeded INTEGER NOT NULL CHECK (times_succeeded BETWEEN 0 AND times_used),
    success_rate REAL NOT NULL CHECK (success_rate BETWEEN 0 AND 1),
    PRIMARY KEY (creative_type, copy_style, audience_segment)
);
CREATE INDEX winning_combinations_by_success
    ON winning_combinations (success_rate DESC, average_roas DESC);

-- Which runs and files the uses came from; one row each, so that no source is added twice.
CREATE TABLE combination_sources (
    source TEXT PRIMARY KEY
);

-- Runs of the workflow, and the outputs of their finished steps.
CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    flow_hash TEXT NOT NULL,
    request TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT
);
CREATE TABLE steps (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    output TEXT NOT NULL,
    PRIMARY KEY (run, name)
);

-- The journal: append-only, each row holds the hash of the one before it.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    entry TEXT NOT NULL,
    platform TEXT,
    target TEXT,
    action TEXT NOT NULL,
    cause TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'intent', 'sent', 'confirmed', 'unknown', 'compensating',
        'compensated', 'needs_person', 'refused')),
    body TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(body)),
    at TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE INDEX journal_by_run ON journal (run, seq);
CREATE INDEX journal_by_entry ON journal (entry, seq);

-- What a person or a policy approved: bound to the hash of the plan, and it expires.
CREATE TABLE approvals (
    run TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    at TEXT NOT NULL,
    expires TEXT NOT NULL,
    PRIMARY KEY (run, plan_hash)
);

-- Where the alert rules of a run stand.
CREATE TABLE alert_states (
    run TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
);

-- What the sandbox platform was told, so that its accounts outlive the process.
CREATE TABLE sandbox_ledger (
    account TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (json_valid(operation)),
    PRIMARY KEY (account, seq)
);

-- Who may act: a later holder has a greater fence.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until TEXT NOT NULL
);
