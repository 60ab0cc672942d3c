-- +goose Up
-- Of the notices of everybody, those about one opportunity or lead: they go with whom it is about.
CREATE INDEX notices_opportunity ON notices (opportunity_id) WHERE opportunity_id <> '';
CREATE INDEX notices_lead ON notices (lead_id) WHERE lead_id <> '';

-- +goose Down
DROP INDEX notices_lead;
DROP INDEX notices_opportunity;
