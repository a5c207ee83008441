-- What a learning rests on and how long it holds. Rows of before were measured by the engine itself: nothing else wrote any.
ALTER TABLE campaign_learnings ADD COLUMN taint TEXT NOT NULL DEFAULT 'measured' CHECK (taint IN ('measured', 'imported'));
ALTER TABLE campaign_learnings ADD COLUMN entry TEXT;
ALTER TABLE campaign_learnings ADD COLUMN brand TEXT;
ALTER TABLE campaign_learnings ADD COLUMN period_start TEXT;
ALTER TABLE campaign_learnings ADD COLUMN period_end TEXT;
ALTER TABLE campaign_learnings ADD COLUMN test TEXT;
ALTER TABLE campaign_learnings ADD COLUMN maturity TEXT CHECK (maturity IN ('mature', 'immature'));
ALTER TABLE campaign_learnings ADD COLUMN expires_at TEXT;
ALTER TABLE campaign_learnings ADD COLUMN supersedes TEXT;
ALTER TABLE campaign_learnings ADD COLUMN profile TEXT CHECK (profile IS NULL OR json_valid(profile));
CREATE INDEX campaign_learnings_by_superseded ON campaign_learnings (supersedes, learnt_at) WHERE supersedes IS NOT NULL;
CREATE INDEX campaign_learnings_by_campaign ON campaign_learnings (campaign);
CREATE INDEX campaign_learnings_by_brand ON campaign_learnings (brand) WHERE brand IS NOT NULL;
CREATE INDEX campaign_learnings_by_time ON campaign_learnings (learnt_at);
