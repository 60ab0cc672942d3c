-- +goose Up
-- Links by which contacts show, by signing in with a network, that an account is theirs.
CREATE TABLE invitations (
    id         text PRIMARY KEY,
    contact_id text NOT NULL,
    state      text NOT NULL,   -- open, used, revoked, withdrawn
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL, -- for signing in; taking consent back is possible for ever
    provider   text NOT NULL,   -- that is being asked, or was
    attempt    text NOT NULL,   -- SHA-256 of the state that the provider has to bring back; empty: none is awaited
    verifier   text NOT NULL,   -- of PKCE
    attempt_ends bigint NOT NULL,
    consent    text NOT NULL,   -- the words the contact agreed to
    used_at    bigint NOT NULL,
    author_id  text NOT NULL,   -- empty: nothing was heard of the account then
    network    text NOT NULL,
    native_id  text NOT NULL,
    handle     text NOT NULL,
    filed      text NOT NULL,   -- what became of the contact's profiles: added, completed; empty: it was on file
    ended_at   bigint NOT NULL  -- revoked or withdrawn
);
CREATE INDEX invitations_contact ON invitations (contact_id);
CREATE INDEX invitations_author ON invitations (author_id) WHERE author_id <> '';
CREATE UNIQUE INDEX invitations_attempt ON invitations (attempt) WHERE attempt <> '';

-- +goose Down
DROP TABLE invitations;
