package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// RecordRecommendation is the type of what became of recommendations.
const RecordRecommendation = "recommendation"

var recommendations = table[Recommendation, *Recommendation]{kind: RecordRecommendation, name: "recommendations",
	columns: []string{"post_id", "author_id", "campaign_id", "contact_id", "lead_id", "task_id", "became", "state", "note"},
	bind: func(r *Recommendation) []any {
		return []any{&r.PostID, &r.AuthorID, &r.CampaignID, &r.ContactID, &r.LeadID, &r.TaskID, &r.Became, &r.State, &r.Note}
	}}

// A Resolution is what a person makes of a recommendation.
type Resolution struct {
	PostID  string
	Became  string
	OwnerID string    // who works on the lead, or asks for the reference; empty: who decides
	DueAt   time.Time // of the request; zero: in a week
	Note    string
}

// A recommending post, as it is read for a resolution.
type recommendingPost struct {
	network, text, url, author, monitor string
	name, handle                        string
}

const referenceDays = 7

// ResolveRecommendation makes of a post that recommends the brand what a person wants: a lead, a request for a
// reference, or nothing. The reference of a customer is asked for in the case that was won with them
// last, else on the contact, or on the lead of somebody who is no contact yet.
func ResolveRecommendation(ctx context.Context, tx *sqldb.Tx, ch Change, d Resolution) (Recommendation, error) {
	ch = ch.Begin()
	p, err := recommending(ctx, tx, d.PostID)
	if err != nil {
		return Recommendation{}, err
	}
	known, err := sqldb.Strings(ctx, tx, "SELECT id FROM recommendations WHERE post_id = $1", d.PostID)
	if err != nil {
		return Recommendation{}, fmt.Errorf("load recommendations: %w", err)
	}
	if len(known) > 0 {
		return Recommendation{}, fmt.Errorf("resolve post %s: somebody did already, see recommendation %s: %w", d.PostID, known[0], ErrConflict)
	}
	r := Recommendation{PostID: d.PostID, AuthorID: p.author, Became: d.Became, Note: d.Note}
	if err := r.check(); err != nil {
		return r, err
	}
	contacts, err := ConfirmedContacts(ctx, tx, []string{p.author})
	if err != nil {
		return r, err
	}
	r.ContactID = contacts[p.author]
	if d.OwnerID == "" {
		d.OwnerID = ch.By
	}
	heard := []Lead{{Meta: Meta{CreatedAt: ch.At}, PostID: d.PostID}}
	if err := takeHeardCampaigns(ctx, tx, heard); err != nil {
		return r, err
	}
	r.CampaignID = heard[0].CampaignID
	if d.Became == BecameLead || d.Became == BecameReference && r.ContactID == "" {
		if r.LeadID, err = leadOfFan(ctx, tx, ch, &d, p, r.ContactID); err != nil {
			return r, err
		}
	}
	if d.Became == BecameReference {
		r.State = ReferenceOpen
		if r.TaskID, err = askForReference(ctx, tx, ch, &d, p, &r); err != nil {
			return r, err
		}
	}
	return r, recommendations.create(ctx, tx, ch, &r)
}

// recommending loads a post that a monitor heard.
func recommending(ctx context.Context, q sqldb.Querier, postID string) (p recommendingPost, err error) {
	err = q.QueryRow(ctx, `SELECT p.network, p.text, p.url, p.author_id, m.monitor_id, COALESCE(a.name, ''), COALESCE(a.handle, '')
		FROM posts p JOIN mentions m ON m.post_id = p.id LEFT JOIN authors a ON a.id = p.author_id WHERE p.id = $1 ORDER BY m.monitor_id LIMIT 1`, postID).
		Scan(&p.network, &p.text, &p.url, &p.author, &p.monitor, &p.name, &p.handle)
	if errors.Is(err, sql.ErrNoRows) {
		return p, invalid("post_id", "there is no mention %q: it may have been deleted", postID)
	}
	if err != nil {
		return p, fmt.Errorf("load post %s: %w", postID, err)
	}
	if p.name == "" {
		p.name = p.handle
	}
	return p, nil
}

// leadOfFan opens the lead of who recommends, or finds the one that is open.
func leadOfFan(ctx context.Context, tx *sqldb.Tx, ch Change, d *Resolution, p recommendingPost, contactID string) (string, error) {
	if err := ch.Access.Demand(ToCreate, RecordLead); err != nil {
		return "", err
	}
	l := Lead{Meta: Meta{CreatedAt: ch.At, UpdatedAt: ch.At}, Topic: cut(p.text, maxTopic), Name: cut(p.name, maxName), Source: SourceMention, PostID: d.PostID, AuthorID: p.author,
		MonitorID: p.monitor, OpenKey: "author:" + p.author, Rule: RuleRecommendation, Network: p.network, Handle: cut(p.handle, maxName), OwnerID: d.OwnerID}
	if contactID != "" {
		c, err := ContactByID(ctx, tx, ch.Access, contactID)
		if err != nil {
			return "", err
		}
		l.fromContact(&c)
	}
	heard := []Lead{l}
	opened, err := OpenLeads(ctx, tx, heard, ch)
	if err != nil {
		return "", err
	}
	if opened[0] {
		return heard[0].ID, takePart(ctx, tx, ch.At, RecordLead, heard[0].ID, TookOwnership, d.OwnerID)
	}
	there, err := sqldb.Strings(ctx, tx, "SELECT id FROM leads WHERE open_key = $1 UNION SELECT id FROM leads WHERE post_id = $2 ORDER BY id DESC LIMIT 1", l.OpenKey, d.PostID)
	if err != nil || len(there) == 0 {
		return "", errors.Join(err, fmt.Errorf("find the lead of post %s: %w", d.PostID, ErrNotFound))
	}
	return there[0], nil
}

// fromContact takes over what is known of the contact that a lead is.
func (l *Lead) fromContact(c *Contact) {
	l.ContactID, l.Name, l.Company, l.Email = c.ID, c.Name(), c.Company, c.Email
	l.Phone, l.JobTitle, l.City, l.Country, l.AccountID, l.PostalCode = c.Phone, c.JobTitle, c.City, c.Country, c.AccountID, c.PostalCode
}

// askForReference sets the task of asking.
func askForReference(ctx context.Context, tx *sqldb.Tx, ch Change, d *Resolution, p recommendingPost, r *Recommendation) (string, error) {
	task := Activity{Kind: "task", RecordType: RecordLead, RecordID: r.LeadID, Subject: cut("Ask "+p.name+" for a reference", maxName), OwnerID: d.OwnerID, DueAt: d.DueAt,
		Text: "Recommended us in public: " + p.url}
	if r.ContactID != "" {
		task.RecordType, task.RecordID = RecordContact, r.ContactID
		won, err := sqldb.Strings(ctx, tx, "SELECT id FROM opportunities WHERE contact_id = $1 AND state = 'won' ORDER BY closed_at DESC, id DESC LIMIT 1", r.ContactID)
		if err != nil {
			return "", fmt.Errorf("load what was won: %w", err)
		}
		if len(won) > 0 {
			task.RecordType, task.RecordID = RecordOpportunity, won[0]
		}
	}
	if task.DueAt.IsZero() {
		task.DueAt = ch.At.AddDate(0, 0, referenceDays)
	}
	made, err := CreateActivity(ctx, tx, ch, task)
	return made.ID, err
}

// AnswerReference notes how far a reference is; when it is given or declined, its task is done.
func AnswerReference(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, state, note string) (Recommendation, error) {
	ch = ch.Begin()
	r, err := recommendations.change(ctx, tx, ch, id, version, "update", func(r *Recommendation) error {
		if note != "" {
			r.Note = note
		}
		return r.Answer(state)
	})
	if err != nil || r.TaskID == "" || state != ReferenceGiven && state != ReferenceDeclined {
		return r, err
	}
	_, err = UpdateActivity(ctx, tx, ch.follows(), r.TaskID, 0, func(a *Activity) {
		if a.DoneAt.IsZero() {
			a.DoneAt = ch.At
		}
	})
	return r, err
}

// A RecommendationFilter chooses what became of recommendations; an empty field does not restrict.
type RecommendationFilter struct {
	Became     string
	State      string
	CampaignID string
	Cursor     string
	Limit      int
}

// FindRecommendations lists what became of recommendations, the newest first, a page at a time.
func FindRecommendations(ctx context.Context, q sqldb.Querier, a *Access, f RecommendationFilter) ([]Recommendation, string, error) {
	w := &where{}
	for _, by := range []struct{ column, value string }{{"became", f.Became}, {"state", f.State}, {"campaign_id", f.CampaignID}} {
		if by.value != "" {
			w.add(by.column+" = ?", by.value)
		}
	}
	return recommendations.page(ctx, q, a, w, f.Cursor, f.Limit)
}
