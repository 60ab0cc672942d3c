-- +goose Up
-- Roles people have; what a role may do stands in grants.
CREATE TABLE roles (
    id         text PRIMARY KEY, -- its name
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    label      text NOT NULL
);

CREATE TABLE user_roles (
    user_id text NOT NULL,
    role    text NOT NULL,
    PRIMARY KEY (user_id, role)
);
CREATE INDEX user_roles_role ON user_roles (role);

-- Every version of every business process flow; the highest one of an id is in force.
CREATE TABLE processes (
    id         text NOT NULL,
    version    bigint NOT NULL,
    definition text NOT NULL, -- JSON: crm.Process
    created_at bigint NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE opportunities (
    id              text PRIMARY KEY,
    version         bigint NOT NULL,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    name            text NOT NULL,
    need            text NOT NULL,
    account_id      text NOT NULL,
    contact_id      text NOT NULL,
    lead_id         text NOT NULL,
    owner_id        text NOT NULL,
    amount          bigint NOT NULL, -- minor units
    currency        text NOT NULL,
    expected_close  bigint NOT NULL, -- 0: not said
    state           text NOT NULL,   -- open, won, lost
    forecast        text NOT NULL,
    stage           text NOT NULL,
    process_id      text NOT NULL,
    process_version bigint NOT NULL,
    odds            integer NOT NULL, -- percent
    odds_reason     text NOT NULL,
    close_reason    text NOT NULL,
    closed_at       bigint NOT NULL, -- 0: open
    fields          text NOT NULL    -- JSON
);
CREATE INDEX opportunities_state ON opportunities (state, id);
CREATE INDEX opportunities_owner ON opportunities (owner_id, id);
CREATE INDEX opportunities_account ON opportunities (account_id) WHERE account_id <> '';
CREATE INDEX opportunities_contact ON opportunities (contact_id) WHERE contact_id <> '';
CREATE UNIQUE INDEX opportunities_lead ON opportunities (lead_id) WHERE lead_id <> '';
CREATE INDEX opportunities_process ON opportunities (process_id, process_version);
CREATE INDEX opportunities_close ON opportunities (state, expected_close);

-- A stay of an opportunity in a stage.
CREATE TABLE stage_visits (
    id             text PRIMARY KEY,
    opportunity_id text NOT NULL,
    process_id     text NOT NULL,
    stage          text NOT NULL,
    entered_at     bigint NOT NULL,
    entered_by     text NOT NULL,
    left_at        bigint NOT NULL -- 0: it is there
);
CREATE INDEX stage_visits_opportunity ON stage_visits (opportunity_id, id);

-- A process beside the main one of an opportunity, such as the approval of a quote.
CREATE TABLE side_processes (
    opportunity_id  text NOT NULL,
    process_id      text NOT NULL,
    process_version bigint NOT NULL,
    stage           text NOT NULL,
    version         bigint NOT NULL,
    started_at      bigint NOT NULL,
    finished_at     bigint NOT NULL, -- 0: it runs
    PRIMARY KEY (opportunity_id, process_id)
);

-- Somebody of a role approved a stage; it counts for the stay in which it was given.
CREATE TABLE approvals (
    id             text PRIMARY KEY,
    opportunity_id text NOT NULL,
    process_id     text NOT NULL,
    stage          text NOT NULL,
    role           text NOT NULL,
    user_id        text NOT NULL,
    comment        text NOT NULL,
    given_at       bigint NOT NULL
);
CREATE INDEX approvals_opportunity ON approvals (opportunity_id);

CREATE TABLE activities (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    kind        text NOT NULL, -- call, e-mail, meeting, note, task, campaign-response
    record_type text NOT NULL,
    record_id   text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL,
    owner_id    text NOT NULL,
    process_id  text NOT NULL, -- that it came with; empty: none
    stage       text NOT NULL,
    due_at      bigint NOT NULL, -- 0: none
    done_at     bigint NOT NULL  -- 0: it is to be done
);
CREATE INDEX activities_record ON activities (record_id, id);
CREATE INDEX activities_open ON activities (owner_id, due_at) WHERE done_at = 0;

-- +goose Down
DROP TABLE activities;
DROP TABLE approvals;
DROP TABLE side_processes;
DROP TABLE stage_visits;
DROP TABLE opportunities;
DROP TABLE processes;
DROP TABLE user_roles;
DROP TABLE roles;
