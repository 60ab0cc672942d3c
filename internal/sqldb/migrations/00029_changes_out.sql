-- +goose Up
-- What the topic of the CRM is still to be told. Positions ascend within the changes of a record;
-- a row goes when the log has acknowledged it.
CREATE TABLE crm_outbox (
    position   text PRIMARY KEY,
    record_key text NOT NULL,
    message    text NOT NULL, -- JSON; empty: a tombstone, after which the log may forget the record
    at         bigint NOT NULL
);
CREATE INDEX crm_outbox_key ON crm_outbox (record_key, position);

-- Addresses of other programs that are told of changes.
CREATE TABLE webhooks (
    id            text PRIMARY KEY,
    version       bigint NOT NULL,
    created_at    bigint NOT NULL,
    updated_at    bigint NOT NULL,
    name          text NOT NULL,
    url           text NOT NULL,
    host          text NOT NULL,   -- of the url
    types         text NOT NULL,   -- JSON list; empty: all
    actions       text NOT NULL,   -- JSON list; empty: all
    state         text NOT NULL,   -- active, paused (by Groundswell), off (by a person)
    owner_id      text NOT NULL,
    failing_since bigint NOT NULL  -- of attempts that failed without one in between that did not; 0: the last one did not
);
CREATE TABLE webhook_secrets (
    id         text PRIMARY KEY,
    webhook_id text NOT NULL,
    secret     text NOT NULL,
    made_at    bigint NOT NULL,
    ends_at    bigint NOT NULL     -- 0: it is the current one
);
CREATE INDEX webhook_secrets_webhook ON webhook_secrets (webhook_id);

-- What each of them was told, or is to be.
CREATE TABLE webhook_deliveries (
    webhook_id  text NOT NULL,
    id          text NOT NULL,     -- ascends with the changes
    message_id  text NOT NULL,     -- the same in every attempt: the receiver tells repeats by it
    type        text NOT NULL,
    action      text NOT NULL,
    record_id   text NOT NULL,
    body        text NOT NULL,
    state       text NOT NULL,     -- waiting, delivered, failed
    attempts    bigint NOT NULL,
    next_at     bigint NOT NULL,
    tried_at    bigint NOT NULL,   -- the last attempt; 0: none
    status      bigint NOT NULL,   -- its answer; 0: there was none
    duration_ms bigint NOT NULL,
    error       text NOT NULL,
    since       bigint NOT NULL,   -- when it was made, or sent again by hand: from then on it is retried for so long
    PRIMARY KEY (webhook_id, id)
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_record ON webhook_deliveries (webhook_id, record_id, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_since ON webhook_deliveries (since);

-- What somebody who leaves hands over, and to whom.
CREATE TABLE handovers (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    user_id     text NOT NULL,     -- who leaves
    state       text NOT NULL,     -- collecting, open, giving, done, returning, returned, dropped
    reason      text NOT NULL,
    disable     boolean NOT NULL,  -- the user can sign in no more once all is given
    made_by     text NOT NULL,
    given_by    text NOT NULL,
    given_at    bigint NOT NULL,
    record_type text NOT NULL,     -- how far collecting is
    cursor      text NOT NULL,
    handled     bigint NOT NULL,
    total       bigint NOT NULL,
    problem     text NOT NULL,
    seen_at     bigint NOT NULL    -- of the process that works on it
);
CREATE INDEX handovers_user ON handovers (user_id);
CREATE TABLE handover_records (
    handover_id text NOT NULL,
    record_type text NOT NULL,
    record_id   text NOT NULL,
    receiver_id text NOT NULL,     -- empty: it stays
    why         text NOT NULL,     -- record, territory, team, load, chosen, or none
    about       text NOT NULL,     -- the record (type:id), the territory or the team that decided, or who chose
    state       text NOT NULL,     -- proposed, given, kept, returned
    note        text NOT NULL,     -- why it was kept
    became      text NOT NULL,     -- of a sharing: the one that stands in its place
    PRIMARY KEY (handover_id, record_type, record_id)
);
CREATE INDEX handover_records_receiver ON handover_records (handover_id, receiver_id, record_type);
CREATE INDEX handover_records_record ON handover_records (record_id);

INSERT INTO role_grants (role, record_type, action, level) VALUES
    ('operator', 'webhook', '*', 'all'), ('sales-manager', 'handover', '*', 'all')
    ON CONFLICT (role, record_type, action) DO NOTHING;

-- +goose Down
DELETE FROM role_grants WHERE record_type IN ('webhook', 'handover');
DROP TABLE handover_records;
DROP TABLE handovers;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_secrets;
DROP TABLE webhooks;
DROP TABLE crm_outbox;
