-- +goose Up
-- The scopes of the token by which somebody had a job begun, as tokens keep them: what is done for
-- them in the background may do no more than they could at that moment. Empty: it was in a session.
ALTER TABLE imports ADD COLUMN scopes text NOT NULL DEFAULT '';
ALTER TABLE handovers ADD COLUMN scopes text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE handovers DROP COLUMN scopes;
ALTER TABLE imports DROP COLUMN scopes;
