-- +goose Up
-- The …_key columns hold folded text (lower case, umlauts written out) for search and order. They are
-- bytea so that both databases compare them byte by byte, whatever the locale of the server.
CREATE TABLE accounts (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    name_key   bytea NOT NULL DEFAULT '',
    domain     text NOT NULL,
    industry   text NOT NULL,
    city       text NOT NULL,
    country    text NOT NULL,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX accounts_name ON accounts (name_key, id);
CREATE INDEX accounts_domain ON accounts (domain) WHERE domain <> '';

CREATE TABLE contacts (
    id           text PRIMARY KEY,
    external_id  text NOT NULL, -- the id in the file it was imported from; empty when there is none
    first_name   text NOT NULL,
    last_name    text NOT NULL,
    display_name text NOT NULL,
    email        text NOT NULL,
    phone        text NOT NULL,
    account_id   text NOT NULL, -- empty when there is none
    company      text NOT NULL,
    job_title    text NOT NULL,
    city         text NOT NULL,
    country      text NOT NULL,
    url          text NOT NULL,
    version      bigint NOT NULL,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    name_key     bytea NOT NULL DEFAULT '', -- last name, first name
    full_key     bytea NOT NULL DEFAULT '', -- first name, last name
    display_key  bytea NOT NULL DEFAULT '', -- display name where it is not the full name
    company_key  bytea NOT NULL DEFAULT '',
    email_key    bytea NOT NULL DEFAULT ''
);
CREATE INDEX contacts_name ON contacts (name_key, id);
CREATE INDEX contacts_full ON contacts (full_key, id);
CREATE INDEX contacts_display ON contacts (display_key, id) WHERE length(display_key) > 0;
CREATE INDEX contacts_company ON contacts (company_key, id) WHERE length(company_key) > 0;
CREATE INDEX contacts_email ON contacts (email_key, id) WHERE length(email_key) > 0;
CREATE INDEX contacts_external ON contacts (external_id) WHERE external_id <> '';
CREATE INDEX contacts_account ON contacts (account_id) WHERE account_id <> '';
CREATE INDEX contacts_updated ON contacts (updated_at, id);

-- Contacts that are gone, so that every process can take them out of its index for matching.
CREATE TABLE deleted_contacts (
    id         text PRIMARY KEY,
    deleted_at bigint NOT NULL
);
CREATE INDEX deleted_contacts_at ON deleted_contacts (deleted_at);

CREATE TABLE social_profiles (
    id         text PRIMARY KEY,
    contact_id text NOT NULL,
    network    text NOT NULL,
    native_id  text NOT NULL, -- the network's stable account id; empty when only the handle is known
    handle     text NOT NULL,
    url        text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX social_profiles_contact ON social_profiles (contact_id);
CREATE INDEX social_profiles_handle ON social_profiles (handle) WHERE handle <> '';
CREATE INDEX social_profiles_native ON social_profiles (native_id) WHERE native_id <> '';

CREATE TABLE links (
    author_id   text NOT NULL,
    contact_id  text NOT NULL,
    decision    text NOT NULL, -- suggested, confirmed, rejected, ignored
    probability double precision NOT NULL,
    evidence    text NOT NULL, -- JSON
    basis       text NOT NULL, -- legal basis (GDPR Art. 6)
    decided_by  text NOT NULL, -- "matcher" or a user's id
    decided_at  bigint NOT NULL,
    PRIMARY KEY (author_id, contact_id)
);
CREATE INDEX links_contact ON links (contact_id);
CREATE UNIQUE INDEX links_confirmed ON links (author_id) WHERE decision = 'confirmed';

CREATE TABLE touches (
    contact_id text NOT NULL,
    post_id    text NOT NULL,
    author_id  text NOT NULL,
    posted_at  bigint NOT NULL,
    PRIMARY KEY (contact_id, post_id)
);
CREATE INDEX touches_timeline ON touches (contact_id, posted_at, post_id);
CREATE INDEX touches_author ON touches (author_id);
CREATE INDEX touches_post ON touches (post_id);

CREATE TABLE leads (
    id          text PRIMARY KEY,
    milestone   text NOT NULL, -- unqualified, marketing-qualified, sales-qualified, sales-accepted, disqualified, recycled
    topic       text NOT NULL,
    name        text NOT NULL,
    company     text NOT NULL,
    email       text NOT NULL,
    contact_id  text NOT NULL,
    source      text NOT NULL, -- mention, campaign, import, form, hand
    post_id     text NOT NULL,
    author_id   text NOT NULL,
    monitor_id  text NOT NULL,
    open_key    text UNIQUE,   -- what there may be only one open lead for; NULL once closed
    version     bigint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL
);
CREATE INDEX leads_created ON leads (created_at, id);
CREATE INDEX leads_milestone ON leads (milestone, created_at, id);
CREATE INDEX leads_author ON leads (author_id);
CREATE INDEX leads_contact ON leads (contact_id);
CREATE INDEX leads_post ON leads (post_id);

-- +goose Down
DROP TABLE leads;
DROP TABLE touches;
DROP TABLE links;
DROP TABLE social_profiles;
DROP TABLE deleted_contacts;
DROP TABLE contacts;
DROP TABLE accounts;
