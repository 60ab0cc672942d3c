package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const consentColumns = "id, contact_id, author_id, purpose, basis, source, evidence, given_at, recorded_by, recorded_at, withdrawn_at, withdrawn_by, withdrawal"

func queryConsents(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]Consent, error) {
	rows, err := q.Query(ctx, "SELECT "+consentColumns+" FROM consents WHERE "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load consents: %w", err)
	}
	defer rows.Close()
	var all []Consent
	for rows.Next() {
		var c Consent
		if err := rows.Scan(&c.ID, &c.ContactID, &c.AuthorID, &c.Purpose, &c.Basis, &c.Source, &c.Evidence, atColumn{&c.GivenAt}, &c.RecordedBy,
			atColumn{&c.RecordedAt}, atColumn{&c.WithdrawnAt}, &c.WithdrawnBy, &c.Withdrawal); err != nil {
			return nil, fmt.Errorf("load consents: %w", err)
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load consents: %w", err)
	}
	return all, nil
}

// ConsentsOf lists what a contact agreed to, and took back, the newest first. Whoever may not see
// their links sees nothing of those.
func ConsentsOf(ctx context.Context, q sqldb.Querier, a *Access, contactID string) ([]Consent, error) {
	if err := a.Check(ctx, q, ToRead, RecordContact, contactID); err != nil {
		return nil, err
	}
	all, err := queryConsents(ctx, q, "contact_id = $1 ORDER BY id DESC LIMIT 500", contactID)
	if err != nil {
		return nil, err
	}
	links, err := a.may(ctx, q, ToRead, RecordLink, contactID)
	if err == nil && !links {
		all = slices.DeleteFunc(all, func(c Consent) bool { return c.AuthorID != "" })
	}
	return all, err
}

// GiveConsent puts on file that a contact agreed to something, or why else it is lawful.
func GiveConsent(ctx context.Context, tx *sqldb.Tx, c Consent, ch Change) (Consent, error) {
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordContact, c.ContactID); err != nil {
		return c, err
	}
	if _, err := ContactByID(ctx, tx, ch.Access, c.ContactID); err != nil {
		return c, err
	}
	if err := c.check(ch.At); err != nil {
		return c, err
	}
	if c.AuthorID != "" {
		if err := ch.Access.Check(ctx, tx, ToUpdate, RecordLink, c.ContactID); err != nil {
			return c, err
		}
		found, err := queryLinks(ctx, tx, "author_id = $1 AND contact_id = $2", c.AuthorID, c.ContactID)
		if err != nil {
			return c, err
		}
		if len(found) == 0 {
			return c, invalid("author_id", "no link of this contact leads to that account: link it first")
		}
	}
	return c, insertConsent(ctx, tx, &c, ch)
}

func insertConsent(ctx context.Context, tx *sqldb.Tx, c *Consent, ch Change) error {
	all := []Consent{*c}
	err := insertConsents(ctx, tx, all, ch)
	*c = all[0]
	return err
}

// insertConsents saves new ones and gives them their ids.
func insertConsents(ctx context.Context, tx *sqldb.Tx, all []Consent, ch Change) error {
	rows, log := make([][]any, len(all)), make([]changedRecord, len(all))
	for i := range all {
		c := &all[i]
		c.ID, c.RecordedBy, c.RecordedAt = NewID(ch.At), ch.By, ch.At
		c.WithdrawnAt, c.WithdrawnBy, c.Withdrawal = time.Time{}, "", ""
		rows[i] = []any{c.ID, c.ContactID, c.AuthorID, string(c.Purpose), string(c.Basis), c.Source, c.Evidence, sqldb.Millis(c.GivenAt), c.RecordedBy, sqldb.Millis(c.RecordedAt), int64(0), "", ""}
		log[i] = c.entry("consent", nil)
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "consents", Key: []string{"id"}, Columns: strings.Split(consentColumns, ", ")}, rows); err != nil {
		return fmt.Errorf("save consent: %w", err)
	}
	return record(ctx, tx, ch, log...)
}

func (c *Consent) entry(action string, before *Consent) changedRecord {
	r := changedRecord{action: action, kind: RecordConsent, id: c.ID, about: c.ContactID, author: c.AuthorID, after: c}
	if before != nil {
		r.before = before
	}
	return r
}

// WithdrawConsent takes back what a contact agreed to, and stops what it allowed: of one link, the
// link is rejected for ever; of all links, those that no contract needs are, no new one is made by
// the matcher or by a check, and invitations end; of marketing, campaigns pass the contact over.
// What is on file of the contact goes by an erasure, which is for others to ask for. Done twice, it
// changes nothing: now says that it did.
func WithdrawConsent(ctx context.Context, tx *sqldb.Tx, id string, ch Change) (c Consent, now bool, err error) {
	found, err := queryConsents(ctx, tx, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return c, false, fmt.Errorf("withdraw consent %s: %w", id, err)
	}
	c = found[0]
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordContact, c.ContactID); err != nil {
		return c, false, err
	}
	if !c.Stands() {
		return c, false, nil
	}
	if err := ch.check(); err != nil {
		return c, false, err
	}
	ch = ch.Begin()
	before := c
	c.WithdrawnAt, c.WithdrawnBy, c.Withdrawal = ch.At, ch.By, ch.Why
	n, err := tx.Exec(ctx, "UPDATE consents SET withdrawn_at = $1, withdrawn_by = $2, withdrawal = $3 WHERE id = $4 AND withdrawn_at = 0",
		sqldb.Millis(c.WithdrawnAt), c.WithdrawnBy, c.Withdrawal, id)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return c, false, fmt.Errorf("withdraw consent %s: %w", id, err)
	}
	if err := record(ctx, tx, ch, c.entry("withdraw", &before)); err != nil {
		return c, false, err
	}
	ch.Access = System() // whoever may take it back takes back all of it
	ch.Why = reasonWithdrawn
	switch c.Purpose {
	case PurposeLink:
		err = stopLinks(ctx, tx, &c, ch)
	case PurposeMarketing:
		_, err = CreateActivity(ctx, tx, ch, Activity{Kind: "note", RecordType: RecordContact, RecordID: c.ContactID, Subject: "Took the consent to marketing back: campaigns pass them over"})
	}
	return c, true, err
}

const reasonWithdrawn = "the contact took the consent back"

// stopLinks rejects the links that a consent allowed, and ends the invitations it came by.
func stopLinks(ctx context.Context, tx *sqldb.Tx, c *Consent, ch Change) error {
	invitations, err := InvitationsOf(ctx, tx, c.ContactID)
	if err != nil {
		return err
	}
	for i := range invitations {
		if c.AuthorID != "" && invitations[i].account() != c.AuthorID {
			continue
		}
		if _, err := EndInvitation(ctx, tx, invitations[i].ID, ch); err != nil {
			return err
		}
	}
	links, err := queryLinks(ctx, tx, "contact_id = $1 AND decision IN ('suggested', 'unsure', 'confirmed') ORDER BY author_id", c.ContactID)
	if err != nil {
		return err
	}
	for i := range links {
		l := &links[i]
		if c.AuthorID == "" && l.Basis == BasisContract || c.AuthorID != "" && l.AuthorID != c.AuthorID {
			continue
		}
		if _, err := Decide(ctx, tx, Verdict{AuthorID: l.AuthorID, ContactID: l.ContactID, Decision: Rejected}, ch); err != nil {
			return err
		}
	}
	return nil
}

// consentBySignIn is what a contact agreed to by signing in with an account.
func consentBySignIn(ctx context.Context, tx *sqldb.Tx, i *Invitation, ch Change) error {
	return insertConsent(ctx, tx, &Consent{ContactID: i.ContactID, AuthorID: i.account(), Purpose: PurposeLink, Basis: BasisConsent, Source: "invitation",
		Evidence: i.Consent, GivenAt: ch.At}, ch)
}

// endSignInConsent notes that the consent which came by an invitation was taken back.
func endSignInConsent(ctx context.Context, tx *sqldb.Tx, i *Invitation, ch Change) error {
	_, err := tx.Exec(ctx, `UPDATE consents SET withdrawn_at = $1, withdrawn_by = $2, withdrawal = $3
		WHERE contact_id = $4 AND author_id = $5 AND source = 'invitation' AND given_at = $6 AND withdrawn_at = 0`,
		sqldb.Millis(ch.At), ch.By, reasonWithdrawn, i.ContactID, i.account(), sqldb.Millis(i.UsedAt))
	if err != nil {
		return fmt.Errorf("end the consent of invitation %s: %w", i.ID, err)
	}
	return nil
}

// Withdrawn are those of the contacts who took their consent to a purpose back, and since when.
func Withdrawn(ctx context.Context, q sqldb.Querier, purpose Purpose, contactIDs []string) (map[string]time.Time, error) {
	out := make(map[string]time.Time)
	for part := range chunks(contactIDs) {
		args := append(sqldb.Anys(part), string(purpose))
		found, err := queryConsents(ctx, q, fmt.Sprintf("%s AND purpose = $%d AND author_id = '' ORDER BY contact_id", sqldb.In("contact_id", 1, len(part)), len(args)), args...)
		if err != nil {
			return nil, err
		}
		for len(found) > 0 {
			id := found[0].ContactID
			n := slices.IndexFunc(found, func(c Consent) bool { return c.ContactID != id })
			if n < 0 {
				n = len(found)
			}
			if at, yes := ended(found[:n], purpose, ""); yes {
				out[id] = at
			}
			found = found[n:]
		}
	}
	return out, nil
}

// withoutWithdrawn leaves out what the matcher proposes for contacts who do not want to be
// recognised.
func withoutWithdrawn(ctx context.Context, q sqldb.Querier, proposed []Link) ([]Link, error) {
	if len(proposed) == 0 {
		return proposed, nil
	}
	ids := make([]string, len(proposed))
	for i := range proposed {
		ids[i] = proposed[i].ContactID
	}
	gone, err := Withdrawn(ctx, q, PurposeLink, ids)
	if err != nil || len(gone) == 0 {
		return proposed, err
	}
	return slices.DeleteFunc(slices.Clone(proposed), func(l Link) bool { _, no := gone[l.ContactID]; return no }), nil
}

// mayLink refuses to link an account to a contact who took their consent to links back.
func mayLink(ctx context.Context, q sqldb.Querier, contactID string) error {
	return mayUse(ctx, q, PurposeLink, contactID)
}

func mayUse(ctx context.Context, q sqldb.Querier, purpose Purpose, contactID string) error {
	gone, err := Withdrawn(ctx, q, purpose, []string{contactID})
	if err != nil {
		return err
	}
	if at, no := gone[contactID]; no {
		return &NoConsent{contactID, purpose, at}
	}
	return nil
}

// MayThank refuses to thank the author of an idea who is a contact that took the consent to marketing
// back.
func MayThank(ctx context.Context, q sqldb.Querier, i *Idea) error {
	of, err := ConfirmedContacts(ctx, q, []string{i.AuthorID})
	if err != nil || of[i.AuthorID] == "" {
		return err
	}
	return mayUse(ctx, q, PurposeMarketing, of[i.AuthorID])
}

// passedOver is the condition that an activity is about a contact, or the lead of one, who took the
// consent to marketing back and did not give it again since: ended says the same of what is loaded.
const passedOver = `EXISTS (SELECT 1 FROM consents p WHERE p.contact_id = COALESCE((SELECT l.contact_id FROM leads l WHERE l.id = activities.record_id), activities.record_id)
	AND p.purpose = 'marketing' AND p.author_id = '' GROUP BY p.contact_id HAVING max(p.withdrawn_at) > 0 AND max(CASE WHEN p.withdrawn_at = 0 THEN p.given_at ELSE -1 END) < max(p.withdrawn_at))`

// NoConsent says that a contact took back what would allow it. It is returned as a pointer.
type NoConsent struct {
	ContactID string
	Purpose   Purpose
	At        time.Time
}

func (e *NoConsent) Error() string {
	what := map[Purpose]string{PurposeLink: "links", PurposeMarketing: "marketing"}[e.Purpose]
	return fmt.Sprintf("the contact took the consent to %s back on %s: put a new consent on file first, given since (POST /contacts/%s/consents)", what, e.At.UTC().Format(time.DateOnly), e.ContactID)
}
