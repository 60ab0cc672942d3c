package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Profile is an account on a network that belongs to a contact.
type Profile struct {
	ID        string    `json:"id"`
	ContactID string    `json:"contact_id"`
	Network   string    `json:"network"`
	NativeID  string    `json:"native_id"`
	Handle    string    `json:"handle"`
	URL       string    `json:"url"`
	CreatedAt time.Time `json:"created_at"`
}

func profileOf(p crm.SocialProfile) Profile {
	return Profile{p.ID, p.ContactID, p.Network, p.NativeID, p.Handle, webLink(p.URL), instant(p.CreatedAt)}
}

func profilesOf(profiles []crm.SocialProfile) []Profile {
	items := make([]Profile, len(profiles))
	for i, p := range profiles {
		items[i] = profileOf(p)
	}
	return items
}

type (
	addProfileInput struct {
		IDInput
		Body struct {
			Profile string `json:"profile" minLength:"1" maxLength:"2000" doc:"The profile's address, a DID, @user@host, or NETWORK:HANDLE."`
		}
	}
	removeProfileInput struct {
		IDInput
		ProfileID string `path:"profile_id" maxLength:"100"`
	}
)

func (s *Server) profileRoutes() {
	tags := []string{"contacts"}
	operate(s, needs(crm.ToUpdate, crm.RecordContact), huma.Operation{OperationID: "add-profile", Method: http.MethodPost, Path: "/contacts/{id}/profiles", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Put a social profile on a contact's file", Errors: []int{404, 409}}, s.addProfile)
	operate(s, needs(crm.ToUpdate, crm.RecordContact), huma.Operation{OperationID: "remove-profile", Method: http.MethodDelete, Path: "/contacts/{id}/profiles/{profile_id}", Tags: tags,
		Summary: "Take a social profile off a contact's file", Errors: []int{404}}, s.removeProfile)
}

func (s *Server) addProfile(ctx context.Context, in *addProfileInput) (*one[Profile], error) {
	var p crm.SocialProfile
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		p, err = crm.AddProfile(ctx, tx, in.ID, in.Body.Profile, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[Profile]{profileOf(p)}, nil
}

func (s *Server) removeProfile(ctx context.Context, in *removeProfileInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.RemoveProfile(ctx, tx, in.ID, in.ProfileID, s.change(ctx, "")) })
}
