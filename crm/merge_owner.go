package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Names under which a merge notes what it gave to who owned the loser.
const (
	notedOwner = "owner"              // whose the winner became
	notedOwned = "participants.owner" // who had never owned the winner before
	notedGiven = "shares.owner"       // the share of the winner that was made for them
)

// filledOwner is the owner among the fields that the winner took from the loser.
const filledOwner = "owner_id"

// An heir is who owned the loser, and what of the winner a merge gives them.
type heir struct {
	user   string // empty: nobody owned it, or who owns the winner
	owns   bool   // nobody owned the winner: it becomes theirs
	writes bool   // it is not theirs, and is shared with them to change
	shares bool   // whoever merges may share the winner, for others to change
}

// heirOf says what a merge gives to who owned the loser. They take part in the winner whoever merges,
// as everybody who took part in the loser does; but a merge gives nothing that whoever merges could not
// give without it: the winner becomes theirs only where that person may assign it, and is shared with
// them only where that person may share and change it.
func (m merging) heirOf(ctx context.Context, q sqldb.Querier, a *Access) (h heir, err error) {
	if h.shares, err = m.mayShare(ctx, q, a); err != nil {
		return h, err
	}
	winner, err := m.ownerOf(ctx, q, m.winner)
	if err != nil {
		return h, err
	}
	loser, err := m.ownerOf(ctx, q, m.loser)
	if err != nil || loser == winner {
		return h, err
	}
	there, err := sqldb.Strings(ctx, q, "SELECT id FROM users WHERE id = $1", loser)
	if err != nil {
		return h, fmt.Errorf("load user %s: %w", loser, err)
	}
	if len(there) == 0 {
		return h, nil
	}
	h.user = loser
	if winner == "" {
		if h.owns, err = a.may(ctx, q, ToAssign, m.kind, m.winner); err != nil || h.owns {
			return h, err
		}
	}
	h.writes = h.shares
	return h, nil
}

// mayShare says whether whoever merges may share the winner, for others to change.
func (m merging) mayShare(ctx context.Context, q sqldb.Querier, a *Access) (bool, error) {
	for _, action := range []Action{ToShare, ToUpdate} {
		if may, err := a.may(ctx, q, action, m.kind, m.winner); err != nil || !may {
			return false, err
		}
	}
	return true, nil
}

// heir is heirOf; the owner stands among what the winner takes over.
func (m *Merge) heir(ctx context.Context, q sqldb.Querier, a *Access) (heir, error) {
	h, err := m.merging().heirOf(ctx, q, a)
	if err == nil && h.owns {
		m.Filled[filledOwner] = FilledField{After: h.user}
	}
	return h, err
}

// ownerOf is who owns a record; empty: nobody.
func (m merging) ownerOf(ctx context.Context, q sqldb.Querier, id string) (owner string, err error) {
	r := realms[m.kind]
	return owner, oneOf(ctx, q, m.kind, id, "SELECT "+r.owner+" FROM "+r.table+" WHERE id = $1", &owner)
}

// inherit gives the heir what heirOf said. It comes when the winner is saved, whose version it changes.
func (m merging) inherit(ctx context.Context, tx *sqldb.Tx, ch Change, h heir) error {
	if h.user == "" {
		return nil
	}
	ch = ch.follows()
	if err := takePart(ctx, tx, ch.At, m.kind, m.winner, m.how(), h.user); err != nil {
		return err
	}
	switch {
	case h.owns:
		fresh, err := addParticipants(ctx, tx, ch.At, m.kind, m.winner, TookOwnership, h.user)
		if err != nil {
			return err
		}
		if slices.Contains(fresh, true) {
			if err := m.noteAll(ctx, tx, notedOwned, []string{h.user}); err != nil {
				return err
			}
		}
		if err := m.noteAll(ctx, tx, notedOwner, []string{h.user}); err != nil {
			return err
		}
		return AssignOwner(ctx, tx, ch, m.kind, m.winner, h.user)
	case h.writes:
		return m.shareWith(ctx, tx, ch, h.user)
	}
	return nil
}

// shareWith lets somebody go on changing the record.
func (m merging) shareWith(ctx context.Context, tx *sqldb.Tx, ch Change, user string) error {
	have, err := queryShares(ctx, tx, "record_type = $1 AND record_id = $2 AND subject_id = $3 AND revoked_at = 0", m.kind, m.winner, user)
	switch {
	case err != nil:
		return err
	case len(have) > 0 && have[0].Writes:
		return nil
	case len(have) > 0:
		if err := m.noteAll(ctx, tx, notedWrites, []string{have[0].ID}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE shares SET writes = true WHERE id = $1", have[0].ID); err != nil {
			return fmt.Errorf("merge shares: %w", err)
		}
		return nil
	}
	s, err := ShareRecord(ctx, tx, ch, Sharing{RecordType: m.kind, RecordID: m.winner, SubjectType: "user", SubjectID: user, Writes: true,
		Reason: "owned the " + m.kind + " that became part of it"})
	if err != nil {
		return err
	}
	return m.noteAll(ctx, tx, notedGiven, []string{s.ID})
}

// disinherit takes back what inherit gave, where nobody changed that since.
func (m merging) disinherit(ctx context.Context, tx *sqldb.Tx, ch Change) error {
	ch = ch.follows()
	given, err := queryShares(ctx, tx, "revoked_at = 0 AND id IN "+m.noted(1), notedGiven, m.id)
	if err != nil {
		return err
	}
	for i := range given {
		if err := RevokeShare(ctx, tx, ch, given[i].ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM shares WHERE id = $1", given[i].ID); err != nil {
			return fmt.Errorf("unmerge shares: %w", err)
		}
	}
	owner, err := m.ownerOf(ctx, tx, m.winner)
	if err != nil {
		return err
	}
	heirs, err := sqldb.Strings(ctx, tx, "SELECT record_id FROM "+m.moves+" WHERE table_name = $1 AND merge_id = $2", notedOwner, m.id)
	if err != nil {
		return fmt.Errorf("unmerge %s: %w", m.id, err)
	}
	if !slices.Contains(heirs, owner) {
		return nil
	}
	if err := AssignOwner(ctx, tx, ch, m.kind, m.winner, ""); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM participants WHERE record_type = $1 AND record_id = $2 AND how = $3 AND user_id IN "+m.noted(4),
		m.kind, m.winner, TookOwnership, notedOwned, m.id); err != nil {
		return fmt.Errorf("unmerge %s: %w", m.id, err)
	}
	return nil
}
