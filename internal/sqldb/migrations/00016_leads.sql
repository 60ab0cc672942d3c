-- +goose Up
-- How leads are worked: what their milestones demand, how their interest is scored. Every version is
-- kept; the highest one of a kind is in force.
CREATE TABLE lead_settings (
    kind       text NOT NULL, -- milestones, score
    version    bigint NOT NULL,
    definition text NOT NULL, -- JSON
    created_at bigint NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (kind, version)
);

ALTER TABLE leads ADD COLUMN state text NOT NULL DEFAULT 'open'; -- open, accepted, disqualified, recycled
ALTER TABLE leads ADD COLUMN reason text NOT NULL DEFAULT '';    -- code of why it was disqualified or recycled
ALTER TABLE leads ADD COLUMN comment text NOT NULL DEFAULT '';   -- why, in words
ALTER TABLE leads ADD COLUMN account_id text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN campaign text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN detail text NOT NULL DEFAULT '';    -- of the source: the form, the file and its line
ALTER TABLE leads ADD COLUMN network text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN handle text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN phone text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN job_title text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN industry text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN country text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN postal_code text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN city text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN employees bigint NOT NULL DEFAULT 0; -- of the company; 0: not known
ALTER TABLE leads ADD COLUMN product text NOT NULL DEFAULT '';    -- that interests them
ALTER TABLE leads ADD COLUMN need text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN time_frame text NOT NULL DEFAULT ''; -- until when they need it
ALTER TABLE leads ADD COLUMN fields text NOT NULL DEFAULT '{}';   -- JSON

-- What a lead is looked up by before another is made of the same person; folded, for equality only.
ALTER TABLE leads ADD COLUMN email_key text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN phone_key text NOT NULL DEFAULT '';   -- the last nine digits
ALTER TABLE leads ADD COLUMN name_key text NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN company_key text NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN phone_key text NOT NULL DEFAULT '';

-- How well a lead fits, and how interested it is, as of its last rating.
ALTER TABLE leads ADD COLUMN grade text NOT NULL DEFAULT '';       -- A to F; empty: too little is known
ALTER TABLE leads ADD COLUMN score bigint NOT NULL DEFAULT 0;      -- 0 to 100
ALTER TABLE leads ADD COLUMN trend text NOT NULL DEFAULT '';       -- improving, steady, declining; empty: not enough
ALTER TABLE leads ADD COLUMN priority bigint NOT NULL DEFAULT 0;   -- 0 to 1,000, from both
ALTER TABLE leads ADD COLUMN rating text NOT NULL DEFAULT '{}';    -- JSON: the reasons
ALTER TABLE leads ADD COLUMN rating_due bigint NOT NULL DEFAULT 0; -- when it is rated next

UPDATE leads SET email_key = lower(email), name_key = lower(name), company_key = lower(company),
    state = CASE WHEN milestone = 'sales-accepted' THEN 'accepted' WHEN milestone IN ('disqualified', 'recycled') THEN milestone ELSE 'open' END,
    network = COALESCE((SELECT network FROM authors WHERE authors.id = leads.author_id), ''),
    handle = COALESCE((SELECT handle FROM authors WHERE authors.id = leads.author_id), '');
UPDATE contacts SET phone_key = replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''), '.', ''), '+', ''), 'x', '')
    WHERE phone <> '';
UPDATE contacts SET phone_key = substr(phone_key, length(phone_key) - 8) WHERE length(phone_key) > 9;
UPDATE contacts SET phone_key = '' WHERE length(phone_key) < 7 AND phone_key <> '';

CREATE INDEX leads_queue ON leads (state, priority, id);
CREATE INDEX leads_milestone_queue ON leads (milestone, priority, id);
CREATE INDEX leads_owner_queue ON leads (owner_id, priority, id) WHERE owner_id <> '';
CREATE INDEX leads_rating ON leads (rating_due) WHERE state = 'open';
CREATE INDEX leads_email ON leads (email_key) WHERE email_key <> '';
CREATE INDEX leads_phone ON leads (phone_key) WHERE phone_key <> '';
CREATE INDEX leads_name ON leads (name_key, company_key) WHERE name_key <> '';
CREATE INDEX leads_handle ON leads (handle) WHERE handle <> '';
CREATE INDEX leads_account ON leads (account_id) WHERE account_id <> '';
CREATE INDEX contacts_phone ON contacts (phone_key) WHERE phone_key <> '';

-- A stay of a lead in a milestone.
CREATE TABLE lead_visits (
    id           text PRIMARY KEY,
    lead_id      text NOT NULL,
    milestone    text NOT NULL,
    entered_at   bigint NOT NULL,
    entered_by   text NOT NULL,
    left_at      bigint NOT NULL, -- 0: it is there
    reason       text NOT NULL,   -- code
    comment      text NOT NULL,
    due_at       bigint NOT NULL, -- when the time limit ends; 0: there is none
    escalated_at bigint NOT NULL  -- 0: not yet
);
CREATE INDEX lead_visits_lead ON lead_visits (lead_id, id);
CREATE INDEX lead_visits_due ON lead_visits (due_at) WHERE left_at = 0 AND escalated_at = 0 AND due_at > 0;
INSERT INTO lead_visits (id, lead_id, milestone, entered_at, entered_by, left_at, reason, comment, due_at, escalated_at)
    SELECT id, id, milestone, created_at, '', 0, '', '', 0, 0 FROM leads;

-- Reasons that people choose from when a lead or an opportunity ends.
CREATE TABLE reasons (
    outcome  text NOT NULL, -- disqualified, recycled, won, lost
    code     text NOT NULL,
    label    text NOT NULL,
    active   boolean NOT NULL,
    position bigint NOT NULL, -- in the list
    PRIMARY KEY (outcome, code)
);
INSERT INTO reasons (outcome, code, label, active, position) VALUES
    ('disqualified', 'no-need', 'Does not need it', true, 1),
    ('disqualified', 'not-a-customer', 'Can never be a customer of ours', true, 2),
    ('disqualified', 'no-budget', 'Has no money for it', true, 3),
    ('disqualified', 'unreachable', 'Cannot be reached', true, 4),
    ('disqualified', 'competitor', 'Bought elsewhere', true, 5),
    ('disqualified', 'duplicate', 'Is another lead or contact', true, 6),
    ('disqualified', 'spam', 'Spam, or a joke', true, 7),
    ('disqualified', 'other', 'Another reason', true, 8),
    ('recycled', 'later', 'Needs it later', true, 1),
    ('recycled', 'no-decision', 'Cannot decide yet', true, 2),
    ('recycled', 'not-ready', 'Too little is known yet', true, 3),
    ('recycled', 'no-contact', 'Was not reached so far', true, 4),
    ('recycled', 'other', 'Another reason', true, 5),
    ('won', 'quality', 'Quality', true, 1),
    ('won', 'price', 'Price', true, 2),
    ('won', 'fit', 'Fits the need best', true, 3),
    ('won', 'relationship', 'Trust, and who they knew', true, 4),
    ('won', 'delivery', 'Delivery and service', true, 5),
    ('won', 'other', 'Another reason', true, 6),
    ('lost', 'price', 'Price', true, 1),
    ('lost', 'competitor', 'A competitor was better', true, 2),
    ('lost', 'no-decision', 'They decided nothing', true, 3),
    ('lost', 'no-budget', 'The money was not there', true, 4),
    ('lost', 'fit', 'Does not fit the need', true, 5),
    ('lost', 'timing', 'Too late, or too early', true, 6),
    ('lost', 'other', 'Another reason', true, 7);

ALTER TABLE opportunities ADD COLUMN close_comment text NOT NULL DEFAULT ''; -- why it was closed, in words
UPDATE opportunities SET close_comment = close_reason, close_reason = 'other' WHERE close_reason <> '';

-- A form on a page of the company, or another system, that brings leads in.
CREATE TABLE lead_forms (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL,
    key        text NOT NULL UNIQUE, -- names the form in its address; cannot be guessed
    secret     text NOT NULL,        -- its deliveries are signed with; empty: they are not
    campaign   text NOT NULL,
    product    text NOT NULL,
    owner_id   text NOT NULL,
    origins    text NOT NULL,        -- JSON: the sites whose pages may send it; none: any
    thanks     text NOT NULL,        -- the page that is shown after it was sent
    active     boolean NOT NULL
);

-- An ideal customer, as criteria with weights.
CREATE TABLE ideal_profiles (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL,
    active     boolean NOT NULL,
    criteria   text NOT NULL -- JSON: []crm.IdealCriterion
);

-- What was learned from the past: weights of an ideal customer, which a person may apply, and the
-- odds of winning.
CREATE TABLE learned_models (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    kind       text NOT NULL,   -- weights, odds
    profile_id text NOT NULL,   -- of weights
    examples   bigint NOT NULL, -- it was learned from
    definition text NOT NULL,   -- JSON
    applied_by text NOT NULL,   -- of weights; empty: they are proposed
    made_by    text NOT NULL
);
CREATE INDEX learned_models_newest ON learned_models (kind, profile_id, id);

-- +goose Down
DROP TABLE learned_models;
DROP TABLE ideal_profiles;
DROP TABLE lead_forms;
UPDATE opportunities SET close_reason = close_comment WHERE close_comment <> '';
ALTER TABLE opportunities DROP COLUMN close_comment;
DROP TABLE reasons;
DROP TABLE lead_visits;
DROP INDEX contacts_phone;
DROP INDEX leads_account;
DROP INDEX leads_handle;
DROP INDEX leads_name;
DROP INDEX leads_phone;
DROP INDEX leads_email;
DROP INDEX leads_rating;
DROP INDEX leads_owner_queue;
DROP INDEX leads_milestone_queue;
DROP INDEX leads_queue;
ALTER TABLE leads DROP COLUMN rating_due;
ALTER TABLE leads DROP COLUMN rating;
ALTER TABLE leads DROP COLUMN priority;
ALTER TABLE leads DROP COLUMN trend;
ALTER TABLE leads DROP COLUMN score;
ALTER TABLE leads DROP COLUMN grade;
ALTER TABLE contacts DROP COLUMN phone_key;
ALTER TABLE leads DROP COLUMN company_key;
ALTER TABLE leads DROP COLUMN name_key;
ALTER TABLE leads DROP COLUMN phone_key;
ALTER TABLE leads DROP COLUMN email_key;
ALTER TABLE leads DROP COLUMN fields;
ALTER TABLE leads DROP COLUMN time_frame;
ALTER TABLE leads DROP COLUMN need;
ALTER TABLE leads DROP COLUMN product;
ALTER TABLE leads DROP COLUMN employees;
ALTER TABLE leads DROP COLUMN city;
ALTER TABLE leads DROP COLUMN postal_code;
ALTER TABLE leads DROP COLUMN country;
ALTER TABLE leads DROP COLUMN industry;
ALTER TABLE leads DROP COLUMN job_title;
ALTER TABLE leads DROP COLUMN phone;
ALTER TABLE leads DROP COLUMN handle;
ALTER TABLE leads DROP COLUMN network;
ALTER TABLE leads DROP COLUMN detail;
ALTER TABLE leads DROP COLUMN campaign;
ALTER TABLE leads DROP COLUMN account_id;
ALTER TABLE leads DROP COLUMN comment;
ALTER TABLE leads DROP COLUMN reason;
ALTER TABLE leads DROP COLUMN state;
DROP TABLE lead_settings;
