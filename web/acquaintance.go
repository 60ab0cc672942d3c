package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Acquaintance is that somebody of the company knows a contact, as a file of their own network says.
type Acquaintance struct {
	ID          string    `json:"id"`
	ContactID   string    `json:"contact_id"`
	User        UserRef   `json:"user" doc:"Whose network it is."`
	FileKind    string    `json:"file_kind" enum:"linkedin,vcard,csv"`
	Origin      string    `json:"origin" doc:"In words: what the contact is told who asks where they come from."`
	ConnectedOn string    `json:"connected_on" doc:"The day, such as 2024-01-31; empty: the file does not say."`
	Basis       string    `json:"basis" enum:"consent,given,legitimate-interest"`
	Evidence    string    `json:"evidence" doc:"Why that basis holds."`
	BroughtIn   bool      `json:"brought_in" doc:"The contact came on file by it."`
	At          time.Time `json:"at"`
}

func acquaintanceOf(a *crm.Acquaintance, names map[string]string) Acquaintance {
	day := ""
	if !a.ConnectedOn.IsZero() {
		day = a.ConnectedOn.Format(time.DateOnly)
	}
	return Acquaintance{ID: a.ID, ContactID: a.ContactID, User: UserRef{a.UserID, nameOr(names, a.UserID)}, FileKind: a.FileKind, Origin: a.Origin, ConnectedOn: day,
		Basis: string(a.Basis), Evidence: a.Evidence, BroughtIn: a.Created == a.ContactID, At: instant(a.At)}
}

func acquaintancesOf(list []crm.Acquaintance, names map[string]string) []Acquaintance {
	out := make([]Acquaintance, len(list))
	for i := range list {
		out[i] = acquaintanceOf(&list[i], names)
	}
	return out
}

// Known is somebody whom one knows.
type Known struct {
	Acquaintance
	Name string `json:"name" doc:"Of the contact; empty where one's roles do not show it."`
}

// TakenOut is what came of taking somebody out of a network.
type TakenOut struct {
	Contact bool   `json:"contact" doc:"The contact is gone too."`
	Stays   string `json:"stays" doc:"Why it is not; empty where it is."`
}

func (s *Server) acquaintanceRoutes() {
	operate(s, noGrant, getting("me", "list-network", "/me/network", "List whom one's own network brought in, or was found to know, the newest first"), s.listNetwork)
	take := doing("contacts", "take-out", http.MethodDelete, "/acquaintances/{id}", "Take somebody out of one's network; with contact:delete, of anybody's")
	take.Description = "The profiles that came with them go. So does the contact where it came on file by that network and the company has nothing else to do with it."
	take.DefaultStatus = http.StatusOK
	operate(s, noGrant, take, s.takeOut)
}

func (s *Server) listNetwork(ctx context.Context, in *listInput) (*one[Page[Known]], error) {
	me := userFrom(ctx)
	list, next, err := crm.Network(ctx, s.DB, me.id, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ContactID
	}
	names, err := crm.NamesOf(ctx, s.DB, accessFrom(ctx), crm.RecordContact, ids)
	return views(list, next, err, func(a crm.Acquaintance) Known {
		return Known{acquaintanceOf(&a, map[string]string{me.id: me.name}), names[a.ContactID]}
	})
}

func (s *Server) takeOut(ctx context.Context, in *IDInput) (*one[TakenOut], error) {
	var out crm.TakenOut
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = crm.TakeOut(ctx, tx, in.ID, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[TakenOut]{TakenOut{out.Contact, out.Stays}}, nil
}
