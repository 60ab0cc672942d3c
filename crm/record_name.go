package crm

import (
	"context"
	"maps"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// NamesOf are what records of a type that is searched are called, by id, as far as somebody may read them.
func NamesOf(ctx context.Context, q sqldb.Querier, a *Access, kind string, ids []string) (map[string]string, error) {
	source, names := sourceOf(kind), make(map[string]string, len(ids))
	if source == nil {
		return names, nil
	}
	for part := range chunks(ids) {
		w := &where{}
		w.add("id IN ("+marks(len(part))+")", sqldb.Anys(part)...)
		w.readable(a, kind, source.table)
		found, err := source.load(ctx, q, source.hidden(a), w.sql(), w.args...)
		if err != nil {
			return nil, err
		}
		for id, r := range found {
			names[id] = r.title
		}
	}
	return names, nil
}

// ActivityNames are what the contacts, leads, accounts … that activities are about are called, by id,
// as far as somebody may read them.
func ActivityNames(ctx context.Context, q sqldb.Querier, a *Access, list []Activity) (map[string]string, error) {
	ids := make(map[string][]string)
	for i := range list {
		ids[list[i].RecordType] = append(ids[list[i].RecordType], list[i].RecordID)
	}
	names := make(map[string]string, len(list))
	for kind, some := range ids {
		found, err := NamesOf(ctx, q, a, kind, some)
		if err != nil {
			return nil, err
		}
		maps.Copy(names, found)
	}
	return names, nil
}
