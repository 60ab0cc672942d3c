package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

type importCounts struct{ created, updated int }

// importBatchOf creates and updates the contacts of some rows. Of rows about the same contact the
// later ones update what the earlier ones made.
func importBatchOf(ctx context.Context, tx *sqldb.Tx, batch []row, now time.Time) (counts importCounts, err error) {
	known, err := loadKnown(ctx, tx, batch)
	if err != nil {
		return counts, err
	}
	accounts, err := accountsByName(ctx, tx, batch, now)
	if err != nil {
		return counts, err
	}
	var created []*importedContact
	var updated []*importedContact
	for i := range batch {
		r := &batch[i]
		r.contact.AccountID = accounts[foldKey(r.contact.Company)]
		have := known.find(&r.contact)
		if have == nil {
			have = &importedContact{contact: r.contact, fresh: true}
			have.contact.ID, have.contact.Version, have.contact.CreatedAt, have.contact.UpdatedAt = NewID(now), 1, now, now
			have.add(r.profiles, now)
			known.put(have)
			created = append(created, have)
			counts.created++
			continue
		}
		changed := have.merge(&r.contact)
		if have.add(r.profiles, now) {
			changed = true
		}
		known.put(have)
		if !changed {
			continue
		}
		counts.updated++
		if !have.fresh && !slices.Contains(updated, have) {
			updated = append(updated, have)
		}
	}
	return counts, writeImported(ctx, tx, created, updated, now)
}

func writeImported(ctx context.Context, tx *sqldb.Tx, created, updated []*importedContact, now time.Time) error {
	contacts := make([]Contact, len(created))
	var profiles []SocialProfile
	for i, c := range created {
		contacts[i] = c.contact
		profiles = append(profiles, c.added...)
	}
	rows := make([][]any, len(updated))
	for i, c := range updated {
		rows[i] = updateArgs(&c.contact, now)
		profiles = append(profiles, c.added...)
	}
	if err := insertContacts(ctx, tx, contacts); err != nil {
		return err
	}
	if err := tx.ExecMany(ctx, updateContactSQL, rows); err != nil {
		return err
	}
	return insertProfiles(ctx, tx, profiles)
}

// An importedContact is a contact that a file speaks of, with its profiles.
type importedContact struct {
	contact  Contact
	profiles []SocialProfile
	added    []SocialProfile // not in the database yet
	fresh    bool            // the contact is not either
}

// merge takes over what a row says; an empty cell changes nothing.
func (c *importedContact) merge(from *Contact) (changed bool) {
	to := &c.contact
	for _, f := range []struct {
		to   *string
		from string
	}{{&to.ExternalID, from.ExternalID}, {&to.FirstName, from.FirstName}, {&to.LastName, from.LastName}, {&to.DisplayName, from.DisplayName},
		{&to.Email, from.Email}, {&to.Phone, from.Phone}, {&to.AccountID, from.AccountID}, {&to.Company, from.Company}, {&to.JobTitle, from.JobTitle},
		{&to.City, from.City}, {&to.Country, from.Country}, {&to.URL, from.URL}} {
		if f.from != "" && *f.to != f.from {
			*f.to, changed = f.from, true
		}
	}
	return changed
}

// add puts profiles on file that are not yet.
func (c *importedContact) add(profiles []SocialProfile, now time.Time) (changed bool) {
	for _, p := range profiles {
		if slices.ContainsFunc(c.profiles, func(have SocialProfile) bool { return sameProfile(&have, &p) }) {
			continue
		}
		p.ID, p.ContactID, p.CreatedAt = NewID(now), c.contact.ID, now
		c.profiles, c.added, changed = append(c.profiles, p), append(c.added, p), true
	}
	return changed
}

// known are the contacts that rows may be about, by what tells them apart.
type known struct{ byExternal, byEmail map[string]*importedContact }

func (k *known) put(c *importedContact) {
	if c.contact.ExternalID != "" {
		k.byExternal[c.contact.ExternalID] = c
	}
	if c.contact.Email != "" {
		k.byEmail[foldKey(c.contact.Email)] = c
	}
}

// find is the contact of the same external id, else of the same e-mail address; one that has
// another external id is somebody else.
func (k *known) find(c *Contact) *importedContact {
	if c.ExternalID != "" {
		if have := k.byExternal[c.ExternalID]; have != nil {
			return have
		}
	}
	if c.Email == "" {
		return nil
	}
	have := k.byEmail[foldKey(c.Email)]
	if have == nil || c.ExternalID != "" && have.contact.ExternalID != "" && have.contact.ExternalID != c.ExternalID {
		return nil
	}
	return have
}

func loadKnown(ctx context.Context, tx *sqldb.Tx, batch []row) (*known, error) {
	k := &known{make(map[string]*importedContact), make(map[string]*importedContact)}
	var externals []any
	var emails []any
	for i := range batch {
		if id := batch[i].contact.ExternalID; id != "" {
			externals = append(externals, id)
		}
		if e := batch[i].contact.Email; e != "" {
			emails = append(emails, []byte(foldKey(e)))
		}
	}
	found := make(map[string]*importedContact)
	for _, by := range []struct {
		column, indexed string // the condition under which the column is indexed
		values          []any
	}{{"external_id", "external_id <> ''", externals}, {"email_key", "length(email_key) > 0", emails}} {
		for part := range slices.Chunk(by.values, 200) {
			contacts, err := scanContacts(tx.Query(ctx, "SELECT "+contactColumns+" FROM contacts WHERE "+by.indexed+" AND "+sqldb.In(by.column, 1, len(part)), part...))
			if err != nil {
				return nil, err
			}
			for _, c := range contacts {
				if found[c.ID] == nil {
					found[c.ID] = &importedContact{contact: c}
				}
			}
		}
	}
	ids := make([]string, 0, len(found))
	for id := range found {
		ids = append(ids, id)
	}
	profiles, err := ProfilesOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for id, c := range found {
		c.profiles = profiles[id]
		k.put(c)
	}
	return k, nil
}

// accountsByName returns the account of each company that rows name, by folded name, and creates
// those that do not exist.
func accountsByName(ctx context.Context, tx *sqldb.Tx, batch []row, now time.Time) (map[string]string, error) {
	names := make(map[string]string)
	for i := range batch {
		if company := batch[i].contact.Company; company != "" {
			if _, ok := names[foldKey(company)]; !ok {
				names[foldKey(company)] = company
			}
		}
	}
	keys := make([]any, 0, len(names))
	for key := range names {
		keys = append(keys, []byte(key))
	}
	ids := make(map[string]string, len(names))
	for part := range slices.Chunk(keys, 200) {
		rows, err := tx.Query(ctx, "SELECT id, name_key FROM accounts WHERE "+sqldb.In("name_key", 1, len(part))+" ORDER BY id DESC", part...)
		if err != nil {
			return nil, fmt.Errorf("load accounts: %w", err)
		}
		for rows.Next() {
			var id string
			var key []byte
			if err := rows.Scan(&id, &key); err != nil {
				rows.Close()
				return nil, fmt.Errorf("load accounts: %w", err)
			}
			ids[string(key)] = id // the oldest comes last
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("load accounts: %w", err)
		}
	}
	var created []Account
	for key, name := range names {
		if ids[key] == "" {
			a := Account{ID: NewID(now), Name: name, Version: 1, CreatedAt: now, UpdatedAt: now}
			ids[key], created = a.ID, append(created, a)
		}
	}
	return ids, insertAccounts(ctx, tx, created)
}
