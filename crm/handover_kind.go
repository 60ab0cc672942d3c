package crm

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A handoverKind is a type of what is handed over: where somebody's stand, what each belongs to and
// how one is given. Records with an owner come from realms, a new type of them by itself.
type handoverKind struct {
	kind    string
	table   string
	mine    string // the condition under which it is the user's, who is $1
	action  Action // that giving one takes, of a sharing with what it shows
	parents string // the SQL of what each belongs to: type:id, the first that is not empty counts
	give    func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (became string, err error)

	id    string // the column that names it; empty: id
	of    string // the type that roles speak of; empty: kind
	named string // the SQL of ids and names; empty: those of table
	open  bool   // whoever receives one needs no grant to
}

// A giving is a record that somebody gets from somebody else. When it is given back, became is what giving it said.
type giving struct {
	id, from, to, became string
	work                 *HandoverWork
}

// governed is the type that roles speak of.
func (k *handoverKind) governed() string { return cmp.Or(k.of, k.kind) }

// key is the column that names it.
func (k *handoverKind) key() string { return cmp.Or(k.id, "id") }

// handoverKinds are in the order in which receivers are proposed: what others belong to is first.
func handoverKinds() []handoverKind {
	var all []handoverKind
	first := []string{RecordAccount, RecordContact, RecordLead, RecordOpportunity}
	for _, kind := range slices.Sorted(maps.Keys(realms)) {
		if Governs(ToAssign, kind) && !slices.Contains(first, kind) {
			first = append(first, kind)
		}
	}
	parents := map[string]string{
		RecordContact:     "CASE WHEN account_id <> '' THEN 'account:' || account_id ELSE '' END",
		RecordLead:        "CASE WHEN account_id <> '' THEN 'account:' || account_id WHEN contact_id <> '' THEN 'contact:' || contact_id ELSE '' END",
		RecordOpportunity: "CASE WHEN account_id <> '' THEN 'account:' || account_id WHEN contact_id <> '' THEN 'contact:' || contact_id ELSE '' END",
	}
	for _, kind := range first {
		all = append(all, handoverKind{kind: kind, table: realms[kind].table, mine: realms[kind].owner + " = $1", action: ToAssign, parents: parents[kind],
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				return "", AssignOwner(ctx, tx, ch, kind, g.id, g.to)
			}})
	}
	return append(all,
		handoverKind{kind: RecordActivity, table: "activities", mine: "owner_id = $1 AND done_at = 0", action: ToUpdate, parents: "record_type || ':' || record_id",
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				_, err := UpdateActivity(ctx, tx, ch, g.id, 0, func(a *Activity) { a.OwnerID = g.to })
				return "", err
			}},
		handoverKind{kind: kindShare, open: true, table: "shares", mine: "subject_type = 'user' AND subject_id = $1 AND revoked_at = 0", action: ToShare, give: giveShare},
		handoverKind{kind: RecordLeadForm, table: "lead_forms", mine: "owner_id = $1", action: ToUpdate,
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				_, err := leadForms.change(ctx, tx, ch, g.id, 0, "assign", func(f *LeadForm) error { f.OwnerID = g.to; return nil })
				return "", err
			}},
		handoverKind{kind: RecordWebhook, table: "webhooks", mine: "owner_id = $1", action: ToUpdate,
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				_, err := webhooks.change(ctx, tx, ch, g.id, 0, "assign", func(w *Webhook) error { w.OwnerID = g.to; return nil })
				return "", err
			}},
		handoverKind{kind: TypeIncident, table: "incidents", mine: "assignee = (SELECT name FROM users WHERE id = $1) AND resolved_at = 0", action: ToUpdate,
			named: "SELECT incidents.id, monitors.name FROM incidents JOIN monitors ON monitors.id = incidents.monitor_id WHERE incidents.id",
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				if err := ch.Access.Demand(ToUpdate, TypeIncident); err != nil {
					return "", err
				}
				return "", g.work.Assign(ctx, tx, ch, g.id, g.to)
			}},
		handoverKind{kind: TypeTeam, table: "teams", mine: "manager_id = $1", action: ToUpdate, open: true,
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				_, err := teams.change(ctx, tx, ch, g.id, 0, "set-manager", func(t *Team) error { t.ManagerID = g.to; return nil })
				return "", err
			}},
		handoverKind{kind: TypeUnit, table: "units", mine: "manager_id = $1", action: ToUpdate, open: true,
			give: func(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (string, error) {
				_, err := units.change(ctx, tx, ch, g.id, 0, "set-manager", func(u *Unit) error { u.ManagerID = g.to; return nil })
				return "", err
			}},
		handoverKind{kind: kindTeamMember, of: TypeTeam, table: "team_members", id: "team_id", mine: "user_id = $1", action: ToUpdate, open: true,
			named: "SELECT id, name FROM teams WHERE id", give: giveTeam},
		handoverKind{kind: kindTerritoryMember, of: RecordTerritory, table: "territory_members", id: "territory_id", mine: "member_type = 'user' AND member_id = $1", action: ToUpdate, open: true,
			named: "SELECT id, name FROM territories WHERE id", give: giveTerritory})
}

// kindShare is a sharing among what is handed over.
const kindShare = "share"

func handoverKindOf(kind string) (handoverKind, bool) {
	all := handoverKinds()
	i := slices.IndexFunc(all, func(k handoverKind) bool { return k.kind == kind })
	if i < 0 {
		return handoverKind{}, false
	}
	return all[i], true
}

// giveShare has a record shared with somebody else in place of who it is shared with.
func giveShare(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (became string, err error) {
	id := cmp.Or(g.became, g.id)
	found, err := queryShares(ctx, tx, "id = $1", id)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("give share %s: %w", id, ErrNotFound)
	}
	s := found[0]
	if err := RevokeShare(ctx, tx, ch, id); err != nil {
		return "", err
	}
	s.SubjectID = g.to
	s, err = ShareRecord(ctx, tx, ch, s)
	return s.ID, err
}

// restrict is the condition, after AND, of the records that somebody may give; the user is $1.
func (k *handoverKind) restrict(a *Access) (condition string, args []any) {
	w := &where{args: []any{""}} // $1 is the user
	var c string
	if k.kind == kindShare {
		c = a.actsOn(w, ToShare, k.table, shareable()) // as giveShare demands it
	} else {
		c = a.condition(w, k.action, k.governed(), k.table)
	}
	if c == "" {
		return "", nil
	}
	return " AND " + c, w.args[1:]
}

// shareable are the types of records that are shared one by one.
func shareable() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(realms)), func(kind string) bool { return !Governs(ToShare, kind) })
}

// seen is the condition that a record of this type, which handover_records name, is one that somebody
// may read, a sharing one of a record that they may; empty when they may read all.
func (k *handoverKind) seen(w *where, a *Access) string {
	var c string
	switch {
	case k.kind == kindShare:
		c = a.actsOn(w, ToRead, "handed", shareable())
	case realms[k.governed()].table == "":
		return a.condition(w, ToRead, k.governed(), "")
	default:
		c = a.condition(w, ToRead, k.kind, "handed")
	}
	if c == "" {
		return ""
	}
	return w.exists("SELECT 1 FROM " + k.table + " handed WHERE handed.id = handover_records.record_id AND " + c)
}

// handedSeen restricts a query of handover_records to what somebody may read.
func (w *where) handedSeen(a *Access) {
	free, ways := true, []string{}
	for _, k := range handoverKinds() {
		way := "handover_records.record_type = '" + k.kind + "'"
		if c := k.seen(w, a); c != "" {
			free = false
			way += " AND " + c
		}
		ways = append(ways, way)
	}
	if !free {
		w.conditions = append(w.conditions, "("+strings.Join(ways, " OR ")+")")
	}
}

// page lists the ids of what a user has and somebody may give, after a cursor.
func (k *handoverKind) page(ctx context.Context, q sqldb.Querier, a *Access, userID, cursor string, limit int) ([]string, error) {
	condition, args := k.restrict(a)
	args = append([]any{userID}, args...)
	n := len(args)
	ids, err := sqldb.Strings(ctx, q, fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE %[3]s%[4]s AND %[1]s > $%[5]d ORDER BY %[1]s LIMIT $%[6]d", k.key(), k.table, k.mine, condition, n+1, n+2), append(args, cursor, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list the %ss of user %s: %w", k.kind, userID, err)
	}
	return ids, nil
}

// count counts what a user has; with an access, what somebody may give of it.
func (k *handoverKind) count(ctx context.Context, q sqldb.Querier, a *Access, userID string) (n int64, err error) {
	condition, args := k.restrict(a)
	err = q.QueryRow(ctx, "SELECT count(*) FROM "+k.table+" WHERE "+k.mine+condition, append([]any{userID}, args...)...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the %ss of user %s: %w", k.kind, userID, err)
	}
	return n, nil
}

// belongsTo is the record that each belongs to, as type:id.
func (k *handoverKind) belongsTo(ctx context.Context, q sqldb.Querier, ids []string) (map[string]string, error) {
	of := make(map[string]string, len(ids))
	if k.parents == "" {
		return of, nil
	}
	for part := range chunks(ids) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id, parent string
			err := rows.Scan(&id, &parent)
			of[id] = parent
			return err
		}, "SELECT id, "+k.parents+" FROM "+k.table+" WHERE "+sqldb.In("id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load what %ss belong to: %w", k.kind, err)
		}
	}
	return of, nil
}

// names are what to show for records that somebody may read.
func (k *handoverKind) names(ctx context.Context, q sqldb.Querier, a *Access, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	switch {
	case sourceOf(k.kind) != nil:
		return NamesOf(ctx, q, a, k.kind, ids)
	case k.kind == kindShare:
		for part := range chunks(ids) {
			shares, err := queryShares(ctx, q, sqldb.In("id", 1, len(part)), sqldb.Anys(part)...)
			if err != nil {
				return nil, err
			}
			for i := range shares {
				shown, err := titleOf(ctx, q, a, shares[i].RecordType, shares[i].RecordID)
				if err != nil {
					return nil, err
				}
				names[shares[i].ID] = shown
			}
		}
	default:
		for part := range chunks(ids) {
			err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
				var id, name string
				err := rows.Scan(&id, &name)
				names[id] = name
				return err
			}, cmp.Or(k.named, "SELECT id, name FROM "+k.table+" WHERE id")+sqldb.In("", 1, len(part)), sqldb.Anys(part)...)
			if err != nil {
				return nil, fmt.Errorf("load names of %ss: %w", k.kind, err)
			}
		}
	}
	return names, nil
}

func titleOf(ctx context.Context, q sqldb.Querier, a *Access, kind, id string) (string, error) {
	if sourceOf(kind) == nil {
		return kind, nil
	}
	names, err := NamesOf(ctx, q, a, kind, []string{id})
	return names[id], err
}

// holds says whether somebody still has a record that is to be handed over.
func (k *handoverKind) holds(ctx context.Context, q sqldb.Querier, id, userID string) (bool, error) {
	var one int
	err := q.QueryRow(ctx, "SELECT 1 FROM "+k.table+" WHERE "+k.mine+" AND "+k.key()+" = $2", userID, id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load %s %s: %w", k.kind, id, err)
	}
	return true, nil
}

// splitRecord takes type:id apart.
func splitRecord(record string) (kind, id string) {
	kind, id, _ = strings.Cut(record, ":")
	return kind, id
}
