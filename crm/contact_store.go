package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const contactColumns = `id, external_id, first_name, last_name, display_name, email, phone, account_id, company,
	job_title, city, postal_code, country, url, relationship, fields, owner_id, version, created_at, updated_at`

func scanContact(row interface{ Scan(...any) error }) (Contact, error) {
	var c Contact
	var created, updated int64
	err := row.Scan(&c.ID, &c.ExternalID, &c.FirstName, &c.LastName, &c.DisplayName, &c.Email, &c.Phone, &c.AccountID,
		&c.Company, &c.JobTitle, &c.City, &c.PostalCode, &c.Country, &c.URL, &c.Relationship, ownColumn{&c.Fields}, &c.OwnerID, &c.Version, &created, &updated)
	c.CreatedAt, c.UpdatedAt = sqldb.FromMillis(created), sqldb.FromMillis(updated)
	return c, err
}

func scanContacts(rows *sql.Rows, err error) ([]Contact, error) {
	if err != nil {
		return nil, fmt.Errorf("load contacts: %w", err)
	}
	defer rows.Close()
	var contacts []Contact
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, fmt.Errorf("load contacts: %w", err)
		}
		contacts = append(contacts, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load contacts: %w", err)
	}
	return contacts, nil
}

// CreateContact saves a new contact and returns it with its id.
func CreateContact(ctx context.Context, tx *sqldb.Tx, c Contact, ch Change) (Contact, error) {
	if err := c.Check(); err != nil {
		return Contact{}, err
	}
	if err := checkFields(ctx, tx, fieldChange{kind: RecordContact, after: c.Fields}); err != nil {
		return Contact{}, err
	}
	if err := refuseBlocked(ctx, tx, c.Email); err != nil {
		return Contact{}, err
	}
	c.ID, c.Version, c.CreatedAt, c.UpdatedAt = NewID(ch.At), 1, ch.At, ch.At
	if err := insertContacts(ctx, tx, []Contact{c}); err != nil {
		return Contact{}, err
	}
	if err := ch.created(ctx, tx, RecordContact, c.ID, c.OwnerID); err != nil {
		return Contact{}, err
	}
	if err := keepMasked(ch.Access, RecordContact, nil, &c); err != nil {
		return Contact{}, err
	}
	if err := record(ctx, tx, ch, changedRecord{action: "create", kind: RecordContact, id: c.ID, after: c}); err != nil {
		return Contact{}, err
	}
	return c, errors.Join(saveFieldValues(ctx, tx, RecordContact, c.ID, c.Fields), assignTerritories(ctx, tx, ch, RecordContact, c.ID))
}

func insertContacts(ctx context.Context, tx *sqldb.Tx, contacts []Contact) error {
	_, err := tx.InsertNew(ctx, contactInsert, contactRows(contacts))
	return err
}

var contactInsert = sqldb.Insert{Table: "contacts", Key: []string{"id"},
	Columns: []string{"id", "external_id", "first_name", "last_name", "display_name", "email", "phone", "account_id",
		"company", "job_title", "city", "postal_code", "country", "url", "relationship", "fields", "owner_id", "version", "created_at", "updated_at",
		"name_key", "full_key", "display_key", "company_key", "email_key", "phone_key"}}

// contactRows are contacts as contactInsert takes them.
func contactRows(contacts []Contact) [][]any {
	rows := make([][]any, len(contacts))
	for i := range contacts {
		c := &contacts[i]
		k := c.keys()
		rows[i] = []any{c.ID, c.ExternalID, c.FirstName, c.LastName, c.DisplayName, c.Email, c.Phone, c.AccountID,
			c.Company, c.JobTitle, c.City, c.PostalCode, c.Country, c.URL, c.Relationship, fieldsText(c.Fields), c.OwnerID, c.Version, sqldb.Millis(c.CreatedAt), sqldb.Millis(c.UpdatedAt),
			k.name, k.full, k.display, k.company, k.email, phoneKey(c.Phone)}
	}
	return rows
}

const updateContactSQL = `UPDATE contacts SET external_id = $1, first_name = $2, last_name = $3, display_name = $4,
	email = $5, phone = $6, account_id = $7, company = $8, job_title = $9, city = $10, country = $11, url = $12,
	name_key = $13, full_key = $14, display_key = $15, company_key = $16, email_key = $17,
	relationship = $18, version = version + 1, updated_at = $19, postal_code = $22, phone_key = $23, fields = $24, owner_id = $25 WHERE id = $20 AND version = $21`

func updateArgs(c *Contact, now time.Time) []any {
	k := c.keys()
	return []any{c.ExternalID, c.FirstName, c.LastName, c.DisplayName, c.Email, c.Phone, c.AccountID, c.Company,
		c.JobTitle, c.City, c.Country, c.URL, k.name, k.full, k.display, k.company, k.email,
		c.Relationship, sqldb.Millis(now), c.ID, c.Version, c.PostalCode, phoneKey(c.Phone), fieldsText(c.Fields), c.OwnerID}
}

// UpdateContact saves a changed contact. c.Version must be the one that was loaded: when somebody
// else saved meanwhile, it returns ErrConflict and changes nothing.
func UpdateContact(ctx context.Context, tx *sqldb.Tx, c Contact, ch Change) (Contact, error) {
	if err := c.Check(); err != nil {
		return Contact{}, err
	}
	old, err := ContactByID(ctx, tx, ch.Access, c.ID)
	if err != nil {
		return Contact{}, err
	}
	if err := mayUpdate(ctx, tx, &ch, changing[Contact]{RecordContact, c.ID, &old, &c, old.OwnerID, &c.OwnerID}); err != nil {
		return Contact{}, err
	}
	if c.Fields == nil {
		c.Fields = old.Fields // nothing is said of them
	}
	if err := checkFields(ctx, tx, fieldChange{RecordContact, c.ID, old.Fields, c.Fields}); err != nil {
		return Contact{}, err
	}
	if !strings.EqualFold(c.Email, old.Email) {
		if err := refuseBlocked(ctx, tx, c.Email); err != nil {
			return Contact{}, err
		}
	}
	n, err := tx.Exec(ctx, updateContactSQL, updateArgs(&c, ch.At)...)
	if err != nil {
		return Contact{}, fmt.Errorf("update contact %s: %w", c.ID, err)
	}
	if n == 0 {
		return Contact{}, fmt.Errorf("update contact %s: %w", c.ID, ErrConflict)
	}
	c.Version, c.CreatedAt, c.UpdatedAt = c.Version+1, old.CreatedAt, ch.At
	before, after := differing(old, c)
	if err := record(ctx, tx, ch, changedRecord{action: "update", kind: RecordContact, id: c.ID, before: before, after: after}); err != nil {
		return Contact{}, err
	}
	return c, errors.Join(saveFieldValues(ctx, tx, RecordContact, c.ID, c.Fields), assignTerritories(ctx, tx, ch, RecordContact, c.ID),
		assignDependents(ctx, tx, ch, RecordContact, c.ID))
}

// touchContact marks a contact as changed after something that belongs to it was.
func touchContact(ctx context.Context, tx *sqldb.Tx, id string, now time.Time) error {
	n, err := tx.Exec(ctx, "UPDATE contacts SET version = version + 1, updated_at = $1 WHERE id = $2", sqldb.Millis(now), id)
	if err != nil {
		return fmt.Errorf("update contact %s: %w", id, err)
	}
	if n == 0 {
		return missingContact(ctx, tx, "update", id)
	}
	return nil
}

// DeleteContact removes a contact with its profiles, links and touches, and what was kept of those
// merged into it. Leads stay and lose their contact. The audit log keeps who did what, and forgets
// what the contact held.
func DeleteContact(ctx context.Context, tx *sqldb.Tx, id string, ch Change) error {
	if err := ch.Access.Check(ctx, tx, ToDelete, RecordContact, id); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "DELETE FROM contacts WHERE id = $1", id)
	if err != nil {
		return fmt.Errorf("delete contact %s: %w", id, err)
	}
	if n == 0 {
		return missingContact(ctx, tx, "delete", id)
	}
	profiles, err := sqldb.Strings(ctx, tx, "SELECT id FROM social_profiles WHERE contact_id = $1", id)
	if err != nil {
		return fmt.Errorf("delete contact %s: %w", id, err)
	}
	for _, query := range []string{
		"DELETE FROM record_looks WHERE record_id = $1",
		"DELETE FROM field_values WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM participants WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM shares WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM social_profiles WHERE contact_id = $1",
		"DELETE FROM links WHERE contact_id = $1",
		"DELETE FROM touches WHERE contact_id = $1",
		"DELETE FROM verifications WHERE contact_id = $1",
		"DELETE FROM invitations WHERE contact_id = $1",
		"DELETE FROM consents WHERE contact_id = $1",
		"DELETE FROM acquaintances WHERE contact_id = $1",
		"DELETE FROM contact_duplicates WHERE a_id = $1",
		"DELETE FROM contact_duplicates WHERE b_id = $1",
		"UPDATE leads SET contact_id = '', version = version + 1 WHERE contact_id = $1",
	} {
		if _, err := tx.Exec(ctx, query, id); err != nil {
			return fmt.Errorf("delete contact %s: %w", id, err)
		}
	}
	if err := forgetTerritories(ctx, tx, RecordContact, id); err != nil {
		return err
	}
	if err := indexSearch(ctx, tx, RecordProfile, profiles); err != nil {
		return err
	}
	if err := forgetMerges(ctx, tx, id); err != nil {
		return err
	}
	if err := markDeleted(ctx, tx, id, ch.At); err != nil {
		return err
	}
	for _, column := range []string{"record_id", "about"} {
		if err := redactAudit(ctx, tx, column, []string{id}); err != nil {
			return err
		}
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordContact, id: id})
}

// markDeleted lets every index for matching know that a contact is gone.
func markDeleted(ctx context.Context, tx *sqldb.Tx, id string, now time.Time) error {
	if _, err := tx.Exec(ctx, "DELETE FROM deleted_contacts WHERE id = $1", id); err != nil {
		return fmt.Errorf("delete contact %s: %w", id, err)
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "deleted_contacts", Columns: []string{"id", "deleted_at"}, Key: []string{"id"}},
		[][]any{{id, sqldb.Millis(now)}})
	return err
}

// missingContact says why a contact is not there: where it was merged into another, into which.
func missingContact(ctx context.Context, q sqldb.Querier, what, id string) error {
	into, err := mergedInto(ctx, q, id)
	switch {
	case err != nil:
		return err
	case into != "":
		return fmt.Errorf("%s contact %s: it was merged into contact %s: %w", what, id, into, ErrNotFound)
	}
	return fmt.Errorf("%s contact %s: %w", what, id, ErrNotFound)
}

// ContactByID loads a contact.
func ContactByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Contact, error) {
	w := &where{}
	w.add("id = ?", id)
	w.readable(a, RecordContact, "contacts")
	c, err := scanContact(q.QueryRow(ctx, "SELECT "+contactColumns+" FROM contacts"+w.sql(), w.args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Contact{}, missingContact(ctx, q, "load", id)
	}
	if err != nil {
		return Contact{}, fmt.Errorf("load contact %s: %w", id, err)
	}
	return c, nil
}

// A ContactDetail is a contact with what belongs to it.
type ContactDetail struct {
	Contact
	Profiles []SocialProfile
	Links    []Link
}

// ContactDetailByID loads a contact with its profiles and links.
func ContactDetailByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (ContactDetail, error) {
	c, err := ContactByID(ctx, q, a, id)
	if err != nil {
		return ContactDetail{}, err
	}
	profiles, err := ProfilesOf(ctx, q, []string{id})
	if err != nil {
		return ContactDetail{}, err
	}
	links, err := LinksOfContact(ctx, q, id)
	if err != nil {
		return ContactDetail{}, err
	}
	return ContactDetail{Contact: c, Profiles: profiles[id], Links: links}, nil
}
