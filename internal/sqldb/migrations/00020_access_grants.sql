-- +goose Up
-- What the roles of the beginning may do with what came after 00014.
INSERT INTO role_grants (role, record_type, action, level) VALUES
    ('sales-manager', 'dimension', '*', 'all'), ('sales-manager', 'territory_draft', '*', 'all'), ('sales-manager', 'goal', '*', 'all'),
    ('sales-manager', 'credit_rules', '*', 'all'), ('sales-manager', 'ideal_profile', '*', 'all'), ('sales-manager', 'learned_model', '*', 'all'),
    ('sales-manager', 'lead_form', 'read', 'all'), ('sales-manager', 'team', '*', 'all'), ('sales-manager', 'unit', 'read', 'all'),
    ('sales-rep', 'dimension', 'read', 'all'), ('sales-rep', 'goal', 'read', 'all'), ('sales-rep', 'credit_rules', 'read', 'own'),
    ('sales-rep', 'ideal_profile', 'read', 'all'), ('sales-rep', 'team', 'read', 'all'), ('sales-rep', 'unit', 'read', 'all'),
    ('marketing', 'dimension', 'read', 'all'), ('marketing', 'ideal_profile', '*', 'all'), ('marketing', 'learned_model', '*', 'all'),
    ('marketing', 'lead_form', '*', 'all'), ('marketing', 'team', 'read', 'all'), ('marketing', 'unit', 'read', 'all'),
    ('sales-manager', 'field', 'read', 'all'), ('sales-rep', 'field', 'read', 'all'), ('marketing', 'field', 'read', 'all'),
    ('sales-manager', 'quote_template', '*', 'all'), ('sales-rep', 'quote_template', 'read', 'all'), ('sales-rep', 'learned_model', 'read', 'all'),
    ('operator', 'team', 'read', 'all'), ('operator', 'unit', 'read', 'all')
    ON CONFLICT (role, record_type, action) DO NOTHING;

-- +goose Down
DELETE FROM role_grants WHERE record_type IN ('dimension', 'territory_draft', 'goal', 'credit_rules', 'ideal_profile', 'learned_model', 'lead_form', 'field', 'quote_template', 'team', 'unit');
