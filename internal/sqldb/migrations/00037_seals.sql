-- +goose Up
-- Each attempt to deliver to a webhook; the delivery itself holds the last one. The secrets in
-- webhook_secrets, lead_forms and campaign_hooks are sealed from now on (crm.SealSecrets, at the start).
CREATE TABLE webhook_attempts (
    webhook_id  text NOT NULL,
    delivery_id text NOT NULL,
    id          text NOT NULL,     -- ascends with the attempts
    at          bigint NOT NULL,   -- when it ended
    status      bigint NOT NULL,   -- its answer; 0: there was none
    duration_ms bigint NOT NULL,
    error       text NOT NULL,     -- empty: it was taken
    PRIMARY KEY (webhook_id, delivery_id, id)
);
CREATE INDEX webhook_attempts_at ON webhook_attempts (at);
INSERT INTO webhook_attempts (webhook_id, delivery_id, id, at, status, duration_ms, error)
    SELECT webhook_id, id, id, tried_at, status, duration_ms, error FROM webhook_deliveries WHERE tried_at <> 0;

-- What is gone on its network, and still stands in the log.
ALTER TABLE tombstones ADD COLUMN in_log boolean NOT NULL DEFAULT TRUE;
CREATE INDEX tombstones_in_log ON tombstones (at, id) WHERE in_log;

-- +goose Down
DROP INDEX tombstones_in_log;
ALTER TABLE tombstones DROP COLUMN in_log;
DROP TABLE webhook_attempts;
