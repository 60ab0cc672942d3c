package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/privacy"
)

// Consent is what makes it lawful to use a contact's data for a purpose.
type Consent struct {
	Kind        string     `json:"kind" enum:"consent,link" doc:"consent: put on file for it; link: what a confirmed link rests on."`
	ID          string     `json:"id" doc:"Of the consent, or of the author that is linked."`
	ContactID   string     `json:"contact_id"`
	Purpose     string     `json:"purpose" enum:"record,link,marketing"`
	AuthorID    string     `json:"author_id" doc:"Of the one link it is about; empty: all of the purpose."`
	Basis       string     `json:"basis" enum:"consent,contract,given,made-public,legitimate-interest"`
	Source      string     `json:"source" doc:"Where it comes from; empty for a link."`
	Evidence    string     `json:"evidence" doc:"The words they agreed to, or where the proof lies."`
	DecidedBy   string     `json:"decided_by" doc:"The user's name, matcher, verifier, or contact: they themselves."`
	DecidedAt   time.Time  `json:"decided_at" doc:"When it was given."`
	WithdrawnAt *time.Time `json:"withdrawn_at" doc:"null: it stands."`
	WithdrawnBy string     `json:"withdrawn_by"`
	Withdrawal  string     `json:"withdrawal" doc:"How they took it back."`
}

type (
	recordConsentInput struct {
		IDInput
		Body struct {
			Purpose  string    `json:"purpose" enum:"record,link,marketing"`
			AuthorID string    `json:"author_id,omitempty" maxLength:"100" doc:"Of a link: it is about that one alone."`
			Basis    string    `json:"basis,omitempty" enum:"consent,contract,given,made-public,legitimate-interest" doc:"consent, when left out."`
			Source   string    `json:"source" enum:"form,invitation,e-mail,letter,telephone,meeting,contract,import,other"`
			Evidence string    `json:"evidence" minLength:"1" maxLength:"4000" doc:"The words they agreed to, or where the proof lies."`
			GivenAt  time.Time `json:"given_at,omitzero" doc:"Now, when left out."`
		}
	}
	withdrawConsentInput struct {
		IDInput
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"500" doc:"How they took it back."`
		}
	}
)

func (s *Server) consentRoutes() {
	const tag = "contacts"
	operate(s, needs(crm.ToRead, crm.RecordContact), getting(tag, "list-consents", "/contacts/{id}/consents", "What a contact agreed to, and took back, the newest first"), s.listConsents)
	operate(s, needs(crm.ToUpdate, crm.RecordContact), doing(tag, "record-consent", http.MethodPost, "/contacts/{id}/consents", "Put on file that a contact agreed, or why else it is lawful"), s.recordConsent)
	withdraw := doing(tag, "withdraw-consent", http.MethodPost, "/consents/{id}/withdraw", "Take a consent back, and stop what it allowed")
	withdraw.Description = "Of one link: it is rejected for ever. Of the purpose link: all links go that no contract needs, none is made again, and invitations end. " +
		"Of marketing: campaigns pass the contact over. Of record: ask for an erasure; who may approves it."
	operate(s, needs(crm.ToUpdate, crm.RecordContact), withdraw, s.withdrawConsent)
}

func (s *Server) listConsents(ctx context.Context, in *IDInput) (*one[Page[Consent]], error) {
	all, err := crm.ConsentsOf(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	return views(all, "", err, func(c crm.Consent) Consent { return consentOf(&c, names) })
}

func (s *Server) recordConsent(ctx context.Context, in *recordConsentInput) (*one[Consent], error) {
	b := &in.Body
	return s.changeConsent(ctx, func(tx *sqldb.Tx) (crm.Consent, error) {
		return crm.GiveConsent(ctx, tx, crm.Consent{ContactID: in.ID, AuthorID: b.AuthorID, Purpose: crm.Purpose(b.Purpose), Basis: crm.Basis(b.Basis),
			Source: b.Source, Evidence: b.Evidence, GivenAt: b.GivenAt}, s.change(ctx, ""))
	})
}

func (s *Server) withdrawConsent(ctx context.Context, in *withdrawConsentInput) (*one[Consent], error) {
	return s.changeConsent(ctx, func(tx *sqldb.Tx) (crm.Consent, error) {
		ch := s.change(ctx, in.Body.Reason)
		c, now, err := crm.WithdrawConsent(ctx, tx, in.ID, ch)
		if err != nil || !now || c.Purpose != crm.PurposeRecord {
			return c, err
		}
		ch.Why = "the consent to being on file was taken back"
		_, err = privacy.Request(ctx, tx, privacy.Order{Question: privacy.Question{ContactID: c.ContactID}, FourEyes: true}, ch)
		return c, err
	})
}

func (s *Server) changeConsent(ctx context.Context, do func(*sqldb.Tx) (crm.Consent, error)) (*one[Consent], error) {
	var c crm.Consent
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		c, err = do(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	return &one[Consent]{consentOf(&c, names)}, err
}

func consentOf(c *crm.Consent, names map[string]string) Consent {
	return Consent{Kind: "consent", ID: c.ID, ContactID: c.ContactID, Purpose: string(c.Purpose), AuthorID: c.AuthorID, Basis: string(c.Basis), Source: c.Source, Evidence: c.Evidence,
		DecidedBy: nameOr(names, c.RecordedBy), DecidedAt: instant(c.GivenAt), WithdrawnAt: maybe(c.WithdrawnAt), WithdrawnBy: nameOr(names, c.WithdrawnBy), Withdrawal: c.Withdrawal}
}

// groundsOf are what is on file of a contact, and what the confirmed links rest on.
func groundsOf(v *crm.View360, names map[string]string) []Consent {
	out := []Consent{}
	for i := range v.Consents {
		out = append(out, consentOf(&v.Consents[i], names))
	}
	for i := range v.Links {
		if l := &v.Links[i]; l.Decision == crm.Confirmed {
			out = append(out, Consent{Kind: "link", ID: l.AuthorID, ContactID: l.ContactID, Purpose: string(crm.PurposeLink), AuthorID: l.AuthorID, Basis: string(l.Basis), Evidence: l.Reason,
				DecidedBy: nameOr(names, l.DecidedBy), DecidedAt: instant(l.DecidedAt)})
		}
	}
	return out
}
