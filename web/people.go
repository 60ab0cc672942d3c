package web

import (
	"context"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// peopleInput asks for what is on file of the contacts of a view.
type peopleInput struct {
	PageInput
	View string `query:"view" required:"true" pattern:"^(contact|account):.{1,100}$" doc:"contact:ID or account:ID: of all contacts that the 360-degree view of it gathers."`
}

func (in *peopleInput) filter() crm.PeopleFilter {
	of := ViewInput{in.View}
	return crm.PeopleFilter{View: of.viewOf(), Cursor: in.Cursor, Limit: in.Limit}
}

func (s *Server) peopleRoutes() {
	const tag = "contacts"
	operate(s, needs(crm.ToRead, crm.RecordContact), getting(tag, "list-profiles", "/social-profiles", "List the social profiles of the contacts of a view"), s.listProfiles)
	operate(s, needs(crm.ToRead, crm.RecordLink), getting(tag, "list-links", "/links", "List the links of the contacts of a view, with what speaks for each"), s.listLinks)
	operate(s, needs(crm.ToRead, crm.RecordContact), getting(tag, "list-consents-of-view", "/consents", "List what the contacts of a view agreed to, and took back"), s.listConsentsOfView)
}

func (s *Server) listProfiles(ctx context.Context, in *peopleInput) (*one[Page[Profile]], error) {
	list, next, err := crm.FindProfiles(ctx, s.DB, accessFrom(ctx), in.filter())
	return views(list, next, err, profileOf)
}

func (s *Server) listLinks(ctx context.Context, in *peopleInput) (*one[Page[Link]], error) {
	list, next, err := crm.FindLinks(ctx, s.DB, accessFrom(ctx), in.filter())
	if err != nil {
		return nil, err
	}
	items, err := linksOf(ctx, s.DB, list)
	return page(items, next), err
}

func (s *Server) listConsentsOfView(ctx context.Context, in *peopleInput) (*one[Page[Consent]], error) {
	list, next, err := crm.FindConsents(ctx, s.DB, accessFrom(ctx), in.filter())
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	return views(list, next, err, func(c crm.Consent) Consent { return consentOf(&c, names) })
}

// people fills what an account's view says of its contacts.
func (out *Account360) people(ctx context.Context, q sqldb.Querier, v viewed) error {
	links, err := linksOf(ctx, q, v.People.Links.Items)
	if err != nil {
		return err
	}
	of := "?view=account:" + v.id
	out.Profiles, out.Links = partAs(v.People.Profiles, "/social-profiles"+of, profileOf), partWith(v.People.Links, links, "/links"+of)
	out.Consent = partAs(v.People.Consents, "/consents"+of, func(c crm.Consent) Consent { return consentOf(&c, v.names) })
	return nil
}
