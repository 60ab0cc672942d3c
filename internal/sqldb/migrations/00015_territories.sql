-- +goose Up
-- What territories ask about, besides what accounts and contacts say of themselves already.
ALTER TABLE accounts ADD COLUMN postal_code text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN employees bigint NOT NULL DEFAULT 0; -- 0: not known
ALTER TABLE contacts ADD COLUMN postal_code text NOT NULL DEFAULT '';

-- A dimension is a tree of values, such as regions down to ranges of postal codes.
CREATE TABLE dimensions (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL UNIQUE,
    fields     text NOT NULL, -- JSON: []crm.DimensionField
    tree       text NOT NULL  -- JSON: []crm.DimensionValue
);

-- A territory is a set of criteria over dimensions. They may overlap.
CREATE TABLE territories (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL UNIQUE,
    parent_id  text NOT NULL, -- empty: it stands at the top
    priority   bigint NOT NULL,
    enabled    boolean NOT NULL,
    criteria   text NOT NULL -- JSON: []crm.Criterion
);

CREATE TABLE territory_members (
    territory_id text NOT NULL,
    member_type  text NOT NULL, -- user, team
    member_id    text NOT NULL,
    PRIMARY KEY (territory_id, member_type, member_id)
);
CREATE INDEX territory_members_member ON territory_members (member_type, member_id);

-- Which territories take a record.
CREATE TABLE record_territories (
    record_type  text NOT NULL, -- lead, account, contact, opportunity
    record_id    text NOT NULL,
    territory_id text NOT NULL,
    rank         bigint NOT NULL, -- 1: the primary one; the others own it with it
    reason       text NOT NULL,
    PRIMARY KEY (record_type, record_id, territory_id)
);
CREATE INDEX record_territories_territory ON record_territories (territory_id, record_type, rank, record_id);

-- Records that no territory takes, while there are any.
CREATE TABLE territory_queue (
    record_type text NOT NULL,
    record_id   text NOT NULL,
    since       bigint NOT NULL,
    reason      text NOT NULL, -- what came closest, and what it misses
    PRIMARY KEY (record_type, record_id)
);
CREATE INDEX territory_queue_since ON territory_queue (since, record_type, record_id);

-- Somebody put a record into a territory by hand; it stays its primary one.
CREATE TABLE territory_pins (
    record_type  text NOT NULL,
    record_id    text NOT NULL,
    territory_id text NOT NULL,
    reason       text NOT NULL,
    pinned_by    text NOT NULL,
    pinned_at    bigint NOT NULL,
    PRIMARY KEY (record_type, record_id)
);

-- A change of a territory that is tried before it is made.
CREATE TABLE territory_drafts (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    state      text NOT NULL, -- open, applied
    territory  text NOT NULL, -- JSON: crm.Territory
    based_on   text NOT NULL, -- the versions of all dimensions and territories it was made from
    created_by text NOT NULL
);

-- Work on all records: assign them anew, or say what a draft would change. It goes on from its cursor.
CREATE TABLE territory_jobs (
    id           text PRIMARY KEY,
    kind         text NOT NULL, -- assign, preview
    draft_id     text NOT NULL, -- of a preview
    state        text NOT NULL, -- running, done, failed
    record_type  text NOT NULL, -- the one it is at
    cursor       text NOT NULL, -- the last record of that type that is done
    done         bigint NOT NULL,
    total        bigint NOT NULL, -- as counted when it began
    moves        text NOT NULL, -- JSON: crm.Moves
    problem      text NOT NULL, -- why it failed
    requested_by text NOT NULL,
    requested_at bigint NOT NULL,
    seen_at      bigint NOT NULL -- when its process was heard last, by the world's clock
);
CREATE INDEX territory_jobs_state ON territory_jobs (state, id);
CREATE INDEX territory_jobs_draft ON territory_jobs (draft_id) WHERE draft_id <> '';

-- +goose Down
DROP TABLE territory_jobs;
DROP TABLE territory_drafts;
DROP TABLE territory_pins;
DROP TABLE territory_queue;
DROP TABLE record_territories;
DROP TABLE territory_members;
DROP TABLE territories;
DROP TABLE dimensions;
ALTER TABLE contacts DROP COLUMN postal_code;
ALTER TABLE accounts DROP COLUMN employees;
ALTER TABLE accounts DROP COLUMN postal_code;
