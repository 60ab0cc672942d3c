-- +goose Up
ALTER TABLE mentions ADD COLUMN intent_confidence double precision NOT NULL DEFAULT 0; -- 0 where there is no intent
ALTER TABLE corrected_mentions ADD COLUMN intent_confidence double precision NOT NULL DEFAULT 0;

-- Posts whose mentions are read differently now, until the topic of mentions is told.
CREATE TABLE mention_changes (
    post_id text PRIMARY KEY
);

-- +goose Down
DROP TABLE mention_changes;
ALTER TABLE corrected_mentions DROP COLUMN intent_confidence;
ALTER TABLE mentions DROP COLUMN intent_confidence;
