-- +goose Up
CREATE TABLE incidents (
    id              text PRIMARY KEY,
    monitor_id      text NOT NULL,
    kind            text NOT NULL,    -- firestorm, volume, coordinated, praise
    state           text NOT NULL,    -- open, escalating, subsiding, resolved
    severity        integer NOT NULL, -- 0…6
    opened_at       bigint NOT NULL,
    peak_at         bigint NOT NULL,
    resolved_at     bigint NOT NULL,  -- 0: not yet
    acknowledged_at bigint NOT NULL,  -- 0: not yet
    acknowledged_by text NOT NULL,
    reasons         text NOT NULL,    -- JSON array of sentences
    memory          text NOT NULL,    -- JSON: what the detector needs to go on after a restart
    updated_at      bigint NOT NULL
);
CREATE INDEX incidents_monitor ON incidents (monitor_id, opened_at);
CREATE INDEX incidents_opened ON incidents (opened_at);

-- Deliveries are the transactional outbox of the channels: once per channel, incident and state.
CREATE TABLE deliveries (
    id           text PRIMARY KEY,
    dedupe_key   text NOT NULL UNIQUE,
    channel      text NOT NULL,
    incident_id  text NOT NULL,
    payload      text NOT NULL, -- JSON
    attempts     integer NOT NULL,
    next_at      bigint NOT NULL,
    delivered_at bigint NOT NULL, -- 0: not yet
    error        text NOT NULL,   -- of the last attempt
    created_at   bigint NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (delivered_at, next_at);
CREATE INDEX deliveries_incident ON deliveries (incident_id);

-- +goose Down
DROP TABLE deliveries;
DROP TABLE incidents;
