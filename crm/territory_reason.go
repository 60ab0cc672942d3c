package crm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// untoldReason stands for a reason of a territory that quotes what is hidden from its reader.
const untoldReason = "it goes by a field that your roles do not show you"

// readsHidden says whether a dimension reads a field that is hidden from somebody. What is stored as a
// reason quotes the values of all dimensions, and does not tell which: then none is told.
func (a *Access) readsHidden(ctx context.Context, q sqldb.Querier) (bool, error) {
	if !a.Masked() {
		return false, nil
	}
	all, err := Dimensions(ctx, q)
	return slices.ContainsFunc(all, func(d Dimension) bool { return d.mayAskBy(a) != nil }), err
}

// mayAskBy refuses to tell records apart by a dimension that reads a field which is hidden from somebody.
func (d *Dimension) mayAskBy(a *Access) error {
	for _, f := range d.Fields {
		for _, path := range f.From {
			kind, field, _ := strings.Cut(path, ".")
			if err := a.mayAskBy(kind, strings.TrimPrefix(field, "fields.")); err != nil {
				return err
			}
		}
	}
	return nil
}

// RecordTerritoriesTo are the territories of a record as they are told to somebody.
func RecordTerritoriesTo(ctx context.Context, q sqldb.Querier, a *Access, kind, id string) ([]Assignment, error) {
	all, err := RecordTerritories(ctx, q, kind, []string{id})
	if err != nil {
		return nil, err
	}
	untold, err := a.readsHidden(ctx, q)
	if untold {
		for i := range all[id] {
			all[id][i].Reason = untoldReason
		}
	}
	return all[id], err
}

// hideReasons takes the reasons out of what the log says of records that went to another territory,
// where they quote what is hidden from somebody.
func hideReasons(ctx context.Context, q sqldb.Querier, a *Access, entries []AuditEntry) error {
	if !slices.ContainsFunc(entries, func(e AuditEntry) bool { return e.Action == assignTerritory }) {
		return nil
	}
	untold, err := a.readsHidden(ctx, q)
	if err != nil || !untold {
		return err
	}
	for i := range entries {
		if e := &entries[i]; e.Action == assignTerritory {
			e.Before, e.After = withoutReasons(e.Before), withoutReasons(e.After)
		}
	}
	return nil
}

func withoutReasons(raw json.RawMessage) json.RawMessage {
	var list []Assignment
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil // what cannot be read is not told
	}
	for i := range list {
		list[i].Reason = untoldReason
	}
	return rawJSON(auditText(list))
}

// nameTo leaves of gathered records what they are called, as somebody is shown it.
func (g *gathering) nameTo(a *Access) {
	for _, x := range g.accounts {
		x.Name = a.shown(RecordAccount, "name", x.Name)
	}
	hidden := a.Hidden(RecordContact)
	for _, c := range g.contacts {
		*c = Contact{ID: c.ID, DisplayName: c.NameWithout(hidden)}
	}
	for _, l := range g.leads {
		l.Name, l.Topic = a.shown(RecordLead, "name", l.Name), a.shown(RecordLead, "topic", l.Topic)
	}
	for _, o := range g.opportunities {
		o.Name = a.shown(RecordOpportunity, "name", o.Name)
	}
}
