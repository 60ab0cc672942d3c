-- +goose Up
-- What people did to an incident. version counts their changes only: what the detector finds out
-- meanwhile refuses nobody's change.
ALTER TABLE incidents ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE incidents ADD COLUMN assignee text NOT NULL DEFAULT '';         -- a user's name; empty: nobody
ALTER TABLE incidents ADD COLUMN silenced_until bigint NOT NULL DEFAULT 0;  -- 0: not silenced
ALTER TABLE incidents ADD COLUMN merged_into text NOT NULL DEFAULT '';      -- an incident's id; empty: stands alone
ALTER TABLE incidents ADD COLUMN label text NOT NULL DEFAULT '';            -- right, false_alarm; empty: none
ALTER TABLE incidents ADD COLUMN labelled_at bigint NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN labelled_by text NOT NULL DEFAULT '';
CREATE INDEX incidents_assignee ON incidents (assignee, opened_at) WHERE assignee <> '';
CREATE INDEX incidents_merged ON incidents (merged_into) WHERE merged_into <> '';
CREATE INDEX incidents_labelled ON incidents (monitor_id, opened_at) WHERE label <> '';

-- The history of incidents: what the detector found and what people did, each an entry.
CREATE TABLE incident_entries (
    id          text PRIMARY KEY,
    incident_id text NOT NULL,
    at          bigint NOT NULL,
    by_user     text NOT NULL, -- a user's name; empty: the detector
    action      text NOT NULL, -- opened, escalated, acknowledged, commented …
    value       text NOT NULL, -- the assignee, the end of the silence, the other incident, the label, the severity
    text        text NOT NULL  -- the comment; the detector's reasons
);
CREATE INDEX incident_entries_incident ON incident_entries (incident_id, at, id);

-- Rules by which a single mention alerts.
CREATE TABLE mention_rules (
    id            text PRIMARY KEY,
    monitor_id    text NOT NULL,
    name          text NOT NULL,
    kind          text NOT NULL,   -- influential_author, contact, purchase, keyword, negative_reach
    followers     bigint NOT NULL, -- of the author, at least
    reach         bigint NOT NULL, -- of the post, at least
    polarity      text NOT NULL,   -- of the mention; empty: any
    query         text NOT NULL,   -- of a keyword rule, docs/queries.md
    most_per_hour integer NOT NULL,
    enabled       boolean NOT NULL,
    version       bigint NOT NULL,
    created_at    bigint NOT NULL,
    updated_at    bigint NOT NULL,
    UNIQUE (monitor_id, name)
);

-- A mention alerts once, however many rules it meets and however often it is handled.
CREATE TABLE mention_alerts (
    post_id    text NOT NULL,
    monitor_id text NOT NULL,
    id         text NOT NULL UNIQUE,
    rule_id    text NOT NULL,   -- the first rule that it meets
    author_id  text NOT NULL,
    reasons    text NOT NULL,   -- JSON array of sentences, one of each rule
    mention    text NOT NULL,   -- JSON: notify.Mention
    posted_at  bigint NOT NULL,
    created_at bigint NOT NULL,
    told_at    bigint NOT NULL, -- 0: waits
    told_with  text NOT NULL,   -- the alert it was told with; its own id when it was told alone
    PRIMARY KEY (post_id, monitor_id)
);
CREATE INDEX mention_alerts_posted ON mention_alerts (posted_at, id);
CREATE INDEX mention_alerts_monitor ON mention_alerts (monitor_id, posted_at, id);
CREATE INDEX mention_alerts_told ON mention_alerts (rule_id, told_at);
CREATE INDEX mention_alerts_waiting ON mention_alerts (rule_id, id) WHERE told_at = 0;
CREATE INDEX mention_alerts_author ON mention_alerts (author_id);

-- +goose Down
DROP TABLE mention_alerts;
DROP TABLE mention_rules;
DROP TABLE incident_entries;
DROP INDEX incidents_labelled;
DROP INDEX incidents_merged;
DROP INDEX incidents_assignee;
ALTER TABLE incidents DROP COLUMN labelled_by;
ALTER TABLE incidents DROP COLUMN labelled_at;
ALTER TABLE incidents DROP COLUMN label;
ALTER TABLE incidents DROP COLUMN merged_into;
ALTER TABLE incidents DROP COLUMN silenced_until;
ALTER TABLE incidents DROP COLUMN assignee;
ALTER TABLE incidents DROP COLUMN version;
