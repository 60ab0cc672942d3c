-- +goose Up
-- What routing knows of a delivery.
ALTER TABLE deliveries ADD COLUMN type text NOT NULL DEFAULT 'incident';   -- incident, mention, digest
ALTER TABLE deliveries ADD COLUMN route text NOT NULL DEFAULT '';          -- the route's name; empty: no route matched
ALTER TABLE deliveries ADD COLUMN group_key text NOT NULL DEFAULT '';      -- what is told together; empty: by itself
ALTER TABLE deliveries ADD COLUMN subject text NOT NULL DEFAULT '';        -- monitor and kind, for cooldowns
ALTER TABLE deliveries ADD COLUMN wave text NOT NULL DEFAULT '';           -- incident and wave
ALTER TABLE deliveries ADD COLUMN phase text NOT NULL DEFAULT '';          -- the incident's state that it tells
ALTER TABLE deliveries ADD COLUMN severity integer NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN step integer NOT NULL DEFAULT 0;         -- of an escalation, from 1; 0: none
ALTER TABLE deliveries ADD COLUMN told_with text NOT NULL DEFAULT '';      -- id of the delivery whose message tells of this one, too
ALTER TABLE deliveries ADD COLUMN dropped_at bigint NOT NULL DEFAULT 0;    -- when it was decided to tell nobody; error says why
ALTER TABLE deliveries ADD COLUMN held text NOT NULL DEFAULT '';           -- why it waits: quiet, group, escalation
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (channel, id) WHERE delivered_at = 0 AND failed_at = 0 AND dropped_at = 0;
CREATE INDEX deliveries_order ON deliveries (incident_id, channel, id) WHERE delivered_at = 0 AND failed_at = 0 AND dropped_at = 0;
CREATE INDEX deliveries_subject ON deliveries (channel, subject, created_at);
CREATE INDEX deliveries_told_with ON deliveries (told_with) WHERE told_with <> '';
CREATE INDEX deliveries_listed ON deliveries (channel, id);

-- When a channel was last told of a group.
CREATE TABLE alert_groups (
    channel   text NOT NULL,
    group_key text NOT NULL,
    told_at   bigint NOT NULL,
    PRIMARY KEY (channel, group_key)
);

-- The key that links in notifications are signed with; one row.
CREATE TABLE link_keys (
    id         integer PRIMARY KEY,
    secret     text NOT NULL, -- base64
    created_at bigint NOT NULL
);

-- +goose Down
DROP TABLE link_keys;
DROP TABLE alert_groups;
DROP INDEX deliveries_listed;
DROP INDEX deliveries_told_with;
DROP INDEX deliveries_subject;
DROP INDEX deliveries_order;
DROP INDEX deliveries_due;
ALTER TABLE deliveries DROP COLUMN held;
ALTER TABLE deliveries DROP COLUMN dropped_at;
ALTER TABLE deliveries DROP COLUMN told_with;
ALTER TABLE deliveries DROP COLUMN step;
ALTER TABLE deliveries DROP COLUMN severity;
ALTER TABLE deliveries DROP COLUMN phase;
ALTER TABLE deliveries DROP COLUMN wave;
ALTER TABLE deliveries DROP COLUMN subject;
ALTER TABLE deliveries DROP COLUMN group_key;
ALTER TABLE deliveries DROP COLUMN route;
ALTER TABLE deliveries DROP COLUMN type;
CREATE INDEX deliveries_due ON deliveries (channel, next_at) WHERE delivered_at = 0 AND failed_at = 0;
