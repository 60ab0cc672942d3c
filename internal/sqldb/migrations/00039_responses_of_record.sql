-- +goose Up
-- Of the thousands of activities of one record, those that answered a campaign.
CREATE INDEX activities_answers ON activities (record_id, campaign_id, done_at) WHERE campaign_id <> '';

-- +goose Down
DROP INDEX activities_answers;
