-- +goose Up
-- What an API token may be used for, and when it last was.
ALTER TABLE tokens ADD COLUMN scopes text NOT NULL DEFAULT '*:*'; -- TYPE:ACTION, with spaces between them
ALTER TABLE tokens ADD COLUMN used_at bigint NOT NULL DEFAULT 0;  -- to a minute; 0: never
CREATE INDEX tokens_user ON tokens (user_id);

-- Sessions are listed with where they are from. Those that began before cannot be, and end.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN id text NOT NULL DEFAULT '';         -- names it in lists
ALTER TABLE sessions ADD COLUMN user_id text NOT NULL DEFAULT '';    -- empty: nobody has signed in yet
ALTER TABLE sessions ADD COLUMN began_at bigint NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN used_at bigint NOT NULL DEFAULT 0;   -- to a minute
ALTER TABLE sessions ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent text NOT NULL DEFAULT '';      -- what the browser calls itself
CREATE INDEX sessions_user ON sessions (user_id, id);

-- People of such a role get into nothing without a second factor.
ALTER TABLE roles ADD COLUMN second_factor boolean NOT NULL DEFAULT false;

-- Time-based one-time passwords (RFC 6238).
CREATE TABLE second_factors (
    user_id      text PRIMARY KEY,
    secret       text NOT NULL,   -- sealed with the installation's key
    created_at   bigint NOT NULL,
    confirmed_at bigint NOT NULL, -- 0: its first code is awaited
    last_step    bigint NOT NULL  -- the step of time of the newest code that was taken: none is taken twice
);

CREATE TABLE recovery_codes (
    user_id text NOT NULL,
    hash    text NOT NULL,   -- SHA-256
    used_at bigint NOT NULL, -- 0: it is good
    PRIMARY KEY (user_id, hash)
);

-- Who an account at an OpenID Connect provider is.
CREATE TABLE identities (
    issuer    text NOT NULL,
    subject   text NOT NULL,   -- what the provider calls the account, for ever
    user_id   text NOT NULL,
    linked_at bigint NOT NULL,
    used_at   bigint NOT NULL, -- when somebody last signed in with it
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);

-- Who signed in, when, from where and how; who was refused and why; and what became of passwords,
-- second factors, tokens and sessions.
CREATE TABLE sign_ins (
    id            text PRIMARY KEY,
    at            bigint NOT NULL,
    event         text NOT NULL, -- sign_in, password_changed, token_made …
    user_id       text NOT NULL, -- empty: nobody of that name
    actor         text NOT NULL, -- the id of who did it
    method        text NOT NULL, -- password, openid_connect, command
    second_factor text NOT NULL, -- totp, recovery_code, provider; empty: none
    refused       text NOT NULL, -- why; empty: it was let in
    detail        text NOT NULL, -- the provider, the token's name
    address       text NOT NULL,
    agent         text NOT NULL
);
CREATE INDEX sign_ins_user ON sign_ins (user_id, id);
CREATE INDEX sign_ins_at ON sign_ins (at);

-- +goose Down
DROP TABLE sign_ins;
DROP TABLE identities;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE roles DROP COLUMN second_factor;
DROP INDEX sessions_user;
ALTER TABLE sessions DROP COLUMN agent;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN used_at;
ALTER TABLE sessions DROP COLUMN began_at;
ALTER TABLE sessions DROP COLUMN user_id;
ALTER TABLE sessions DROP COLUMN id;
DROP INDEX tokens_user;
ALTER TABLE tokens DROP COLUMN used_at;
ALTER TABLE tokens DROP COLUMN scopes;
