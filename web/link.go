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
	AuthorID    string       `json:"author_id"`
	ContactID   string       `json:"contact_id"`
	Author      *Author      `json:"author,omitempty" masked:"author_id"`
	Decision    string       `json:"decision" enum:"suggested,confirmed,rejected,ignored,unsure"`
	Probability float64      `json:"probability" minimum:"0" maximum:"1"`
	Evidence    []any        `json:"evidence" nullable:"false" doc:"What speaks for it, as the matcher wrote it."`
	Explanation *Explanation `json:"explanation,omitempty" doc:"What the matcher says beside the evidence; left out when it said nothing."`
	Basis       string       `json:"basis" enum:"consent,contract,given,made-public,legitimate-interest" doc:"Legal basis (GDPR Art. 6), see docs/review.md."`
	Reason      string       `json:"reason" doc:"Why it is as it is, in words; empty where the evidence says all."`
	Model       string       `json:"model" doc:"Version of the model; empty when none has said anything."`
	Proposed    string       `json:"proposed" doc:"What the model would have: suggested or confirmed; empty without one."`
	Version     int64        `json:"version"`
	DecidedBy   string       `json:"decided_by" doc:"matcher, verifier, or a user's id."`
	DecidedAt   time.Time    `json:"decided_at"`
}

// Explanation is what the matcher says of a link beside the evidence. A waterfall begins at the
// prior, each piece of evidence adds its bits, and what they come to are the bits of the link.
type Explanation struct {
	Model      string    `json:"model"`
	Prior      float64   `json:"prior_bits"`
	Bits       float64   `json:"bits"`
	BeyondName float64   `json:"beyond_name_bits"`
	RunnerUp   *RunnerUp `json:"runner_up,omitempty"`
	Proven     bool      `json:"proven"`
	Sentence   string    `json:"sentence"`
}

// RunnerUp is the contact that came second.
type RunnerUp struct {
	ContactID string  `json:"contact_id"`
	Name      string  `json:"name" doc:"Empty where only the id was asked for, or the contact is gone."`
	Behind    float64 `json:"behind_bits" doc:"By how many bits."`
}

func linkOf(l crm.Link) Link {
	out := Link{AuthorID: l.AuthorID, ContactID: l.ContactID, Decision: string(l.Decision), Probability: l.Probability,
		Basis: string(l.Basis), Reason: l.Reason, Model: l.Model, Proposed: string(l.Proposed), Version: l.Version,
		DecidedBy: l.DecidedBy, DecidedAt: instant(l.DecidedAt)}
	if err := json.Unmarshal(l.Explanation, &out.Explanation); err != nil || out.Explanation.Sentence == "" && out.Explanation.Bits == 0 {
		out.Explanation = nil
	}
	if err := json.Unmarshal(l.Evidence, &out.Evidence); err != nil || out.Evidence == nil {
		out.Evidence = []any{}
	}
	return out
}

// linksOf composes links with their authors; an author who is gone is left out.
func linksOf(ctx context.Context, q sqldb.Querier, links []crm.Link) ([]Link, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = l.AuthorID
	}
	authors, err := authorsByID(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Link, len(links))
	for i, l := range links {
		items[i] = linkOf(l)
		items[i].Author = authors[l.AuthorID]
	}
	return items, nil
}

// authorsByID loads authors by their ids; who is gone is left out.
func authorsByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*Author, error) {
	found, err := listening.AuthorsByID(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Author, len(found))
	for id, a := range found {
		author := authorOf(a)
		out[id] = &author
	}
	return out, nil
}

// orInvalid makes a record that is not there an invalid field of the body.
func orInvalid(err error, field, reason string) error {
	if errors.Is(err, crm.ErrNotFound) {
		return invalidField(field, reason)
	}
	return err
}

type (
	decideInput struct {
		Expectation
		Body struct {
			AuthorID  string `json:"author_id" minLength:"1" maxLength:"100"`
			ContactID string `json:"contact_id" minLength:"1" maxLength:"100"`
			Decision  string `json:"decision" enum:"suggested,confirmed,rejected,ignored,unsure"`
			Basis     string `json:"basis,omitempty" enum:"consent,contract,given,made-public,legitimate-interest" doc:"As it is, when left out."`
			Reason    string `json:"reason,omitempty" maxLength:"500" doc:"Why, in words."`
		}
	}
	undoInput struct {
		Body struct {
			Event  string `json:"event" minLength:"1" maxLength:"100" doc:"What the decision returned, or the audit log says."`
			Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why, in words."`
		}
	}
)

// Decided is a decision as it was saved.
type Decided struct {
	Link
	Event string `json:"event" doc:"For POST /links/undo."`
}

func (s *Server) linkRoutes() {
	operate(s, needs(crm.ToUpdate, crm.RecordLink), huma.Operation{OperationID: "decide-link", Method: http.MethodPost, Path: "/links", Tags: []string{"links"},
		Summary: "Decide whether an author is a contact",
		Description: "A person's decision outranks the matcher. Confirming puts what the author said on the contact's timeline; any other decision takes it off. " +
			"If-Match is the version of the link that was looked at.",
		Errors: []int{404, 409, 412}}, s.decide)
	operate(s, needs(crm.ToUpdate, crm.RecordLink), huma.Operation{OperationID: "undo-link", Method: http.MethodPost, Path: "/links/undo", Tags: []string{"links"},
		Summary: "Take a decision back", Description: "With all it changed. Refused when one of the links was changed again.", Errors: []int{404, 409}}, s.undo)
}

// change is what the one who sent the request changes now.
func (s *Server) change(ctx context.Context, why string) crm.Change {
	return crm.Change{By: userFrom(ctx).id, At: s.Now(), Why: why, Access: accessFrom(ctx)}
}

func (s *Server) decide(ctx context.Context, in *decideInput) (*one[Decided], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	var out Decided
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		decided, err := crm.Decide(ctx, tx, crm.Verdict{AuthorID: in.Body.AuthorID, ContactID: in.Body.ContactID, Decision: crm.Decision(in.Body.Decision),
			Basis: crm.Basis(in.Body.Basis), Version: expected}, s.change(ctx, in.Body.Reason))
		if err != nil {
			return err
		}
		links, err := linksOf(ctx, tx, []crm.Link{decided.Link})
		if err == nil {
			out = Decided{links[0], decided.Event}
		}
		return err
	})
	if err != nil {
		return nil, changed(err, crm.ErrConflict, expected)
	}
	return &one[Decided]{out}, nil
}

func (s *Server) undo(ctx context.Context, in *undoInput) (*one[Page[Link]], error) {
	var items []Link
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		links, err := crm.UndoDecision(ctx, tx, in.Body.Event, s.change(ctx, in.Body.Reason))
		if err != nil {
			return err
		}
		items, err = linksOf(ctx, tx, links)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page(items, ""), nil
}
