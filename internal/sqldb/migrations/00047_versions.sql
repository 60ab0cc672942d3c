-- +goose Up
-- What two people may save at once has a version: who was slower is told (If-Match).
ALTER TABLE monitors ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE reasons ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE retention_rules ADD COLUMN version bigint NOT NULL DEFAULT 2; -- 1: nobody has set it yet

-- +goose Down
ALTER TABLE retention_rules DROP COLUMN version;
ALTER TABLE reasons DROP COLUMN version;
ALTER TABLE users DROP COLUMN version;
ALTER TABLE monitors DROP COLUMN version;
