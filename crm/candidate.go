package crm

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Candidate is a record that may be about the same person or company as a lead.
type Candidate struct {
	RecordType string   `json:"record_type"` // lead, contact, account
	RecordID   string   `json:"record_id"`
	Name       string   `json:"name"`
	Reasons    []string `json:"reasons"`
	Hidden     bool     `json:"hidden,omitempty"` // there are some that the asker may not see: neither id, name nor number is told
}

// says is the candidate in a message.
func (c *Candidate) says() string {
	if c.Hidden {
		return c.RecordType + " that you may not see (" + strings.Join(c.Reasons, ", ") + ")"
	}
	return fmt.Sprintf("%s %s (%s)", c.RecordType, c.Name, strings.Join(c.Reasons, ", "))
}

// A MaybeDuplicate refuses a lead that may be on file already. Who knows better says which record it
// is, or that it is none of them, and why.
type MaybeDuplicate struct {
	Candidates []Candidate
	Remedy     string
}

func (e *MaybeDuplicate) Error() string {
	names := make([]string, len(e.Candidates))
	for i := range e.Candidates {
		names[i] = e.Candidates[i].says()
	}
	return "it may be on file already: " + strings.Join(names, "; ") + ": " + e.Remedy
}

// maxCandidates of each kind are enough to see what is wrong.
const maxCandidates = 10

// mailHosts are where anybody has a mailbox: two people there have no company in common.
var mailHosts = func() map[string]bool {
	all := make(map[string]bool)
	for host := range strings.FieldsSeq(`gmail.com googlemail.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de outlook.com outlook.de hotmail.com hotmail.de
		live.com live.de msn.com yahoo.com yahoo.de aol.com icloud.com me.com mac.com freenet.de posteo.de posteo.net mailbox.org proton.me protonmail.com
		bluewin.ch arcor.de online.de 1und1.de email.de btinternet.com mail.com mail.ru yandex.com qq.com 163.com fastmail.com`) {
		all[host] = true
	}
	return all
}()

// companyDomain is the domain of an e-mail address that belongs to a company; empty for others.
func companyDomain(email string) string {
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	if mailHosts[domain] {
		return ""
	}
	return domain
}

// A candidateSearch looks for records in which something of leads stands. Its query selects id, name
// and the key, of one part or two, by which the leads are found again.
type candidateSearch struct {
	kind, reason string
	table        string // and what is joined to it
	name         string // of a record, in SQL
	columns      []string
	tells        []string // the fields of the record that the columns are made of
	binary       bool     // the columns hold bytes
	given        string   // that something stands in the columns: the condition of their index
	key          func(l *Lead, k *leadKeys) [2]string
}

const (
	contactName = "COALESCE(NULLIF(TRIM(first_name || ' ' || last_name), ''), display_name)"
	sameEmail   = "the same e-mail address"
	samePhone   = "the same phone number"
	sameHandle  = "the same social profile"
	sameName    = "the same name and company"
	sameCompany = "the same company"
	sameDomain  = "the domain of the e-mail address"
)

func ofEmail(_ *Lead, k *leadKeys) [2]string  { return [2]string{k.email} }
func ofPhone(_ *Lead, k *leadKeys) [2]string  { return [2]string{k.phone} }
func ofHandle(l *Lead, _ *leadKeys) [2]string { return both(l.Network, l.Handle) }
func ofName(_ *Lead, k *leadKeys) [2]string   { return both(k.name, k.company) }

// both are two parts of a key; neither where one is missing.
func both(a, b string) [2]string {
	if a == "" || b == "" {
		return [2]string{}
	}
	return [2]string{a, b}
}

// candidateSearches are what is asked of the database about leads: leads, contacts and accounts, each
// by what a lead says of itself.
var candidateSearches = []candidateSearch{
	{kind: RecordLead, reason: sameEmail, table: "leads", name: "name", columns: []string{"email_key"}, tells: []string{"email"}, given: "email_key <> ''", key: ofEmail},
	{kind: RecordContact, reason: sameEmail, table: "contacts", name: contactName, columns: []string{"email_key"}, tells: []string{"email"}, binary: true, given: "length(email_key) > 0", key: ofEmail},
	{kind: RecordLead, reason: samePhone, table: "leads", name: "name", columns: []string{"phone_key"}, tells: []string{"phone"}, given: "phone_key <> ''", key: ofPhone},
	{kind: RecordContact, reason: samePhone, table: "contacts", name: contactName, columns: []string{"phone_key"}, tells: []string{"phone"}, given: "phone_key <> ''", key: ofPhone},
	{kind: RecordLead, reason: sameHandle, table: "leads", name: "name", columns: []string{"network", "handle"}, tells: []string{"network", "handle"}, given: "handle <> ''", key: ofHandle},
	{kind: RecordContact, reason: sameHandle, table: "contacts JOIN social_profiles p ON p.contact_id = contacts.id", name: contactName,
		columns: []string{"p.network", "p.handle"}, given: "p.handle <> ''", key: ofHandle},
	{kind: RecordLead, reason: sameName, table: "leads", name: "name", columns: []string{"name_key", "company_key"}, tells: []string{"name", "company"}, given: "name_key <> ''", key: ofName},
	{kind: RecordContact, reason: sameName, table: "contacts", name: contactName, columns: []string{"full_key", "company_key"}, tells: []string{"first_name", "last_name", "company"}, binary: true, key: ofName},
	{kind: RecordContact, reason: sameName, table: "contacts", name: contactName, columns: []string{"display_key", "company_key"}, tells: []string{"display_name", "company"}, binary: true, given: "length(display_key) > 0", key: ofName},
	{kind: RecordAccount, reason: sameDomain, table: "accounts", name: "name", columns: []string{"domain"}, tells: []string{"domain"}, given: "domain <> ''",
		key: func(l *Lead, _ *leadKeys) [2]string {
			if l.AccountID != "" {
				return [2]string{}
			}
			return [2]string{companyDomain(l.Email)}
		}},
	{kind: RecordAccount, reason: sameCompany, table: "accounts", name: "name", columns: []string{"name_key"}, tells: []string{"name"}, binary: true,
		key: func(l *Lead, k *leadKeys) [2]string {
			if l.AccountID != "" {
				return [2]string{}
			}
			return [2]string{k.company}
		}},
}

// find calls each with what stands in the database of keys, at most maxCandidates of each key.
func (s *candidateSearch) find(ctx context.Context, q sqldb.Querier, keys [][2]string, each func(key [2]string, c Candidate)) error {
	table, _, _ := strings.Cut(s.table, " ")
	second := "''"
	if len(s.columns) == 2 {
		second = s.columns[1]
	}
	w := &where{}
	if s.given != "" {
		w.add(s.given)
	}
	w.conditions = append(w.conditions, s.among(w, keys))
	query := fmt.Sprintf(`SELECT id, name, first, second FROM (SELECT %s.id AS id, %s AS name, %s AS first, %s AS second,
		row_number() OVER (PARTITION BY %s ORDER BY %s.id) AS nth FROM %s%s) found WHERE nth <= %d ORDER BY id`,
		table, s.name, s.columns[0], second, strings.Join(s.columns, ", "), table, s.table, w.sql(), maxCandidates)
	return sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		c := Candidate{RecordType: s.kind}
		var first, second []byte // as bytes, whatever the column is
		err := rows.Scan(&c.RecordID, &c.Name, &first, &second)
		each([2]string{string(first), string(second)}, c)
		return err
	}, query, w.args...)
}

// among is the condition that the columns hold one of the keys.
func (s *candidateSearch) among(w *where, keys [][2]string) string {
	value := func(part string) any {
		if s.binary {
			return []byte(part)
		}
		return part
	}
	if len(s.columns) == 1 {
		var values []any
		for _, k := range keys {
			values = append(values, value(k[0]))
		}
		return w.number(s.columns[0]+" IN ("+marks(len(keys))+")", values...)
	}
	ways := make([]string, len(keys))
	for i, k := range keys {
		ways[i] = w.number(s.columns[0]+" = ? AND "+s.columns[1]+" = ?", value(k[0]), value(k[1]))
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// Candidates are the leads, contacts and accounts that a lead may be about already. Of those that
// somebody may not read, or that were found by nothing but what is hidden from them, it is told that there
// are, and by what, to whom any role reads records of the type: who asks gave the words by which they
// were found, and a second record of the same person would be worse. The contact and the account that the lead names are none.
func Candidates(ctx context.Context, q sqldb.Querier, a *Access, l *Lead) ([]Candidate, error) {
	all, err := candidatesOf(ctx, q, a, []*Lead{l})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// candidatesOf is Candidates of several leads at once.
func candidatesOf(ctx context.Context, q sqldb.Querier, a *Access, all []*Lead) ([][]Candidate, error) {
	found := make([][]Candidate, len(all))
	for i := range candidateSearches {
		s := &candidateSearches[i]
		hidden := a.hides(s.kind, s.tells...)
		of := make(map[[2]string][]int) // key → leads
		var keys [][2]string
		for n, l := range all {
			k := l.keys()
			if key := s.key(l, &k); key[0] != "" {
				if of[key] == nil {
					keys = append(keys, key)
				}
				of[key] = append(of[key], n)
			}
		}
		for part := range chunks(keys) {
			err := s.find(ctx, q, part, func(key [2]string, c Candidate) {
				c.Hidden = hidden
				for _, n := range of[key] {
					found[n] = all[n].meet(found[n], c, s.reason)
				}
			})
			if err != nil {
				return nil, fmt.Errorf("look for duplicates: %w", err)
			}
		}
	}
	if err := hideUnseen(ctx, q, a, found); err != nil {
		return nil, err
	}
	if err := callShown(ctx, q, a, found); err != nil {
		return nil, err
	}
	for i := range found {
		slices.SortStableFunc(found[i], func(a, b Candidate) int { return len(b.Reasons) - len(a.Reasons) })
	}
	return found, nil
}

// meet adds a candidate, or a reason to one that is there, unless the lead says itself that it is about it.
func (l *Lead) meet(found []Candidate, c Candidate, reason string) []Candidate {
	if c.RecordID == l.ID || c.RecordID == l.ContactID || c.RecordID == l.AccountID {
		return found
	}
	i := slices.IndexFunc(found, func(have Candidate) bool { return have.RecordID == c.RecordID })
	if i < 0 {
		i, found = len(found), append(found, c)
	}
	have := &found[i]
	switch {
	case c.Hidden && !have.Hidden: // it is shown for another reason, which is enough
		return found
	case have.Hidden && !c.Hidden:
		have.Hidden, have.Reasons = false, nil
	}
	if !slices.Contains(have.Reasons, reason) {
		have.Reasons = append(slices.Clone(have.Reasons), reason)
	}
	return found
}

// hideUnseen puts one candidate in the place of all of a type that somebody may not read or that are
// hidden, or none where they may read no record of that type at all.
func hideUnseen(ctx context.Context, q sqldb.Querier, a *Access, found [][]Candidate) error {
	for _, kind := range []string{RecordLead, RecordContact, RecordAccount} {
		if a.Level(ToRead, kind) == LevelAll && len(a.Hidden(kind)) == 0 {
			continue
		}
		var ids []string
		for _, list := range found {
			for _, c := range list {
				if c.RecordType == kind {
					ids = append(ids, c.RecordID)
				}
			}
		}
		seen, err := seenOf(ctx, q, a, kind, ids)
		if err != nil {
			return err
		}
		for i := range found {
			hidden := Candidate{RecordType: kind, Hidden: true}
			found[i] = slices.DeleteFunc(found[i], func(c Candidate) bool {
				if c.RecordType != kind || seen[c.RecordID] && !c.Hidden {
					return false
				}
				for _, reason := range c.Reasons {
					hidden.Reasons = appendNew(hidden.Reasons, reason)
				}
				return true
			})
			if len(hidden.Reasons) > 0 && a.Can(ToRead, kind) {
				found[i] = append(found[i], hidden)
			}
		}
	}
	return nil
}

// callShown calls candidates as somebody is shown them from whom some of their name is hidden.
func callShown(ctx context.Context, q sqldb.Querier, a *Access, found [][]Candidate) error {
	for _, kind := range []string{RecordLead, RecordContact, RecordAccount} {
		if len(sourceOf(kind).hidden(a)) == 0 {
			continue
		}
		var of []*Candidate
		var ids []string
		for i := range found {
			for k := range found[i] {
				if c := &found[i][k]; c.RecordType == kind && !c.Hidden {
					of, ids = append(of, c), append(ids, c.RecordID)
				}
			}
		}
		names, err := NamesOf(ctx, q, a, kind, ids)
		if err != nil {
			return err
		}
		for _, c := range of {
			c.Name = names[c.RecordID]
		}
	}
	return nil
}

// A NewLead is a lead to be made, and what its maker says of those that look like it.
type NewLead struct {
	Lead
	AllowDuplicate  bool
	DuplicateReason string
}

// CreateLead saves a new lead in the first milestone, unless it may be on file already: then it is a
// MaybeDuplicate, which its maker answers with the contact or account that it is, or with a reason
// why it is another.
func CreateLead(ctx context.Context, tx *sqldb.Tx, ch Change, n NewLead) (Lead, error) {
	l := n.Lead
	if err := l.check(); err != nil {
		return l, err
	}
	if err := checkLeadRecords(ctx, tx, ch.Access, &l, &Lead{}); err != nil {
		return l, err
	}
	if err := refuseBlockedLead(ctx, tx, &l, &Lead{}); err != nil {
		return l, err
	}
	if n.AllowDuplicate {
		if ch.Why = tidy(n.DuplicateReason); ch.Why == "" {
			return l, invalid("duplicate_reason", "is empty: say why it is not one of those on file")
		}
		if err := checkText("duplicate_reason", ch.Why, maxReason); err != nil {
			return l, err
		}
	} else {
		if err := lockDuplicates(ctx, tx, &l); err != nil {
			return l, err
		}
		if err := refuseDuplicate(ctx, tx, ch.Access, &l, "name the contact_id or account_id that it is, or say allow_duplicate with a duplicate_reason"); err != nil {
			return l, err
		}
	}
	if err := createLead(ctx, tx, ch, &l); err != nil {
		return l, err
	}
	return l, rateLead(ctx, tx, &l, ch.At)
}

// lockDuplicates has leads that may be duplicates of each other made one after the other.
func lockDuplicates(ctx context.Context, tx *sqldb.Tx, l *Lead) error {
	var names []string
	k := l.keys()
	for i := range candidateSearches {
		s := &candidateSearches[i]
		if key := s.key(l, &k); s.kind == RecordLead && key[0] != "" {
			names = append(names, "lead "+key[0]+"\n"+key[1])
		}
	}
	return tx.Lock(ctx, names...)
}

func refuseDuplicate(ctx context.Context, q sqldb.Querier, a *Access, l *Lead, remedy string, kinds ...string) error {
	found, err := Candidates(ctx, q, a, l)
	if len(kinds) > 0 {
		found = slices.DeleteFunc(found, func(c Candidate) bool { return !slices.Contains(kinds, c.RecordType) })
	}
	if err == nil && len(found) > 0 {
		err = &MaybeDuplicate{Candidates: found, Remedy: remedy}
	}
	return err
}
