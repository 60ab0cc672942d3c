-- +goose Up
-- That somebody of the company knows a contact, as a file of their own network says: where the contact
-- comes from, or who else knows them.
CREATE TABLE acquaintances (
    id           text PRIMARY KEY,
    contact_id   text NOT NULL,
    user_id      text NOT NULL,   -- whose network it is
    file_kind    text NOT NULL,   -- linkedin, vcard, csv
    origin       text NOT NULL,   -- in words: what the contact is told who asks (GDPR Art. 15(1)(g))
    connected_on bigint NOT NULL, -- 0: the file does not say
    basis        text NOT NULL,   -- legal basis (GDPR Art. 6)
    evidence     text NOT NULL,   -- why it holds
    created      text NOT NULL,   -- the contact that came on file by it; empty: they were on file
    profiles     text NOT NULL,   -- JSON: ids of the profiles that came with it to a contact on file
    at           bigint NOT NULL
);
CREATE UNIQUE INDEX acquaintances_contact ON acquaintances (contact_id, user_id, file_kind);
CREATE INDEX acquaintances_user ON acquaintances (user_id, id);

-- What makes it lawful to keep the people in a file of somebody's own network.
ALTER TABLE imports ADD COLUMN basis text NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN evidence text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE imports DROP COLUMN evidence;
ALTER TABLE imports DROP COLUMN basis;
DROP TABLE acquaintances;
