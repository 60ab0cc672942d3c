-- +goose Up
-- What a job has seen and made of the open records of territories that tie; it goes through the whole job.
ALTER TABLE territory_jobs ADD COLUMN load text NOT NULL DEFAULT '{"open":{},"unsaved":{}}'; -- JSON: crm.territoryLoad

-- The teams of who was credited, as they were then: a team's statement stands, whoever comes or goes.
CREATE TABLE credit_teams (
    team_id  text NOT NULL,
    entry_id text NOT NULL,
    PRIMARY KEY (team_id, entry_id)
);
CREATE INDEX credit_teams_entry ON credit_teams (entry_id);
INSERT INTO credit_teams (team_id, entry_id)
    SELECT m.team_id, e.id FROM credit_entries e JOIN team_members m ON m.user_id = e.taker_id WHERE e.taker_type = 'user';

-- A payment that was noted wrongly is taken back by another entry, once.
ALTER TABLE payments ADD COLUMN reverses text NOT NULL DEFAULT ''; -- the payment that it takes back; empty: money came in
ALTER TABLE payments ADD COLUMN reason text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX payments_reverses ON payments (reverses) WHERE reverses <> '';

-- +goose Down
DROP INDEX payments_reverses;
ALTER TABLE payments DROP COLUMN reason;
ALTER TABLE payments DROP COLUMN reverses;
DROP TABLE credit_teams;
ALTER TABLE territory_jobs DROP COLUMN load;
