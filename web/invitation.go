package web

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// SignIn is what contacts can sign in with, to show that an account is theirs.
type SignIn struct {
	Providers []*signin.Provider
	Valid     time.Duration // of an invitation
}

// Invitation is a link by which a contact shows, by signing in with a network, that an account is theirs.
type Invitation struct {
	ID          string     `json:"id"`
	State       string     `json:"state" enum:"open,used,revoked,withdrawn,expired" doc:"withdrawn: the consent was taken back."`
	Link        string     `json:"link" doc:"To send to the contact, and to nobody else; empty once it is of no use."`
	CreatedBy   string     `json:"created_by"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   time.Time  `json:"expires_at"`
	Provider    string     `json:"provider" doc:"They signed in with it; empty: they did not yet."`
	Network     string     `json:"network"`
	Handle      string     `json:"handle"`
	AuthorID    string     `json:"author_id" doc:"Empty: nothing was heard of the account then; it is on the contact's file."`
	Consent     string     `json:"consent" doc:"The words they agreed to."`
	ConsentedAt *time.Time `json:"consented_at"`
	EndedAt     *time.Time `json:"ended_at"`
}

type endInvitationInput struct {
	IDInput
	InvitationID string `path:"invitation_id" maxLength:"100"`
}

func (s *Server) invitationRoutes() {
	tags := []string{"contacts"}
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "list-invitations", Method: http.MethodGet, Path: "/contacts/{id}/invitations", Tags: tags,
		Summary: "Invitations of a contact to show which accounts are theirs", Errors: []int{404}}, s.listInvitations)
	operate(s, needs(crm.ToUpdate, crm.RecordContact), huma.Operation{OperationID: "invite-contact", Method: http.MethodPost, Path: "/contacts/{id}/invitations", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary:     "Make a link by which a contact signs in with a network",
		Description: "The contact sees what is recorded, agrees, and signs in with one of the networks of sign_in in the configuration. The link is good for one sign-in.",
		Errors:      []int{404, 409}}, s.invite)
	operate(s, needs(crm.ToUpdate, crm.RecordContact), huma.Operation{OperationID: "end-invitation", Method: http.MethodDelete, Path: "/contacts/{id}/invitations/{invitation_id}", Tags: tags,
		Summary: "Revoke an invitation, or take back what came of it",
		Description: "One that is open can be used no more. Of one that was used, the account is taken off the contact's file, the link is rejected and " +
			"its touches go.", Errors: []int{404, 409}}, s.endInvitation)
}

func (s *Server) invitationOf(i *crm.Invitation) Invitation {
	out := Invitation{ID: i.ID, State: i.State, CreatedBy: i.CreatedBy, CreatedAt: instant(i.CreatedAt), ExpiresAt: instant(i.ExpiresAt), Network: i.Network,
		Handle: i.Handle, AuthorID: i.AuthorID, ConsentedAt: maybe(i.UsedAt), EndedAt: maybe(i.EndedAt)}
	if !i.UsedAt.IsZero() {
		out.Provider, out.Consent = i.Provider, i.Consent
	}
	switch {
	case i.Good(s.Clock()):
		out.Link = s.invitationLink(i.ID)
	case i.State == crm.InvitationOpen:
		out.State = "expired"
	}
	return out
}

func (s *Server) listInvitations(ctx context.Context, in *IDInput) (*one[Page[Invitation]], error) {
	if _, err := crm.ContactByID(ctx, s.DB, accessFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	all, err := crm.InvitationsOf(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	items := make([]Invitation, len(all))
	for i := range all {
		items[i] = s.invitationOf(&all[i])
	}
	return page(items, ""), nil
}

func (s *Server) invite(ctx context.Context, in *IDInput) (*one[Invitation], error) {
	if len(s.SignIn.Providers) == 0 {
		return nil, faultf(kindConflict, "there is no network to sign in with: set sign_in.providers in the configuration")
	}
	var i crm.Invitation
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		i, err = crm.Invite(ctx, tx, in.ID, s.Clock().Add(s.SignIn.Valid), s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[Invitation]{s.invitationOf(&i)}, nil
}

func (s *Server) endInvitation(ctx context.Context, in *endInvitationInput) (*one[Invitation], error) {
	var i crm.Invitation
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if i, err = crm.InvitationByID(ctx, tx, in.InvitationID); err != nil {
			return err
		}
		if i.ContactID != in.ID {
			return fmt.Errorf("end invitation %s of contact %s: %w", in.InvitationID, in.ID, crm.ErrNotFound)
		}
		i, err = crm.EndInvitation(ctx, tx, i.ID, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[Invitation]{s.invitationOf(&i)}, nil
}

// invitationLink is the signed address of an invitation. When it ends stands in the database.
func (s *Server) invitationLink(id string) string {
	return s.Links.BaseURL + "/connect/" + id + "." + base64.RawURLEncoding.EncodeToString(s.Links.MAC("invitation", []byte(id)))
}

// openInvitation reads the token of such an address; empty where it was not signed here.
func (s *Server) openInvitation(token string) (id string) {
	id, signature, _ := strings.Cut(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	if len(token) > 200 || err != nil || !hmac.Equal(mac, s.Links.MAC("invitation", []byte(id))) {
		return ""
	}
	return id
}
