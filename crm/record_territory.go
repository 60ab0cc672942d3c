package crm

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// territoryTypes are the records that have territories, in the order in which all are assigned anew.
var territoryTypes = []string{RecordAccount, RecordContact, RecordLead, RecordOpportunity}

// assignTerritories finds the territories of records that were made or changed, in the transaction
// that did. Without any territory it costs one query.
func assignTerritories(ctx context.Context, tx *sqldb.Tx, ch Change, kind string, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	p, err := planOf(ctx, tx)
	if err != nil || p == nil {
		return err
	}
	load := newTerritoryLoad()
	for part := range chunks(ids) {
		if err := p.assignAll(ctx, tx, ch, kind, part, &load); err != nil {
			return err
		}
	}
	return nil
}

// assignDependents assigns what reads an account's or a contact's fields: its contacts, leads and
// opportunities.
func assignDependents(ctx context.Context, tx *sqldb.Tx, ch Change, kind, id string) error {
	p, err := planOf(ctx, tx)
	if err != nil || p == nil {
		return err
	}
	queries := map[string]string{
		RecordLead:        "SELECT id FROM leads WHERE contact_id = $1 AND contact_id <> ''",
		RecordOpportunity: "SELECT id FROM opportunities WHERE contact_id = $1 AND contact_id <> ''",
	}
	if kind == RecordAccount {
		queries = map[string]string{
			RecordContact: "SELECT id FROM contacts WHERE account_id = $1 AND account_id <> ''",
			RecordLead:    "SELECT l.id FROM leads l JOIN contacts c ON c.id = l.contact_id WHERE c.account_id = $1 AND c.account_id <> ''",
			RecordOpportunity: `SELECT id FROM opportunities WHERE account_id = $1 AND account_id <> ''
				UNION SELECT o.id FROM opportunities o JOIN contacts c ON c.id = o.contact_id WHERE c.account_id = $1 AND c.account_id <> '' AND o.contact_id <> ''`,
		}
	}
	for _, dependent := range slices.Sorted(maps.Keys(queries)) {
		ids, err := sqldb.Strings(ctx, tx, queries[dependent], id)
		if err != nil {
			return fmt.Errorf("load what belongs to %s %s: %w", kind, id, err)
		}
		if err := assignTerritories(ctx, tx, ch, dependent, ids...); err != nil {
			return err
		}
	}
	return nil
}

// assignTerritory is the action by which a record goes from one territory to another.
const assignTerritory = "assign-territory"

// A Settlement is what was found for one record.
type settlement struct {
	id, name      string
	before, after []Assignment
	nearest       string
}

func primaryOf(list []Assignment) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].TerritoryID
}

// assignAll finds and saves the territories of records of one type.
func (p *TerritoryPlan) assignAll(ctx context.Context, tx *sqldb.Tx, ch Change, kind string, ids []string, load *territoryLoad) error {
	all, err := p.settle(ctx, tx, kind, ids, load)
	if err != nil {
		return err
	}
	load.saved()
	return saveSettlements(ctx, tx, ch, kind, all)
}

// saveSettlements writes what was found: the territories of each record, or that it waits in the queue
// for one. That a record goes from one territory to another is logged.
func saveSettlements(ctx context.Context, tx *sqldb.Tx, ch Change, kind string, all []settlement) error {
	var log []changedRecord
	var left, found, placed, waiting [][]any // rows that go, and come, of their territories and of the queue
	for i := range all {
		s := &all[i]
		if !slices.Equal(s.before, s.after) {
			if len(s.before) > 0 {
				left = append(left, []any{kind, s.id})
			}
			for _, a := range s.after {
				found = append(found, []any{kind, s.id, a.TerritoryID, a.Rank, a.Reason})
			}
		}
		switch {
		case len(s.after) == 0:
			waiting = append(waiting, []any{kind, s.id, sqldb.Millis(ch.At), cmp.Or(s.nearest, "no territory is switched on")})
		case len(s.before) == 0: // else it was in no queue
			placed = append(placed, []any{kind, s.id})
		}
		if from, to := primaryOf(s.before), primaryOf(s.after); from != to && from != "" {
			log = append(log, changedRecord{action: assignTerritory, kind: kind, id: s.id, before: s.before, after: s.after})
		}
	}
	if err := tx.ExecMany(ctx, "DELETE FROM record_territories WHERE record_type = $1 AND record_id = $2", left); err != nil {
		return fmt.Errorf("assign %ss: %w", kind, err)
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "record_territories", Key: []string{"record_type", "record_id", "territory_id"},
		Columns: []string{"record_type", "record_id", "territory_id", "rank", "reason"}}, found); err != nil {
		return err
	}
	if err := tx.ExecMany(ctx, "DELETE FROM territory_queue WHERE record_type = $1 AND record_id = $2", placed); err != nil {
		return fmt.Errorf("assign %ss: %w", kind, err)
	}
	if err := tx.Upsert(ctx, sqldb.Upsert{Table: "territory_queue", Key: []string{"record_type", "record_id"},
		Columns: []string{"record_type", "record_id", "since", "reason"}, Set: "reason = excluded.reason"}, waiting, nil); err != nil {
		return err
	}
	return record(ctx, tx, ch, log...)
}

// settle finds the territories of records without saving them.
func (p *TerritoryPlan) settle(ctx context.Context, q sqldb.Querier, kind string, ids []string, load *territoryLoad) ([]settlement, error) {
	subjects, err := p.subjects(ctx, q, kind, ids)
	if err != nil {
		return nil, err
	}
	before, err := RecordTerritories(ctx, q, kind, ids)
	if err != nil {
		return nil, err
	}
	pins, err := pinsOf(ctx, q, kind, ids)
	if err != nil {
		return nil, err
	}
	all := make([]settlement, 0, len(subjects))
	for _, s := range subjects {
		claims, nearest := p.Claims(s.traits)
		standing := Standing{Primary: primaryOf(before[s.id]), Pin: pins[s.id]}
		if pin := standing.Pin; pin != nil && !p.enabled(pin.TerritoryID) {
			standing.Pin = nil
		}
		if equal := tied(claims); len(equal) > 1 && !slices.ContainsFunc(equal, func(c Claim) bool { return c.TerritoryID == standing.Primary }) {
			if standing.Load, err = p.loads(ctx, q, load, equal); err != nil {
				return nil, err
			}
		}
		after := Assign(claims, standing)
		if s.open {
			load.moved(standing.Primary, primaryOf(after)) // the next one sees it
		}
		all = append(all, settlement{id: s.id, name: s.name, before: before[s.id], after: after, nearest: nearest})
	}
	return all, nil
}

func (p *TerritoryPlan) enabled(id string) bool {
	return slices.ContainsFunc(p.territories, func(t *planned) bool { return t.ID == id && t.Enabled })
}

// RecordTerritories are the territories of records, the primary one first.
func RecordTerritories(ctx context.Context, q sqldb.Querier, kind string, ids []string) (map[string][]Assignment, error) {
	all := make(map[string][]Assignment, len(ids))
	err := eachOfRecords(ctx, q, "SELECT record_id, territory_id, rank, reason FROM record_territories", kind, ids, func(rows *sql.Rows) error {
		var id string
		var a Assignment
		err := rows.Scan(&id, &a.TerritoryID, &a.Rank, &a.Reason)
		all[id] = append(all[id], a)
		return err
	})
	for _, list := range all {
		slices.SortFunc(list, func(a, b Assignment) int { return cmp.Compare(a.Rank, b.Rank) })
	}
	return all, err
}

func pinsOf(ctx context.Context, q sqldb.Querier, kind string, ids []string) (map[string]*Pin, error) {
	all := make(map[string]*Pin)
	err := eachOfRecords(ctx, q, "SELECT record_id, territory_id, reason, pinned_by FROM territory_pins", kind, ids, func(rows *sql.Rows) error {
		var id string
		var p Pin
		err := rows.Scan(&id, &p.TerritoryID, &p.Reason, &p.By)
		all[id] = &p
		return err
	})
	return all, err
}

// eachOfRecords reads the rows that a table has for records of one type.
func eachOfRecords(ctx context.Context, q sqldb.Querier, query, kind string, ids []string, each func(*sql.Rows) error) error {
	read := func(part []string) error {
		rows, err := q.Query(ctx, query+" WHERE record_type = $1 AND "+sqldb.In("record_id", 2, len(part)), append([]any{kind}, sqldb.Anys(part)...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := each(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	for part := range chunks(ids) {
		if err := read(part); err != nil {
			return fmt.Errorf("load territories of %ss: %w", kind, err)
		}
	}
	return nil
}

// PinTerritory makes a territory the primary one of a record, whatever its criteria say; an empty
// one takes that back.
func PinTerritory(ctx context.Context, tx *sqldb.Tx, ch Change, kind, id, territoryID string) error {
	if err := ch.check(); err != nil {
		return err
	}
	if !slices.Contains(territoryTypes, kind) {
		return invalid("record_type", "%q: want one of %s", kind, strings.Join(territoryTypes, ", "))
	}
	if err := ch.Access.Check(ctx, tx, ToAssign, kind, id); err != nil {
		return err
	}
	if err := checkRecord(ctx, tx, kind, id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM territory_pins WHERE record_type = $1 AND record_id = $2", kind, id); err != nil {
		return fmt.Errorf("pin %s %s: %w", kind, id, err)
	}
	entry := changedRecord{action: "unpin-territory", kind: kind, id: id}
	if territoryID != "" {
		t, err := optional(territoryID, func(id string) (Territory, error) { return territories.byID(ctx, tx, System(), id, 0) }, "territory_id")
		switch {
		case err != nil:
			return err
		case !t.Enabled:
			return invalid("territory_id", "%s is switched off", t.Name)
		case ch.Why == "":
			return invalid("reason", "is empty: say why it belongs to %s", t.Name)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO territory_pins (record_type, record_id, territory_id, reason, pinned_by, pinned_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, kind, id, territoryID, ch.Why, ch.By, sqldb.Millis(ch.At)); err != nil {
			return fmt.Errorf("pin %s %s: %w", kind, id, err)
		}
		entry.action, entry.after = "pin-territory", map[string]any{"territory_id": territoryID}
	}
	if err := moveOn(ctx, tx, ch, kind, id); err != nil {
		return err
	}
	if err := record(ctx, tx, ch, entry); err != nil {
		return err
	}
	return assignTerritories(ctx, tx, ch, kind, id)
}

// leaveTerritories takes a record that became part of another out of its territories and out of the
// queue; where it is pinned is kept for when it comes back.
func leaveTerritories(ctx context.Context, tx *sqldb.Tx, kind, id string) error {
	return dropTerritories(ctx, tx, kind, id, "record_territories", "territory_queue")
}

// forgetTerritories takes a record that is gone out of its territories and out of the queue.
func forgetTerritories(ctx context.Context, tx *sqldb.Tx, kind, id string) error {
	return dropTerritories(ctx, tx, kind, id, "record_territories", "territory_queue", "territory_pins")
}

func dropTerritories(ctx context.Context, tx *sqldb.Tx, kind, id string, tables ...string) error {
	for _, name := range tables {
		if _, err := tx.Exec(ctx, "DELETE FROM "+name+" WHERE record_type = $1 AND record_id = $2", kind, id); err != nil {
			return fmt.Errorf("forget territories of %s %s: %w", kind, id, err)
		}
	}
	return nil
}
