package crm

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// contactImport makes contacts of rows: one with the same external id, else the same e-mail
// address, is updated.
type contactImport struct {
	*importing
	batch    []row
	result   *importedBatch
	seen     map[string]int    // contacts this file has spoken of → the line
	accounts map[string]string // folded name → id
	merged   map[string]bool   // contacts of whom only the record of one merged into them was read so far
	planned  *known            // what a dry run would have saved
}

var contactNoun = importNoun{
	fields: contactHeaders,
	names: func(field string) bool {
		switch field {
		case "first_name", "last_name", "display_name", "email", "profile":
			return true
		}
		return networkNames[field] != ""
	},
	needs: "a name, an e-mail address or a social profile",
	begin: func(im *importing) importer {
		c := &contactImport{importing: im, seen: make(map[string]int), accounts: make(map[string]string), merged: make(map[string]bool)}
		if im.opt.DryRun {
			c.planned = newKnown(nil)
		}
		return c
	},
}

func (im *contactImport) read(line int, record []string) error {
	r, err := readRow(line, record, im.header, im.fields)
	if err != nil {
		return err
	}
	if r.contact.Fields, err = im.readOwn(record); err != nil {
		return err
	}
	im.batch = append(im.batch, r)
	return nil
}

func (im *contactImport) waiting() int { return len(im.batch) }

func (im *contactImport) save(ctx context.Context, tx *sqldb.Tx) (importedRows, error) {
	b, err := im.importBatch(ctx, tx)
	if err != nil {
		return importedRows{}, err
	}
	im.result = b
	return b.importedRows, nil
}

func (im *contactImport) kept() {
	maps.Copy(im.seen, im.result.seen)
	maps.Copy(im.accounts, im.result.accounts)
	if im.planned != nil {
		for _, c := range im.result.saved {
			im.planned.put(c)
		}
	}
	im.batch, im.result = im.batch[:0], nil
}

// An importedBatch is what some rows came to.
type importedBatch struct {
	importedRows
	seen     map[string]int     // contacts the rows speak of → the first line
	accounts map[string]string  // of the companies they name, by folded name
	lacking  map[string]string  // why one of them has none, by folded name
	saved    []*importedContact // created or updated
}

// importBatch creates and updates the contacts of the batch. Of rows about the same contact a later
// one may add to what an earlier one said, and is refused when it says otherwise: which of them is
// right, the file does not tell.
func (im *contactImport) importBatch(ctx context.Context, tx *sqldb.Tx) (*importedBatch, error) {
	now := im.opt.Now
	b := &importedBatch{seen: make(map[string]int)}
	known, err := im.loadKnown(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err = im.findAccounts(ctx, tx, b); err != nil {
		return nil, err
	}
	blocked, err := blockedRows(ctx, tx, im.batch)
	if err != nil {
		return nil, err
	}
	for i := range im.batch {
		r := &im.batch[i]
		r.contact.AccountID = b.accounts[foldKey(r.contact.Company)]
		have := known.find(r)
		bad, err := im.turnsDown(ctx, tx, b, r, have)
		if err != nil {
			return nil, err
		}
		if column := blocked[i]; bad == nil && column != "" {
			bad = &refusedRow{line: r.line, record: r.record, column: column, reason: errBlocked}
		}
		if bad != nil {
			b.refused = append(b.refused, *bad)
			continue
		}
		if have == nil {
			r.contact.OwnerID = im.owner()
			have = newImported(r, now)
			known.put(have)
			b.seen[have.contact.ID] = r.line
			b.saved = append(b.saved, have)
			b.created++
			continue
		}
		first, again := im.seen[have.contact.ID]
		if line, ok := b.seen[have.contact.ID]; ok {
			first, again = line, true
		}
		merged := known.byMerged[r.contact.ExternalID] == have.contact.ID // of two records of one person, that of the contact counts
		if field := have.contradiction(r); again && field != "" && !merged && !im.merged[have.contact.ID] {
			column := im.columnOf(field)
			b.refused = append(b.refused, refusedRow{line: r.line, record: r.record, column: column, reason: fmt.Sprintf(
				"line %d is about the same contact and says otherwise: a contact stands in one row, or has an id of its own", first)})
			continue
		}
		if !again {
			b.seen[have.contact.ID] = r.line
		}
		changed := have.merge(r, again && (merged || !im.merged[have.contact.ID]))
		im.merged[have.contact.ID] = merged && (!again || im.merged[have.contact.ID])
		if have.add(r.profiles, now) {
			changed = true
		}
		known.put(have)
		if !changed {
			b.unchanged++
			continue
		}
		b.updated++
		if !have.dirty && !have.fresh {
			b.saved = append(b.saved, have)
		}
		have.dirty = true
	}
	return b, writeImported(ctx, tx, b.saved, im.change)
}

// turnsDown says why a row cannot be taken, whatever the others say; nil: it can.
func (im *contactImport) turnsDown(ctx context.Context, tx *sqldb.Tx, b *importedBatch, r *row, have *importedContact) (*refusedRow, error) {
	company := foldKey(r.contact.Company)
	if reason := b.lacking[company]; reason != "" && (have == nil || foldKey(have.contact.Company) != company) {
		return &refusedRow{line: r.line, record: r.record, column: im.columnOf("company"), reason: reason}, nil
	}
	own := ownValues{line: r.line, record: r.record, said: r.contact.Fields, about: cmp.Or(r.contact.ExternalID, r.contact.Email, r.contact.Name())}
	if have != nil {
		own.id, own.before = have.contact.ID, have.contact.Fields
	}
	bad, err := im.refuseOwn(ctx, tx, own)
	if bad != nil || err != nil || have == nil || have.fresh {
		return bad, err
	}
	reason, err := im.refuseChange(ctx, tx, have.contact.ID)
	if reason == "" {
		return nil, err
	}
	return &refusedRow{line: r.line, record: r.record, reason: reason}, nil
}

func writeImported(ctx context.Context, tx *sqldb.Tx, saved []*importedContact, ch Change) error {
	var created []Contact
	var updated [][]any
	var profiles []SocialProfile
	var log []changedRecord
	for _, c := range saved {
		if c.fresh {
			created = append(created, c.contact)
		} else {
			updated = append(updated, updateArgs(&c.contact, ch.At))
		}
		log = append(log, c.entry())
		profiles = append(profiles, c.added...)
	}
	if err := insertFound(ctx, tx, RecordContact, contactInsert, contactRows(created)); err != nil {
		return err
	}
	if err := tx.ExecMany(ctx, updateContactSQL, updated); err != nil {
		return err
	}
	if err := insertFound(ctx, tx, RecordProfile, profileInsert, profileRows(profiles)); err != nil {
		return err
	}
	for _, c := range saved {
		if len(c.contact.Fields) > 0 {
			if err := saveFieldValues(ctx, tx, RecordContact, c.contact.ID, c.contact.Fields); err != nil {
				return err
			}
		}
	}
	ids := make([]string, len(saved))
	for i, c := range saved {
		ids[i] = c.contact.ID
	}
	if err := assignTerritories(ctx, tx, ch, RecordContact, ids...); err != nil {
		return err
	}
	for _, c := range saved {
		if c.fresh && c.contact.OwnerID != "" {
			if err := ch.created(ctx, tx, RecordContact, c.contact.ID, c.contact.OwnerID); err != nil {
				return err
			}
		}
	}
	return record(ctx, tx, ch, log...)
}
