package crm

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A LeadForm lets leads in: a form on a page of the company, or another system that sends them. Its
// key stands in its address and cannot be guessed; where it has a secret, deliveries are signed.
type LeadForm struct {
	Meta
	Name     string   `json:"name"`
	Key      string   `json:"key"`
	Sealed   string   `json:"-"` // secret of the signature (Standard Webhooks); empty: none is asked for
	Campaign string   `json:"campaign"`
	Product  string   `json:"product"`
	OwnerID  string   `json:"owner_id"`
	Origins  []string `json:"origins"` // sites whose pages may send it, such as https://example.com; none: any
	Thanks   string   `json:"thanks"`  // the page shown after it was sent; empty: none
	Active   bool     `json:"active"`
}

var leadForms = table[LeadForm, *LeadForm]{kind: RecordLeadForm, name: "lead_forms",
	columns: []string{"name", "key", "secret", "campaign", "product", "owner_id", "origins", "thanks", "active"},
	bind: func(f *LeadForm) []any {
		return []any{&f.Name, &f.Key, &f.Sealed, &f.Campaign, &f.Product, &f.OwnerID, jsonColumn{&f.Origins}, &f.Thanks, &f.Active}
	}}

const maxOrigins = 50

func (f *LeadForm) check() (err error) {
	for _, text := range []struct {
		name  string
		value *string
	}{{"name", &f.Name}, {"campaign", &f.Campaign}, {"product", &f.Product}, {"owner_id", &f.OwnerID}} {
		*text.value = tidy(*text.value)
		if err := checkText(text.name, *text.value, maxName); err != nil {
			return err
		}
	}
	if f.Name == "" {
		return invalid("name", "is empty: a form needs one")
	}
	if len(f.Origins) > maxOrigins {
		return invalid("origins", "has %d: at most %d", len(f.Origins), maxOrigins)
	}
	for i, o := range f.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.TrimPrefix(o, u.Scheme+"://") != u.Host {
			return invalid(fmt.Sprintf("origins[%d]", i), "%q: want a site without a path, such as https://example.com", o)
		}
	}
	f.Thanks, err = webURL("thanks", tidy(f.Thanks))
	return err
}

// LeadForms lists the forms, the newest first, a page at a time.
func LeadForms(ctx context.Context, q sqldb.Querier, a *Access, cursor string, limit int) ([]LeadForm, string, error) {
	return leadForms.page(ctx, q, a, &where{}, cursor, limit)
}

// LeadFormByKey finds the form that a key names and that is active.
func LeadFormByKey(ctx context.Context, q sqldb.Querier, key string) (LeadForm, error) {
	found, err := leadForms.find(ctx, q, "WHERE key = $1 AND active", key)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("find the form: %w", ErrNotFound)
	}
	if err != nil {
		return LeadForm{}, err
	}
	return found[0], nil
}

// Secret opens the secret of a form that is signed.
func (f *LeadForm) Secret(box *seal.Box) (string, error) {
	secrets, err := openSecrets(box, ofForm(f.Key), []string{f.Sealed})
	if err != nil {
		return "", err
	}
	return secrets[0], nil
}

// SaveLeadForm saves a new form, with a key of its own, or a changed one, which keeps its key and its
// secret. signed gives a form that has none a secret, which is told only now; unsigned takes it away.
func SaveLeadForm(ctx context.Context, tx *sqldb.Tx, ch Change, box *seal.Box, f LeadForm, signed bool) (_ LeadForm, secret string, err error) {
	if f.ID == "" {
		f.Key = strings.ToLower(rand.Text())
	} else {
		before, err := leadForms.byID(ctx, tx, ch.Access, f.ID, f.Version)
		if err != nil {
			return f, "", err
		}
		f.Key, f.Sealed, f.Version = before.Key, before.Sealed, before.Version
	}
	switch {
	case !signed:
		f.Sealed = ""
	case f.Sealed == "":
		if secret, f.Sealed, err = newSealed(box, ofForm(f.Key)); err != nil {
			return f, "", err
		}
	}
	return f, secret, leadForms.put(ctx, tx, ch, &f)
}

// RotateFormSecret gives a signed form a new secret, which is told only now. The old one is worth
// nothing from then on: who signs with it is refused.
func RotateFormSecret(ctx context.Context, tx *sqldb.Tx, ch Change, box *seal.Box, id string) (secret string, err error) {
	_, err = leadForms.change(ctx, tx, ch, id, 0, "rotate-secret", func(f *LeadForm) (err error) {
		if f.Sealed == "" {
			return fmt.Errorf("renew the secret of form %s: it is not signed: %w", id, ErrConflict)
		}
		secret, f.Sealed, err = newSealed(box, ofForm(f.Key))
		return err
	})
	return secret, err
}

// SubmitForm makes a lead of what came through a form. Somebody who has an open lead with the same
// e-mail address gets no second one: it is noted with the first. Who is a contact already becomes
// that contact's lead. What else looks alike is for people to see.
func SubmitForm(ctx context.Context, tx *sqldb.Tx, ch Change, f *LeadForm, l Lead) (Lead, error) {
	l.Source, l.Detail, l.OwnerID, l.ContactID, l.AccountID = SourceForm, f.Name, f.OwnerID, "", ""
	if f.Campaign != "" {
		l.Campaign = f.Campaign
	}
	if f.Product != "" {
		l.Product = f.Product
	}
	if err := l.check(); err != nil {
		return l, err
	}
	if err := refuseBlockedLead(ctx, tx, &l, &Lead{}); err != nil {
		return l, err
	}
	ch.By, ch.Access = ByForm, System()
	if err := l.takeCampaign(ctx, tx, ch.Access, &Lead{}); err != nil {
		return l, err
	}
	if l.Email != "" {
		open, err := leads.find(ctx, tx, "WHERE state = 'open' AND email_key <> '' AND email_key = $1 ORDER BY id LIMIT 1", foldKey(l.Email))
		if err != nil {
			return l, err
		}
		if len(open) > 0 {
			_, err := CreateActivity(ctx, tx, ch, Activity{Kind: KindResponse, RecordType: RecordLead, RecordID: open[0].ID, OwnerID: open[0].OwnerID,
				CampaignID: l.CampaignID, Response: ResponseRequested, Channel: ChannelForm,
				Subject: cut("Sent the form "+f.Name+" again: "+l.Topic, maxName), Text: l.Need})
			return open[0], err
		}
		same, err := sqldb.Strings(ctx, tx, "SELECT id FROM contacts WHERE length(email_key) > 0 AND email_key = $1 ORDER BY id LIMIT 2", []byte(foldKey(l.Email)))
		if err != nil {
			return l, err
		}
		if len(same) == 1 {
			l.ContactID = same[0]
		}
	}
	if err := createLead(ctx, tx, ch, &l); err != nil {
		return l, err
	}
	return l, rateLead(ctx, tx, &l, ch.At)
}

// ErrNotLetIn says that a page of another site sent a form.
var ErrNotLetIn = errors.New("the form does not take what this site sends")

// Admits says whether a page of a site may send the form. Who is no browser names no site.
func (f *LeadForm) Admits(origin string) error {
	if origin == "" || len(f.Origins) == 0 {
		return nil
	}
	for _, o := range f.Origins {
		if strings.EqualFold(o, origin) {
			return nil
		}
	}
	return ErrNotLetIn
}
