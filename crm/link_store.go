package crm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const linkColumns = `author_id, contact_id, decision, probability, evidence, basis, reason, explanation, model, proposed, version,
	 decided_by, decided_at`

// linkColumnsOf are linkColumns of a table named l, the first without its name.
var linkColumnsOf = strings.ReplaceAll(strings.Join(strings.Fields(linkColumns), " "), ", ", ", l.")

func queryLinks(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Link, error) {
	rows, err := q.Query(ctx, "SELECT "+linkColumns+" FROM links WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load links: %w", err)
	}
	defer rows.Close()
	var links []Link
	for rows.Next() {
		l, err := scanLink(rows)
		if err != nil {
			return nil, fmt.Errorf("load links: %w", err)
		}
		links = append(links, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load links: %w", err)
	}
	return links, nil
}

// scanLink reads linkColumns, and what the query selects after them.
func scanLink(row interface{ Scan(...any) error }, more ...any) (Link, error) {
	var l Link
	var evidence, explanation string
	var decided int64
	err := row.Scan(append([]any{&l.AuthorID, &l.ContactID, &l.Decision, &l.Probability, &evidence, &l.Basis, &l.Reason, &explanation, &l.Model,
		&l.Proposed, &l.Version, &l.DecidedBy, &decided}, more...)...)
	l.Evidence, l.Explanation, l.DecidedAt = json.RawMessage(evidence), json.RawMessage(explanation), sqldb.FromMillis(decided)
	return l, err
}

// LinksOfContact returns a contact's links, the latest decision first.
func LinksOfContact(ctx context.Context, q sqldb.Querier, contactID string) ([]Link, error) {
	return queryLinks(ctx, q, "contact_id = $1 ORDER BY decided_at DESC, author_id", contactID)
}

// LinksOfAuthors returns the links of each author.
func LinksOfAuthors(ctx context.Context, q sqldb.Querier, authorIDs []string) (map[string][]Link, error) {
	links := make(map[string][]Link)
	for part := range chunks(authorIDs) {
		found, err := queryLinks(ctx, q, sqldb.In("author_id", 1, len(part))+" ORDER BY author_id, contact_id", sqldb.Anys(part)...)
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
		found, err := queryLinks(ctx, q, "decision = 'confirmed' AND "+sqldb.In("author_id", 1, len(part)), sqldb.Anys(part)...)
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
	Links     []Link            // as they are now
	Dropped   int               // suggestions that are no more
	Touches   int               // put on timelines
	Confirmed map[string]string // the contact of each author asked about who has one
}

// SaveLinks saves what the matcher proposes for the authors it was asked about. It changes no link
// that a person decided (settle says the rest). A link that becomes confirmed makes touches of all
// the author's stored posts; one that ceases to be takes them away. Saving twice changes nothing.
func SaveLinks(ctx context.Context, tx *sqldb.Tx, asked []string, proposed []Link, ch Change) (LinkChanges, error) {
	proposed, err := withoutWithdrawn(ctx, tx, proposed)
	if err != nil {
		return LinkChanges{}, err
	}
	byAuthor := make(map[string][]Link, len(proposed))
	for _, l := range proposed {
		byAuthor[l.AuthorID] = append(byAuthor[l.AuthorID], l)
	}
	asked = slices.Compact(slices.Sorted(slices.Values(asked))) // writers that lock in one order never wait for each other in a ring
	existing, err := LinksOfAuthors(ctx, tx, asked)
	if err != nil {
		return LinkChanges{}, err
	}
	var changes []linkChange
	for _, author := range asked {
		have, claims := existing[author], byAuthor[author]
		if len(claims) == 0 && len(have) > 0 {
			doubted, err := doubtChanged(ctx, tx, have)
			if err != nil {
				return LinkChanges{}, err
			}
			changes = append(changes, doubted...)
			continue
		}
		changes = append(changes, settle(have, claims)...)
	}
	for _, c := range changes {
		if c.after != nil {
			c.after.DecidedAt = ch.At
		}
	}
	done, err := writeLinks(ctx, tx, ch, "match", changes)
	done.Confirmed = confirmedAfter(existing, done.Links)
	return done, err
}

func confirmedAfter(existing map[string][]Link, changed []Link) map[string]string {
	confirmed := make(map[string]string)
	for _, links := range existing {
		for _, l := range links {
			if l.Decision == Confirmed {
				confirmed[l.AuthorID] = l.ContactID
			}
		}
	}
	for _, l := range changed { // what gives up a confirmation comes first
		switch {
		case l.Decision == Confirmed:
			confirmed[l.AuthorID] = l.ContactID
		case confirmed[l.AuthorID] == l.ContactID:
			delete(confirmed, l.AuthorID)
		}
	}
	return confirmed
}

// doubtChanged handles an author for whom the matcher has nothing to say any more. That alone means
// little, for sources tell more or less of an author; but where the contact was changed after the
// link was made, a suggestion goes and a confirmation goes back to review.
func doubtChanged(ctx context.Context, tx *sqldb.Tx, links []Link) (changes []linkChange, err error) {
	for i := range links {
		l := &links[i]
		if l.DecidedBy != ByMatcher {
			continue
		}
		c, err := ContactByID(ctx, tx, System(), l.ContactID)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case !c.UpdatedAt.After(l.DecidedAt):
			continue
		}
		changes = append(changes, doubt(l, reasonChanged))
	}
	return changes, nil
}

// doubt takes away a suggestion and sends a confirmation back to review.
func doubt(l *Link, reason string) linkChange {
	if l.Decision != Confirmed {
		return linkChange{before: l}
	}
	after := *l
	after.Decision, after.Reason = Suggested, reason
	return linkChange{l, &after}
}

// writeLinks saves links, lets the touches follow and writes the audit log. Those that give up a
// confirmation go first, so that there is never more than one. A link that somebody else changed
// since it was read is left to them; only a person is told.
func writeLinks(ctx context.Context, tx *sqldb.Tx, ch Change, action string, changes []linkChange) (done LinkChanges, err error) {
	ch = ch.Begin()
	slices.SortStableFunc(changes, func(a, b linkChange) int { return cmp.Compare(a.rank(), b.rank()) })
	var log []changedRecord
	for _, c := range changes {
		written, err := c.write(ctx, tx)
		if err != nil {
			return LinkChanges{}, err
		}
		if !written {
			if ch.human() {
				return LinkChanges{}, fmt.Errorf("decide on author %s and contact %s: somebody else decided meanwhile: %w", c.key().AuthorID, c.key().ContactID, ErrConflict)
			}
			continue
		}
		touches, err := c.moveTouches(ctx, tx)
		if err != nil {
			return LinkChanges{}, err
		}
		done.Touches += touches
		if c.after != nil {
			done.Links = append(done.Links, *c.after)
		} else {
			done.Dropped++
		}
		log = append(log, c.record(action))
	}
	return done, record(ctx, tx, ch, log...)
}

func (c linkChange) rank() int {
	if c.after != nil && c.after.Decision == Confirmed {
		return 1
	}
	return 0
}

// LinkRecord is the id of a link in the audit log.
func LinkRecord(authorID, contactID string) string { return authorID + "/" + contactID }

func (c linkChange) record(action string) changedRecord {
	r := changedRecord{action: action, kind: RecordLink, id: LinkRecord(c.key().AuthorID, c.key().ContactID), about: c.key().ContactID, author: c.key().AuthorID}
	if c.before != nil {
		r.before = c.before
	}
	if c.after != nil {
		r.after, r.reason = c.after, c.after.Reason
	}
	return r
}

// write saves the change if the link still is as it was read, and sets the new version.
func (c linkChange) write(ctx context.Context, tx *sqldb.Tx) (written bool, err error) {
	if c.after == nil {
		n, err := tx.Exec(ctx, "DELETE FROM links WHERE author_id = $1 AND contact_id = $2 AND version = $3", c.before.AuthorID, c.before.ContactID, c.before.Version)
		if err != nil {
			return false, fmt.Errorf("drop link of author %s: %w", c.before.AuthorID, err)
		}
		return n > 0, nil
	}
	l := c.after
	query := `INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, reason, explanation, model, proposed,
		version, decided_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (author_id, contact_id) DO NOTHING`
	l.Version++
	if c.before != nil {
		l.Version = c.before.Version + 1
		query = `UPDATE links SET decision = $3, probability = $4, evidence = $5, basis = $6, reason = $7, explanation = $8, model = $9,
			proposed = $10, version = $11, decided_by = $12, decided_at = $13
			WHERE author_id = $1 AND contact_id = $2 AND version = $11 - 1`
	}
	// The contact's row is taken first, so that no link is left to a contact that is deleted or merged at the same time.
	if n, err := tx.Exec(ctx, "UPDATE contacts SET version = version WHERE id = $1", l.ContactID); err != nil || n == 0 {
		return false, err
	}
	n, err := tx.Exec(ctx, query, l.AuthorID, l.ContactID, string(l.Decision), l.Probability, string(evidenceText(l)), string(l.Basis), l.Reason,
		string(explanationText(l)), l.Model, string(l.Proposed), l.Version, l.DecidedBy, sqldb.Millis(l.DecidedAt))
	if errors.Is(err, sqldb.ErrConflict) {
		return false, fmt.Errorf("save link of author %s: another contact of theirs was confirmed meanwhile: %w", l.AuthorID, ErrConflict)
	}
	if err != nil {
		return false, fmt.Errorf("save link of author %s: %w", l.AuthorID, err)
	}
	return n > 0, nil
}

// moveTouches puts what the author said on the contact's timeline, or takes it off.
func (c linkChange) moveTouches(ctx context.Context, tx *sqldb.Tx) (added int, err error) {
	was := c.before != nil && c.before.Decision == Confirmed
	is := c.after != nil && c.after.Decision == Confirmed
	switch k := c.key(); {
	case is && !was:
		return addTouchesOf(ctx, tx, k.AuthorID, k.ContactID)
	case was && !is:
		return 0, removeTouchesOf(ctx, tx, k.AuthorID, k.ContactID)
	}
	return 0, nil
}

// doubtLinksOf sends what the matcher made of an account back to review after the profile that
// named it was taken off file.
func doubtLinksOf(ctx context.Context, tx *sqldb.Tx, p *SocialProfile, ch Change) error {
	links, err := queryLinks(ctx, tx, `contact_id = $1 AND decided_by = 'matcher' AND author_id IN (SELECT id FROM authors
		WHERE network = $2 AND (native_id = $3 AND native_id <> '' OR lower(handle) = $4 AND handle <> ''))`, p.ContactID, p.Network, p.NativeID, p.Handle)
	if err != nil {
		return err
	}
	changes := make([]linkChange, len(links))
	for i := range links {
		changes[i] = doubt(&links[i], reasonProfile)
		if changes[i].after != nil {
			changes[i].after.DecidedAt = ch.At
		}
	}
	_, err = writeLinks(ctx, tx, ch, "doubt", changes)
	return err
}
