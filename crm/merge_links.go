package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const linksTable = "links" // in contact_moves; record_id is the author

// mergeLinks moves the loser's links to the winner, and with them the touches. Where both have one
// to the same account, the stronger stands. What either contact took the consent back for is rejected,
// of both. It returns how many the loser had.
func mergeLinks(ctx context.Context, tx *sqldb.Tx, m *Merge, ch Change) (int64, error) {
	losers, err := queryLinks(ctx, tx, "contact_id = $1 ORDER BY author_id", m.LoserID)
	if err != nil {
		return 0, err
	}
	winners, err := linksByAuthor(ctx, tx, m.WinnerID)
	if err != nil {
		return 0, err
	}
	consents, err := queryConsents(ctx, tx, "contact_id = $1 AND purpose = $2", m.WinnerID, string(PurposeLink)) // they went over before
	if err != nil {
		return 0, err
	}
	var changes []linkChange
	var rows [][]any
	note := func(l *Link) { rows = append(rows, []any{m.ID, linksTable, l.AuthorID, l.ContactID, auditText(l)}) }
	for i := range losers {
		l, w := &losers[i], winners[losers[i].AuthorID]
		note(l)
		stands := *l
		if w != nil {
			note(w)
			stands = *stronger(w, l)
			delete(winners, l.AuthorID)
		}
		stands.ContactID = m.WinnerID
		if stands.unconsented(consents) {
			stands.reject(ch)
		}
		changes = append(changes, linkChange{before: l}, linkChange{w, &stands})
	}
	for _, author := range slices.Sorted(maps.Keys(winners)) {
		if w := winners[author]; w.unconsented(consents) {
			note(w)
			stands := *w
			stands.reject(ch)
			changes = append(changes, linkChange{w, &stands})
		}
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "contact_moves", Key: []string{"merge_id", "table_name", "record_id", "contact_id"},
		Columns: []string{"merge_id", "table_name", "record_id", "contact_id", "before"}}, rows); err != nil {
		return 0, err
	}
	_, err = writeLinks(ctx, tx, ch, "merge", changes)
	return int64(len(losers)), err
}

// unconsented says that a link stands, or might, for which the consent was taken back. One that a
// contract needs stands without.
func (l *Link) unconsented(consents []Consent) bool {
	if l.Decision == Rejected || l.Decision == Ignored {
		return false
	}
	if _, yes := ended(consents, PurposeLink, l.AuthorID); yes {
		return true
	}
	at, yes := ended(consents, PurposeLink, "")
	again := slices.ContainsFunc(consents, func(c Consent) bool { return c.AuthorID == l.AuthorID && c.Stands() && !c.GivenAt.Before(at) })
	return yes && !again && l.Basis != BasisContract
}

func (l *Link) reject(ch Change) {
	l.Decision, l.Reason, l.DecidedBy, l.DecidedAt = Rejected, reasonWithdrawn, ch.By, ch.At
}

func linksByAuthor(ctx context.Context, q sqldb.Querier, contactID string) (map[string]*Link, error) {
	links, err := LinksOfContact(ctx, q, contactID)
	if err != nil {
		return nil, err
	}
	byAuthor := make(map[string]*Link, len(links))
	for i := range links {
		byAuthor[links[i].AuthorID] = &links[i]
	}
	return byAuthor, nil
}

// unmergeLinks takes back the links that the merge moved (moved.apart says how), and gives the loser
// what is about its accounts and came since: links to accounts whose profile it has on file, and
// leads that its accounts opened.
func unmergeLinks(ctx context.Context, tx *sqldb.Tx, m *Merge, ch Change) error {
	byAuthor, err := movedLinks(ctx, tx, m)
	if err != nil {
		return err
	}
	current, err := linksByAuthor(ctx, tx, m.WinnerID)
	if err != nil {
		return err
	}
	var changes []linkChange
	var going []string // accounts that are the loser's again
	for author, mv := range byAuthor {
		toLoser, toWinner := mv.apart(current[author])
		changes = append(changes, apartChanges(current[author], toLoser, toWinner)...)
		if toLoser != nil && toLoser.Decision == Confirmed {
			going = append(going, author)
		}
	}
	fresh, err := linksSince(ctx, tx, m, current, byAuthor)
	if err != nil {
		return err
	}
	for _, l := range fresh {
		moved := *l
		moved.ContactID = m.LoserID
		changes = append(changes, linkChange{before: l}, linkChange{after: &moved})
		if l.Decision == Confirmed {
			going = append(going, l.AuthorID)
		}
	}
	slices.SortFunc(changes, func(a, b linkChange) int { return compareLinks(a.key(), b.key()) })
	if err := yieldToOthers(ctx, tx, m, changes); err != nil {
		return err
	}
	if _, err := writeLinks(ctx, tx, ch, "unmerge", changes); err != nil {
		return err
	}
	return leadsSince(ctx, tx, m, going)
}

func compareLinks(a, b *Link) int {
	if a.AuthorID != b.AuthorID {
		if a.AuthorID < b.AuthorID {
			return -1
		}
		return 1
	}
	if a.ContactID < b.ContactID {
		return -1
	}
	return 1
}

// apartChanges writes down what apart decided. A link that stays as it is needs no writing.
func apartChanges(current, toLoser, toWinner *Link) (changes []linkChange) {
	if toLoser != nil {
		changes = append(changes, linkChange{after: toLoser})
	}
	if current != toWinner {
		changes = append(changes, linkChange{current, toWinner})
	}
	return changes
}

func movedLinks(ctx context.Context, q sqldb.Querier, m *Merge) (map[string]moved, error) {
	rows, err := q.Query(ctx, "SELECT before FROM contact_moves WHERE merge_id = $1 AND table_name = $2", m.ID, linksTable)
	if err != nil {
		return nil, fmt.Errorf("load merge %s: %w", m.ID, err)
	}
	defer rows.Close()
	byAuthor := make(map[string]moved)
	for rows.Next() {
		var before string
		if err := rows.Scan(&before); err != nil {
			return nil, fmt.Errorf("load merge %s: %w", m.ID, err)
		}
		var l Link
		if err := json.Unmarshal([]byte(before), &l); err != nil {
			return nil, fmt.Errorf("load merge %s: %w", m.ID, err)
		}
		mv := byAuthor[l.AuthorID]
		if l.ContactID == m.LoserID {
			mv.loser = &l
		} else {
			mv.winner = &l
		}
		byAuthor[l.AuthorID] = mv
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load merge %s: %w", m.ID, err)
	}
	return byAuthor, nil
}

// linksSince are the winner's links that came after the merge to accounts that a profile of the
// loser names.
func linksSince(ctx context.Context, tx *sqldb.Tx, m *Merge, current map[string]*Link, before map[string]moved) ([]*Link, error) {
	rows, err := tx.Query(ctx, `SELECT a.id FROM authors a JOIN social_profiles p ON p.contact_id = $1 AND p.network = a.network
		AND (p.native_id = a.native_id AND p.native_id <> '' OR p.handle = lower(a.handle) AND p.handle <> '')
		JOIN links l ON l.author_id = a.id AND l.contact_id = $2 ORDER BY a.id`, m.LoserID, m.WinnerID)
	if err != nil {
		return nil, fmt.Errorf("load links since merge %s: %w", m.ID, err)
	}
	defer rows.Close()
	var fresh []*Link
	for rows.Next() {
		var author string
		if err := rows.Scan(&author); err != nil {
			return nil, fmt.Errorf("load links since merge %s: %w", m.ID, err)
		}
		if _, known := before[author]; !known && current[author] != nil && !slices.Contains(fresh, current[author]) {
			fresh = append(fresh, current[author])
		}
	}
	return fresh, rows.Err()
}

// yieldToOthers keeps an account from being confirmed twice where a third contact got it meanwhile.
func yieldToOthers(ctx context.Context, tx *sqldb.Tx, m *Merge, changes []linkChange) error {
	var authors []string
	for _, c := range changes {
		if c.after != nil && c.after.Decision == Confirmed {
			authors = append(authors, c.after.AuthorID)
		}
	}
	held, err := ConfirmedContacts(ctx, tx, authors)
	if err != nil {
		return err
	}
	for i := range changes {
		l := changes[i].after
		if l == nil || l.Decision != Confirmed {
			continue
		}
		if other := held[l.AuthorID]; other != "" && other != m.WinnerID && other != m.LoserID {
			yielded := *l
			yielded.Decision, yielded.Reason = Suggested, reasonApart
			changes[i].after = &yielded
		}
	}
	return nil
}

// leadsSince gives the loser the leads that its accounts opened for the merged contact.
func leadsSince(ctx context.Context, tx *sqldb.Tx, m *Merge, authors []string) error {
	for part := range chunks(authors) {
		args := append([]any{m.LoserID, m.WinnerID, sqldb.Millis(m.MergedAt), m.ID}, sqldb.Anys(part)...)
		if _, err := tx.Exec(ctx, `UPDATE leads SET contact_id = $1, version = version + 1 WHERE contact_id = $2 AND created_at >= $3
			AND id NOT IN (SELECT record_id FROM contact_moves WHERE merge_id = $4 AND table_name = 'leads') AND `+
			sqldb.In("author_id", 5, len(part)), args...); err != nil {
			return fmt.Errorf("move leads since merge %s: %w", m.ID, err)
		}
	}
	return nil
}
