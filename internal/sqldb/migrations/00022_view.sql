-- +goose Up
-- An account may belong to another: a group and its companies. Cycles are refused by crm.
ALTER TABLE accounts ADD COLUMN parent_id text NOT NULL DEFAULT ''; -- empty: it stands at the top
CREATE INDEX accounts_parent ON accounts (parent_id, name_key, id) WHERE parent_id <> '';

-- An account that became part of another, with what is needed to take the two apart again.
CREATE TABLE account_merges (
    id          text PRIMARY KEY,
    winner_id   text NOT NULL,
    loser_id    text NOT NULL,
    loser       text NOT NULL,   -- JSON: the account as it was
    filled      text NOT NULL,   -- JSON: names of the winner's fields that were taken from the loser
    merged_at   bigint NOT NULL,
    merged_by   text NOT NULL,
    reason      text NOT NULL,
    unmerged_at bigint NOT NULL, -- 0: it stands
    unmerged_by text NOT NULL
);
CREATE INDEX account_merges_winner ON account_merges (winner_id);
CREATE INDEX account_merges_loser ON account_merges (loser_id);
CREATE TABLE account_moves (
    merge_id   text NOT NULL,
    table_name text NOT NULL,
    record_id  text NOT NULL,
    PRIMARY KEY (merge_id, table_name, record_id)
);

-- When somebody looked at a record. before is the end of their visit before this one: what changed
-- since then is new to them, however often they load the page again.
CREATE TABLE record_looks (
    user_id     text NOT NULL,
    record_type text NOT NULL,
    record_id   text NOT NULL,
    at          bigint NOT NULL,
    before      bigint NOT NULL, -- 0: this is their first visit
    PRIMARY KEY (user_id, record_type, record_id)
);
CREATE INDEX record_looks_record ON record_looks (record_id);

-- What the one search finds: a row a record, with its words folded as crm.searchWords does. The
-- databases' own full-text index stands on it (internal/sqldb/fulltext.go).
CREATE TABLE search_entries (
    record_id   text PRIMARY KEY,
    record_type text NOT NULL,
    position    bigint NOT NULL, -- ascends within a type: newer entries have greater ones
    words       text NOT NULL
);
CREATE INDEX search_entries_position ON search_entries (position);

-- Types of records that were there before search was, and how far they have been taken into it.
CREATE TABLE search_progress (
    record_type text PRIMARY KEY,
    cursor      text NOT NULL -- the last record that is
);
INSERT INTO search_progress (record_type, cursor) VALUES ('account', ''), ('activity', ''), ('contact', ''), ('invoice', ''), ('lead', ''),
    ('opportunity', ''), ('order', ''), ('quote', ''), ('social_profile', '');

CREATE INDEX activities_owner ON activities (owner_id, id);
CREATE INDEX activities_todo ON activities (owner_id, id) WHERE done_at = 0;
CREATE INDEX activities_due ON activities (record_id, due_at) WHERE done_at = 0;
CREATE INDEX opportunities_stage ON opportunities (stage, id);
CREATE INDEX orders_account ON orders (account_id) WHERE account_id <> '';
CREATE INDEX orders_contact ON orders (contact_id) WHERE contact_id <> '';

-- +goose Down
DROP INDEX orders_contact;
DROP INDEX orders_account;
DROP INDEX opportunities_stage;
DROP INDEX activities_due;
DROP INDEX activities_todo;
DROP INDEX activities_owner;
DROP TABLE search_progress;
DROP TABLE search_entries;
DROP TABLE record_looks;
DROP TABLE account_moves;
DROP TABLE account_merges;
DROP INDEX accounts_parent;
ALTER TABLE accounts DROP COLUMN parent_id;
