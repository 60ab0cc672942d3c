package crm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// handoverBatch is how many records one transaction collects, gives or takes back.
const handoverBatch = 200

// A HandoverWork is what going on with a hand-over takes.
type HandoverWork struct {
	Now     time.Time // of the records
	Alive   time.Time // the world's, by which a process is known to live
	Batches int       // at most
	// Switch keeps a user out, or lets them in again.
	Switch func(ctx context.Context, tx *sqldb.Tx, ch Change, userID string, off bool) error
	// Assign gives an incident to a user.
	Assign func(ctx context.Context, tx *sqldb.Tx, ch Change, incidentID, userID string) error
}

// WorkHandovers does some batches of a hand-over that waits, or whose process was not heard for
// long; it says whether there was any.
func WorkHandovers(ctx context.Context, db *sqldb.DB, w HandoverWork) (bool, error) {
	waiting, err := handovers.find(ctx, db, "WHERE state IN ('collecting', 'giving', 'returning') AND seen_at < $1 ORDER BY id LIMIT 1", sqldb.Millis(w.Alive.Add(-jobSilence)))
	if err != nil || len(waiting) == 0 {
		return false, err
	}
	_, err = WorkHandover(ctx, db, waiting[0].ID, w)
	return true, err
}

// WorkHandover does some batches of one hand-over and returns how far it is. Each is one transaction
// that keeps the place, so whatever process goes on loses nothing and does nothing twice. Another
// process that has it is left alone.
func WorkHandover(ctx context.Context, db *sqldb.DB, id string, w HandoverWork) (Handover, error) {
	n, err := dbExec(ctx, db, "UPDATE handovers SET seen_at = $1 WHERE id = $2 AND state IN ('collecting', 'giving', 'returning') AND seen_at < $3",
		sqldb.Millis(w.Alive), id, sqldb.Millis(w.Alive.Add(-jobSilence)))
	if err != nil {
		return Handover{}, fmt.Errorf("go on with hand-over %s: %w", id, err)
	}
	for ; n == 1 && w.Batches > 0 && err == nil; w.Batches-- {
		var h Handover
		err = db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			if h, err = handovers.byID(ctx, tx, System(), id, 0); err != nil || !h.works() {
				return err
			}
			return h.batch(ctx, tx, &w)
		})
		if !h.works() {
			break
		}
	}
	if err != nil {
		return Handover{}, err
	}
	if _, err := dbExec(ctx, db, "UPDATE handovers SET seen_at = 0 WHERE id = $1 AND seen_at = $2", id, sqldb.Millis(w.Alive)); err != nil {
		return Handover{}, fmt.Errorf("go on with hand-over %s: %w", id, err)
	}
	return handovers.byID(ctx, db, System(), id, 0)
}

// batch goes on by one batch. What it does is in the name, and with the access, of who asked for it,
// as far as the token reaches by which they did.
func (h *Handover) batch(ctx context.Context, tx *sqldb.Tx, w *HandoverWork) (err error) {
	by := h.GivenBy
	if h.State == HandoverCollecting {
		by = h.MadeBy
	}
	access, err := accessOfJob(ctx, tx, by, h.scopes)
	if err != nil {
		return err
	}
	ch := Change{By: by, At: w.Now, Why: h.Reason, Event: h.ID, Access: access}
	before := *h
	problem, err := noteOf(StillActive(ctx, tx, by))
	switch {
	case err != nil:
	case problem != "":
		h.stop(problem)
	default:
		err = h.step(ctx, tx, &ch, w)
	}
	if err != nil {
		return err
	}
	h.seenAt = w.Alive
	if h.State != before.State { // a step of which the log tells
		return handovers.save(ctx, tx, ch.follows(), h.State, &before, h)
	}
	_, err = tx.Exec(ctx, "UPDATE handovers SET record_type = $1, cursor = $2, handled = $3, seen_at = $4 WHERE id = $5", h.recordType, h.cursor, h.Handled, sqldb.Millis(w.Alive), h.ID)
	if err != nil {
		return fmt.Errorf("go on with hand-over %s: %w", h.ID, err)
	}
	return nil
}

// stop ends the step under way, whose asker may ask for nothing more: what was given, or taken back, stays
// so, and somebody else may have the rest done.
func (h *Handover) stop(problem string) {
	h.Problem = problem
	h.State = map[string]string{HandoverCollecting: HandoverDropped, HandoverGiving: HandoverOpen, HandoverReturning: HandoverDone}[h.State]
}

// step does one batch of the step under way.
func (h *Handover) step(ctx context.Context, tx *sqldb.Tx, ch *Change, w *HandoverWork) (err error) {
	switch h.State {
	case HandoverCollecting:
		err = h.collect(ctx, tx, ch)
	case HandoverGiving:
		err = h.give(ctx, tx, ch, w)
	case HandoverReturning:
		err = h.takeBack(ctx, tx, ch, w)
	}
	return err
}

// collect looks up one batch of what the person has, of as many types as it takes, and proposes receivers.
func (h *Handover) collect(ctx context.Context, tx *sqldb.Tx, ch *Change) error {
	all := handoverKinds()
	at := slices.IndexFunc(all, func(k handoverKind) bool { return k.kind == h.recordType })
	if at < 0 {
		return fmt.Errorf("collect hand-over %s: there is no type %q", h.ID, h.recordType)
	}
	for room := handoverBatch; at < len(all); at++ {
		k := &all[at]
		ids, err := k.page(ctx, tx, ch.Access, h.UserID, h.cursor, room)
		if err != nil {
			return err
		}
		if err := h.proposeFor(ctx, tx, k, ids); err != nil {
			return err
		}
		h.Handled += int64(len(ids))
		if room -= len(ids); room == 0 {
			h.recordType, h.cursor = k.kind, ids[len(ids)-1]
			return nil
		}
		h.cursor = ""
	}
	h.State, h.recordType, h.Total = HandoverOpen, "", h.Handled
	return nil
}

func (h *Handover) proposeFor(ctx context.Context, tx *sqldb.Tx, k *handoverKind, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	s, err := h.succession(ctx, tx)
	if err != nil {
		return err
	}
	bequests, err := h.bequests(ctx, tx, k, ids)
	if err != nil {
		return err
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		receiver, why, about := s.propose(&bequests[i])
		rows[i] = []any{h.ID, k.kind, id, receiver, why, about, HandedProposed, "", ""}
	}
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "handover_records", Key: []string{"handover_id", "record_type", "record_id"},
		Columns: []string{"handover_id", "record_type", "record_id", "receiver_id", "why", "about", "state", "note", "became"}}, rows)
	return err
}

// give gives one batch. What cannot be given is kept, with the reason.
func (h *Handover) give(ctx context.Context, tx *sqldb.Tx, ch *Change, w *HandoverWork) error {
	list, err := findHanded(ctx, tx, " WHERE handover_id = $1 AND state = 'proposed' AND receiver_id <> '' ORDER BY record_type, record_id LIMIT $2", h.ID, handoverBatch)
	if err != nil {
		return err
	}
	for i := range list {
		r := &list[i]
		if r.Note, err = h.giveOne(ctx, tx, *ch, r, w); err != nil {
			return err
		}
		if r.State = HandedGiven; r.Note != "" {
			r.State = HandedKept
		}
	}
	if err := h.note(ctx, tx, list); err != nil || len(list) == handoverBatch {
		return err
	}
	h.State = HandoverDone
	if !h.Disable {
		return nil
	}
	return h.switchUser(ctx, tx, w, *ch, true)
}

// giveOne gives a record and says why it could not be.
func (h *Handover) giveOne(ctx context.Context, tx *sqldb.Tx, ch Change, r *HandoverRecord, w *HandoverWork) (note string, err error) {
	k, ok := handoverKindOf(r.RecordType)
	if !ok {
		return "there is no such type any more", nil
	}
	holds, err := k.holds(ctx, tx, r.RecordID, h.UserID)
	if err != nil || !holds {
		return "it was not theirs any more", err
	}
	r.became, err = k.give(ctx, tx, ch, giving{id: r.RecordID, from: h.UserID, to: r.ReceiverID, work: w})
	return noteOf(err)
}

// noteOf makes a note of an error that is about the record; another one goes on.
func noteOf(err error) (note string, other error) {
	var inv *Invalid
	var no *Forbidden
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &inv), errors.As(err, &no), errors.Is(err, ErrNotFound), errors.Is(err, ErrConflict):
		return cut(err.Error(), maxReason), nil
	}
	return "", err
}

// note saves what became of records.
func (h *Handover) note(ctx context.Context, tx *sqldb.Tx, list []HandoverRecord) error {
	rows := make([][]any, len(list))
	for i := range list {
		r := &list[i]
		rows[i] = []any{r.State, r.Note, r.became, h.ID, r.RecordType, r.RecordID}
	}
	h.Handled += int64(len(list))
	return tx.ExecMany(ctx, "UPDATE handover_records SET state = $1, note = $2, became = $3 WHERE handover_id = $4 AND record_type = $5 AND record_id = $6", rows)
}

// takeBack gives one batch back to who handed it over.
func (h *Handover) takeBack(ctx context.Context, tx *sqldb.Tx, ch *Change, w *HandoverWork) error {
	list, err := findHanded(ctx, tx, " WHERE handover_id = $1 AND state = 'given' ORDER BY record_type, record_id LIMIT $2", h.ID, handoverBatch)
	if err != nil {
		return err
	}
	if h.Disable { // nothing is given to who cannot sign in
		if err := h.switchUser(ctx, tx, w, *ch, false); err != nil {
			return err
		}
	}
	for i := range list {
		r := &list[i]
		if r.Note, err = h.takeBackOne(ctx, tx, *ch, r, w); err != nil {
			return err
		}
		r.State = HandedReturned
		if r.Note != "" {
			r.State = HandedKept
		}
	}
	if err := h.note(ctx, tx, list); err != nil || len(list) == handoverBatch {
		return err
	}
	h.State = HandoverReturned
	return nil
}

func (h *Handover) takeBackOne(ctx context.Context, tx *sqldb.Tx, ch Change, r *HandoverRecord, w *HandoverWork) (note string, err error) {
	k, ok := handoverKindOf(r.RecordType)
	if !ok {
		return "there is no such type any more", nil
	}
	id := r.RecordID
	if k.kind == kindShare {
		id = cmp.Or(r.became, id)
	}
	holds, err := k.holds(ctx, tx, id, r.ReceiverID)
	if err != nil || !holds {
		return "it is not theirs any more who received it", err
	}
	r.became, err = k.give(ctx, tx, ch, giving{id: r.RecordID, from: r.ReceiverID, to: h.UserID, became: r.became, work: w})
	return noteOf(err)
}

// switchUser lets who hands over sign in no more, or again.
func (h *Handover) switchUser(ctx context.Context, tx *sqldb.Tx, w *HandoverWork, ch Change, off bool) error {
	var is bool
	if err := tx.QueryRow(ctx, "SELECT disabled FROM users WHERE id = $1", h.UserID).Scan(&is); err != nil {
		return fmt.Errorf("load user %s: %w", h.UserID, err)
	}
	if is == off {
		return nil
	}
	err := w.Switch(ctx, tx, ch, h.UserID, off)
	h.Problem, err = noteOf(err) // the last administrator stays
	return err
}
