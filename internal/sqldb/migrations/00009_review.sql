-- +goose Up
-- Who changed what, when and why. Rows are only ever added; erasing a person empties before and after.
CREATE TABLE audit (
    id          text PRIMARY KEY, -- a ULID: the order of the changes
    event       text NOT NULL,    -- what changed together bears one
    at          bigint NOT NULL,
    actor       text NOT NULL,    -- a user's id, or matcher, verifier, import, rule
    action      text NOT NULL,
    record_type text NOT NULL,
    record_id   text NOT NULL,
    about       text NOT NULL,    -- another record it concerns: a link's contact, a merged contact; or empty
    author_id   text NOT NULL,    -- the author it concerns, so that erasing one finds it; or empty
    before      text NOT NULL,    -- JSON; empty: there was none
    after       text NOT NULL,    -- JSON; empty: there is none
    reason      text NOT NULL
);
CREATE INDEX audit_record ON audit (record_id, id);
CREATE INDEX audit_about ON audit (about, id) WHERE about <> '';
CREATE INDEX audit_author ON audit (author_id) WHERE author_id <> '';
CREATE INDEX audit_event ON audit (event);

ALTER TABLE links ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE links ADD COLUMN reason text NOT NULL DEFAULT '';         -- why it is as it is, in words
ALTER TABLE links ADD COLUMN model text NOT NULL DEFAULT '';          -- version of the model; empty: no model said anything
ALTER TABLE links ADD COLUMN proposed text NOT NULL DEFAULT '';       -- what the model would have: suggested, confirmed
ALTER TABLE links ADD COLUMN explanation text NOT NULL DEFAULT '{}';  -- JSON: what the matcher says beside the evidence
ALTER TABLE links ADD COLUMN rank double precision NOT NULL DEFAULT 0; -- of a link that waits: what depends on it
CREATE INDEX links_review ON links (decision, rank, author_id, contact_id);

-- A contact that was merged into another, with what is needed to take it apart again.
CREATE TABLE contact_merges (
    id          text PRIMARY KEY,
    winner_id   text NOT NULL,
    loser_id    text NOT NULL,
    external_id text NOT NULL,   -- the loser's, so that an import finds the winner
    loser       text NOT NULL,   -- JSON: the contact as it was
    filled      text NOT NULL,   -- JSON: the winner's fields that were taken from the loser, before and after
    merged_at   bigint NOT NULL,
    merged_by   text NOT NULL,
    reason      text NOT NULL,
    unmerged_at bigint NOT NULL, -- 0: it stands
    unmerged_by text NOT NULL
);
CREATE INDEX contact_merges_winner ON contact_merges (winner_id);
CREATE INDEX contact_merges_loser ON contact_merges (loser_id);
CREATE INDEX contact_merges_external ON contact_merges (external_id) WHERE external_id <> '';

-- A record that a merge moved, as it was before.
CREATE TABLE contact_moves (
    merge_id   text NOT NULL,
    table_name text NOT NULL,
    record_id  text NOT NULL,
    contact_id text NOT NULL,  -- whose it was
    before     text NOT NULL,  -- JSON; empty where only the contact changed
    PRIMARY KEY (merge_id, table_name, record_id, contact_id)
);

-- Two contacts that may be one person.
CREATE TABLE contact_duplicates (
    a_id        text NOT NULL, -- the smaller id
    b_id        text NOT NULL,
    probability double precision NOT NULL,
    evidence    text NOT NULL, -- JSON
    model       text NOT NULL,
    state       text NOT NULL, -- open, dismissed
    found_at    bigint NOT NULL,
    decided_by  text NOT NULL,
    decided_at  bigint NOT NULL,
    PRIMARY KEY (a_id, b_id)
);
CREATE INDEX contact_duplicates_open ON contact_duplicates (state, probability, a_id, b_id);
CREATE INDEX contact_duplicates_b ON contact_duplicates (b_id);

-- What proves that an account is a contact's, beside what the matcher sees in a post.
CREATE TABLE verifications (
    id          text PRIMARY KEY,
    author_id   text NOT NULL,
    contact_id  text NOT NULL,
    method      text NOT NULL, -- network-field, rel-me, bluesky-dns, bluesky-well-known, contact-page, self-declared, oauth
    address     text NOT NULL, -- the page or host that was asked; empty: none
    state       text NOT NULL, -- pending, verified, failing, lapsed, absent
    detail      text NOT NULL,
    checked_at  bigint NOT NULL,
    verified_at bigint NOT NULL,
    next_at     bigint NOT NULL, -- 0: never again
    failures    integer NOT NULL,
    UNIQUE (author_id, contact_id, method, address)
);
CREATE INDEX verifications_due ON verifications (next_at) WHERE next_at > 0;
CREATE INDEX verifications_contact ON verifications (contact_id);

CREATE TABLE match_settings (
    id         text PRIMARY KEY, -- one row a tenant; today there is one, default
    settings   text NOT NULL,    -- JSON
    version    bigint NOT NULL,
    updated_by text NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE match_models (
    id           text PRIMARY KEY,
    parameters   text NOT NULL, -- JSON, as the matcher wrote it
    labels       integer NOT NULL,
    created_by   text NOT NULL,
    created_at   bigint NOT NULL,
    active       boolean NOT NULL,
    activated_at bigint NOT NULL
);
CREATE UNIQUE INDEX match_models_active ON match_models (active) WHERE active;

ALTER TABLE contacts ADD COLUMN relationship text NOT NULL DEFAULT ''; -- customer, prospect, partner, other; empty: not said
ALTER TABLE leads ADD COLUMN rule text NOT NULL DEFAULT '';            -- that opened it; empty: a person did
CREATE INDEX leads_open_author ON leads (author_id) WHERE open_key IS NOT NULL;

-- +goose Down
DROP INDEX leads_open_author;
ALTER TABLE leads DROP COLUMN rule;
ALTER TABLE contacts DROP COLUMN relationship;
DROP TABLE match_models;
DROP TABLE match_settings;
DROP TABLE verifications;
DROP TABLE contact_duplicates;
DROP TABLE contact_moves;
DROP TABLE contact_merges;
DROP INDEX links_review;
ALTER TABLE links DROP COLUMN rank;
ALTER TABLE links DROP COLUMN explanation;
ALTER TABLE links DROP COLUMN proposed;
ALTER TABLE links DROP COLUMN model;
ALTER TABLE links DROP COLUMN reason;
ALTER TABLE links DROP COLUMN version;
DROP TABLE audit;
