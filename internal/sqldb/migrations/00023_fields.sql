-- +goose Up
-- Fields of the company's own. What opportunities have in JSON stays as it is: a definition is asked
-- when a field is changed.
CREATE TABLE field_definitions (
    id             text PRIMARY KEY,
    version        bigint NOT NULL,
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL,
    record_type    text NOT NULL, -- account, contact, lead, opportunity
    name           text NOT NULL,
    kind           text NOT NULL, -- text, number, money, date, boolean, choice, multi-choice, url, reference
    labels         text NOT NULL, -- JSON: label by language
    required       boolean NOT NULL,
    once           boolean NOT NULL, -- no two records have the same value
    pattern        text NOT NULL, -- a regular expression; empty: any text
    minimum        text NOT NULL, -- a number, or a date; empty: none
    maximum        text NOT NULL,
    choices        text NOT NULL, -- JSON: []crm.FieldChoice
    reference_type text NOT NULL, -- the type of record it names
    position       bigint NOT NULL,
    archived       boolean NOT NULL,
    UNIQUE (record_type, name)
);

ALTER TABLE accounts ADD COLUMN fields text NOT NULL DEFAULT '{}';
ALTER TABLE contacts ADD COLUMN fields text NOT NULL DEFAULT '{}';

-- The values of defined fields, for lists that are filtered by them and values that may be there once.
CREATE TABLE field_values (
    record_type text NOT NULL,
    name        text NOT NULL,
    value_key   bytea NOT NULL, -- folded
    record_id   text NOT NULL,
    PRIMARY KEY (record_type, name, value_key, record_id)
);
CREATE INDEX field_values_record ON field_values (record_type, record_id);

-- +goose Down
DROP TABLE field_values;
ALTER TABLE contacts DROP COLUMN fields;
ALTER TABLE accounts DROP COLUMN fields;
DROP TABLE field_definitions;
