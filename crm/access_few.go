package crm

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A list walks an index in its order and looks at each record whether it may be read, until the page is
// full. That is quick for somebody who may read one in ten, and reads a million records for somebody
// who may read five of them. Theirs are found by who owns them, and so on, each by an index, and then
// put in order. Where both take equally long there are √(51 · 1,000,000) ≈ 7,000 of a million.
const fewRecords = 7000

// fewAbout is fewRecords of what is about others, of which there is more, and which asks more of each.
const fewAbout = 20_000

// fewFound is fewRecords for a search, which reads the words of each.
const fewFound = 2000

// listed is readable for a query that lists records in an order and stops when a page is full.
func (w *where) listed(ctx context.Context, q sqldb.Querier, a *Access, kind, alias string) error {
	few, err := a.fewListed(ctx, q, kind)
	if err == nil {
		w.listedBy(a, few, kind, alias)
	}
	return err
}

// listedBy is listed where it is known whether they are few.
func (w *where) listedBy(a *Access, few bool, kind, alias string) {
	if few {
		w.conditions = append(w.conditions, alias+".id IN ("+a.named(w, kind)+")")
		return
	}
	w.page = true
	w.readable(a, kind, alias)
}

// newestFew is the newest n of the few records that somebody may read, within a condition on their ids.
// Of the ids, a page's worth is looked up, and more where some come twice or are of what is gone: of
// thousands, each takes longer than to find all of them.
func (t *table[T, P]) newestFew(ctx context.Context, q sqldb.Querier, a *Access, within *where, n int) (list []T, err error) {
	for most := 4 * n; ; most *= 8 {
		w := &where{conditions: within.conditions, args: slices.Clone(within.args)}
		ids := "SELECT id FROM (" + a.named(w, t.kind) + ") named" + within.sql() + " ORDER BY id DESC" + w.limit(most)
		list, err = t.find(ctx, q, "WHERE id IN ("+ids+") ORDER BY id DESC"+w.limit(n), w.args...)
		if err != nil || len(list) >= n || most > fewAbout {
			return list, err
		}
	}
}

// fewListed says whether a list finds the records that somebody may read by who owns them, and so on.
func (a *Access) fewListed(ctx context.Context, q sqldb.Querier, kind string) (bool, error) {
	most := fewRecords
	if realms[kind].about {
		most = fewAbout
	}
	return a.few(ctx, q, kind, most)
}

// few says whether somebody may read at most so many records of a type, and not all there are.
func (a *Access) few(ctx context.Context, q sqldb.Querier, kind string, most int) (bool, error) {
	if !a.namable(kind) {
		return false, nil
	}
	if realms[kind].about {
		for _, of := range a.readableTypes() {
			count := a.few
			if a.Level(ToRead, of) == LevelAll {
				count = a.atMost
			}
			if few, err := count(ctx, q, of, most); err != nil || !few {
				return false, err
			}
		}
	}
	return a.atMost(ctx, q, kind, most)
}

// atMost counts what named names.
func (a *Access) atMost(ctx context.Context, q sqldb.Querier, kind string, most int) (bool, error) {
	w := &where{}
	query := "SELECT count(*) FROM (SELECT id FROM (" + a.named(w, kind) + ") named" + w.limit(most+1) + ") n"
	var n int
	if err := q.QueryRow(ctx, query, w.args...).Scan(&n); err != nil {
		return false, fmt.Errorf("count %ss: %w", kind, err)
	}
	return n <= most, nil
}

// namable says whether the records of a type that somebody may read can be named by who owns them, and
// so on: they have owners, and are not all there are, nor none. Of what is about others, all of some
// types, such as campaigns, may be among them.
func (a *Access) namable(kind string) bool {
	r := realms[kind]
	level := a.Level(ToRead, kind)
	if r.about {
		return level != LevelNone && slices.ContainsFunc(a.readableTypes(), func(of string) bool { return a.Level(ToRead, of) != LevelAll })
	}
	return r.table != "" && r.via == "" && level != LevelNone && level != LevelAll
}

// readableTypes are those that others can be about, and of which somebody may read any record.
func (a *Access) readableTypes() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(recordTables)), func(of string) bool { return !a.Can(ToRead, of) })
}

// named is a query for the ids of the records of a type that somebody may read: what condition says of
// each, for all of them. An id may come more than once.
func (a *Access) named(w *where, kind string) string {
	r, level := realms[kind], a.Level(ToRead, kind)
	if level == LevelAll && !r.about {
		return "SELECT id FROM " + r.table
	}
	level = narrower(level, LevelUnit)
	byOwner := "SELECT id FROM " + r.table + " WHERE " + r.owner + " <> '' AND " + r.owner
	ways := []string{w.number(byOwner+" = ?", a.UserID)}
	if level.reaches(LevelTeam) && len(a.Teams) > 0 {
		ways = append(ways, w.number(byOwner+" IN (SELECT user_id FROM team_members WHERE team_id IN ("+marks(len(a.Teams))+"))", sqldb.Anys(a.Teams)...))
	}
	if level.reaches(LevelTerritory) && len(a.Territories) > 0 {
		ways = append(ways, w.number("SELECT record_id FROM record_territories WHERE record_type = '"+kind+"' AND territory_id IN ("+marks(len(a.Territories))+")",
			sqldb.Anys(a.Territories)...))
	}
	if level.reaches(LevelUnit) && len(a.Units) > 0 {
		ways = append(ways, w.number(byOwner+" IN (SELECT user_id FROM user_units WHERE unit_id IN ("+marks(len(a.Units))+"))", sqldb.Anys(a.Units)...))
	}
	ways = append(ways, w.number("SELECT record_id FROM participants WHERE user_id = ? AND record_type = '"+kind+"'", a.UserID),
		w.number("SELECT record_id FROM shares WHERE revoked_at = 0 AND record_type = '"+kind+"' AND subject_id IN ("+marks(1+len(a.Teams))+")",
			append([]any{a.UserID}, sqldb.Anys(a.Teams)...)...))
	if r.about {
		for _, of := range a.readableTypes() {
			ways = append(ways, "SELECT id FROM "+r.table+" WHERE record_id IN ("+a.named(w, of)+")") // no two types share an id
		}
	}
	return strings.Join(ways, " UNION ALL ")
}
