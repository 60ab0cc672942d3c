package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// store writes the whole batch in one transaction. A batch that changes nothing opens none.
func (p *Pipeline) store(ctx context.Context, w *work) error {
	if len(w.posts)+len(w.edits)+len(w.deleted)+len(w.gone) == 0 {
		return nil
	}
	return p.DB.Update(ctx, func(tx *sqldb.Tx) error {
		w.stored = outcome{} // the transaction may be the second try
		if err := w.leaveOutBlocked(ctx, tx); err != nil {
			return err
		}
		if err := listening.Save(ctx, tx, w.posts); err != nil {
			return fmt.Errorf("save mentions: %w", err)
		}
		if err := listening.Revise(ctx, tx, w.edits); err != nil {
			return fmt.Errorf("revise mentions: %w", err)
		}
		if err := p.connect(ctx, tx, w); err != nil {
			return err
		}
		if err := p.collectIdeas(ctx, tx, w); err != nil {
			return err
		}
		return p.remove(ctx, tx, w)
	})
}

// leaveOutBlocked drops what is by somebody who was erased and may not be collected again.
func (w *work) leaveOutBlocked(ctx context.Context, tx *sqldb.Tx) error {
	var authors []string
	for _, h := range w.heard() {
		authors = append(authors, h.AuthorID)
	}
	blocked, err := crm.BlockedAuthors(ctx, tx, authors)
	if err != nil || len(blocked) == 0 {
		return err
	}
	erased := func(h *listening.Heard) bool { return blocked[h.AuthorID] }
	w.posts, w.edits = slices.DeleteFunc(w.posts, erased), slices.DeleteFunc(w.edits, erased)
	return nil
}

// connect ties what is new to the CRM: links of authors, touches on contacts, leads. What it knows
// of the authors decides on alerts.
func (p *Pipeline) connect(ctx context.Context, tx *sqldb.Tx, w *work) error {
	fresh := freshOnly(w.heard())
	if len(fresh) == 0 {
		return nil
	}
	authors := make(map[string]bool, len(fresh))
	for _, h := range fresh {
		authors[h.AuthorID] = true
	}
	proposed, err := stillThere(ctx, tx, slices.DeleteFunc(slices.Clone(w.links), func(l crm.Link) bool { return !authors[l.AuthorID] }))
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	changes, err := crm.SaveLinks(ctx, tx, slices.Sorted(maps.Keys(authors)), proposed, crm.Change{By: crm.ByMatcher, At: p.Now(), Access: crm.System()})
	if err != nil {
		return fmt.Errorf("save links: %w", err)
	}
	contacts := changes.Confirmed
	var touches []crm.Touch
	for _, h := range fresh {
		if contact := contacts[h.AuthorID]; contact != "" {
			touches = append(touches, crm.Touch{ContactID: contact, PostID: h.PostID, AuthorID: h.AuthorID, PostedAt: h.Event.Post.PostedAt})
		}
	}
	added, err := crm.SaveTouches(ctx, tx, touches)
	if err != nil {
		return fmt.Errorf("save touches: %w", err)
	}
	w.stored.links, w.stored.touches = changes.Links, changes.Touches+added
	if err := p.openLeads(ctx, tx, w, fresh, contacts); err != nil {
		return err
	}
	return p.alert(ctx, tx, w, fresh, contacts)
}

// stillThere keeps the links whose contact exists: the index may be a second behind the database.
func stillThere(ctx context.Context, tx *sqldb.Tx, links []crm.Link) ([]crm.Link, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = l.ContactID
	}
	names, err := crm.NamesOf(ctx, tx, crm.System(), crm.RecordContact, ids)
	return slices.DeleteFunc(links, func(l crm.Link) bool { _, ok := names[l.ContactID]; return !ok }), err
}

// openLeads opens a lead for each post whose author wants to buy, as crm.LeadFromMention rules.
func (p *Pipeline) openLeads(ctx context.Context, tx *sqldb.Tx, w *work, fresh []*listening.Heard, contacts map[string]string) error {
	var leads []crm.Lead
	for _, h := range fresh {
		i := slices.IndexFunc(h.Mentions, func(m listening.Mention) bool { return m.Intent == post.IntentPurchase })
		if i < 0 {
			continue
		}
		m := h.Mentions[i]
		heard := crm.HeardMention{Post: &h.Event.Post, Reading: m.Reading, PostID: h.PostID, AuthorID: h.AuthorID, MonitorID: m.MonitorID}
		if id := contacts[h.AuthorID]; id != "" {
			contact, err := crm.ContactByID(ctx, tx, crm.System(), id)
			if err != nil {
				return fmt.Errorf("read contact %s: %w", id, err)
			}
			heard.Contact = &contact
		}
		if lead, ok := crm.LeadFromMention(heard, p.Now()); ok {
			leads = append(leads, lead)
		}
	}
	opened, err := crm.OpenLeads(ctx, tx, leads, crm.Change{By: crm.ByRule, At: p.Now(), Access: crm.System()})
	if err != nil {
		return fmt.Errorf("open leads: %w", err)
	}
	for i, lead := range leads {
		if opened[i] {
			w.stored.leads = append(w.stored.leads, lead)
		}
	}
	return nil
}

// remove takes out what its author or the network took back, in the CRM too.
func (p *Pipeline) remove(ctx context.Context, tx *sqldb.Tx, w *work) error {
	if len(w.deleted)+len(w.gone) == 0 {
		return nil
	}
	removed, err := listening.Remove(ctx, tx, w.deleted, p.Now())
	if err != nil {
		return fmt.Errorf("remove posts: %w", err)
	}
	forgotten, err := listening.Forget(ctx, tx, w.gone, p.Now())
	if err != nil {
		return fmt.Errorf("forget authors: %w", err)
	}
	gone := slices.Concat(removed, forgotten)
	if err := crm.RemoveTouches(ctx, tx, gone); err != nil {
		return fmt.Errorf("remove touches: %w", err)
	}
	if err := alerts.ForgetPosts(ctx, tx, gone); err != nil {
		return err
	}
	if err := crm.ForgetPosts(ctx, tx, slices.Concat(w.deleted, forgotten)); err != nil { // an idea outlives its post's retention
		return err
	}
	if err := crm.Forget(ctx, tx, w.gone); err != nil {
		return fmt.Errorf("forget authors: %w", err)
	}
	return nil
}

// freshOnly keeps the posts with a mention that this transaction inserted.
func freshOnly(posts []*listening.Heard) []*listening.Heard {
	var fresh []*listening.Heard
	for _, h := range posts {
		if h.Fresh() {
			fresh = append(fresh, h)
		}
	}
	return fresh
}
