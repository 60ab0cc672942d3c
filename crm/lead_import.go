package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// leadImport makes leads of rows. One with the external id of a lead changes that; any other one makes
// a new lead, unless it may be on file already: as a lead, a contact or an account.
type leadImport struct {
	*importing
	once  onceRows
	batch []*leadRow
}

func (im *leadImport) read(line int, record []string) error {
	r, err := im.readLead(line, record)
	if err != nil {
		return err
	}
	if r.lead.Fields, err = im.readOwn(record); err != nil {
		return err
	}
	im.batch = append(im.batch, r)
	return nil
}

func (im *leadImport) waiting() int { return len(im.batch) }

func (im *leadImport) kept() {
	im.once.kept()
	im.batch = im.batch[:0]
}

// onFile is what the database has that the rows of a batch may be about.
type onFile struct {
	users    map[string]string
	byID     map[string]*Lead // leads
	external map[string]*Lead
	similar  [][]Candidate   // of each row
	named    map[string]bool // contacts and accounts that rows name and that may be read
	blocked  map[string]bool
}

func (im *leadImport) save(ctx context.Context, tx *sqldb.Tx) (out importedRows, err error) {
	im.once.began()
	f, err := im.load(ctx, tx)
	if err != nil {
		return out, err
	}
	var fresh []*leadRow
	for i, r := range im.batch {
		what, err := im.decide(ctx, tx, f, i)
		taken, err := out.took(refusedRow{line: r.line, record: r.record}, what, err)
		if err != nil {
			return out, err
		}
		if !taken {
			continue
		}
		if what == rowCreates {
			fresh = append(fresh, r)
		}
		im.once.note(r.keys(), seenRow{r.line, r.sum})
	}
	return out, im.create(ctx, tx, fresh)
}

// What a row does.
const (
	rowChangesNothing = iota
	rowCreates
	rowUpdates
)

// keys are by what rows of one file are the same lead.
func (r *leadRow) keys() (keys []string) {
	k := r.lead.keys()
	for _, s := range []struct{ kind, key string }{{"id", r.lead.ExternalID}, {"email", k.email}, {"phone", k.phone}} {
		if s.key != "" {
			keys = append(keys, s.kind+"\x00"+s.key)
		}
	}
	for _, pair := range [][2]string{ofHandle(&r.lead, &k), ofName(&r.lead, &k)} {
		if pair[0] != "" {
			keys = append(keys, pair[0]+"\x00"+pair[1])
		}
	}
	return keys
}

// load loads what the batch may be about, in few statements.
func (im *leadImport) load(ctx context.Context, tx *sqldb.Tx) (f *onFile, err error) {
	f = &onFile{byID: make(map[string]*Lead), external: make(map[string]*Lead), named: make(map[string]bool)}
	if f.users, err = im.users(ctx, tx); err != nil {
		return nil, err
	}
	var externals, contacts, accounts, emails []string
	all := make([]*Lead, len(im.batch))
	for i, r := range im.batch {
		all[i] = &r.lead
		externals, contacts, accounts = appendNew(externals, r.lead.ExternalID), appendNew(contacts, r.lead.ContactID), appendNew(accounts, r.lead.AccountID)
		emails = appendNew(emails, r.lead.Email)
	}
	if err := takeNamedCampaigns(ctx, tx, all); err != nil {
		return nil, err
	}
	if f.similar, err = candidatesOf(ctx, tx, im.opt.Access, all); err != nil {
		return nil, err
	}
	var similar []string
	for _, list := range f.similar {
		for _, c := range list {
			if c.RecordType == RecordLead {
				similar = appendNew(similar, c.RecordID)
			}
		}
	}
	for _, by := range []struct {
		column string
		values []string
	}{{"external_id <> '' AND external_id", externals}, {"id", similar}} {
		for part := range chunks(by.values) {
			found, err := leads.find(ctx, tx, "WHERE "+sqldb.In(by.column, 1, len(part))+" ORDER BY id", sqldb.Anys(part)...)
			if err != nil {
				return nil, err
			}
			for i := range found {
				f.byID[found[i].ID] = &found[i]
				if id := found[i].ExternalID; id != "" && f.external[id] == nil {
					f.external[id] = &found[i]
				}
			}
		}
	}
	for kind, ids := range map[string][]string{RecordContact: contacts, RecordAccount: accounts} {
		seen, err := seenOf(ctx, tx, im.opt.Access, kind, ids)
		if err != nil {
			return nil, err
		}
		for id := range seen {
			f.named[kind+id] = true
		}
	}
	f.blocked, err = BlockedEmails(ctx, tx, emails)
	return f, err
}

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// decide says what a row of the batch does, and does it where it changes a lead; a *refusal says why
// it cannot be taken.
func (im *leadImport) decide(ctx context.Context, tx *sqldb.Tx, f *onFile, i int) (int, error) {
	r := im.batch[i]
	l := &r.lead
	if earlier, again := im.once.before(r.keys()); again {
		if earlier.sum == r.sum {
			return rowChangesNothing, nil
		}
		if r.why == "" {
			return 0, &refusal{"", fmt.Sprintf("line %d may be the same lead: make them one, or say in a column duplicate_reason why it is another", earlier.line)}
		}
	}
	for _, named := range []struct{ column, kind, id string }{{"contact_id", RecordContact, l.ContactID}, {"account_id", RecordAccount, l.AccountID}} {
		if named.id != "" && !f.named[named.kind+named.id] {
			return 0, &refusal{im.columnOf(named.column), fmt.Sprintf("there is no %s %q that your roles show", named.kind, named.id)}
		}
	}
	have := f.external[l.ExternalID]
	if have == nil {
		if part, err := im.becamePart(ctx, tx, l.ExternalID); part || err != nil {
			return rowChangesNothing, err
		}
	}
	var reason string
	if l.OwnerID, reason = im.ownerOf(f.users, r.owner, have == nil); reason != "" {
		return 0, &refusal{im.columnOf("owner"), reason}
	}
	if have != nil {
		return im.update(ctx, tx, r, have)
	}
	if f.blocked[l.Email] {
		return 0, &refusal{im.columnOf("email"), errBlocked}
	}
	if r.why == "" {
		if same, err := r.settle(f, f.similar[i]); same || err != nil {
			return rowChangesNothing, err
		}
	}
	bad, err := im.refuseOwn(ctx, tx, ownValues{line: r.line, record: r.record, said: l.Fields})
	if err != nil {
		return 0, err
	}
	if bad != nil {
		return 0, &refusal{bad.column, bad.reason}
	}
	return rowCreates, nil
}

// settle judges what looks like a row. It is the contact with its e-mail address, and of the account
// with its company's name, where there is one alone; a lead that says the same already is the row
// itself, imported before. Anything else is for people to decide.
func (r *leadRow) settle(f *onFile, similar []Candidate) (same bool, err error) {
	l := &r.lead
	pick := func(kind, reason string) string {
		var ids []string
		for _, c := range similar {
			if c.RecordType == kind && slices.Contains(c.Reasons, reason) {
				ids = append(ids, c.RecordID)
			}
		}
		if len(ids) == 1 {
			return ids[0]
		}
		return ""
	}
	if l.ContactID == "" {
		l.ContactID = pick(RecordContact, sameEmail)
	}
	if l.AccountID == "" {
		l.AccountID = pick(RecordAccount, sameCompany)
	}
	if l.AccountID == "" && l.Company == "" {
		l.AccountID = pick(RecordAccount, sameDomain)
	}
	var open []Candidate
	for _, c := range similar {
		switch {
		case c.Hidden:
			open = append(open, c)
		case c.RecordID == l.ContactID, c.RecordID == l.AccountID, c.RecordType == RecordAccount && l.AccountID != "":
		case c.RecordType == RecordLead && f.byID[c.RecordID] != nil && r.saysNothingTo(f.byID[c.RecordID]):
			return true, nil
		default:
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return false, nil
	}
	return false, &refusal{"", (&MaybeDuplicate{Candidates: open[:min(len(open), 3)],
		Remedy: "say in a column contact_id or account_id which it is, or in duplicate_reason why it is another"}).Error()}
}

// saysNothingTo says whether a lead says all that the row does. Whose it is, and which contact and
// account it is of, may have changed since.
func (r *leadRow) saysNothingTo(l *Lead) bool {
	said, to := *r, *l
	said.lead.OwnerID, said.lead.ContactID, said.lead.AccountID = "", "", ""
	return !said.over(&to)
}

// update changes the lead with the external id of a row.
func (im *leadImport) update(ctx context.Context, tx *sqldb.Tx, r *leadRow, have *Lead) (int, error) {
	if reason, err := im.refuseChange(ctx, tx, have.ID); reason != "" || err != nil {
		if err == nil {
			err = &refusal{"", reason}
		}
		return 0, err
	}
	after := *have
	if !r.over(&after) {
		return rowChangesNothing, nil
	}
	ch := im.change
	ch.Why = r.why
	_, err := UpdateLead(ctx, tx, ch, have.ID, have.Version, func(l *Lead) { r.over(l) })
	return rowUpdates, im.asRefusal(err)
}

// create saves new leads. They are rated by the daemon, within seconds.
func (im *leadImport) create(ctx context.Context, tx *sqldb.Tx, fresh []*leadRow) error {
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return err
	}
	list := make([]*Lead, len(fresh))
	for i, r := range fresh {
		l := r.lead
		l.Meta = Meta{NewID(im.opt.Now), 1, im.opt.Now, im.opt.Now}
		if l.Detail == "" && im.opt.File != "" {
			l.Detail = cut(im.opt.File, maxName)
		}
		list[i] = &l
	}
	if _, err := insertLeads(ctx, tx, &plan, list, "id"); err != nil {
		return err
	}
	for _, l := range list {
		if l.OwnerID != "" {
			if err := im.change.created(ctx, tx, RecordLead, l.ID, l.OwnerID); err != nil {
				return err
			}
		}
		if len(l.Fields) > 0 {
			if err := saveFieldValues(ctx, tx, RecordLead, l.ID, l.Fields); err != nil {
				return err
			}
		}
	}
	return leadsCame(ctx, tx, im.change, &plan, list, func(i int) string { return strings.TrimSpace(fresh[i].why) })
}
