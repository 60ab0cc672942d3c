-- +goose Up
-- When a person had a delivery tried again that was given up; 0: nobody did.
ALTER TABLE deliveries ADD COLUMN retried_at bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE deliveries DROP COLUMN retried_at;
