-- +goose Up
-- Of the thousands of activities of one record, those that somebody changed since a visit.
CREATE INDEX activities_changed ON activities (record_id, updated_at);

-- +goose Down
DROP INDEX activities_changed;
