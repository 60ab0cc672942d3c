-- +goose Up
CREATE TABLE users (
    id            text PRIMARY KEY,
    name          text NOT NULL UNIQUE, -- what they sign in with, lower case
    password_hash text NOT NULL,        -- argon2id, PHC string
    created_at    bigint NOT NULL,
    disabled      boolean NOT NULL
);

CREATE TABLE sessions (
    token  text PRIMARY KEY, -- SHA-256 of the cookie's value
    data   text NOT NULL,    -- base64
    expiry bigint NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

CREATE TABLE tokens (
    id         text PRIMARY KEY,
    user_id    text NOT NULL,
    name       text NOT NULL,
    hash       text NOT NULL UNIQUE, -- SHA-256 of the token
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL -- 0: never
);

-- +goose Down
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
