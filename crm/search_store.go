package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
	"golang.org/x/sync/errgroup"
)

// indexSearch makes records findable as they are now: those that are gone are found no more.
func indexSearch(ctx context.Context, tx *sqldb.Tx, kind string, ids []string) error {
	s := sourceOf(kind)
	if s == nil || len(ids) == 0 {
		return nil
	}
	texts := make([]sqldb.Text, 0, len(ids))
	for part := range chunks(ids) {
		found, err := s.load(ctx, tx, nil, " WHERE "+sqldb.In("id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return err
		}
		for _, id := range part {
			texts = append(texts, sqldb.Text{RecordType: kind, RecordID: id, Words: entryWords(found[id].texts...)})
		}
	}
	return tx.IndexText(ctx, texts)
}

// insertFound inserts new records of a type and makes them findable. What they are found by is read
// from the rows, not from the table again.
func insertFound(ctx context.Context, tx *sqldb.Tx, kind string, ins sqldb.Insert, rows [][]any) error {
	if _, err := tx.InsertNew(ctx, ins, rows); err != nil {
		return err
	}
	s := sourceOf(kind)
	if s == nil {
		return nil
	}
	names := strings.Split(s.columns, ", ")
	at := make([]int, len(names))
	for i, name := range names {
		at[i] = slices.Index(ins.Columns, name)
	}
	id := slices.Index(ins.Columns, "id")
	texts := make([]sqldb.Text, len(rows))
	values := make([]string, len(names))
	for i, row := range rows {
		for k, column := range at {
			values[k], _ = row[column].(string)
		}
		texts[i] = sqldb.Text{RecordType: kind, RecordID: row[id].(string), Words: entryWords(s.read(values).texts...), New: true}
	}
	return tx.IndexText(ctx, texts)
}

// indexChanged makes what was changed findable. A merged contact is about another that is gone.
func indexChanged(ctx context.Context, tx *sqldb.Tx, changes []changedRecord) error {
	ids := make(map[string][]string)
	for _, c := range changes {
		if c.found {
			continue
		}
		ids[c.kind] = append(ids[c.kind], c.id)
		if c.kind == RecordMerge {
			ids[RecordContact] = append(ids[RecordContact], c.about)
		}
	}
	for _, s := range searchSources {
		if err := indexSearch(ctx, tx, s.kind, ids[s.kind]); err != nil {
			return err
		}
	}
	return nil
}

// indexedAtOnce is how many records of before a transaction takes into search.
const indexedAtOnce = 1000

// IndexRest takes some of the records into search that were there before search was; more says that
// there are others.
func IndexRest(ctx context.Context, tx *sqldb.Tx) (more bool, err error) {
	var kind, cursor string
	err = tx.QueryRow(ctx, "SELECT record_type, cursor FROM search_progress ORDER BY record_type LIMIT 1").Scan(&kind, &cursor)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("index for search: %w", err)
	}
	ids, err := sqldb.Strings(ctx, tx, "SELECT id FROM "+sourceOf(kind).table+" WHERE id > $1 ORDER BY id LIMIT $2", cursor, indexedAtOnce)
	if err != nil {
		return false, fmt.Errorf("index %s for search: %w", kind, err)
	}
	statement, args := "DELETE FROM search_progress WHERE record_type = $1", []any{kind}
	if len(ids) == indexedAtOnce {
		statement, args = "UPDATE search_progress SET cursor = $2 WHERE record_type = $1", []any{kind, ids[len(ids)-1]}
	}
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		return false, fmt.Errorf("index %s for search: %w", kind, err)
	}
	return true, indexSearch(ctx, tx, kind, ids)
}

// SearchWaits says whether there are records that IndexRest has not taken in yet.
func SearchWaits(ctx context.Context, q sqldb.Querier) (bool, error) {
	kinds, err := sqldb.Strings(ctx, q, "SELECT record_type FROM search_progress LIMIT 1")
	return len(kinds) > 0, err
}

// SearchTypes are the types of records that are searched, in the order of their groups.
func SearchTypes() []string {
	kinds := make([]string, len(searchSources))
	for i, s := range searchSources {
		kinds[i] = s.kind
	}
	return kinds
}

// A SearchQuery is what somebody looks for.
type SearchQuery struct {
	Text   string
	Types  []string // empty: all
	Limit  int      // of each type
	Access *Access  // of who looks
}

// candidates is how many of a type are looked at to find the best.
const candidates = 60

// searchedAtOnce is how many types are asked for at a time: there are two cores, or more.
const searchedAtOnce = 3

// Search looks for records whose names, numbers, addresses or subjects begin with every word of a
// text, without regard to case, accents or how an umlaut is written; first what is exactly so named.
func Search(ctx context.Context, db *sqldb.DB, query SearchQuery) ([]HitGroup, error) {
	asked := newSearched(query.Text)
	if asked.text == "" {
		return nil, nil
	}
	found := make([]HitGroup, len(searchSources))
	asking, ctx := errgroup.WithContext(ctx)
	asking.SetLimit(searchedAtOnce)
	for i := range slices.Backward(searchSources) { // activities, of which there are most, begin first
		s := &searchSources[i]
		if len(query.Types) > 0 && !slices.Contains(query.Types, s.kind) {
			continue
		}
		asking.Go(func() error {
			hits, err := s.hits(ctx, db, query.Access, &asked)
			found[i] = asked.best(hits, query.Limit)
			found[i].Type = s.kind
			return err
		})
	}
	if err := asking.Wait(); err != nil {
		return nil, err
	}
	groups := slices.DeleteFunc(found, func(g HitGroup) bool { return len(g.Hits) == 0 })
	orderGroups(groups)
	return groups, nil
}

// hits are the records of a type that answer and that somebody may read, in no order.
func (s *searchSource) hits(ctx context.Context, db *sqldb.DB, a *Access, asked *searched) ([]Hit, error) {
	seen, values := s.seen(a)
	if strings.Contains(seen, "1=0") && len(values) == 0 {
		return nil, nil // none at all
	}
	ids, err := s.named(ctx, db, asked)
	if err != nil {
		return nil, err
	}
	hidden := s.hidden(a)
	found, err := s.answering(ctx, db, a, asked, s.candidates(seen, hidden))
	if err != nil {
		return nil, err
	}
	ids = append(ids, found...)
	if len(ids) == 0 {
		return nil, nil
	}
	records := make(map[string]searchee)
	for part := range chunks(ids) {
		w := &where{}
		w.add("id IN ("+marks(len(part))+")"+seen, append(sqldb.Anys(part), values...)...)
		found, err := s.load(ctx, db, hidden, w.sql(), w.args...)
		if err != nil {
			return nil, err
		}
		maps.Copy(records, found)
		if len(records) >= candidates {
			break
		}
	}
	hits := make([]Hit, 0, len(records))
	for id, r := range records {
		if len(hidden) > 0 && !asked.answeredBy(id, &r) {
			continue // what is hidden was what answers
		}
		h := Hit{Type: s.kind, ID: id, Title: r.title, Detail: r.detail, Of: r.of, OfType: s.of, keys: append(r.keys, id)}
		if s.of == "" && r.of != "" {
			h.OfType, h.Of, _ = strings.Cut(r.of, " ")
		}
		if h.Of == "" {
			h.OfType = "" // which record that is, is hidden
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// answering are the ids of records whose words begin with those that were asked for. Of the newest of
// all that do, somebody who may read few would be shown none: their words are compared one by one.
func (s *searchSource) answering(ctx context.Context, db *sqldb.DB, a *Access, asked *searched, most int) ([]string, error) {
	kind := s.kind
	if kind == RecordProfile {
		kind = RecordContact
	}
	few, err := a.few(ctx, db, kind, fewFound)
	if err != nil {
		return nil, err
	}
	if !few || len(asked.words) == 0 {
		return db.FindText(ctx, sqldb.TextQuery{RecordType: s.kind, Words: asked.words, Limit: most})
	}
	w := &where{}
	query := a.named(w, kind)
	if s.kind == RecordProfile {
		query = "SELECT id FROM social_profiles WHERE contact_id IN (" + query + ")"
	}
	theirs, err := sqldb.Strings(ctx, db, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", s.table, err)
	}
	var found []string
	for part := range chunks(theirs) {
		err := sqldb.EachRow(ctx, db, func(rows *sql.Rows) error {
			var id, words string
			if err := rows.Scan(&id, &words); err != nil {
				return err
			}
			if asked.begin(strings.Fields(words)) {
				found = append(found, id)
			}
			return nil
		}, "SELECT record_id, words FROM search_entries WHERE "+sqldb.In("record_id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", s.table, err)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Compare(b, a) })
	return found[:min(len(found), most)], nil
}

// candidates is how many are looked at: more where some of them may not be shown, or answer only by
// what is hidden.
func (s *searchSource) candidates(seen string, hidden []string) int {
	if seen != "" || len(hidden) > 0 {
		return candidates * 10
	}
	return candidates
}

// seen is the condition of who may read a record of the type: a profile is its contact's.
func (s *searchSource) seen(a *Access) (condition string, values []any) {
	if s.kind != RecordProfile {
		return a.marked(ToRead, s.kind, s.table)
	}
	condition, values = a.marked(ToRead, RecordContact, "seen")
	if condition != "" {
		condition = " AND EXISTS (SELECT 1 FROM contacts seen WHERE seen.id = social_profiles.contact_id" + condition + ")"
	}
	return condition, values
}

// named finds records by what they are exactly named by.
func (s *searchSource) named(ctx context.Context, q sqldb.Querier, asked *searched) ([]string, error) {
	var ids []string
	for _, condition := range append([]string{"id = upper($2)"}, s.exact...) {
		args := []any{[]byte(asked.text), asked.text}
		if !strings.Contains(condition, "$1") {
			args, condition = args[1:], strings.ReplaceAll(condition, "$2", "$1")
		} else {
			args = args[:1]
		}
		found, err := sqldb.Strings(ctx, q, "SELECT id FROM "+s.table+" WHERE "+condition+" LIMIT 20", args...)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", s.table, err)
		}
		ids = append(ids, found...)
	}
	return ids, nil
}
