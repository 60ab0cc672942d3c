-- +goose Up
-- Of the thousands of activities of one record, those that somebody changed since a visit. The
-- condition, which all meet, keeps queries that do not repeat it from taking this index for theirs.
CREATE INDEX activities_changed ON activities (record_id, updated_at) WHERE updated_at > 0;

-- +goose Down
DROP INDEX activities_changed;
