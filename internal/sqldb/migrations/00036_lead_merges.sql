-- +goose Up
-- What accounts had leads have, too: one that became part of another, with what is needed to take the
-- two apart again.
ALTER TABLE account_merges RENAME TO record_merges;
ALTER TABLE record_merges ADD COLUMN record_type text NOT NULL DEFAULT 'account';
ALTER TABLE account_moves RENAME TO record_moves;

-- +goose Down
DELETE FROM record_moves WHERE merge_id IN (SELECT id FROM record_merges WHERE record_type <> 'account');
DELETE FROM record_merges WHERE record_type <> 'account';
ALTER TABLE record_moves RENAME TO account_moves;
ALTER TABLE record_merges DROP COLUMN record_type;
ALTER TABLE record_merges RENAME TO account_merges;
