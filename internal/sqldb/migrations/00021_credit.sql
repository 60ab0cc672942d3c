-- +goose Up
-- What an invoice comes to: what the order's invoiced part comes to, less what earlier ones asked for.
ALTER TABLE invoices ADD COLUMN sums text NOT NULL DEFAULT 'null'; -- JSON: crm.Sums; null: its lines added up

-- Every version of the rules by which revenue is credited; the highest one is in force.
CREATE TABLE credit_rules (
    version    bigint PRIMARY KEY,
    parts      text NOT NULL, -- JSON: []crm.CreditPart
    created_at bigint NOT NULL,
    created_by text NOT NULL
);

-- Credit is only ever added: a correction is another entry.
CREATE TABLE credit_entries (
    id             text PRIMARY KEY,
    period         text NOT NULL, -- 2026-03
    basis          text NOT NULL, -- invoiced, paid
    event          text NOT NULL, -- id of the invoice or payment it is for
    opportunity_id text NOT NULL,
    invoice_id     text NOT NULL,
    line           bigint NOT NULL, -- of the invoice, from 0
    part           text NOT NULL,   -- of the rules
    overlay        boolean NOT NULL,
    taker_type     text NOT NULL, -- user, team, source, company
    taker_id       text NOT NULL,
    share          bigint NOT NULL, -- of the line, in millionths; 0 in a correction
    amount         bigint NOT NULL, -- minor units
    currency       text NOT NULL,
    rules          bigint NOT NULL, -- their version
    correction     boolean NOT NULL,
    note           text NOT NULL,
    at             bigint NOT NULL -- when it was written
);
CREATE INDEX credit_entries_taker ON credit_entries (taker_type, taker_id, period);
CREATE INDEX credit_entries_period ON credit_entries (period, basis);
CREATE INDEX credit_entries_event ON credit_entries (event, basis);
CREATE INDEX credit_entries_opportunity ON credit_entries (opportunity_id);

-- Periods whose statements stand for ever.
CREATE TABLE credit_periods (
    period    text PRIMARY KEY,
    closed_at bigint NOT NULL,
    closed_by text NOT NULL,
    entries   bigint NOT NULL
);

CREATE TABLE goals (
    id           text PRIMARY KEY,
    version      bigint NOT NULL,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    subject_type text NOT NULL, -- user, team, territory
    subject_id   text NOT NULL,
    metric       text NOT NULL,
    period       text NOT NULL, -- 2026, 2026-Q1, 2026-03
    target       bigint NOT NULL, -- minor units where the metric is money
    currency     text NOT NULL,
    UNIQUE (subject_type, subject_id, metric, period, currency)
);

-- What somebody wants to hear of a case.
CREATE TABLE follows (
    opportunity_id text NOT NULL,
    user_id        text NOT NULL,
    muted          boolean NOT NULL,
    kinds          text NOT NULL, -- JSON; empty: all
    PRIMARY KEY (opportunity_id, user_id)
);
CREATE INDEX follows_user ON follows (user_id);

CREATE TABLE notices (
    id             text PRIMARY KEY,
    user_id        text NOT NULL,
    opportunity_id text NOT NULL,
    kind           text NOT NULL,
    body           text NOT NULL,
    actor          text NOT NULL,
    at             bigint NOT NULL,
    seen_at        bigint NOT NULL -- 0: not yet
);
CREATE INDEX notices_user ON notices (user_id, id);
CREATE INDEX notices_unseen ON notices (user_id) WHERE seen_at = 0;

-- Every version of every template of quotes; the highest one of an id is in force.
CREATE TABLE quote_templates (
    id         text NOT NULL,
    version    bigint NOT NULL,
    definition text NOT NULL, -- JSON: crm.QuoteTemplate
    created_at bigint NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (id, version)
);

-- +goose Down
DROP TABLE quote_templates;
DROP TABLE notices;
DROP TABLE follows;
DROP TABLE goals;
DROP TABLE credit_periods;
DROP TABLE credit_entries;
DROP TABLE credit_rules;
ALTER TABLE invoices DROP COLUMN sums;
