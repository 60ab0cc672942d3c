-- +goose Up
-- The id in the system that a record was imported from; empty when there is none.
ALTER TABLE accounts ADD COLUMN external_id text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN external_id text NOT NULL DEFAULT '';
CREATE INDEX accounts_external ON accounts (external_id) WHERE external_id <> '';
CREATE INDEX leads_external ON leads (external_id) WHERE external_id <> '';

-- A file that somebody sent to be imported, and how far that is.
CREATE TABLE imports (
    id             text PRIMARY KEY,
    record_type    text NOT NULL,    -- contact, lead, account
    file           text NOT NULL,    -- its name
    state          text NOT NULL,    -- requested, running, done, failed
    dry_run        boolean NOT NULL,
    all_or_nothing boolean NOT NULL,
    mapping        text NOT NULL,    -- JSON: field → header
    size           bigint NOT NULL,  -- bytes
    taken          bigint NOT NULL,  -- bytes read so far
    report         text NOT NULL,    -- JSON: crm.ImportReport
    problem        text NOT NULL,    -- why it failed
    requested_by   text NOT NULL,
    requested_at   bigint NOT NULL,
    ended_at       bigint NOT NULL,  -- 0: not yet
    seen_at        bigint NOT NULL   -- when its process was last heard
);
CREATE INDEX imports_waiting ON imports (id) WHERE state IN ('requested', 'running');
CREATE INDEX imports_ended ON imports (ended_at) WHERE ended_at > 0;

-- What was sent, in parts, as long as the import waits or runs.
CREATE TABLE import_files (
    import_id text NOT NULL,
    part      bigint NOT NULL,
    content   bytea NOT NULL,
    PRIMARY KEY (import_id, part)
);

-- The refused rows of an import, as CSV, in parts that end with a row; kept for some days.
CREATE TABLE import_refusals (
    id        text PRIMARY KEY,
    import_id text NOT NULL,
    part      bigint NOT NULL,
    body      text NOT NULL
);
CREATE UNIQUE INDEX import_refusals_part ON import_refusals (import_id, part);

-- +goose Down
DROP TABLE import_refusals;
DROP TABLE import_files;
DROP TABLE imports;
DROP INDEX leads_external;
DROP INDEX accounts_external;
ALTER TABLE leads DROP COLUMN external_id;
ALTER TABLE accounts DROP COLUMN external_id;
