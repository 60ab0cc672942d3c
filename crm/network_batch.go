package crm

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A networkBatch is what some rows of somebody's network may be about, and what they came to.
type networkBatch struct {
	byID, byProfile, byEmail, byName map[string][]*importedContact // the oldest first; an id has one
	hidden                           map[string]bool               // those that who imports may not read
	withdrawn, unlinked              map[string]time.Time          // who took back being on file, or being recognised
	blocked                          map[int]string                // of which rows a value is blocked
	accounts                         map[string]string             // of the companies, by folded name
	acquaintances                    map[acquainted]*Acquaintance

	fresh, changed []*importedContact
	met, renewed   []*Acquaintance
	grounds        []Consent
	why            map[string]string // by acquaintance: why they are none of those on file
}

// acquainted tells the acquaintances of one person apart.
type acquainted struct{ contactID, fileKind string }

// load loads what the batch may be about, in few statements.
func (im *networkImport) load(ctx context.Context, tx *sqldb.Tx) (*networkBatch, error) {
	b := &networkBatch{byID: make(map[string][]*importedContact), byProfile: make(map[string][]*importedContact), byEmail: make(map[string][]*importedContact),
		byName: make(map[string][]*importedContact), hidden: make(map[string]bool), accounts: make(map[string]string),
		acquaintances: make(map[acquainted]*Acquaintance), why: make(map[string]string)}
	rows := make([]row, len(im.batch))
	var by contactSearch
	companies := make(map[string]bool)
	for i := range im.batch {
		r := &im.batch[i]
		rows[i] = r.row
		by.ids = appendSet(by.ids, r.contact)
		by.addProfiles(r.profiles)
		for _, name := range spokenNames(&r.row.contact) {
			by.spoken = append(by.spoken, []byte(name))
		}
		if email := foldKey(r.row.contact.Email); email != "" {
			by.emails = append(by.emails, []byte(email))
		}
		if company := foldKey(r.row.contact.Company); company != "" {
			companies[company] = true
		}
	}
	found, err := by.find(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		b.put(found[id])
	}
	if b.blocked, err = blockedRows(ctx, tx, rows); err != nil {
		return nil, err
	}
	for part := range chunks(folded(companies)) {
		if err := accountsByKey(ctx, tx, im.opt.Access, part, b.accounts); err != nil {
			return nil, err
		}
	}
	return b, b.loadStanding(ctx, tx, im, slices.Sorted(maps.Keys(found)))
}

func folded(names map[string]bool) (keys []any) {
	for _, name := range sortedNames(names) {
		keys = append(keys, []byte(name))
	}
	return keys
}

// loadStanding loads how who imports stands with the contacts, and what those took back.
func (b *networkBatch) loadStanding(ctx context.Context, tx *sqldb.Tx, im *networkImport, ids []string) (err error) {
	if im.opt.Access.Level(ToRead, RecordContact) != LevelAll {
		seen, err := seenOf(ctx, tx, im.opt.Access, RecordContact, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			b.hidden[id] = !seen[id]
		}
	}
	if b.withdrawn, err = Withdrawn(ctx, tx, PurposeRecord, ids); err != nil {
		return err
	}
	if b.unlinked, err = Withdrawn(ctx, tx, PurposeLink, ids); err != nil {
		return err
	}
	for part := range chunks(ids) {
		list, err := queryAcquaintances(ctx, tx, sqldb.In("contact_id", 2, len(part))+" AND user_id = $1", append([]any{im.opt.UserID}, sqldb.Anys(part)...)...)
		if err != nil {
			return err
		}
		for i := range list {
			b.acquaintances[acquainted{list[i].ContactID, list[i].FileKind}] = &list[i]
		}
	}
	return nil
}

// put makes a contact one that rows can be about.
func (b *networkBatch) put(c *importedContact) {
	b.byID[c.contact.ID] = []*importedContact{c}
	if c.contact.Email != "" {
		addKnown(b.byEmail, strings.ToLower(c.contact.Email), c)
	}
	for _, name := range spokenNames(&c.contact) {
		addKnown(b.byName, name, c)
	}
	for i := range c.profiles {
		for _, key := range profileKeys(&c.profiles[i]) {
			addKnown(b.byProfile, key, c)
		}
	}
}

// spokenNames are what a contact is called, folded: the name in full, and the one that is shown.
func spokenNames(c *Contact) (names []string) {
	for _, name := range []string{foldKey(c.fullName()), foldKey(c.DisplayName)} {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// match finds who on file a row is about; similar are those who may be. The id that somebody named
// decides, then a profile, then the e-mail address of somebody of the same name, then name and company.
// Of one whom the row says to be nobody on file, only the profile says otherwise.
func (b *networkBatch) match(r *networkRow) (have *importedContact, similar []Candidate) {
	if r.contact != "" {
		if found := b.byID[r.contact]; len(found) > 0 && !b.hidden[r.contact] {
			return found[0], nil
		}
		return nil, nil
	}
	for i := range r.profiles {
		for _, key := range profileKeys(&r.profiles[i]) {
			if found := b.byProfile[key]; len(found) > 0 {
				return found[0], nil
			}
		}
	}
	if r.why != "" {
		return nil, nil
	}
	said := &r.row.contact
	names := spokenNames(said)
	for _, c := range b.byEmail[strings.ToLower(said.Email)] {
		if len(names) == 0 || namesMeet(names, spokenNames(&c.contact)) && !r.elsewhere(c) {
			return c, nil
		}
		similar = b.similar(similar, c, sameEmail)
	}
	for _, name := range names {
		for _, c := range b.byName[name] {
			switch ours, theirs := foldKey(said.Company), foldKey(c.contact.Company); {
			case ours != "" && theirs != "" && ours != theirs: // a namesake elsewhere
			case r.elsewhere(c) && (ours == "" || theirs == ""): // the network tells the two apart
			case ours == "" || theirs == "":
				similar = b.similar(similar, c, "the same name")
			case r.elsewhere(c), r.colleague(c):
				similar = b.similar(similar, c, sameName)
			default:
				return c, nil
			}
		}
	}
	return nil, similar
}

func namesMeet(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

// elsewhere says that a contact has another account than the row on a network.
func (r *networkRow) elsewhere(c *importedContact) bool {
	for i := range r.profiles {
		p := &r.profiles[i]
		on := func(have SocialProfile) bool { return have.Network == p.Network }
		if slices.ContainsFunc(c.profiles, on) && !slices.ContainsFunc(c.profiles, func(have SocialProfile) bool { return sameProfile(&have, p) }) {
			return true
		}
	}
	return false
}

// colleague says that a contact has another address than the row at the same company: it has two of
// that name.
func (r *networkRow) colleague(c *importedContact) bool {
	domain := companyDomain(r.row.contact.Email)
	return domain != "" && domain == companyDomain(c.contact.Email) && !strings.EqualFold(r.row.contact.Email, c.contact.Email)
}

// similar adds a contact to those that a row may be about, as far as who imports may read it.
func (b *networkBatch) similar(all []Candidate, c *importedContact, reason string) []Candidate {
	if b.hidden[c.contact.ID] {
		return all
	}
	i := slices.IndexFunc(all, func(have Candidate) bool { return have.RecordID == c.contact.ID })
	if i < 0 {
		return append(all, Candidate{RecordType: RecordContact, RecordID: c.contact.ID, Name: c.contact.Name() + " " + c.contact.ID, Reasons: []string{reason}})
	}
	if !slices.Contains(all[i].Reasons, reason) {
		all[i].Reasons = append(all[i].Reasons, reason)
	}
	return all
}

// create makes a contact of a row, with where it comes from and what makes it lawful. An account of the
// company's name takes it; none is made, for who is in somebody's network works anywhere.
func (b *networkBatch) create(r *networkRow, owner string, now time.Time) {
	have := newImported(&r.row, now)
	have.contact.OwnerID, have.contact.AccountID = owner, b.accounts[foldKey(have.contact.Company)]
	a := r.said
	a.ID, a.ContactID, a.Created, a.At = NewID(now), have.contact.ID, have.contact.ID, now
	b.put(have)
	b.fresh, b.met = append(b.fresh, have), append(b.met, &a)
	b.grounds = append(b.grounds, Consent{ContactID: a.ContactID, Purpose: PurposeRecord, Basis: a.Basis, Source: "import", Evidence: a.Evidence + ", from " + a.Origin, GivenAt: now})
	if r.why != "" {
		b.why[a.ID] = r.why
	}
}

// write saves what the rows came to.
func (b *networkBatch) write(ctx context.Context, tx *sqldb.Tx, ch Change) error {
	if err := writeImported(ctx, tx, append(slices.Clone(b.fresh), b.changed...), ch); err != nil {
		return err
	}
	if err := insertConsents(ctx, tx, b.grounds, ch); err != nil {
		return err
	}
	return saveAcquaintances(ctx, tx, b, ch)
}
