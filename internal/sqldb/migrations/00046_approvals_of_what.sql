-- +goose Up
-- What an approval was given for: it counts for no other amount and no other quote.
ALTER TABLE approvals ADD COLUMN amount bigint NOT NULL DEFAULT 0; -- minor units
ALTER TABLE approvals ADD COLUMN currency text NOT NULL DEFAULT '';
ALTER TABLE approvals ADD COLUMN quotes text NOT NULL DEFAULT 'null'; -- JSON: []crm.QuoteTerms; null: given before they were kept
UPDATE approvals SET amount = (SELECT o.amount FROM opportunities o WHERE o.id = approvals.opportunity_id),
    currency = (SELECT o.currency FROM opportunities o WHERE o.id = approvals.opportunity_id)
    WHERE opportunity_id IN (SELECT id FROM opportunities);

-- +goose Down
ALTER TABLE approvals DROP COLUMN quotes;
ALTER TABLE approvals DROP COLUMN currency;
ALTER TABLE approvals DROP COLUMN amount;
