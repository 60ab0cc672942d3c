package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ContactRow is what the matcher needs to know of one contact.
type ContactRow struct {
	Contact
	Profiles []SocialProfile
	Deleted  bool // the contact is gone; only ID is set
}

const feedPage = 1000

// ContactsForMatching yields every contact when since is zero, and otherwise those that were
// created, changed or deleted at that time or later. It holds a page of them at a time.
func ContactsForMatching(ctx context.Context, q sqldb.Querier, since time.Time, yield func(ContactRow) error) error {
	if !since.IsZero() {
		if err := deletedContacts(ctx, q, since, yield); err != nil {
			return err
		}
	}
	afterTime, afterID := sqldb.Millis(since), ""
	for {
		contacts, err := scanContacts(q.Query(ctx, "SELECT "+contactColumns+` FROM contacts
			WHERE (updated_at, id) > ($1, $2) ORDER BY updated_at, id LIMIT $3`, afterTime, afterID, feedPage))
		if err != nil {
			return err
		}
		if err := yieldPage(ctx, q, contacts, yield); err != nil {
			return err
		}
		if len(contacts) < feedPage {
			return nil
		}
		last := &contacts[len(contacts)-1]
		afterTime, afterID = sqldb.Millis(last.UpdatedAt), last.ID
	}
}

// HandlesOnFile yields the accounts that were seen under a handle that some contact has on file: where
// they are several, one has taken it over from the other.
func HandlesOnFile(ctx context.Context, q sqldb.Querier, yield func(network, handle, account string)) error {
	return handles(ctx, q, `SELECT a.network, p.handle, a.native_id FROM social_profiles p
		JOIN authors a ON a.network = p.network AND a.handle = p.handle WHERE p.handle <> ''`, yield)
}

// TakenHandles yields the accounts of those handles only that several were seen under, whichever
// process saw them, and whether the handle was on file then. It reads one index.
func TakenHandles(ctx context.Context, q sqldb.Querier, yield func(network, handle, account string)) error {
	return handles(ctx, q, `SELECT a.network, a.handle, a.native_id FROM (SELECT network, handle FROM authors WHERE handle <> ''
		GROUP BY network, handle HAVING count(*) > 1) t JOIN authors a ON a.network = t.network AND a.handle = t.handle`, yield)
}

func handles(ctx context.Context, q sqldb.Querier, query string, yield func(network, handle, account string)) error {
	rows, err := q.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("load handles: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var network, handle, account string
		if err := rows.Scan(&network, &handle, &account); err != nil {
			return fmt.Errorf("load handles: %w", err)
		}
		yield(network, handle, account)
	}
	return rows.Err()
}

func yieldPage(ctx context.Context, q sqldb.Querier, contacts []Contact, yield func(ContactRow) error) error {
	ids := make([]string, len(contacts))
	for i := range contacts {
		ids[i] = contacts[i].ID
	}
	profiles, err := ProfilesOf(ctx, q, ids)
	if err != nil {
		return err
	}
	for i := range contacts {
		if err := yield(ContactRow{Contact: contacts[i], Profiles: profiles[contacts[i].ID]}); err != nil {
			return err
		}
	}
	return nil
}

func deletedContacts(ctx context.Context, q sqldb.Querier, since time.Time, yield func(ContactRow) error) error {
	rows, err := q.Query(ctx, "SELECT id FROM deleted_contacts WHERE deleted_at >= $1 ORDER BY deleted_at", sqldb.Millis(since))
	if err != nil {
		return fmt.Errorf("load deleted contacts: %w", err)
	}
	defer rows.Close()
	var gone []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("load deleted contacts: %w", err)
		}
		gone = append(gone, id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("load deleted contacts: %w", err)
	}
	for _, id := range gone {
		if err := yield(ContactRow{Contact: Contact{ID: id}, Deleted: true}); err != nil {
			return err
		}
	}
	return nil
}
