package crm

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A QueuedRecord is one that no territory takes.
type QueuedRecord struct {
	RecordType string    `json:"record_type"`
	RecordID   string    `json:"record_id"`
	Name       string    `json:"name"`
	Since      time.Time `json:"since"`
	Reason     string    `json:"reason"`  // what came closest, and what it misses
	Version    int64     `json:"version"` // of the record
}

// TerritoryQueue lists what no territory takes and somebody may read, the longest waiting first, a page
// at a time. Where there is no territory yet that is every record: they are not written down as they
// come, for an import into a fresh installation would take longer by it.
func TerritoryQueue(ctx context.Context, q sqldb.Querier, a *Access, kind, cursor string, limit int) (all []QueuedRecord, next string, err error) {
	some, err := sqldb.Strings(ctx, q, "SELECT id FROM territories LIMIT 1")
	if err != nil {
		return nil, "", fmt.Errorf("load territories: %w", err)
	}
	if len(some) == 0 {
		return withoutTerritory(ctx, q, a, kind, cursor, limit)
	}
	w := &where{}
	if c := a.seen(w, "territory_queue", territoryTypes); c != "" {
		w.add(c)
	}
	if kind != "" {
		w.add("record_type = ?", kind)
	}
	if cursor != "" {
		at, id, err := decodeTimeCursor(cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(since, record_id) > (?, ?)", at, id)
	}
	limit = pageSize(limit)
	query := "SELECT record_type, record_id, since, reason FROM territory_queue" + w.sql() + " ORDER BY since, record_id" + w.limit(limit+1)
	rows, err := q.Query(ctx, query, w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("load the queue of territories: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r QueuedRecord
		if err := rows.Scan(&r.RecordType, &r.RecordID, atColumn{&r.Since}, &r.Reason); err != nil {
			return nil, "", fmt.Errorf("load the queue of territories: %w", err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("load the queue of territories: %w", err)
	}
	if len(all) > limit {
		all = all[:limit]
		next = timeCursor(all[limit-1].Since, all[limit-1].RecordID)
	}
	untold, err := a.readsHidden(ctx, q)
	if err != nil {
		return nil, "", err
	}
	for i := range all {
		if untold {
			all[i].Reason = untoldReason
		}
	}
	return all, next, nameQueued(ctx, q, a, all)
}

// withoutTerritory lists all records that somebody may read, those that came first before others, while
// there is no territory. Ids are in the order of time.
func withoutTerritory(ctx context.Context, q sqldb.Querier, a *Access, kind, cursor string, limit int) (all []QueuedRecord, next string, err error) {
	after := ""
	if cursor != "" {
		if _, after, err = decodeTimeCursor(cursor); err != nil {
			return nil, "", err
		}
	}
	limit = pageSize(limit)
	for _, of := range territoryTypes {
		if kind != "" && kind != of {
			continue
		}
		w := &where{}
		w.add("id > ?", after)
		if err := w.listed(ctx, q, a, of, recordTables[of]); err != nil {
			return nil, "", err
		}
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			r := QueuedRecord{RecordType: of, Reason: "there is no territory yet"}
			err := rows.Scan(&r.RecordID, atColumn{&r.Since})
			all = append(all, r)
			return err
		}, "SELECT id, created_at FROM "+recordTables[of]+w.sql()+" ORDER BY id"+w.limit(limit+1), w.args...)
		if err != nil {
			return nil, "", fmt.Errorf("load what has no territory: %w", err)
		}
	}
	slices.SortFunc(all, func(a, b QueuedRecord) int { return cmp.Compare(a.RecordID, b.RecordID) })
	if len(all) > limit {
		all = all[:limit]
		next = timeCursor(all[limit-1].Since, all[limit-1].RecordID)
	}
	return all, next, nameQueued(ctx, q, a, all)
}

// nameQueued says what records of the queue are called, as somebody is shown it, and in which version
// they are.
func nameQueued(ctx context.Context, q sqldb.Querier, a *Access, list []QueuedRecord) error {
	names, err := recordNames(ctx, q, a, list)
	if err != nil {
		return err
	}
	ids, versions := map[string][]string{}, map[string]int64{}
	for _, r := range list {
		ids[r.RecordType] = append(ids[r.RecordType], r.RecordID)
	}
	for kind, of := range ids {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id string
			var version int64
			err := rows.Scan(&id, &version)
			versions[kind+id] = version
			return err
		}, "SELECT id, version FROM "+recordTables[kind]+" WHERE "+sqldb.In("id", 1, len(of)), sqldb.Anys(of)...)
		if err != nil {
			return fmt.Errorf("load versions in the queue of territories: %w", err)
		}
	}
	for i := range list {
		r := &list[i]
		r.Name, r.Version = names[r.RecordType+r.RecordID], versions[r.RecordType+r.RecordID]
	}
	return nil
}

// recordNames are what records of the queue are called, by type and id, as somebody is shown it.
func recordNames(ctx context.Context, q sqldb.Querier, a *Access, list []QueuedRecord) (map[string]string, error) {
	ids := make(map[string][]string)
	for _, r := range list {
		ids[r.RecordType] = append(ids[r.RecordType], r.RecordID)
	}
	names := make(map[string]string, len(list))
	for kind, of := range ids {
		g, err := gather(ctx, q, kind, of, false)
		if err != nil {
			return nil, err
		}
		g.nameTo(a)
		for _, id := range of {
			_, names[kind+id] = g.around(kind, id)
		}
	}
	return names, nil
}
