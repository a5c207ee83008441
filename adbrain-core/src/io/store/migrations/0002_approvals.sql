-- Approvals are entries of the journal's chain since then: a row of a table of their own could be put in from outside unseen.
DROP TABLE approvals;
