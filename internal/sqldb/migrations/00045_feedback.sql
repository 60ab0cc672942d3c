-- +goose Up
-- What was decided on a lead by leading it into a milestone: another plan can move leads, too, and
-- that decides nothing.
ALTER TABLE lead_visits ADD COLUMN decision text NOT NULL DEFAULT ''; -- accepted, disqualified, recycled
UPDATE lead_visits SET decision = milestone WHERE milestone IN ('disqualified', 'recycled');
UPDATE lead_visits SET decision = 'accepted' WHERE id IN (
    SELECT min(v.id) FROM leads l JOIN lead_visits v ON v.lead_id = l.id AND v.milestone = l.milestone WHERE l.state = 'accepted' GROUP BY l.id);

-- Of why an opportunity is lost: it says that they were no potential customer.
ALTER TABLE reasons ADD COLUMN unfit boolean NOT NULL DEFAULT false;
UPDATE reasons SET unfit = true WHERE outcome = 'lost' AND code IN ('fit', 'no-budget');

-- The tasks that came with stages, for reports on what was done of them.
CREATE INDEX activities_stage ON activities (record_id, process_id, stage, done_at) WHERE process_id <> '';

-- +goose Down
DROP INDEX activities_stage;
ALTER TABLE reasons DROP COLUMN unfit;
ALTER TABLE lead_visits DROP COLUMN decision;
