package crm

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An importedContact is a contact that a file speaks of, with its profiles.
type importedContact struct {
	contact  Contact
	was      Contact // as the database has it; nothing when the contact is new
	profiles []SocialProfile
	added    []SocialProfile // not in the database yet
	fresh    bool            // the contact is not either
	dirty    bool            // what is in the database is out of date
}

func newImported(r *row, now time.Time) *importedContact {
	c := &importedContact{contact: r.contact, fresh: true}
	c.contact.ID, c.contact.Version, c.contact.CreatedAt, c.contact.UpdatedAt = NewID(now), 1, now, now
	c.add(r.profiles, now)
	return c
}

// entry is what the audit log gets of the contact. What a new one holds, the contact says, and the
// entries of later changes say what it was before them: a million new ones need not be kept twice.
func (c *importedContact) entry() changedRecord {
	e := changedRecord{action: "create", kind: RecordContact, id: c.contact.ID, found: c.fresh}
	var before, after map[string]any
	if !c.fresh {
		e.action = "update"
		before, after = differing(c.was, c.contact)
		e.before = before
	}
	if len(c.added) > 0 {
		if after == nil {
			after = make(map[string]any, 1)
		}
		after["profiles"] = c.added
	}
	if after != nil {
		e.after = after
	}
	return e
}

// comparedFields are those a row can contradict.
var comparedFields = []string{"external_id", "first_name", "last_name", "display_name", "email", "phone", "company", "job_title", "city", "postal_code", "country", "url",
	"relationship"}

// contradiction names a field that the row gives otherwise; empty when there is none. Case, accents
// and spelled-out umlauts are no contradiction.
func (c *importedContact) contradiction(r *row) string {
	for _, name := range comparedFields {
		have, said := *c.contact.field(name), *r.contact.field(name)
		if have == "" || said == "" || have == said || r.nameless && name == "display_name" {
			continue
		}
		if name == "external_id" || foldKey(have) != foldKey(said) {
			return name
		}
	}
	return ""
}

// merge takes over what a row says; an empty cell changes nothing. It may be told only to fill in
// what is empty.
func (c *importedContact) merge(r *row, fill bool) (changed bool) {
	to, from := &c.contact, &r.contact
	company := to.Company
	for _, name := range comparedFields {
		have, said := to.field(name), *from.field(name)
		if said == "" || *have == said || fill && *have != "" || r.nameless && name == "display_name" {
			continue
		}
		if name == "external_id" && *have != "" { // the row is about a contact that was merged into this one
			continue
		}
		*have, changed = said, true
	}
	for name, said := range from.Fields {
		if have, ok := to.Fields[name]; ok && (fill || reflect.DeepEqual(have, said)) {
			continue
		}
		to.Fields, changed = overFields(to.Fields, map[string]any{name: said}), true // never into the map of a copy
	}
	// A person may have put the contact under another account; only a new company changes that.
	if from.AccountID != "" && (to.AccountID == "" || foldKey(to.Company) != foldKey(company)) && to.AccountID != from.AccountID {
		to.AccountID, changed = from.AccountID, true
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

// known are the contacts that rows may be about, by what tells them apart. What older knows is
// taken over, as a copy, when a row is about it.
type known struct {
	byID, byExternal           map[string]*importedContact
	byMerged                   map[string]string // the contact that one with the external id was merged into
	byEmail, byName, byProfile map[string][]*importedContact
	older                      *known
}

func newKnown(older *known) *known {
	return &known{byID: make(map[string]*importedContact), byExternal: make(map[string]*importedContact), byEmail: make(map[string][]*importedContact),
		byName: make(map[string][]*importedContact), byProfile: make(map[string][]*importedContact), older: older}
}

// put adds a contact, or what has become of one.
func (k *known) put(c *importedContact) {
	k.byID[c.contact.ID] = c
	if id := c.contact.ExternalID; id != "" {
		k.byExternal[id] = c
	}
	if c.contact.Email != "" {
		addKnown(k.byEmail, strings.ToLower(c.contact.Email), c)
	}
	addKnown(k.byName, string(c.contact.keys().name), c)
	for i := range c.profiles {
		for _, key := range profileKeys(&c.profiles[i]) {
			addKnown(k.byProfile, key, c)
		}
	}
}

func addKnown(under map[string][]*importedContact, key string, c *importedContact) {
	if i := slices.IndexFunc(under[key], func(have *importedContact) bool { return have.contact.ID == c.contact.ID }); i >= 0 {
		under[key][i] = c
		return
	}
	under[key] = append(under[key], c)
}

func profileKeys(p *SocialProfile) (keys []string) {
	if p.Handle != "" {
		keys = append(keys, p.Network+" @"+p.Handle)
	}
	if p.NativeID != "" {
		keys = append(keys, p.Network+" "+p.NativeID)
	}
	return keys
}

func (k *known) find(r *row) *importedContact {
	if c := k.lookup(r); c != nil || k.older == nil {
		return c
	}
	old := k.older.lookup(r)
	if old == nil {
		return nil
	}
	c := &importedContact{contact: old.contact, was: old.was, profiles: slices.Clone(old.profiles)}
	k.put(c)
	return c
}

// lookup finds the contact of the same external id, else of the same e-mail address; one that has
// another external id is somebody else. A row that has neither is about the contact of the same
// name whom it does not contradict, and one without a name about the contact of its profile.
func (k *known) lookup(r *row) *importedContact {
	c := &r.contact
	if c.ExternalID != "" {
		if have := k.byExternal[c.ExternalID]; have != nil && have.contact.ExternalID == c.ExternalID {
			return have
		}
		if have := k.byID[k.byMerged[c.ExternalID]]; have != nil {
			return have
		}
	}
	if c.Email != "" {
		for _, have := range k.byEmail[strings.ToLower(c.Email)] {
			if strings.EqualFold(have.contact.Email, c.Email) && (c.ExternalID == "" || have.contact.ExternalID == "") {
				return have
			}
		}
	}
	if c.ExternalID != "" || c.Email != "" {
		return nil
	}
	if r.nameless {
		for i := range r.profiles {
			for _, key := range profileKeys(&r.profiles[i]) {
				if have := k.byProfile[key]; len(have) > 0 {
					return have[0]
				}
			}
		}
		return nil
	}
	var best *importedContact
	for _, have := range k.byName[string(c.keys().name)] {
		if have.contradiction(r) != "" {
			continue
		}
		if copied := *have; !copied.merge(r, false) {
			return have // it says nothing new
		}
		if best == nil {
			best = have
		}
	}
	return best
}

// loadKnown loads the contacts that the batch may be about, the oldest first.
func (im *contactImport) loadKnown(ctx context.Context, tx *sqldb.Tx) (*known, error) {
	var by contactSearch
	for i := range im.batch {
		r := &im.batch[i]
		c := &r.contact
		by.externals = appendSet(by.externals, c.ExternalID)
		if c.Email != "" {
			by.emails = append(by.emails, []byte(foldKey(c.Email)))
		}
		switch {
		case c.ExternalID != "", c.Email != "":
		case r.nameless:
			by.addProfiles(r.profiles)
		default:
			by.names = append(by.names, c.keys().name)
		}
	}
	survivors, err := survivorsOf(ctx, tx, by.externals)
	if err != nil {
		return nil, err
	}
	for _, id := range survivors {
		by.ids = append(by.ids, id)
	}
	found, err := by.find(ctx, tx)
	if err != nil {
		return nil, err
	}
	k := im.index(found)
	k.byMerged = survivors
	return k, nil
}

// A contactSearch is what contacts are looked for by.
type contactSearch struct {
	externals, ids, handles, natives []any
	emails, names                    []any // folded, as bytes
	spoken                           []any // names as they are spoken or shown, folded, as bytes
}

func (s *contactSearch) addProfiles(profiles []SocialProfile) {
	for i := range profiles {
		s.handles, s.natives = appendSet(s.handles, profiles[i].Handle), appendSet(s.natives, profiles[i].NativeID)
	}
}

func appendSet(values []any, s string) []any {
	if s == "" {
		return values
	}
	return append(values, s)
}

// find loads the contacts with their profiles, by id.
func (s *contactSearch) find(ctx context.Context, tx *sqldb.Tx) (map[string]*importedContact, error) {
	found := make(map[string]*importedContact)
	for _, by := range []struct {
		column, where string // %s is the column's condition; the rest is that of the partial index
		values        []any
	}{
		{"external_id", "external_id <> '' AND %s", s.externals},
		{"id", "%s", s.ids},
		{"email_key", "length(email_key) > 0 AND %s", s.emails},
		{"name_key", "%s", slices.Concat(s.names, s.spoken)}, // of who has a display name alone, that
		{"full_key", "%s", s.spoken},
		{"display_key", "length(display_key) > 0 AND %s", s.spoken},
		{"handle", "id IN (SELECT contact_id FROM social_profiles WHERE handle <> '' AND %s)", s.handles},
		{"native_id", "id IN (SELECT contact_id FROM social_profiles WHERE native_id <> '' AND %s)", s.natives},
	} {
		for part := range chunks(by.values) {
			where := fmt.Sprintf(by.where, sqldb.In(by.column, 1, len(part)))
			contacts, err := scanContacts(tx.Query(ctx, "SELECT "+contactColumns+" FROM contacts WHERE "+where, part...))
			if err != nil {
				return nil, err
			}
			for _, c := range contacts {
				found[c.ID] = &importedContact{contact: c, was: c}
			}
		}
	}
	profiles, err := ProfilesOf(ctx, tx, slices.Collect(maps.Keys(found)))
	for id, c := range found {
		c.profiles = profiles[id]
	}
	return found, err
}

// index orders what was found, and adds what a dry run would have changed before.
func (im *contactImport) index(found map[string]*importedContact) *known {
	k := newKnown(im.planned)
	for _, id := range slices.Sorted(maps.Keys(found)) {
		c := found[id]
		if im.planned != nil && im.planned.byID[id] != nil {
			old := im.planned.byID[id]
			c = &importedContact{contact: old.contact, was: old.was, profiles: slices.Clone(old.profiles)}
		}
		k.put(c)
	}
	return k
}
