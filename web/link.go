package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// Link joins an author to a contact.
type Link struct {
	AuthorID    string    `json:"author_id"`
	ContactID   string    `json:"contact_id"`
	Author      *Author   `json:"author,omitempty"`
	Decision    string    `json:"decision" enum:"suggested,confirmed,rejected,ignored"`
	Probability float64   `json:"probability" minimum:"0" maximum:"1"`
	Evidence    []any     `json:"evidence" nullable:"false" doc:"What speaks for it, as the matcher wrote it."`
	Basis       string    `json:"basis" doc:"Legal basis (GDPR Art. 6)."`
	DecidedBy   string    `json:"decided_by" doc:"matcher, or a user's id."`
	DecidedAt   time.Time `json:"decided_at"`
}

func linkOf(l crm.Link) Link {
	out := Link{AuthorID: l.AuthorID, ContactID: l.ContactID, Decision: string(l.Decision), Probability: l.Probability, Basis: l.Basis,
		DecidedBy: l.DecidedBy, DecidedAt: instant(l.DecidedAt)}
	if err := json.Unmarshal(l.Evidence, &out.Evidence); err != nil || out.Evidence == nil {
		out.Evidence = []any{}
	}
	return out
}

// linksOf composes links with their authors; an author who is gone is left out.
func linksOf(ctx context.Context, q sqldb.Querier, links []crm.Link) ([]Link, error) {
	items := make([]Link, len(links))
	for i, l := range links {
		items[i] = linkOf(l)
		author, err := authorByID(ctx, q, l.AuthorID)
		if err != nil {
			return nil, err
		}
		items[i].Author = author
	}
	return items, nil
}

// authorByID loads an author, nil when they are gone.
func authorByID(ctx context.Context, q sqldb.Querier, id string) (*Author, error) {
	if id == "" {
		return nil, nil
	}
	a, err := listening.AuthorByID(ctx, q, id)
	if errors.Is(err, listening.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := authorOf(a)
	return &out, nil
}

// orInvalid makes a record that is not there an invalid field of the body.
func orInvalid(err error, field, reason string) error {
	if errors.Is(err, crm.ErrNotFound) {
		return invalidField(field, reason)
	}
	return err
}

type decideInput struct {
	Body struct {
		AuthorID  string `json:"author_id" minLength:"1" maxLength:"100"`
		ContactID string `json:"contact_id" minLength:"1" maxLength:"100"`
		Decision  string `json:"decision" enum:"suggested,confirmed,rejected,ignored"`
	}
}

func (s *Server) linkRoutes() {
	operate(s, huma.Operation{OperationID: "decide-link", Method: http.MethodPost, Path: "/links", Tags: []string{"links"},
		Summary:     "Decide whether an author is a contact",
		Description: "A person's decision outranks the matcher. Confirming puts what the author said on the contact's timeline; any other decision takes it off.",
		Errors:      []int{404, 409}}, s.decide)
}

func (s *Server) decide(ctx context.Context, in *decideInput) (*one[Link], error) {
	var out Link
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		link, err := crm.Decide(ctx, tx, in.Body.AuthorID, in.Body.ContactID, crm.Decision(in.Body.Decision), userFrom(ctx).id, s.Now())
		if err != nil {
			return err
		}
		out = linkOf(link)
		out.Author, err = authorByID(ctx, tx, link.AuthorID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[Link]{out}, nil
}
