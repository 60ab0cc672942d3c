package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Relation is how the company stands with a contact.
type Relation struct {
	Customer bool // they buy from the company already
	Open     bool // an opportunity with them, or with their account, is open
}

// RelationsOf tells how the company stands with contacts. Who is not a contact is left out.
func RelationsOf(ctx context.Context, q sqldb.Querier, contactIDs []string) (map[string]Relation, error) {
	all := make(map[string]Relation, len(contactIDs))
	for part := range chunks(contactIDs) {
		if err := relationsOf(ctx, q, part, all); err != nil {
			return nil, fmt.Errorf("read relations: %w", err)
		}
	}
	return all, nil
}

func relationsOf(ctx context.Context, q sqldb.Querier, part []string, all map[string]Relation) error {
	rows, err := q.Query(ctx, `SELECT c.id, CASE WHEN c.relationship = 'customer' THEN 1 ELSE 0 END,
		CASE WHEN EXISTS (SELECT 1 FROM opportunities o WHERE o.state = 'open' AND o.contact_id = c.id)
			OR c.account_id <> '' AND EXISTS (SELECT 1 FROM opportunities o WHERE o.state = 'open' AND o.account_id = c.account_id) THEN 1 ELSE 0 END
		FROM contacts c WHERE `+sqldb.In("c.id", 1, len(part)), sqldb.Anys(part)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var customer, open int
		if err := rows.Scan(&id, &customer, &open); err != nil {
			return err
		}
		all[id] = Relation{Customer: customer == 1, Open: open == 1}
	}
	return rows.Err()
}
