-- +goose Up
-- Who owns a record; empty: nobody yet.
ALTER TABLE accounts ADD COLUMN owner_id text NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN owner_id text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN owner_id text NOT NULL DEFAULT '';
CREATE INDEX accounts_owner ON accounts (owner_id, name_key, id) WHERE owner_id <> '';
CREATE INDEX contacts_owner ON contacts (owner_id, name_key, id) WHERE owner_id <> '';
CREATE INDEX leads_owner ON leads (owner_id, created_at, id) WHERE owner_id <> '';

-- The tree of business units. The one at the top, company, is where everybody is who is in no other.
CREATE TABLE units (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL UNIQUE,
    parent_id  text NOT NULL -- empty: the top
);
INSERT INTO units (id, version, created_at, updated_at, name, parent_id) VALUES ('company', 1, 0, 0, 'Company', '');

CREATE TABLE user_units (
    user_id text PRIMARY KEY,
    unit_id text NOT NULL
);
CREATE INDEX user_units_unit ON user_units (unit_id);

CREATE TABLE teams (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL UNIQUE
);

CREATE TABLE team_members (
    team_id text NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user ON team_members (user_id);

-- A record that is shown to somebody, or to a team, beyond what their roles give.
CREATE TABLE shares (
    id           text PRIMARY KEY,
    record_type  text NOT NULL,
    record_id    text NOT NULL,
    subject_type text NOT NULL, -- user, team
    subject_id   text NOT NULL,
    writes       boolean NOT NULL,
    reason       text NOT NULL,
    shared_by    text NOT NULL,
    shared_at    bigint NOT NULL,
    revoked_by   text NOT NULL,
    revoked_at   bigint NOT NULL -- 0: it holds
);
CREATE UNIQUE INDEX shares_record ON shares (record_type, record_id, subject_id) WHERE revoked_at = 0;
CREATE INDEX shares_subject ON shares (subject_id, record_type) WHERE revoked_at = 0;

-- Who took part in a record, and how: owner, activity, approval, link, joined, opportunity, lead. It
-- stays when they stop.
CREATE TABLE participants (
    record_type text NOT NULL,
    record_id   text NOT NULL,
    user_id     text NOT NULL,
    since       bigint NOT NULL,
    how         text NOT NULL,
    PRIMARY KEY (record_type, record_id, user_id, how)
);
CREATE INDEX participants_user ON participants (user_id, record_type, record_id);
INSERT INTO participants (record_type, record_id, user_id, since, how)
    SELECT 'opportunity', id, owner_id, created_at, 'owner' FROM opportunities WHERE owner_id <> '';
INSERT INTO participants (record_type, record_id, user_id, since, how)
    SELECT 'opportunity', opportunity_id, user_id, min(given_at), 'approval' FROM approvals GROUP BY opportunity_id, user_id;
INSERT INTO participants (record_type, record_id, user_id, since, how)
    SELECT record_type, record_id, owner_id, min(created_at), 'activity' FROM activities WHERE owner_id <> '' GROUP BY record_type, record_id, owner_id;

-- What a role may do. A type or an action may be *: any that the role says nothing else of.
CREATE TABLE role_grants (
    role        text NOT NULL,
    record_type text NOT NULL,
    action      text NOT NULL, -- read, create, update, delete, assign, share, merge, export, approve
    level       text NOT NULL, -- none, own, team, territory, unit, all
    PRIMARY KEY (role, record_type, action)
);

-- Fields that a role does not show, or shows and does not let change.
CREATE TABLE role_masks (
    role        text NOT NULL,
    record_type text NOT NULL,
    field       text NOT NULL,
    hidden      boolean NOT NULL, -- false: shown, and not to be changed
    PRIMARY KEY (role, record_type, field)
);

INSERT INTO roles (id, version, created_at, updated_at, label) VALUES
    ('administrator', 1, 0, 0, 'Administrator'), ('marketing', 1, 0, 0, 'Marketing'), ('sales-rep', 1, 0, 0, 'Sales representative'),
    ('sales-manager', 1, 0, 0, 'Sales manager'), ('operator', 1, 0, 0, 'Operator'), ('read-only', 1, 0, 0, 'Read-only')
    ON CONFLICT (id) DO NOTHING;

INSERT INTO role_grants (role, record_type, action, level) VALUES
    ('administrator', '*', '*', 'all'),
    ('read-only', '*', 'read', 'all'), ('read-only', 'audit', 'read', 'own'),

    ('operator', 'source', '*', 'all'), ('operator', 'channel', '*', 'all'), ('operator', 'monitor', 'read', 'all'),
    ('operator', 'matching', '*', 'all'), ('operator', 'user', 'read', 'all'), ('operator', 'role', 'read', 'all'),

    ('marketing', 'account', 'read', 'all'), ('marketing', 'account', 'create', 'all'), ('marketing', 'account', 'update', 'all'),
    ('marketing', 'contact', '*', 'all'), ('marketing', 'contact', 'delete', 'own'),
    ('marketing', 'lead', '*', 'all'), ('marketing', 'lead', 'delete', 'own'),
    ('marketing', 'opportunity', 'read', 'all'), ('marketing', 'link', '*', 'all'), ('marketing', 'campaign', '*', 'all'),
    ('marketing', 'activity', 'read', 'all'), ('marketing', 'activity', 'create', 'all'), ('marketing', 'activity', 'update', 'own'),
    ('marketing', 'mention', '*', 'all'), ('marketing', 'monitor', '*', 'all'), ('marketing', 'incident', '*', 'all'),
    ('marketing', 'channel', 'read', 'all'), ('marketing', 'source', 'read', 'all'), ('marketing', 'process', 'read', 'all'),
    ('marketing', 'product', 'read', 'all'), ('marketing', 'matching', 'read', 'all'), ('marketing', 'report', 'read', 'all'),
    ('marketing', 'territory', 'read', 'all'), ('marketing', 'user', 'read', 'all'), ('marketing', 'role', 'read', 'all'), ('marketing', 'audit', 'read', 'own'),

    ('sales-rep', 'account', 'read', 'territory'), ('sales-rep', 'account', 'create', 'own'), ('sales-rep', 'account', 'update', 'team'),
    ('sales-rep', 'account', 'assign', 'own'), ('sales-rep', 'account', 'share', 'own'),
    ('sales-rep', 'contact', 'read', 'territory'), ('sales-rep', 'contact', 'create', 'own'), ('sales-rep', 'contact', 'update', 'team'),
    ('sales-rep', 'contact', 'assign', 'own'), ('sales-rep', 'contact', 'share', 'own'),
    ('sales-rep', 'lead', 'read', 'territory'), ('sales-rep', 'lead', 'create', 'own'), ('sales-rep', 'lead', 'update', 'territory'),
    ('sales-rep', 'lead', 'assign', 'territory'), ('sales-rep', 'lead', 'share', 'own'),
    ('sales-rep', 'opportunity', 'read', 'territory'), ('sales-rep', 'opportunity', 'create', 'own'), ('sales-rep', 'opportunity', 'update', 'team'),
    ('sales-rep', 'opportunity', 'assign', 'own'), ('sales-rep', 'opportunity', 'share', 'own'), ('sales-rep', 'opportunity', 'approve', 'territory'),
    ('sales-rep', 'activity', 'read', 'territory'), ('sales-rep', 'activity', 'create', 'team'), ('sales-rep', 'activity', 'update', 'team'),
    ('sales-rep', 'quote', 'read', 'territory'), ('sales-rep', 'quote', 'create', 'team'), ('sales-rep', 'quote', 'update', 'team'),
    ('sales-rep', 'order', 'read', 'territory'), ('sales-rep', 'order', 'create', 'team'), ('sales-rep', 'order', 'update', 'team'),
    ('sales-rep', 'invoice', 'read', 'territory'), ('sales-rep', 'payment', 'read', 'territory'),
    ('sales-rep', 'link', 'read', 'territory'), ('sales-rep', 'link', 'update', 'territory'),
    ('sales-rep', 'mention', 'read', 'all'), ('sales-rep', 'monitor', 'read', 'all'), ('sales-rep', 'incident', 'read', 'all'),
    ('sales-rep', 'product', 'read', 'all'), ('sales-rep', 'price_list', 'read', 'all'), ('sales-rep', 'process', 'read', 'all'),
    ('sales-rep', 'campaign', 'read', 'all'), ('sales-rep', 'territory', 'read', 'all'), ('sales-rep', 'report', 'read', 'all'),
    ('sales-rep', 'user', 'read', 'all'), ('sales-rep', 'role', 'read', 'all'), ('sales-rep', 'audit', 'read', 'own'),

    ('sales-manager', 'account', '*', 'unit'), ('sales-manager', 'contact', '*', 'unit'), ('sales-manager', 'lead', '*', 'unit'),
    ('sales-manager', 'opportunity', '*', 'unit'), ('sales-manager', 'activity', '*', 'unit'), ('sales-manager', 'quote', '*', 'unit'),
    ('sales-manager', 'order', '*', 'unit'), ('sales-manager', 'invoice', '*', 'unit'), ('sales-manager', 'payment', '*', 'unit'),
    ('sales-manager', 'link', '*', 'unit'), ('sales-manager', 'mention', 'read', 'all'), ('sales-manager', 'monitor', 'read', 'all'),
    ('sales-manager', 'incident', '*', 'all'), ('sales-manager', 'product', '*', 'all'), ('sales-manager', 'price_list', '*', 'all'),
    ('sales-manager', 'process', '*', 'all'), ('sales-manager', 'territory', '*', 'all'), ('sales-manager', 'campaign', 'read', 'all'),
    ('sales-manager', 'report', '*', 'all'), ('sales-manager', 'channel', 'read', 'all'), ('sales-manager', 'source', 'read', 'all'),
    ('sales-manager', 'matching', 'read', 'all'), ('sales-manager', 'user', 'read', 'all'), ('sales-manager', 'role', 'read', 'all'),
    ('sales-manager', 'audit', 'read', 'own');

INSERT INTO role_masks (role, record_type, field, hidden) VALUES ('marketing', 'opportunity', 'amount', true);

-- Whoever could sign in so far could do everything, and goes on doing so.
INSERT INTO user_roles (user_id, role) SELECT id, 'administrator' FROM users WHERE true ON CONFLICT (user_id, role) DO NOTHING;

-- +goose Down
DROP TABLE role_masks;
DROP TABLE role_grants;
DROP TABLE participants;
DROP TABLE shares;
DROP TABLE team_members;
DROP TABLE teams;
DROP TABLE user_units;
DROP TABLE units;
DROP INDEX leads_owner;
DROP INDEX contacts_owner;
DROP INDEX accounts_owner;
ALTER TABLE leads DROP COLUMN owner_id;
ALTER TABLE contacts DROP COLUMN owner_id;
ALTER TABLE accounts DROP COLUMN owner_id;
