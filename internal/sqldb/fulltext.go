package sqldb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// A Text is what a record is found by: words in lower case, letters and digits only, with a blank
// between them. Who writes it folds accents and umlauts, so that both databases find the same.
type Text struct {
	RecordType, RecordID, Words string
	New                         bool // the record was just made: nothing has been written of it yet
}

// textTypes are the types of records that are searched. Each has an index of its own, so that it costs
// nothing to a type how many records another has.
var textTypes = []string{"account", "activity", "campaign", "contact", "invoice", "lead", "opportunity", "order", "quote", "social_profile"}

func isTextType(recordType string) bool { return slices.Contains(textTypes, recordType) }

var lastPosition atomic.Int64

// nextPosition ascends, so that an index that wants ascending keys is written in order.
func nextPosition() int64 {
	for {
		last := lastPosition.Load()
		next := max(last+1, time.Now().UnixMilli()<<13) // 8,192 within a millisecond
		if lastPosition.CompareAndSwap(last, next) {
			return next
		}
	}
}

// IndexText makes records findable by their words; one without words is found no more. Records of
// types that are not searched are left out.
func (tx *Tx) IndexText(ctx context.Context, texts []Text) error {
	last := make(map[string]int, len(texts)) // of texts of one record the last counts
	for i, t := range texts {
		last[t.RecordID] = i
	}
	var known, made []Text
	for i, t := range texts {
		switch {
		case !isTextType(t.RecordType) || last[t.RecordID] != i:
		case t.New:
			made = append(made, t)
		default:
			known = append(known, t)
		}
	}
	for part := range slices.Chunk(known, 200) {
		if err := tx.indexText(ctx, part); err != nil {
			return fmt.Errorf("index for search: %w", tx.db.dialect.explain(err))
		}
	}
	if err := tx.changeText(ctx, nil, made); err != nil {
		return fmt.Errorf("index for search: %w", tx.db.dialect.explain(err))
	}
	return nil
}

func (tx *Tx) indexText(ctx context.Context, texts []Text) error {
	had, err := tx.textEntries(ctx, texts)
	if err != nil {
		return err
	}
	var gone []textEntry
	var fresh []Text
	for _, t := range texts {
		old, known := had[t.RecordID]
		switch {
		case known && old.words == t.Words:
			continue
		case known:
			gone = append(gone, old)
		}
		fresh = append(fresh, t)
	}
	return tx.changeText(ctx, gone, fresh)
}

// changeText takes entries out and writes new ones, ascending within a type.
func (tx *Tx) changeText(ctx context.Context, gone []textEntry, made []Text) error {
	slices.SortStableFunc(made, func(a, b Text) int { return strings.Compare(a.RecordType, b.RecordType) })
	var fresh []textEntry
	for _, t := range made {
		if t.Words != "" {
			fresh = append(fresh, textEntry{t.RecordID, t.RecordType, nextPosition(), t.Words})
		}
	}
	if len(gone) > 0 {
		ids := make([]any, len(gone))
		for i, e := range gone {
			ids[i] = e.id
		}
		if _, err := tx.Exec(ctx, "DELETE FROM search_entries WHERE "+In("record_id", 1, len(ids)), ids...); err != nil {
			return err
		}
	}
	rows := make([][]any, len(fresh))
	for i, e := range fresh {
		rows[i] = []any{e.id, e.kind, e.position, e.words}
	}
	if _, err := tx.InsertNew(ctx, Insert{Table: "search_entries", Columns: []string{"record_id", "record_type", "position", "words"}, Key: []string{"record_id"}}, rows); err != nil {
		return err
	}
	return tx.db.dialect.changeText(ctx, tx, gone, fresh)
}

type textEntry struct {
	id, kind string
	position int64
	words    string
}

func (tx *Tx) textEntries(ctx context.Context, texts []Text) (map[string]textEntry, error) {
	ids := make([]any, len(texts))
	for i, t := range texts {
		ids[i] = t.RecordID
	}
	rows, err := tx.Query(ctx, "SELECT record_id, record_type, position, words FROM search_entries WHERE "+In("record_id", 1, len(ids)), ids...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	had := make(map[string]textEntry)
	for rows.Next() {
		var e textEntry
		if err := rows.Scan(&e.id, &e.kind, &e.position, &e.words); err != nil {
			return nil, err
		}
		had[e.id] = e
	}
	return had, rows.Err()
}

// A TextQuery asks for records of a type in which every word begins some word.
type TextQuery struct {
	RecordType string
	Words      []string // folded; at least one
	Limit      int
}

// FindText returns the ids of records that match: the newest first on SQLite, whose index is walked
// in that order, and in any order on PostgreSQL, whose index knows none.
func (db *DB) FindText(ctx context.Context, query TextQuery) (found []string, err error) {
	if len(query.Words) == 0 || !isTextType(query.RecordType) {
		return nil, nil
	}
	for _, words := range db.dialect.wordsFor(query.Words) {
		if len(found) >= query.Limit {
			break
		}
		more, err := Strings(ctx, db, db.dialect.matchText(query.RecordType), words, query.Limit)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", query.RecordType, err)
		}
		for _, id := range more {
			if !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
	}
	return found[:min(len(found), query.Limit)], nil
}
