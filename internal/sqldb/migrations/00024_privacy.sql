-- +goose Up
-- The erasure of a person: a job that goes on where it stopped, and what proves that it was done.
CREATE TABLE erasures (
    id           text PRIMARY KEY,
    state        text NOT NULL,   -- requested, approved, done
    person       text NOT NULL,   -- JSON: who it is, for as long as the job needs it; then empty
    stage        bigint NOT NULL, -- how many tables are done
    pass         bigint NOT NULL, -- it goes through all of them until nothing is found
    removed      text NOT NULL,   -- JSON: rows by table
    blocked      bigint NOT NULL, -- accounts and addresses that are not collected again
    reason       text NOT NULL,
    problem      text NOT NULL,   -- why its last attempt stopped
    requested_by text NOT NULL,
    requested_at bigint NOT NULL,
    approved_by  text NOT NULL,
    approved_at  bigint NOT NULL, -- 0: not yet
    finished_at  bigint NOT NULL, -- 0: not yet
    seen_at      bigint NOT NULL  -- when who does it was heard last, by the world's clock
);
CREATE INDEX erasures_waiting ON erasures (state, id) WHERE state <> 'done';

-- Who may not be collected again, as a keyed hash: what an account or an address is called cannot be
-- had from it without the key.
CREATE TABLE blocks (
    hash       text PRIMARY KEY,
    erasure_id text NOT NULL,
    at         bigint NOT NULL
);
CREATE TABLE block_keys (
    id     integer PRIMARY KEY, -- one row
    secret text NOT NULL        -- base64
);

-- +goose Down
DROP TABLE block_keys;
DROP TABLE blocks;
DROP TABLE erasures;
