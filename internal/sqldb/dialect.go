package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"
)

// A dialect is all that the two databases do not share.
type dialect interface {
	name() string
	goose() goose.Dialect
	// snapshot is the isolation level in which a transaction sees one state.
	snapshot() sql.IsolationLevel
	// migrationLock keeps processes that start together from migrating at once.
	migrationLock() ([]goose.ProviderOption, error)
	// beginRelaxed begins a transaction whose commit does not wait for the disk; end follows when it is over.
	beginRelaxed(ctx context.Context, db *sql.DB) (tx *sql.Tx, end func(), err error)
	// analyze tells the planner of tables that a long work has filled.
	analyze(ctx context.Context, db *sql.DB)
	// lock holds a name until the transaction is over.
	lock(ctx context.Context, tx *Tx, name string) error
	// insertNew inserts rows and says which were new.
	insertNew(ctx context.Context, tx *sql.Tx, ins Insert, rows [][]any) ([]bool, error)
	// place is how a statement names its i-th value, from 1 on, where many rows take it.
	place(i int) string
	// rowsPerStatement is how many rows of so many columns one statement inserts fastest.
	rowsPerStatement(columns int) int
	// textSchema makes the full-text index over search_entries where there is none yet.
	textSchema() []string
	// changeText follows a change of search_entries.
	changeText(ctx context.Context, tx *Tx, gone, fresh []textEntry) error
	// wordsFor are the ways to ask for words that have to begin others, the cheapest first; a later
	// way is asked where the ones before gave too little.
	wordsFor(words []string) []string
	// matchText selects the record_id of the first $2 matches of the words $1.
	matchText(recordType string) string
	// explain wraps a driver's error in ErrFull or ErrConflict where it is one.
	explain(err error) error
	// retryable says whether running the whole transaction again may succeed.
	retryable(err error) bool
}

// insertSQL renders the insertion of n rows that leaves out the ones already there.
func insertSQL(d dialect, ins Insert, n int) string {
	var b strings.Builder
	b.WriteString(ins.into() + " VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range ins.Columns {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(d.place(i*len(ins.Columns) + j + 1))
		}
		b.WriteByte(')')
	}
	b.WriteString(ins.unlessThere())
	return b.String()
}

func (ins *Insert) into() string {
	return fmt.Sprintf("INSERT INTO %s (%s)", ins.Table, strings.Join(ins.Columns, ", "))
}

func (ins *Insert) unlessThere() string {
	return fmt.Sprintf(" ON CONFLICT (%s) DO NOTHING", strings.Join(ins.Key, ", "))
}
