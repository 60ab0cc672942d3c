-- +goose Up
-- Amounts are in minor units of their currency, quantities in thousandths, rates in basis points.
CREATE TABLE products (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    code       text NOT NULL UNIQUE,
    name       text NOT NULL,
    unit       text NOT NULL,
    tax        bigint NOT NULL,
    active     boolean NOT NULL
);

CREATE TABLE price_lists (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    name        text NOT NULL UNIQUE,
    currency    text NOT NULL,
    valid_from  bigint NOT NULL, -- 0: always
    valid_until bigint NOT NULL, -- 0: for ever
    prices      text NOT NULL    -- JSON: amount by product
);

CREATE TABLE quotes (
    id             text PRIMARY KEY,
    version        bigint NOT NULL,
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL,
    opportunity_id text NOT NULL,
    number         text NOT NULL,
    revision       integer NOT NULL,
    state          text NOT NULL, -- draft, sent, accepted, declined, superseded
    currency       text NOT NULL,
    valid_until    bigint NOT NULL, -- 0: not said
    lines          text NOT NULL,   -- JSON: []crm.Line
    discount       bigint NOT NULL,
    notes          text NOT NULL,
    sent_at        bigint NOT NULL, -- 0: not yet
    decided_at     bigint NOT NULL, -- accepted or declined; 0: not yet
    reason         text NOT NULL,
    UNIQUE (number, revision)
);
CREATE INDEX quotes_opportunity ON quotes (opportunity_id, id);

CREATE TABLE orders (
    id             text PRIMARY KEY,
    version        bigint NOT NULL,
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL,
    number         text NOT NULL UNIQUE,
    quote_id       text NOT NULL,
    opportunity_id text NOT NULL,
    account_id     text NOT NULL,
    contact_id     text NOT NULL,
    state          text NOT NULL, -- open, fulfilled, cancelled
    currency       text NOT NULL,
    lines          text NOT NULL,
    discount       bigint NOT NULL,
    ended_at       bigint NOT NULL, -- fulfilled or cancelled; 0: open
    reason         text NOT NULL
);
CREATE INDEX orders_opportunity ON orders (opportunity_id, id);
CREATE UNIQUE INDEX orders_quote ON orders (quote_id) WHERE state <> 'cancelled';

CREATE TABLE invoices (
    id             text PRIMARY KEY,
    version        bigint NOT NULL,
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL,
    number         text NOT NULL UNIQUE,
    order_id       text NOT NULL,
    opportunity_id text NOT NULL,
    state          text NOT NULL, -- issued, paid, cancelled
    currency       text NOT NULL,
    lines          text NOT NULL,
    discount       bigint NOT NULL,
    due_at         bigint NOT NULL,
    paid           bigint NOT NULL, -- sum of its payments
    paid_at        bigint NOT NULL, -- of the payment that completed it; 0: not yet
    reason         text NOT NULL
);
CREATE INDEX invoices_order ON invoices (order_id, id);
CREATE INDEX invoices_opportunity ON invoices (opportunity_id, id);
CREATE INDEX invoices_due ON invoices (state, due_at);

CREATE TABLE payments (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    invoice_id text NOT NULL,
    amount     bigint NOT NULL,
    currency   text NOT NULL,
    paid_at    bigint NOT NULL,
    method     text NOT NULL,
    reference  text NOT NULL
);
CREATE INDEX payments_invoice ON payments (invoice_id, id);

-- The last number given to each kind of document in each year: numbers have no gaps.
CREATE TABLE document_numbers (
    kind text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (kind, year)
);

-- +goose Down
DROP TABLE document_numbers;
DROP TABLE payments;
DROP TABLE invoices;
DROP TABLE orders;
DROP TABLE quotes;
DROP TABLE price_lists;
DROP TABLE products;
