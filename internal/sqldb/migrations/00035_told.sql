-- +goose Up
-- Who is told when somebody of a unit or a team lets something wait; empty: nobody.
ALTER TABLE units ADD COLUMN manager_id text NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN manager_id text NOT NULL DEFAULT '';

-- A time limit is escalated in steps: due_at is when the next one is due, 0 when none is left.
DROP INDEX lead_visits_due;
ALTER TABLE lead_visits ADD COLUMN escalations bigint NOT NULL DEFAULT 0; -- steps taken
UPDATE lead_visits SET escalations = 1, due_at = 0 WHERE escalated_at > 0;
CREATE INDEX lead_visits_due ON lead_visits (due_at) WHERE left_at = 0 AND due_at > 0;

-- What somebody is told can be about a lead, and go to their address.
ALTER TABLE notices ADD COLUMN lead_id text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN send_at bigint NOT NULL DEFAULT 0; -- when it goes out; 0: it does not, or did
CREATE INDEX notices_sending ON notices (send_at) WHERE send_at > 0;
ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';

-- How somebody is told: per kind, on the page alone, at once, or once a day.
CREATE TABLE notice_settings (
    user_id    text PRIMARY KEY,
    version    bigint NOT NULL,
    delivery   text NOT NULL,   -- JSON: kind → page, once, digest
    hour       bigint NOT NULL, -- of the day, at which a digest goes out
    time_zone  text NOT NULL,
    updated_at bigint NOT NULL
);

-- A link by which somebody sets their first password, or another one when theirs is lost.
CREATE TABLE password_links (
    hash       text PRIMARY KEY, -- SHA-256 of the token
    user_id    text NOT NULL,
    made_by    text NOT NULL,
    made_at    bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX password_links_user ON password_links (user_id);

-- +goose Down
DROP TABLE password_links;
DROP TABLE notice_settings;
ALTER TABLE users DROP COLUMN email;
DROP INDEX notices_sending;
ALTER TABLE notices DROP COLUMN send_at;
ALTER TABLE notices DROP COLUMN lead_id;
DROP INDEX lead_visits_due;
ALTER TABLE lead_visits DROP COLUMN escalations;
CREATE INDEX lead_visits_due ON lead_visits (due_at) WHERE left_at = 0 AND escalated_at = 0 AND due_at > 0;
ALTER TABLE teams DROP COLUMN manager_id;
ALTER TABLE units DROP COLUMN manager_id;
