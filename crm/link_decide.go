package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Verdict is what a person decides about an author and a contact.
type Verdict struct {
	AuthorID, ContactID string
	Decision            Decision
	Basis               Basis // empty: as it is, or legitimate interest
	Version             int64 // of the link the person saw; 0 takes any
}

// A Decided is a decision as it was saved.
type Decided struct {
	Link  Link
	Event string // for UndoDecision
}

// Decide saves a person's decision on an author and a contact; the matcher never changes it again.
// Confirming makes touches of the author's stored posts and turns what the matcher confirmed for
// the author elsewhere into a suggestion; where a person has confirmed another contact, it is
// ErrConflict, for that decision has to be taken back first. Any other decision removes the touches.
func Decide(ctx context.Context, tx *sqldb.Tx, v Verdict, ch Change) (Decided, error) {
	if err := checkVerdict(ctx, tx, v, &ch); err != nil {
		return Decided{}, err
	}
	if v.Decision == Confirmed && v.Basis != BasisContract {
		if err := mayLink(ctx, tx, v.ContactID); err != nil {
			return Decided{}, err
		}
	}
	ch = ch.Begin()
	existing, err := LinksOfAuthors(ctx, tx, []string{v.AuthorID})
	if err != nil {
		return Decided{}, err
	}
	var old *Link
	var changes []linkChange
	for i := range existing[v.AuthorID] {
		l := &existing[v.AuthorID][i]
		switch {
		case l.ContactID == v.ContactID:
			old = l
		case v.Decision != Confirmed || l.Decision != Confirmed:
		case l.Human():
			return Decided{}, fmt.Errorf("confirm author %s for contact %s: a person has confirmed contact %s, reject that link first: %w",
				v.AuthorID, v.ContactID, l.ContactID, ErrConflict)
		default:
			yielded := *l
			yielded.Decision, yielded.Reason, yielded.DecidedAt = Suggested, reasonOther, ch.At
			changes = append(changes, linkChange{l, &yielded})
		}
	}
	link, err := v.apply(old, ch)
	if err != nil {
		return Decided{}, err
	}
	if _, err = writeLinks(ctx, tx, ch, "decide", append(changes, linkChange{old, link})); err != nil {
		return Decided{}, err
	}
	if v.Decision == Confirmed {
		if err := takePart(ctx, tx, ch.At, RecordContact, v.ContactID, TookLink, ch.By); err != nil {
			return Decided{}, err
		}
	}
	return Decided{*link, ch.Event}, nil
}

// apply makes the link that the decision leaves. What the model said of the pair stays, so that the
// decision can be held against it.
func (v Verdict) apply(old *Link, ch Change) (*Link, error) {
	link := Link{AuthorID: v.AuthorID, ContactID: v.ContactID, Probability: 1, Basis: BasisInterest}
	if old != nil {
		if v.Version != 0 && v.Version != old.Version {
			return nil, fmt.Errorf("decide on author %s and contact %s: somebody else decided meanwhile: %w", v.AuthorID, v.ContactID, ErrConflict)
		}
		link = *old
	}
	if v.Basis != "" {
		link.Basis = v.Basis
	}
	link.Decision, link.Reason, link.DecidedBy, link.DecidedAt = v.Decision, ch.Why, ch.By, ch.At
	link.Evidence, link.Explanation = evidenceText(&link), explanationText(&link)
	return &link, nil
}

func checkVerdict(ctx context.Context, tx *sqldb.Tx, v Verdict, ch *Change) error {
	if !slices.Contains(Decisions, v.Decision) {
		return invalid("decision", "%q is not one of suggested, confirmed, rejected, ignored, unsure", v.Decision)
	}
	if v.Basis != "" {
		if _, err := ParseBasis(string(v.Basis)); err != nil {
			return err
		}
	}
	if err := ch.check(); err != nil {
		return err
	}
	if err := authorExists(ctx, tx, v.AuthorID); err != nil {
		return err
	}
	if _, err := ContactByID(ctx, tx, ch.Access, v.ContactID); err != nil {
		return err
	}
	return ch.Access.Check(ctx, tx, ToUpdate, RecordLink, v.ContactID)
}

func authorExists(ctx context.Context, q sqldb.Querier, id string) error {
	var n int
	if err := q.QueryRow(ctx, "SELECT count(*) FROM authors WHERE id = $1", id).Scan(&n); err != nil {
		return fmt.Errorf("load author %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("load author %s: %w", id, ErrNotFound)
	}
	return nil
}

// UndoDecision takes back a person's decision with all it changed: every link of the event becomes
// what it was before, and the touches with it. Where one of them was changed again, it is
// ErrConflict and nothing is undone.
func UndoDecision(ctx context.Context, tx *sqldb.Tx, event string, ch Change) ([]Link, error) {
	if err := ch.check(); err != nil {
		return nil, err
	}
	entries, err := queryAudit(ctx, tx, " WHERE event = $1 AND record_type = 'link' AND action = 'decide' ORDER BY id DESC", event)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("undo decision %s: %w", event, ErrNotFound)
	}
	changes := make([]linkChange, len(entries))
	for i := range entries {
		if err := ch.Access.Check(ctx, tx, ToUpdate, RecordLink, entries[i].About); err != nil {
			return nil, err
		}
		if changes[i], err = undone(ctx, tx, &entries[i]); err != nil {
			return nil, err
		}
	}
	done, err := writeLinks(ctx, tx, ch, "undo", changes)
	return done.Links, err
}

func undone(ctx context.Context, tx *sqldb.Tx, e *AuditEntry) (linkChange, error) {
	var left Link
	if err := json.Unmarshal(e.After, &left); err != nil {
		return linkChange{}, fmt.Errorf("undo decision %s: the log no longer holds what it changed, because the person was erased: %w", e.Event, ErrNotFound)
	}
	found, err := queryLinks(ctx, tx, "author_id = $1 AND contact_id = $2", left.AuthorID, left.ContactID)
	if err != nil {
		return linkChange{}, err
	}
	if len(found) == 0 || found[0].Version != left.Version {
		return linkChange{}, fmt.Errorf("undo decision %s: the link of author %s was changed since: %w", e.Event, left.AuthorID, ErrConflict)
	}
	c := linkChange{before: &found[0]}
	if e.Before == nil {
		return c, nil
	}
	c.after = new(Link)
	if err := json.Unmarshal(e.Before, c.after); err != nil {
		return linkChange{}, fmt.Errorf("undo decision %s: %w", e.Event, err)
	}
	return c, nil
}
