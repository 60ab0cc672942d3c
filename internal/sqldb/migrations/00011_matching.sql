-- +goose Up
-- Work on all links or contacts at once, asked for by a person and done by one process with an index.
CREATE TABLE match_jobs (
    id           text PRIMARY KEY,
    kind         text NOT NULL,             -- refit, duplicates
    state        text NOT NULL,             -- requested, running, done, failed
    progress     double precision NOT NULL, -- 0…1
    result       text NOT NULL,             -- JSON; or why it failed
    requested_by text NOT NULL,
    requested_at bigint NOT NULL,
    seen_at      bigint NOT NULL            -- when who does it was heard last
);
CREATE INDEX match_jobs_state ON match_jobs (state);
CREATE UNIQUE INDEX match_jobs_one ON match_jobs (kind) WHERE state IN ('requested', 'running');

CREATE INDEX contacts_url ON contacts (url) WHERE url <> ''; -- a page that several contacts have is nobody's own

ALTER TABLE match_models ADD COLUMN preview text NOT NULL DEFAULT '{}'; -- JSON: what would change

-- +goose Down
DROP INDEX contacts_url;
ALTER TABLE match_models DROP COLUMN preview;
DROP TABLE match_jobs;
