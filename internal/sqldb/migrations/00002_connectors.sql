-- +goose Up
CREATE TABLE source_cursors (
    source     text PRIMARY KEY,
    cursor     text NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE source_gaps (
    id         text PRIMARY KEY,
    source     text NOT NULL,
    from_time  bigint NOT NULL,
    until_time bigint NOT NULL,
    reason     text NOT NULL
);
CREATE INDEX source_gaps_source ON source_gaps (source, from_time);

-- +goose Down
DROP TABLE source_gaps;
DROP TABLE source_cursors;
