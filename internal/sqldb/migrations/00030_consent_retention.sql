-- +goose Up
-- What makes it lawful to do something with a contact's data: one row for each time they agreed, or
-- for each other ground that somebody put on file.
CREATE TABLE consents (
    id           text PRIMARY KEY,
    contact_id   text NOT NULL,
    author_id    text NOT NULL,   -- of the one link it is about; empty: all that the purpose covers
    purpose      text NOT NULL,   -- record, link, marketing
    basis        text NOT NULL,   -- legal basis (GDPR Art. 6)
    source       text NOT NULL,   -- where it comes from: form, invitation, e-mail …
    evidence     text NOT NULL,   -- the words they agreed to, or where the proof lies
    given_at     bigint NOT NULL,
    recorded_by  text NOT NULL,
    recorded_at  bigint NOT NULL,
    withdrawn_at bigint NOT NULL, -- 0: it stands
    withdrawn_by text NOT NULL,
    withdrawal   text NOT NULL    -- how they took it back
);
CREATE INDEX consents_contact ON consents (contact_id, purpose);
CREATE INDEX consents_author ON consents (author_id) WHERE author_id <> '';

-- How long records of a type are kept, where somebody set it.
CREATE TABLE retention_rules (
    record_type text PRIMARY KEY,
    days        bigint NOT NULL, -- 0: for ever
    updated_by  text NOT NULL,
    updated_at  bigint NOT NULL
);

-- A round of what is too old: a job that goes on where it stopped.
CREATE TABLE retention_runs (
    id           text PRIMARY KEY,
    applies      boolean NOT NULL, -- false: it counts what would go, and nothing else
    state        text NOT NULL,    -- running, done
    rules        text NOT NULL,    -- JSON: up to when, by type, as it was set when the round began
    stage        bigint NOT NULL,  -- how many types are done
    cursor       text NOT NULL,    -- how far the type is that is being done
    expected     text NOT NULL,    -- JSON: how many there were of each type
    removed      text NOT NULL,    -- JSON: how many went
    problem      text NOT NULL,    -- why the last attempt stopped
    requested_by text NOT NULL,
    requested_at bigint NOT NULL,
    finished_at  bigint NOT NULL,  -- 0: not yet
    seen_at      bigint NOT NULL   -- when who does it was heard last, by the world's clock
);
CREATE INDEX retention_runs_waiting ON retention_runs (id) WHERE state <> 'done';

-- +goose Down
DROP TABLE retention_runs;
DROP TABLE retention_rules;
DROP TABLE consents;
