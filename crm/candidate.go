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
}

// A MaybeDuplicate refuses a lead that may be on file already. Who knows better says which record it
// is, or that it is none of them, and why.
type MaybeDuplicate struct {
	Candidates []Candidate
	Remedy     string
}

func (e *MaybeDuplicate) Error() string {
	names := make([]string, len(e.Candidates))
	for i, c := range e.Candidates {
		names[i] = fmt.Sprintf("%s %s (%s)", c.RecordType, c.Name, strings.Join(c.Reasons, ", "))
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

// A search looks for records in which something of the lead stands.
type candidateSearch struct {
	kind, reason string
	query        string // selects id and name; its value is $1, and $2 where there are two
	values       []any
}

// searches are what is asked of the database about a lead: leads, contacts and accounts, each by what
// the lead says of itself.
func (l *Lead) searches() []candidateSearch {
	k := l.keys()
	const lead, contact, account = "SELECT id, name FROM leads WHERE ", "SELECT id, COALESCE(NULLIF(TRIM(first_name || ' ' || last_name), ''), display_name) FROM contacts WHERE ", "SELECT id, name FROM accounts WHERE "
	const profile = "SELECT c.id, COALESCE(NULLIF(TRIM(c.first_name || ' ' || c.last_name), ''), c.display_name) FROM contacts c JOIN social_profiles p ON p.contact_id = c.id WHERE p.handle <> '' AND p.network = $1 AND p.handle = $2"
	var all []candidateSearch
	add := func(has bool, kind, reason, query string, values ...any) {
		if has {
			all = append(all, candidateSearch{kind, reason, query, values})
		}
	}
	add(k.email != "", RecordLead, "the same e-mail address", lead+"email_key <> '' AND email_key = $1", k.email)
	add(k.email != "", RecordContact, "the same e-mail address", contact+"length(email_key) > 0 AND email_key = $1", []byte(k.email))
	add(k.phone != "", RecordLead, "the same phone number", lead+"phone_key <> '' AND phone_key = $1", k.phone)
	add(k.phone != "", RecordContact, "the same phone number", contact+"phone_key <> '' AND phone_key = $1", k.phone)
	add(l.Handle != "", RecordLead, "the same social profile", lead+"handle <> '' AND network = $1 AND handle = $2", l.Network, l.Handle)
	add(l.Handle != "", RecordContact, "the same social profile", profile, l.Network, l.Handle)
	both := k.name != "" && k.company != ""
	add(both, RecordLead, "the same name and company", lead+"name_key <> '' AND name_key = $1 AND company_key = $2", k.name, k.company)
	add(both, RecordContact, "the same name and company", contact+"full_key = $1 AND company_key = $2", []byte(k.name), []byte(k.company))
	add(both, RecordContact, "the same name and company", contact+"length(display_key) > 0 AND display_key = $1 AND company_key = $2", []byte(k.name), []byte(k.company))
	domain := companyDomain(l.Email)
	add(domain != "" && l.AccountID == "", RecordAccount, "the domain of the e-mail address", account+"domain <> '' AND domain = $1", domain)
	add(k.company != "" && l.AccountID == "", RecordAccount, "the same company", account+"name_key = $1", []byte(k.company))
	return all
}

// Candidates are the leads, contacts and accounts that a lead may be about already, as far as
// somebody may read them. The contact and the account that it names are none.
func Candidates(ctx context.Context, q sqldb.Querier, a *Access, l *Lead) ([]Candidate, error) {
	var found []Candidate
	for _, s := range l.searches() {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			c := Candidate{RecordType: s.kind}
			if err := rows.Scan(&c.RecordID, &c.Name); err != nil || c.RecordID == l.ID || c.RecordID == l.ContactID || c.RecordID == l.AccountID {
				return err
			}
			i := slices.IndexFunc(found, func(have Candidate) bool { return have.RecordID == c.RecordID })
			if i < 0 {
				i, found = len(found), append(found, c)
			}
			if !slices.Contains(found[i].Reasons, s.reason) {
				found[i].Reasons = append(found[i].Reasons, s.reason)
			}
			return nil
		}, s.query+fmt.Sprintf(" LIMIT %d", maxCandidates), s.values...)
		if err != nil {
			return nil, fmt.Errorf("look for duplicates: %w", err)
		}
	}
	seen := found[:0]
	for _, c := range found {
		ok, err := a.may(ctx, q, ToRead, c.RecordType, c.RecordID)
		if err != nil {
			return nil, err
		}
		if ok {
			seen = append(seen, c)
		}
	}
	found = seen
	slices.SortStableFunc(found, func(a, b Candidate) int { return len(b.Reasons) - len(a.Reasons) })
	return found, nil
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
	} else if err := refuseDuplicate(ctx, tx, ch.Access, &l, "name the contact_id or account_id that it is, or say allow_duplicate with a duplicate_reason"); err != nil {
		return l, err
	}
	if err := createLead(ctx, tx, ch, &l); err != nil {
		return l, err
	}
	return l, rateLead(ctx, tx, &l, ch.At)
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
