-- +goose Up
-- When the account was opened; 0: unknown. Accounts that are all young make a crowd suspicious.
ALTER TABLE authors ADD COLUMN opened_at bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE authors DROP COLUMN opened_at;
