package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A reference is a column that names contacts, accounts or leads, of a table whose id names the row. A merge
// moves the rows that name the loser, and an unmerge takes them back. Whoever adds such a column adds
// its line to the lists below, and nothing else; a test fails for one that is in none. What has no id
// of its own is handed on by handOn and mergeLinks.
type reference struct {
	table, name string
	column      string // empty: contact_id
	about       bool   // the column stands beside record_type
	versioned   bool   // rows have a version, which grows with every change
	same        string // condition under which the winner, as w, has the row t already: then it stays behind, unseen
}

var contactReferences = []reference{
	{table: "social_profiles", name: "profiles",
		same: "w.network = t.network AND (w.native_id = t.native_id AND t.native_id <> '' OR w.handle = t.handle AND t.handle <> '')"},
	{table: "leads", name: "leads", versioned: true},
	{table: "opportunities", name: "opportunities", versioned: true},
	{table: "orders", name: "orders", versioned: true},
	{table: "activities", name: "activities", column: "record_id", about: true, versioned: true},
	{table: "verifications", name: "verifications", same: "w.author_id = t.author_id AND w.method = t.method AND w.address = t.address"},
	{table: "invitations", name: "invitations"},
	{table: "consents", name: "consents"},
	{table: "acquaintances", name: "acquaintances", same: "w.user_id = t.user_id AND w.file_kind = t.file_kind"},
	{table: "recommendations", name: "recommendations", versioned: true},
	sharesReference,
}

var accountReferences = []reference{
	{table: "contacts", name: "contacts", column: "account_id", versioned: true},
	{table: "leads", name: "leads", column: "account_id", versioned: true},
	{table: "opportunities", name: "opportunities", column: "account_id", versioned: true},
	{table: "orders", name: "orders", column: "account_id", versioned: true},
	{table: "accounts", name: "accounts", column: "parent_id", versioned: true},
	{table: "activities", name: "activities", column: "record_id", about: true, versioned: true},
	sharesReference,
}

var leadReferences = []reference{
	{table: "activities", name: "activities", column: "record_id", about: true, versioned: true},
	{table: "recommendations", name: "recommendations", column: "lead_id", versioned: true},
	{table: "notices", name: "notices", column: "lead_id"},
	{table: "lead_visits", name: "visits", column: "lead_id"},
	sharesReference,
}

// With whom it is shared stays once.
var sharesReference = reference{table: "shares", name: "shares", column: "record_id", about: true,
	same: "t.revoked_at = 0 AND w.revoked_at = 0 AND w.subject_id = t.subject_id"}

// A merging is a merge as its references are moved by: whose they were, whose they are, and the table
// that notes which they were.
type merging struct{ id, kind, winner, loser, moves string }

func (m *Merge) merging() merging {
	return merging{m.ID, RecordContact, m.WinnerID, m.LoserID, "contact_moves"}
}

func (r reference) named() string {
	if r.column != "" {
		return r.column
	}
	return "contact_id"
}

// toMove is the condition on t for the loser's ($1) rows that go to the winner ($2).
func (r reference) toMove(kind string) string {
	where := "t." + r.named() + " = $1 AND t.id <> $2"
	if r.about {
		where += " AND t.record_type = '" + kind + "'"
	}
	if r.same == "" {
		return where
	}
	return where + " AND NOT EXISTS (SELECT 1 FROM " + r.table + " w WHERE w." + r.named() + " = $2 AND " + r.same + ")"
}

// move gives what names the loser to the winner, and says how much that was.
func (r reference) move(ctx context.Context, tx *sqldb.Tx, m merging) (int64, error) {
	n, err := m.note(ctx, tx, r.table, "t.id", r.table+" t WHERE "+r.toMove(m.kind))
	if err != nil || n == 0 {
		return 0, err
	}
	return n, r.assign(ctx, tx, m, m.loser, m.winner)
}

// note writes down, under a name, what a query finds of the loser ($1) and the winner ($2).
func (m merging) note(ctx context.Context, tx *sqldb.Tx, name, id, from string) (int64, error) {
	columns, values := "merge_id, table_name, record_id", "CAST($3 AS text), CAST($4 AS text), "+id
	if m.kind == RecordContact {
		columns, values = columns+", contact_id, before", values+", CAST($1 AS text), ''"
	}
	n, err := tx.Exec(ctx, "INSERT INTO "+m.moves+" ("+columns+") SELECT "+values+" FROM "+from, m.loser, m.winner, m.id, name)
	if err != nil {
		return 0, fmt.Errorf("merge %s: %w", name, err)
	}
	return n, nil
}

// noteAll writes down ids under a name.
func (m merging) noteAll(ctx context.Context, tx *sqldb.Tx, name string, ids []string) error {
	in := sqldb.Insert{Table: m.moves, Columns: []string{"merge_id", "table_name", "record_id"}, Key: []string{"merge_id", "table_name", "record_id"}}
	if m.kind == RecordContact {
		in.Columns, in.Key = append(in.Columns, "contact_id", "before"), append(in.Key, "contact_id")
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{m.id, name, id, m.loser, ""}[:len(in.Columns)]
	}
	_, err := tx.InsertNew(ctx, in, rows)
	return err
}

// noted is what was written down under the name $N, of the merge $N+1.
func (m merging) noted(n int) string {
	return fmt.Sprintf("(SELECT record_id FROM %s WHERE table_name = $%d AND merge_id = $%d)", m.moves, n, n+1)
}

// assign gives the rows that the merge moved, and that nobody moved since, to another record.
func (r reference) assign(ctx context.Context, tx *sqldb.Tx, m merging, from, to string) error {
	grow := ""
	if r.versioned {
		grow = ", version = version + 1"
	}
	_, err := tx.Exec(ctx, "UPDATE "+r.table+" SET "+r.named()+" = $1"+grow+" WHERE "+r.named()+" = $2 AND id IN "+m.noted(3), to, from, r.table, m.id)
	if err != nil {
		return fmt.Errorf("move %s: %w", r.table, err)
	}
	return nil
}
