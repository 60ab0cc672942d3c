package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Groups of authors: what somebody who speaks is to the company. Each author is in one.
const (
	GroupCustomers = "customers" // linked to a contact who is a customer
	GroupContacts  = "contacts"  // linked to another contact
	GroupLeads     = "leads"     // no contact, and a lead of theirs is open
	GroupUnknown   = "unknown"
)

// Groups are all there are.
var Groups = []string{GroupCustomers, GroupContacts, GroupLeads, GroupUnknown}

// groupCase is the group of the author whose id the column holds, for SQL.
func groupCase(column string) string {
	return `CASE WHEN EXISTS (SELECT 1 FROM links gl JOIN contacts gc ON gc.id = gl.contact_id
			WHERE gl.author_id = ` + column + ` AND gl.decision = 'confirmed' AND gc.relationship = 'customer') THEN 'customers'
		WHEN EXISTS (SELECT 1 FROM links gl WHERE gl.author_id = ` + column + ` AND gl.decision = 'confirmed') THEN 'contacts'
		WHEN EXISTS (SELECT 1 FROM leads gd WHERE gd.author_id = ` + column + ` AND gd.milestone IN (` + openMilestones + `)) THEN 'leads'
		ELSE 'unknown' END`
}

// GroupCondition is an SQL condition that holds for authors of a group; column holds the author's
// id. It is for those who list what authors said.
func GroupCondition(group, column string) (string, error) {
	for _, g := range Groups {
		if g == group {
			return groupCase(column) + " = '" + g + "'", nil
		}
	}
	return "", invalid("group", "%q is not one of customers, contacts, leads, unknown", group)
}

// AuthorGroups returns the group of each author.
func AuthorGroups(ctx context.Context, q sqldb.Querier, authorIDs []string) (map[string]string, error) {
	groups := make(map[string]string, len(authorIDs))
	for part := range chunks(authorIDs) {
		if err := addGroups(ctx, q, part, groups); err != nil {
			return nil, fmt.Errorf("load groups: %w", err)
		}
	}
	return groups, nil
}

func addGroups(ctx context.Context, q sqldb.Querier, authorIDs []string, groups map[string]string) error {
	rows, err := q.Query(ctx, "SELECT a.id, "+groupCase("a.id")+" FROM authors a WHERE "+sqldb.In("a.id", 1, len(authorIDs)), sqldb.Anys(authorIDs)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, group string
		if err := rows.Scan(&id, &group); err != nil {
			return err
		}
		groups[id] = group
	}
	return rows.Err()
}

// A GroupCount is how much a group said.
type GroupCount struct {
	Group    string
	Authors  int64
	Mentions int64
	Negative int64
	Positive int64
	Reach    int64
}

// CountGroups counts what each group said of a monitor, or of all when monitorID is empty, from up
// to, and without, until. An author is in the group they are in now.
func CountGroups(ctx context.Context, q sqldb.Querier, monitorID string, from, until time.Time) ([]GroupCount, error) {
	w := &where{}
	w.add("m.posted_at >= ?", sqldb.Millis(from))
	w.add("m.posted_at < ?", sqldb.Millis(until))
	if monitorID != "" {
		w.add("m.monitor_id = ?", monitorID)
	}
	rows, err := q.Query(ctx, `SELECT g, count(*), CAST(SUM(n) AS bigint), CAST(SUM(negative) AS bigint), CAST(SUM(positive) AS bigint), CAST(SUM(reach) AS bigint) FROM (
		SELECT `+groupCase("t.author_id")+` AS g, n, negative, positive, reach FROM (
			SELECT m.author_id, count(*) AS n, SUM(CASE WHEN m.polarity = 'negative' THEN 1 ELSE 0 END) AS negative,
				SUM(CASE WHEN m.polarity = 'positive' THEN 1 ELSE 0 END) AS positive, SUM(m.reach) AS reach
			FROM mentions m`+w.sql()+` GROUP BY m.author_id) t) s GROUP BY g`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("count groups: %w", err)
	}
	defer rows.Close()
	found := make(map[string]GroupCount)
	for rows.Next() {
		var c GroupCount
		if err := rows.Scan(&c.Group, &c.Authors, &c.Mentions, &c.Negative, &c.Positive, &c.Reach); err != nil {
			return nil, fmt.Errorf("count groups: %w", err)
		}
		found[c.Group] = c
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count groups: %w", err)
	}
	counts := make([]GroupCount, len(Groups))
	for i, g := range Groups {
		counts[i] = found[g]
		counts[i].Group = g
	}
	return counts, nil
}

// An AuthorFilter chooses authors; an empty field does not restrict.
type AuthorFilter struct {
	Group   string
	Network string
	Cursor  string
	Limit   int
}

// FindAuthors lists the ids of authors with their group, in the order of the ids, a page at a time;
// next is empty on the last one.
func FindAuthors(ctx context.Context, q sqldb.Querier, f AuthorFilter) (ids []string, groups map[string]string, next string, err error) {
	limit := pageSize(f.Limit)
	w := &where{}
	if f.Group != "" {
		condition, err := GroupCondition(f.Group, "a.id")
		if err != nil {
			return nil, nil, "", err
		}
		w.add(condition)
	}
	if f.Network != "" {
		w.add("a.network = ?", f.Network)
	}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 1)
		if err != nil {
			return nil, nil, "", err
		}
		w.add("a.id > ?", fields[0])
	}
	rows, err := q.Query(ctx, "SELECT a.id, "+groupCase("a.id")+" FROM authors a"+w.sql()+" ORDER BY a.id"+w.limit(limit+1), w.args...)
	if err != nil {
		return nil, nil, "", fmt.Errorf("list authors: %w", err)
	}
	defer rows.Close()
	groups = make(map[string]string)
	for rows.Next() {
		var id, group string
		if err := rows.Scan(&id, &group); err != nil {
			return nil, nil, "", fmt.Errorf("list authors: %w", err)
		}
		ids, groups[id] = append(ids, id), group
	}
	if err := rows.Err(); err != nil {
		return nil, nil, "", fmt.Errorf("list authors: %w", err)
	}
	if len(ids) > limit {
		ids = ids[:limit]
		next = encodeCursor(ids[limit-1])
	}
	return ids, groups, next, nil
}
