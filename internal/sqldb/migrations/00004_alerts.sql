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
    detail          text NOT NULL,    -- JSON: alerts.Detail
    updated_at      bigint NOT NULL
);
CREATE INDEX incidents_monitor ON incidents (monitor_id, opened_at);
CREATE INDEX incidents_opened ON incidents (opened_at, id);

-- What the detector knows of a monitor.
CREATE TABLE detector_states (
    monitor_id text PRIMARY KEY,
    minute     bigint NOT NULL, -- the last one judged; 0: the monitor is not watched
    replaces   bigint NOT NULL, -- the minute of the state before, so that two processes cannot both go on from it
    state      text NOT NULL,   -- JSON: spike.State
    updated_at bigint NOT NULL
);

-- Deliveries are the transactional outbox of the channels: one per channel, incident and change of state.
CREATE TABLE deliveries (
    id           text PRIMARY KEY,
    dedupe_key   text NOT NULL UNIQUE,
    channel      text NOT NULL,
    incident_id  text NOT NULL,
    payload      text NOT NULL, -- JSON
    attempts     integer NOT NULL,
    next_at      bigint NOT NULL, -- the next attempt; while one is made, when it counts as lost
    delivered_at bigint NOT NULL, -- 0: not yet
    failed_at    bigint NOT NULL, -- 0: not given up
    error        text NOT NULL,   -- of the last attempt
    created_at   bigint NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (channel, next_at) WHERE delivered_at = 0 AND failed_at = 0;
CREATE INDEX deliveries_incident ON deliveries (incident_id);

-- +goose Down
DROP TABLE deliveries;
DROP TABLE detector_states;
DROP TABLE incidents;
