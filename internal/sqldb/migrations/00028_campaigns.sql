-- +goose Up
-- What the company does to be answered: by e-mail, at a fair, in a network, with a call for ideas.
CREATE TABLE campaigns (
    id         text PRIMARY KEY,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    name       text NOT NULL,
    name_key   text NOT NULL UNIQUE, -- folded
    kind       text NOT NULL,        -- classic, social, idea
    status     text NOT NULL,        -- planned, active, completed, cancelled
    owner_id   text NOT NULL,
    parent_id  text NOT NULL,        -- the campaign that it is a part of; empty: none
    budget     bigint NOT NULL,      -- minor units
    cost       bigint NOT NULL,      -- what it cost so far; 0: its budget is taken for it
    currency   text NOT NULL,
    starts_at  bigint NOT NULL,      -- 0: not said
    ends_at    bigint NOT NULL,
    monitors   text NOT NULL,        -- JSON: ids of the monitors that hear what is said about it
    hashtag    text NOT NULL,        -- without #
    seeks      text NOT NULL,        -- what an idea campaign asks for: slogan, product, name, other
    thanks     text NOT NULL,        -- how its ideas are answered; empty: in the words of Groundswell
    notes      text NOT NULL,
    fields     text NOT NULL         -- JSON: of the company's own
);

-- The monitors of campaigns once more, to be joined.
CREATE TABLE campaign_monitors (
    campaign_id text NOT NULL,
    monitor_id  text NOT NULL,
    PRIMARY KEY (campaign_id, monitor_id)
);
CREATE INDEX campaign_monitors_monitor ON campaign_monitors (monitor_id);

-- Where a portal or a mailing tool sends the responses of a campaign to.
CREATE TABLE campaign_hooks (
    campaign_id text PRIMARY KEY,
    key         text NOT NULL UNIQUE, -- stands in its address; cannot be guessed
    secret      text NOT NULL,        -- its deliveries are signed with
    opened_at   bigint NOT NULL,
    opened_by   text NOT NULL
);

-- A response is an activity of kind campaign-response about the contact or lead that responded.
ALTER TABLE activities ADD COLUMN campaign_id text NOT NULL DEFAULT '';
ALTER TABLE activities ADD COLUMN response text NOT NULL DEFAULT '';     -- sent, opened, clicked, replied …
ALTER TABLE activities ADD COLUMN channel text NOT NULL DEFAULT '';      -- e-mail, portal, event …
ALTER TABLE activities ADD COLUMN response_key text NOT NULL DEFAULT ''; -- a campaign takes each once; empty: it may come again
CREATE INDEX activities_campaign ON activities (campaign_id, id) WHERE campaign_id <> '';
CREATE UNIQUE INDEX activities_response ON activities (campaign_id, response_key) WHERE response_key <> '';

-- The campaign that brought a lead or an opportunity. Its name stands beside it, and alone where no
-- campaign has that name yet.
ALTER TABLE leads ADD COLUMN campaign_id text NOT NULL DEFAULT '';
ALTER TABLE opportunities ADD COLUMN campaign_id text NOT NULL DEFAULT '';
CREATE INDEX leads_campaign ON leads (campaign_id) WHERE campaign_id <> '';
CREATE INDEX opportunities_campaign ON opportunities (campaign_id) WHERE campaign_id <> '';

-- An idea is a post under the hashtag of a campaign. It holds no text: the post does.
CREATE TABLE ideas (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    campaign_id text NOT NULL,
    post_id     text NOT NULL,   -- empty: it was taken back
    author_id   text NOT NULL,
    group_id    text NOT NULL,   -- the first idea that says nearly the same; its own id: it says it first
    kind        text NOT NULL,   -- slogan, product, name, other
    status      text NOT NULL,   -- new, shortlisted, chosen, thanked, rejected
    title       text NOT NULL,   -- what the company calls it
    reason      text NOT NULL,   -- why it was rejected
    posted_at   bigint NOT NULL,
    likes       bigint NOT NULL, -- as the network told last
    shares      bigint NOT NULL, -- quotes included
    replies     bigint NOT NULL,
    chosen_at   bigint NOT NULL, -- 0: never
    thanked_at  bigint NOT NULL
);
CREATE UNIQUE INDEX ideas_once ON ideas (campaign_id, post_id) WHERE post_id <> '';
CREATE INDEX ideas_post ON ideas (post_id) WHERE post_id <> '';
CREATE INDEX ideas_author ON ideas (author_id) WHERE author_id <> '';
CREATE INDEX ideas_group ON ideas (campaign_id, group_id);

-- Posts that were heard and share, quote or answer the post of an idea.
CREATE TABLE idea_support (
    idea_id   text NOT NULL,
    post_id   text NOT NULL,
    author_id text NOT NULL,
    kind      text NOT NULL,    -- share, reply
    against   boolean NOT NULL, -- it speaks negatively of it
    PRIMARY KEY (idea_id, post_id)
);
CREATE INDEX idea_support_post ON idea_support (post_id);
CREATE INDEX idea_support_author ON idea_support (author_id);

-- What people made of a post that recommends the brand.
CREATE TABLE recommendations (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    post_id     text NOT NULL,
    author_id   text NOT NULL,
    campaign_id text NOT NULL, -- empty: none
    contact_id  text NOT NULL, -- who recommends, where it is known
    lead_id     text NOT NULL, -- that it became; of a reference, where they are no contact
    task_id     text NOT NULL, -- of a reference: to ask for it
    became      text NOT NULL, -- lead, reference, nothing
    state       text NOT NULL, -- of a reference: open, asked, given, declined
    note        text NOT NULL
);
CREATE UNIQUE INDEX recommendations_post ON recommendations (post_id) WHERE post_id <> '';
CREATE INDEX recommendations_author ON recommendations (author_id) WHERE author_id <> '';
CREATE INDEX recommendations_contact ON recommendations (contact_id) WHERE contact_id <> '';

INSERT INTO search_progress (record_type, cursor) VALUES ('campaign', '') ON CONFLICT (record_type) DO NOTHING;

INSERT INTO role_grants (role, record_type, action, level) VALUES
    ('marketing', 'idea', '*', 'all'), ('sales-rep', 'idea', 'read', 'all'), ('sales-manager', 'idea', 'read', 'all'),
    ('marketing', 'recommendation', '*', 'all'), ('sales-rep', 'recommendation', 'read', 'all'), ('sales-manager', 'recommendation', '*', 'all')
    ON CONFLICT (role, record_type, action) DO NOTHING;

-- +goose Down
DELETE FROM role_grants WHERE record_type IN ('idea', 'recommendation');
DELETE FROM search_progress WHERE record_type = 'campaign';
DROP TABLE recommendations;
DROP TABLE idea_support;
DROP TABLE ideas;
DROP INDEX opportunities_campaign;
DROP INDEX leads_campaign;
ALTER TABLE opportunities DROP COLUMN campaign_id;
ALTER TABLE leads DROP COLUMN campaign_id;
DROP INDEX activities_response;
DROP INDEX activities_campaign;
ALTER TABLE activities DROP COLUMN response_key;
ALTER TABLE activities DROP COLUMN channel;
ALTER TABLE activities DROP COLUMN response;
ALTER TABLE activities DROP COLUMN campaign_id;
DROP TABLE campaign_hooks;
DROP TABLE campaign_monitors;
DROP TABLE campaigns;
