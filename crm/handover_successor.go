package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// bequests are records with what decides who receives them.
func (h *Handover) bequests(ctx context.Context, q sqldb.Querier, k *handoverKind, ids []string) ([]bequest, error) {
	of, err := k.belongsTo(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	primary := make(map[string]string)
	for part := range chunks(ids) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id, territory string
			err := rows.Scan(&id, &territory)
			primary[id] = territory
			return err
		}, "SELECT record_id, territory_id FROM record_territories WHERE record_type = $1 AND rank = 0 AND "+sqldb.In("record_id", 2, len(part)), append([]any{k.kind}, sqldb.Anys(part)...)...)
		if err != nil {
			return nil, fmt.Errorf("load territories of %ss: %w", k.kind, err)
		}
	}
	members, err := territoryPeople(ctx, q)
	if err != nil {
		return nil, err
	}
	list := make([]bequest, len(ids))
	for i, id := range ids {
		if k.kind == kindTerritoryMember {
			primary[id] = id
		}
		b := bequest{kind: k.kind, territory: primary[id], members: members[primary[id]]}
		if b.of = of[id]; b.of != "" {
			if b.ofHolder, err = h.holderOf(ctx, q, b.of); err != nil {
				return nil, err
			}
		}
		list[i] = b
	}
	return list, nil
}

// holderOf is who receives a record by this hand-over, or has it.
func (h *Handover) holderOf(ctx context.Context, q sqldb.Querier, record string) (holder string, err error) {
	kind, id := splitRecord(record)
	err = q.QueryRow(ctx, "SELECT receiver_id FROM handover_records WHERE handover_id = $1 AND record_type = $2 AND record_id = $3", h.ID, kind, id).Scan(&holder)
	if r := realms[kind]; errors.Is(err, sql.ErrNoRows) && r.table != "" && r.owner != "" {
		err = q.QueryRow(ctx, "SELECT "+r.owner+" FROM "+r.table+" WHERE id = $1", id).Scan(&holder)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("load who has %s %s: %w", kind, id, err)
	}
	return holder, nil
}

// territoryPeople are the people of each territory, those of its teams among them.
func territoryPeople(ctx context.Context, q sqldb.Querier) (map[string][]string, error) {
	people := make(map[string][]string)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var territory, user string
		err := rows.Scan(&territory, &user)
		people[territory] = append(people[territory], user)
		return err
	}, `SELECT territory_id, member_id FROM territory_members WHERE member_type = 'user'
		UNION SELECT t.territory_id, m.user_id FROM territory_members t JOIN team_members m ON m.team_id = t.member_id WHERE t.member_type = 'team'`)
	if err != nil {
		return nil, fmt.Errorf("load people of territories: %w", err)
	}
	return people, nil
}

// succession is who could receive records: everybody else who can sign in.
func (h *Handover) succession(ctx context.Context, q sqldb.Querier) (*succession, error) {
	ids, err := sqldb.Strings(ctx, q, "SELECT id FROM users WHERE NOT disabled AND id <> $1 ORDER BY id", h.UserID)
	if err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	roles, err := rolesByUser(ctx, q)
	if err != nil {
		return nil, err
	}
	teams := make(map[string][]string)
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var user, team string
		err := rows.Scan(&user, &team)
		teams[user] = append(teams[user], team)
		return err
	}, "SELECT o.user_id, o.team_id FROM team_members o WHERE o.team_id IN (SELECT team_id FROM team_members WHERE user_id = $1) ORDER BY o.user_id, o.team_id", h.UserID)
	if err != nil {
		return nil, fmt.Errorf("load teams of user %s: %w", h.UserID, err)
	}
	loads, err := h.loads(ctx, q)
	if err != nil {
		return nil, err
	}
	s := &succession{}
	for _, id := range ids {
		p := successor{id: id, teams: teams[id], load: loads[id], reads: make(map[string]bool)}
		access := Access{UserID: id, Roles: roles[id]}
		for _, k := range handoverKinds() {
			p.reads[k.kind] = k.open || access.Can(ToRead, k.governed())
		}
		p.role = slices.ContainsFunc(roles[id], func(r Role) bool {
			return slices.ContainsFunc(roles[h.UserID], func(o Role) bool { return o.Name == r.Name })
		})
		s.people = append(s.people, p)
	}
	return s, nil
}

func rolesByUser(ctx context.Context, q sqldb.Querier) (map[string][]Role, error) {
	all, err := Roles(ctx, q)
	if err != nil {
		return nil, err
	}
	have := make(map[string][]Role)
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var user, name string
		err := rows.Scan(&user, &name)
		if i := slices.IndexFunc(all, func(r Role) bool { return r.Name == name }); i >= 0 {
			have[user] = append(have[user], all[i])
		}
		return err
	}, "SELECT user_id, role FROM user_roles ORDER BY user_id, role")
	if err != nil {
		return nil, fmt.Errorf("load roles of users: %w", err)
	}
	return have, nil
}

// loads are what people have to do: open leads, opportunities and tasks, and what this hand-over
// proposes to them.
func (h *Handover) loads(ctx context.Context, q sqldb.Querier) (map[string]int64, error) {
	loads := make(map[string]int64)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var user string
		var n int64
		err := rows.Scan(&user, &n)
		loads[user] += n
		return err
	}, `SELECT owner_id, count(*) FROM leads WHERE state = 'open' GROUP BY owner_id
		UNION ALL SELECT owner_id, count(*) FROM opportunities WHERE state = 'open' GROUP BY owner_id
		UNION ALL SELECT owner_id, count(*) FROM activities WHERE done_at = 0 GROUP BY owner_id
		UNION ALL SELECT receiver_id, count(*) FROM handover_records WHERE handover_id = $1 GROUP BY receiver_id`, h.ID)
	if err != nil {
		return nil, fmt.Errorf("load what people have to do: %w", err)
	}
	return loads, nil
}
