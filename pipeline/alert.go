package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// alertWithin is how old a post may be that alerts: what is caught up on, or replayed, is not news.
const alertWithin = 2 * time.Hour

// relations tells how the company stands with contacts. The rules on mentions ask it, so that what
// else the company knows of a contact can alert: a further alerts.Relation, and a line in
// alerts.ruleKinds.
type relations interface {
	Relations(ctx context.Context, q sqldb.Querier, contactIDs []string) (map[string]alerts.Relation, error)
}

// standings are what the CRM knows of contacts.
type standings struct{}

func (standings) Relations(ctx context.Context, q sqldb.Querier, contactIDs []string) (map[string]alerts.Relation, error) {
	known, err := crm.RelationsOf(ctx, q, contactIDs)
	if err != nil {
		return nil, err
	}
	all := make(map[string]alerts.Relation, len(known))
	for id, s := range known {
		switch {
		case s.Open:
			all[id] = alerts.Negotiating
		case s.Customer:
			all[id] = alerts.Customer
		default:
			all[id] = alerts.Acquaintance
		}
	}
	return all, nil
}

// alert saves an alert for each new mention that meets a rule of its monitor. They stand in the
// transaction of the mentions: a mention alerts exactly once.
func (p *Pipeline) alert(ctx context.Context, tx *sqldb.Tx, w *work, fresh []*listening.Heard, contacts map[string]string) error {
	if p.Rules == nil {
		return nil
	}
	rules, oldest := p.Rules.current.Load(), p.Now().Add(-alertWithin)
	concerned := slices.DeleteFunc(slices.Clone(fresh), func(h *listening.Heard) bool {
		return h.Event.Post.PostedAt.Before(oldest) || !slices.ContainsFunc(h.Mentions, func(m listening.Mention) bool {
			return m.New && len(rules.of(m.MonitorID)) > 0
		})
	})
	if len(concerned) == 0 {
		return nil
	}
	known, err := p.known(ctx, tx, concerned, contacts)
	if err != nil {
		return err
	}
	var found []alerts.MentionAlert
	for _, h := range concerned {
		queries := rules.matched(&h.Event.Post)
		for i := range h.Mentions {
			m := &h.Mentions[i]
			if !m.New {
				continue
			}
			who := known[contacts[h.AuthorID]]
			said := alerts.Said{MonitorID: m.MonitorID, AuthorID: h.AuthorID, Mention: mentionOf(h, m, who.name), Relation: who.relation, Queries: queries}
			if a, ok := alerts.AlertOf(rules.of(m.MonitorID), &said, time.Now()); ok { // it waits on the clock of those who read it
				found = append(found, a)
			}
		}
	}
	if w.stored.alerts, err = alerts.SaveMentionAlerts(ctx, tx, found); err != nil {
		return fmt.Errorf("save alerts: %w", err)
	}
	return nil
}

// someone is what is known of a contact.
type someone struct {
	name     string
	relation alerts.Relation
}

// known looks up the contacts among the authors.
func (p *Pipeline) known(ctx context.Context, tx *sqldb.Tx, heard []*listening.Heard, contacts map[string]string) (map[string]someone, error) {
	var ids []string
	for _, h := range heard {
		if id := contacts[h.AuthorID]; id != "" {
			ids = append(ids, id)
		}
	}
	names, err := crm.NamesOf(ctx, tx, crm.System(), crm.RecordContact, ids)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	asked := p.Relations
	if asked == nil {
		asked = standings{}
	}
	stands, err := asked.Relations(ctx, tx, ids)
	if err != nil {
		return nil, fmt.Errorf("read relations: %w", err)
	}
	known := make(map[string]someone, len(ids))
	for _, id := range ids {
		known[id] = someone{names[id], stands[id]}
	}
	return known, nil
}

// mentionOf is a mention as channels are told of it.
func mentionOf(h *listening.Heard, m *listening.Mention, contact string) notify.Mention {
	p := &h.Event.Post
	author := p.Author.Name
	if author == "" {
		author = p.Author.Handle
	}
	return notify.Mention{PostID: h.PostID, Network: p.Network, URL: p.URL, Text: p.Text, Author: author, Handle: p.Author.Handle, Followers: p.Author.Followers,
		Contact: contact, Polarity: string(m.Polarity), Intent: string(m.Intent), Reach: m.Reach, PostedAt: p.PostedAt.UTC()}
}
