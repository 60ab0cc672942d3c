package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Verification is what proves, or not, that an account is a contact's.
type Verification struct {
	AuthorID   string     `json:"author_id"`
	ContactID  string     `json:"contact_id"`
	Method     string     `json:"method" enum:"network-field,rel-me,bluesky-handle,self-declared,oauth"`
	Address    string     `json:"address" doc:"The page that is asked; empty: none."`
	State      string     `json:"state" enum:"pending,verified,linked,failing,lapsed,absent" doc:"lapsed: it held and does no more, and the link went back to review."`
	Detail     string     `json:"detail" doc:"What was found, or why nothing was."`
	CheckedAt  *time.Time `json:"checked_at"`
	VerifiedAt *time.Time `json:"verified_at"`
	NextAt     *time.Time `json:"next_at"`
}

func verificationsOf(all []crm.Verification) []Verification {
	items := make([]Verification, len(all))
	for i, v := range all {
		items[i] = Verification{v.AuthorID, v.ContactID, v.Method, webLink(v.Address), v.State, v.Detail, maybe(v.CheckedAt), maybe(v.VerifiedAt), maybe(v.NextAt)}
	}
	return items
}

type declareInput struct {
	Body struct {
		AuthorID  string `json:"author_id" minLength:"1" maxLength:"100"`
		ContactID string `json:"contact_id" minLength:"1" maxLength:"100"`
		Method    string `json:"method" enum:"self-declared,oauth"`
		Basis     string `json:"basis,omitempty" enum:"consent,contract,given" doc:"given, when left out."`
		Detail    string `json:"detail" minLength:"1" maxLength:"500" doc:"How and when they told us."`
	}
}

func (s *Server) verificationRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "list-verifications", Method: http.MethodGet, Path: "/contacts/{id}/verifications", Tags: []string{"contacts"},
		Summary: "What proves that accounts are a contact's", Errors: []int{404}}, s.listVerifications)
	operate(s, needs(crm.ToUpdate, crm.RecordLink), huma.Operation{OperationID: "declare-link", Method: http.MethodPost, Path: "/links/declarations", Tags: []string{"links"}, DefaultStatus: http.StatusCreated,
		Summary:     "Record that a contact told us that an account is theirs",
		Description: "By saying so, or by signing in with the account (the sign-in itself is the caller's). Confirms the link in the caller's name.",
		Errors:      []int{404, 409}}, s.declare)
}

func (s *Server) listVerifications(ctx context.Context, in *IDInput) (*one[Page[Verification]], error) {
	if _, err := crm.ContactByID(ctx, s.DB, accessFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	all, err := crm.VerificationsOfContact(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return page(verificationsOf(all), ""), nil
}

func (s *Server) declare(ctx context.Context, in *declareInput) (*one[Verification], error) {
	var v crm.Verification
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		v, err = crm.Declare(ctx, tx, crm.Declaration{AuthorID: in.Body.AuthorID, ContactID: in.Body.ContactID, Method: in.Body.Method,
			Basis: crm.Basis(in.Body.Basis), Detail: in.Body.Detail}, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[Verification]{verificationsOf([]crm.Verification{v})[0]}, nil
}
