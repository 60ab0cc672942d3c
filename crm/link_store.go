package crm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const linkColumns = "author_id, contact_id, decision, probability, evidence, basis, decided_by, decided_at"

func queryLinks(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Link, error) {
	rows, err := q.Query(ctx, "SELECT "+linkColumns+" FROM links WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load links: %w", err)
	}
	defer rows.Close()
	var links []Link
	for rows.Next() {
		var l Link
		var evidence string
		var decided int64
		if err := rows.Scan(&l.AuthorID, &l.ContactID, &l.Decision, &l.Probability, &evidence, &l.Basis, &l.DecidedBy, &decided); err != nil {
			return nil, fmt.Errorf("load links: %w", err)
		}
		l.Evidence, l.DecidedAt = json.RawMessage(evidence), fromMillis(decided)
		links = append(links, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load links: %w", err)
	}
	return links, nil
}

// LinksOfContact returns a contact's links, the latest decision first.
func LinksOfContact(ctx context.Context, q sqldb.Querier, contactID string) ([]Link, error) {
	return queryLinks(ctx, q, "contact_id = $1 ORDER BY decided_at DESC, author_id", contactID)
}

// LinksOfAuthors returns the links of each author.
func LinksOfAuthors(ctx context.Context, q sqldb.Querier, authorIDs []string) (map[string][]Link, error) {
	links := make(map[string][]Link)
	for part := range chunks(authorIDs) {
		found, err := queryLinks(ctx, q, sqldb.In("author_id", 1, len(part))+" ORDER BY author_id, contact_id", anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			links[l.AuthorID] = append(links[l.AuthorID], l)
		}
	}
	return links, nil
}

// ConfirmedContacts returns the contact of each author who has a confirmed one.
func ConfirmedContacts(ctx context.Context, q sqldb.Querier, authorIDs []string) (map[string]string, error) {
	contacts := make(map[string]string)
	for part := range chunks(authorIDs) {
		found, err := queryLinks(ctx, q, "decision = 'confirmed' AND "+sqldb.In("author_id", 1, len(part)), anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			contacts[l.AuthorID] = l.ContactID
		}
	}
	return contacts, nil
}

// LinkChanges are what saving links has changed.
type LinkChanges struct {
	Links   []Link
	Touches int // put on timelines
}

// SaveLinks saves what the matcher proposes. It changes no link that a person decided (settle says
// the rest). A link that becomes confirmed makes touches of all the author's stored posts; one that
// ceases to be takes them away. Saving twice changes nothing.
func SaveLinks(ctx context.Context, tx *sqldb.Tx, proposed []Link) (LinkChanges, error) {
	if len(proposed) == 0 {
		return LinkChanges{}, nil
	}
	byAuthor := make(map[string][]Link)
	var authors []string
	for _, l := range proposed {
		if _, ok := byAuthor[l.AuthorID]; !ok {
			authors = append(authors, l.AuthorID)
		}
		byAuthor[l.AuthorID] = append(byAuthor[l.AuthorID], l)
	}
	slices.Sort(authors) // writers that lock in one order never wait for each other in a ring
	existing, err := LinksOfAuthors(ctx, tx, authors)
	if err != nil {
		return LinkChanges{}, err
	}
	var changed []Link
	for _, author := range authors {
		changed = append(changed, settle(existing[author], byAuthor[author])...)
	}
	return writeLinks(ctx, tx, changed, existing)
}

// writeLinks saves links and lets the touches follow. Those that give up a confirmation go first,
// so that there is never more than one.
func writeLinks(ctx context.Context, tx *sqldb.Tx, changed []Link, existing map[string][]Link) (done LinkChanges, err error) {
	slices.SortStableFunc(changed, func(a, b Link) int { return cmp.Compare(rank(a.Decision), rank(b.Decision)) })
	for _, l := range changed {
		written, err := writeLink(ctx, tx, &l)
		if err != nil {
			return LinkChanges{}, err
		}
		if !written {
			continue
		}
		was := slices.ContainsFunc(existing[l.AuthorID], func(old Link) bool {
			return old.ContactID == l.ContactID && old.Decision == Confirmed
		})
		touches := 0
		switch {
		case l.Decision == Confirmed && !was:
			touches, err = addTouchesOf(ctx, tx, l.AuthorID, l.ContactID)
		case l.Decision != Confirmed && was:
			err = removeTouchesOf(ctx, tx, l.AuthorID, l.ContactID)
		}
		if err != nil {
			return LinkChanges{}, err
		}
		done.Links, done.Touches = append(done.Links, l), done.Touches+touches
	}
	return done, nil
}

// writeLink saves one link. A person may have decided between our reading and this: then theirs
// stays, and nothing is written.
func writeLink(ctx context.Context, tx *sqldb.Tx, l *Link) (written bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, decided_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (author_id, contact_id) DO UPDATE SET decision = excluded.decision, probability = excluded.probability,
			evidence = excluded.evidence, basis = excluded.basis, decided_by = excluded.decided_by, decided_at = excluded.decided_at
		WHERE links.decided_by = 'matcher' OR excluded.decided_by <> 'matcher'`,
		l.AuthorID, l.ContactID, string(l.Decision), l.Probability, string(evidenceText(l)), l.Basis, l.DecidedBy, millis(l.DecidedAt))
	if errors.Is(err, sqldb.ErrConflict) {
		return false, fmt.Errorf("save link of author %s: another contact of theirs was confirmed meanwhile: %w", l.AuthorID, ErrConflict)
	}
	if err != nil {
		return false, fmt.Errorf("save link of author %s: %w", l.AuthorID, err)
	}
	return n > 0, nil
}

func rank(d Decision) int {
	if d == Confirmed {
		return 1
	}
	return 0
}

// Decide saves a person's decision on an author and a contact; the matcher never changes it again.
// Confirming makes touches of the author's stored posts and turns what the matcher confirmed for
// the author elsewhere into a suggestion; where a person has confirmed another contact, it is
// ErrConflict, for that decision has to be taken back first. Any other decision removes the touches.
func Decide(ctx context.Context, tx *sqldb.Tx, authorID, contactID string, decision Decision, by string, now time.Time) (Link, error) {
	if err := checkDecision(ctx, tx, authorID, contactID, decision, by); err != nil {
		return Link{}, err
	}
	existing, err := LinksOfAuthors(ctx, tx, []string{authorID})
	if err != nil {
		return Link{}, err
	}
	link := Link{AuthorID: authorID, ContactID: contactID, Probability: 1, Basis: "legitimate interest: a person's decision"}
	var changed []Link
	for _, old := range existing[authorID] {
		switch {
		case old.ContactID == contactID:
			link = old
		case decision == Confirmed && old.Decision == Confirmed && old.Human():
			return Link{}, fmt.Errorf("confirm author %s for contact %s: a person has confirmed contact %s, reject that link first: %w",
				authorID, contactID, old.ContactID, ErrConflict)
		case decision == Confirmed && old.Decision == Confirmed:
			old.Decision, old.DecidedAt = Suggested, now
			changed = append(changed, old)
		}
	}
	link.Decision, link.DecidedBy, link.DecidedAt = decision, by, now
	link.Evidence = evidenceText(&link)
	_, err = writeLinks(ctx, tx, append(changed, link), existing)
	return link, err
}

func checkDecision(ctx context.Context, tx *sqldb.Tx, authorID, contactID string, decision Decision, by string) error {
	switch decision {
	case Suggested, Confirmed, Rejected, Ignored:
	default:
		return invalid("decision", "%q is not one of suggested, confirmed, rejected, ignored", decision)
	}
	if by == "" || by == ByMatcher {
		return invalid("decided_by", "%q is no person", by)
	}
	var n int
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM authors WHERE id = $1", authorID).Scan(&n); err != nil {
		return fmt.Errorf("load author %s: %w", authorID, err)
	}
	if n == 0 {
		return fmt.Errorf("load author %s: %w", authorID, ErrNotFound)
	}
	_, err := ContactByID(ctx, tx, contactID)
	return err
}
