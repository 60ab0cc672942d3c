package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// silence is after how long an erasure whose process is not heard any more is taken over.
const silence = time.Minute

// spread is how long it takes at most until every process that lets posts into the log knows of a block.
const spread = 3 * time.Second

// passes bounds how often all tables are gone through: what is on its way into the database when the
// block is put up is there by the second time.
const passes = 5

// A Clock tells the time things are dated by, and the world's, by which a process is known to live.
type Clock struct{ Now, Alive func() time.Time }

// Places are where somebody is erased.
type Places struct {
	DB  *sqldb.DB
	Log Log // nil: it is left alone, and forgets by its retention
	Clock
}

// Work does the erasures that wait, one after the other, and returns how many it finished. A table is
// done in one transaction, with the note that it is: whoever takes over after a crash goes on with
// the next.
func Work(ctx context.Context, at Places) (finished int, err error) {
	db, clock := at.DB, at.Clock
	for ctx.Err() == nil {
		e, ok, err := claim(ctx, db, clock.Alive())
		if err != nil || !ok {
			return finished, err
		}
		if err := erase(ctx, at, &e); err != nil {
			return finished, errors.Join(fmt.Errorf("erasure %s: %w", e.ID, err), failed(db, e.ID, err))
		}
		finished++
	}
	return finished, ctx.Err()
}

func claim(ctx context.Context, db *sqldb.DB, alive time.Time) (e Erasure, ok bool, err error) {
	stale := sqldb.Millis(alive.Add(-silence))
	e, err = scanErasure(db.QueryRow(ctx, "SELECT "+erasureColumns+" FROM erasures WHERE state = 'approved' AND seen_at < $1 ORDER BY id LIMIT 1", stale))
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("load erasures: %w", err)
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE erasures SET seen_at = $1 WHERE id = $2 AND state = 'approved' AND seen_at < $3", sqldb.Millis(alive), e.ID, stale)
		ok = n == 1
		return err
	})
	return e, ok, err
}

// failed says why an attempt stopped; the next one goes on there. The database's words may quote a
// value, so that only the kind of trouble is kept.
func failed(db *sqldb.DB, id string, cause error) error {
	problem := "the database refused: see the log of the process"
	if errors.Is(cause, sqldb.ErrFull) {
		problem = "the disk that holds the database is full"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE erasures SET problem = $1 WHERE id = $2", problem, id)
		return err
	})
}

// erase goes through all tables until nothing of the person is found.
func erase(ctx context.Context, at Places, e *Erasure) error {
	db, clock := at.DB, at.Clock
	p, err := recall(e.person)
	if err != nil {
		return err
	}
	if err := block(ctx, db, e, p, clock.Now()); err != nil {
		return err
	}
	tables := InOrder()
	for ; e.pass < passes; e.pass, e.stage = e.pass+1, 0 {
		if err := p.toEnds(ctx, db); err != nil { // what came in meanwhile
			return err
		}
		var found int64
		for ; e.stage < int64(len(tables)); e.stage++ {
			n, err := eraseTable(ctx, db, e, p, tables[e.stage], clock)
			if err != nil {
				return fmt.Errorf("table %s: %w", tables[e.stage], err)
			}
			found += n
		}
		if found == 0 && e.pass > 0 {
			break
		}
	}
	if err := eraseFromLog(ctx, at, e, p); err != nil {
		return err
	}
	if err := db.Scour(ctx, searched...); err != nil {
		return err
	}
	if err := finish(ctx, db, e, p, clock.Now()); err != nil {
		return err
	}
	return db.Scour(ctx)
}

// searched are the types of records that may have named the person in the search.
var searched = []string{crm.RecordContact, crm.RecordProfile, crm.RecordLead, crm.RecordActivity, crm.RecordCampaign, crm.RecordOpportunity, crm.RecordQuote, crm.RecordOrder, crm.RecordInvoice}

func block(ctx context.Context, db *sqldb.DB, e *Erasure, p *Person, now time.Time) error {
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := crm.Block(ctx, tx, p.barred(), e.ID, now)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE erasures SET blocked = blocked + $1 WHERE id = $2", n, e.ID)
		return err
	})
}

// eraseTable does one table and notes that it did.
func eraseTable(ctx context.Context, db *sqldb.DB, e *Erasure, p *Person, name string, clock Clock) (found int64, err error) {
	var removed map[string]int64
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		rows, err := p.eraseRows(ctx, tx, name, clock.Now())
		if err != nil {
			return err
		}
		texts, err := p.eraseText(ctx, tx, name)
		if err != nil {
			return err
		}
		found = rows + texts
		removed = maps.Clone(e.Removed)
		if rows > 0 {
			removed[name] += rows
		}
		if texts > 0 {
			removed[name+".text"] += texts
		}
		counts, err := json.Marshal(removed)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE erasures SET stage = $1, pass = $2, removed = $3, seen_at = $4, problem = '' WHERE id = $5",
			e.stage+1, e.pass, string(counts), sqldb.Millis(clock.Alive()), e.ID)
		return err
	})
	if err == nil {
		e.Removed = removed
	}
	return found, err
}

// eraseFromLog takes the person out of the log, which may take longer than a process may be silent.
func eraseFromLog(ctx context.Context, at Places, e *Erasure, p *Person) error {
	if at.Log == nil {
		return nil
	}
	names, err := p.unambiguous(ctx, at.DB)
	if err != nil {
		return err
	}
	alive, stop := context.WithCancel(ctx)
	defer stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(spread):
	}
	go func() {
		for tick := time.NewTicker(silence / 4); ; {
			select {
			case <-alive.Done():
				tick.Stop()
				return
			case <-tick.C:
				_ = at.DB.Update(alive, func(tx *sqldb.Tx) error { // the next may succeed
					_, err := tx.Exec(alive, "UPDATE erasures SET seen_at = $1 WHERE id = $2", sqldb.Millis(at.Alive()), e.ID)
					return err
				})
			}
		}
	}()
	removed := maps.Clone(e.Removed)
	if err := p.eraseLog(ctx, at.Log, names, removed); err != nil {
		return err
	}
	counts, err := json.Marshal(removed)
	if err != nil {
		return err
	}
	e.Removed = removed
	return at.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE erasures SET removed = $1 WHERE id = $2", string(counts), e.ID)
		return err
	})
}

// finish forgets who it was, and has other programs told that they are gone.
func finish(ctx context.Context, db *sqldb.DB, e *Erasure, p *Person, now time.Time) error {
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		for kind, ids := range map[string][]string{crm.RecordContact: p.IDs(Contact), crm.RecordLead: p.IDs(Lead)} {
			if err := crm.TellErased(ctx, tx, kind, ids, e.RequestedBy, now); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "UPDATE erasures SET state = 'done', person = '', problem = '', finished_at = $1 WHERE id = $2", sqldb.Millis(now), e.ID)
		return err
	})
}

// eraseRows deletes or empties the person's rows of a table and returns how many.
func (p *Person) eraseRows(ctx context.Context, tx *sqldb.Tx, name string, now time.Time) (n int64, err error) {
	t := Tables[name]
	if t.Fate == Keep {
		return 0, nil
	}
	statement := "DELETE FROM " + name + " WHERE "
	if t.Fate == Empty {
		statement = t.emptying(name)
	}
	for _, by := range t.keys() {
		for some := range slices.Chunk(p.IDs(t.Rows[by]), perQuery) {
			if err := beside(ctx, tx, name, some, now); err != nil {
				return 0, err
			}
			condition, args := t.of(by, some)
			changed, err := tx.Exec(ctx, statement+condition, args...)
			if err != nil {
				return 0, err
			}
			n += changed
		}
	}
	return n, nil
}

// beside is what else hangs on rows that go.
func beside(ctx context.Context, tx *sqldb.Tx, name string, ids []string, now time.Time) error {
	switch name {
	case "corrections": // one that is in use for copies goes over to them
		return listening.Withdraw(ctx, tx, ids, now)
	case "search_entries": // with the index
		return unindex(ctx, tx, ids, nil)
	case "activities": // they stay, and say nothing any more
		found, err := sqldb.Strings(ctx, tx, "SELECT id FROM activities WHERE "+sqldb.In("record_id", 1, len(ids)), sqldb.Anys(ids)...)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(found, perQuery) {
			if err := unindex(ctx, tx, some, nil); err != nil {
				return err
			}
		}
	case "contacts": // every process takes them out of its index for matching
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = []any{id, sqldb.Millis(now)}
		}
		_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "deleted_contacts", Columns: []string{"id", "deleted_at"}, Key: []string{"id"}}, rows)
		return err
	}
	return nil
}

// emptying is the statement that empties rows which are not empty yet, up to the condition.
func (t *Table) emptying(name string) string {
	columns := strings.Fields(t.Person)
	for c := range t.Set {
		if !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	slices.Sort(columns)
	var set, differ []string
	for _, c := range columns {
		value, ok := t.Set[c]
		if !ok {
			value = "''"
		}
		set = append(set, c+" = "+value)
		if c != "version" {
			differ = append(differ, c+" IS DISTINCT FROM "+value)
		}
	}
	return "UPDATE " + name + " SET " + strings.Join(set, ", ") + " WHERE (" + strings.Join(differ, " OR ") + ") AND "
}

// unindex takes words out of what the search knows of records; no words: all.
func unindex(ctx context.Context, tx *sqldb.Tx, ids []string, words map[string]bool) error {
	rows, err := tx.Query(ctx, "SELECT record_type, record_id, words FROM search_entries WHERE "+sqldb.In("record_id", 1, len(ids)), sqldb.Anys(ids)...)
	if err != nil {
		return err
	}
	var texts []sqldb.Text
	err = eachText(rows, func(v []string) {
		left := ""
		if words != nil {
			left = strings.Join(slices.DeleteFunc(strings.Fields(v[2]), func(w string) bool { return words[w] }), " ")
		}
		texts = append(texts, sqldb.Text{RecordType: v[0], RecordID: v[1], Words: left})
	})
	if err != nil || len(texts) == 0 {
		return err
	}
	return tx.IndexText(ctx, texts)
}
