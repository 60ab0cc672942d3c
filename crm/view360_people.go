package crm

import (
	"context"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ViewPeople is what is on file of the contacts of an account: where they speak, what speaks for it,
// and what they agreed to.
type ViewPeople struct {
	Profiles Part[SocialProfile]
	Links    Part[Link]
	Consents Part[Consent]
}

// A PeopleFilter chooses profiles, links or consents of the contacts of a view.
type PeopleFilter struct {
	View   ViewOf
	Cursor string
	Limit  int
}

// peopleOf says where rows about contacts stand: their order, and what a page goes on after.
type peopleOf[T any] struct {
	table, order, after string
	find                func(context.Context, sqldb.Querier, string, ...any) ([]T, error)
	mark                func(*T) []string
	mayRead             func(*where, *Access)
}

var (
	peopleProfiles = peopleOf[SocialProfile]{"social_profiles", "id DESC", "id < ?", queryProfiles,
		func(p *SocialProfile) []string { return []string{p.ID} }, func(*where, *Access) {}}
	peopleLinks = peopleOf[Link]{"links", "author_id, contact_id", "(author_id, contact_id) > (?, ?)", queryLinks,
		func(l *Link) []string { return []string{l.AuthorID, l.ContactID} }, func(w *where, a *Access) { w.readable(a, RecordLink, "links") }}
	// Whoever may not see links sees nothing of the consents to one.
	peopleConsents = peopleOf[Consent]{"consents", "id DESC", "id < ?", queryConsents,
		func(c *Consent) []string { return []string{c.ID} }, func(w *where, a *Access) {
			if !a.Can(ToRead, RecordLink) {
				w.add("author_id = ''")
			}
		}}
)

// part is the beginning of what is on file of the contacts of a scope.
func (p *peopleOf[T]) part(ctx context.Context, q sqldb.Querier, s *scope, a *Access) (Part[T], error) {
	w := s.people()
	p.mayRead(w, a)
	return partOf(ctx, q, p.table, w, func(rest string, args ...any) ([]T, error) {
		return p.find(ctx, q, strings.TrimPrefix(rest, " WHERE "), args...)
	}, p.order)
}

// page is a page of it.
func (p *peopleOf[T]) page(ctx context.Context, q sqldb.Querier, a *Access, f PeopleFilter) (list []T, next string, err error) {
	s, err := f.View.scope(ctx, q, a)
	if err != nil {
		return nil, "", err
	}
	w := s.people()
	p.mayRead(w, a)
	if f.Cursor != "" {
		marks, err := decodeCursor(f.Cursor, strings.Count(p.after, "?"))
		if err != nil {
			return nil, "", err
		}
		w.add(p.after, sqldb.Anys(marks)...)
	}
	limit := pageSize(f.Limit)
	rest := strings.TrimPrefix(w.sql(), " WHERE ") + " ORDER BY " + p.order + w.limit(limit+1)
	if list, err = p.find(ctx, q, rest, w.args...); err == nil && len(list) > limit {
		list = list[:limit]
		next = encodeCursor(p.mark(&list[limit-1])...)
	}
	return list, next, err
}

// gatherPeople fills what is on file of the contacts of an account.
func (v *View360) gatherPeople(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) (err error) {
	if v.People.Profiles, err = peopleProfiles.part(ctx, q, s, by.Access); err != nil {
		return err
	}
	if v.People.Links, err = peopleLinks.part(ctx, q, s, by.Access); err != nil {
		return err
	}
	v.People.Consents, err = peopleConsents.part(ctx, q, s, by.Access)
	return err
}

// FindProfiles lists the profiles of the contacts of a view, the newest first, a page at a time.
func FindProfiles(ctx context.Context, q sqldb.Querier, a *Access, f PeopleFilter) ([]SocialProfile, string, error) {
	return peopleProfiles.page(ctx, q, a, f)
}

// FindLinks lists the links of the contacts of a view, a page at a time.
func FindLinks(ctx context.Context, q sqldb.Querier, a *Access, f PeopleFilter) ([]Link, string, error) {
	return peopleLinks.page(ctx, q, a, f)
}

// FindConsents lists what the contacts of a view agreed to, and took back, the newest first, a page at
// a time.
func FindConsents(ctx context.Context, q sqldb.Querier, a *Access, f PeopleFilter) ([]Consent, string, error) {
	return peopleConsents.page(ctx, q, a, f)
}
