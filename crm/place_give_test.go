package crm_test

import (
	"cmp"
	"errors"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Nobody opens to anybody, by a place in a team, a territory or a unit, what they do not reach.
func TestNobodyGivesPlacesThatReachFurther(t *testing.T) {
	grants := func(level crm.Level) []crm.Grant {
		all := []crm.Grant{{Type: crm.RecordContact, Action: "*", Level: level}}
		for _, kind := range []string{crm.TypeTeam, crm.TypeUnit, crm.RecordTerritory, crm.RecordDimension} {
			all = append(all, crm.Grant{Type: kind, Action: "*", Level: crm.LevelAll})
		}
		return all
	}
	type doing func(*testing.T, *sqldb.Tx, crm.Change) error
	team := func(id string, members ...string) doing {
		return func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
			_, err := crm.SaveTeam(t.Context(), tx, ch, crm.Team{Meta: crm.Meta{ID: id}, Name: "Any", Members: members})
			return err
		}
	}
	territory := func(id string, priority int64, criteria []crm.Criterion, users ...string) doing {
		return func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
			s := crm.Territory{Meta: crm.Meta{ID: id}, Name: cmp.Or(id, "New"), Enabled: true, Priority: priority, Criteria: criteria}
			for _, u := range users {
				s.Members = append(s.Members, crm.TerritoryMember{Type: "user", ID: u})
			}
			_, err := crm.SaveTerritory(t.Context(), tx, ch, s)
			return err
		}
	}
	unit := func(id, parent string) doing {
		return func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
			_, err := crm.SaveUnit(t.Context(), tx, ch, crm.Unit{Meta: crm.Meta{ID: id}, Name: id, ParentID: parent})
			return err
		}
	}
	germany := []crm.Criterion{{DimensionID: "region", Values: []string{"de"}}}
	austria := []crm.Criterion{{DimensionID: "region", Values: []string{"at"}}}
	dimension := func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
		_, err := crm.SaveDimension(t.Context(), tx, ch, region())
		return err
	}
	administers := append(grants(crm.LevelOwn), crm.Grant{Type: crm.RecordUser, Action: "*", Level: crm.LevelAll}, crm.Grant{Type: crm.RecordRole, Action: "*", Level: crm.LevelAll})
	// Anna is in unit de with desk, below is in kiel below it; she is in the team with mate, who works in coast.
	for name, c := range map[string]struct {
		grants []crm.Grant
		do     doing
		field  string // that is to blame; empty: it is done
	}{
		"ErrJoin":            {grants(crm.LevelTeam), team("strangers", "other", "anna"), "members"},
		"ErrDraw":            {grants(crm.LevelTeam), team("team", "anna", "mate", "other"), "members"},
		"ErrNewTeam":         {grants(crm.LevelTeam), team("", "anna", "other"), "members"},
		"ErrForOthers":       {grants(crm.LevelOwn), team("strangers", "other", "desk"), "members"},
		"ErrUnitElsewhere":   {grants(crm.LevelUnit), team("strangers", "other", "anna"), "members"},
		"ErrTeamOfTerritory": {grants(crm.LevelUnit), team("coastal", "desk"), "members"},
		"ErrTeamOfShare":     {grants(crm.LevelUnit), team("shared", "desk"), "members"},
		"OKLeave":            {grants(crm.LevelTeam), team("team", "mate"), ""},
		"OKName":             {grants(crm.LevelTeam), team("strangers", "other"), ""},
		"OKMates":            {grants(crm.LevelTeam), team("", "anna", "mate"), ""},
		"OKUnit":             {grants(crm.LevelUnit), team("", "anna", "desk", "below"), ""},
		"OKAll":              {grants(crm.LevelAll), team("strangers", "other", "anna"), ""},
		"OKAdministers":      {administers, team("strangers", "other", "anna"), ""},
		"ErrWork":            {grants(crm.LevelTerritory), territory("inland", 0, germany, "anna"), "members"},
		"ErrTakeMore":        {grants(crm.LevelTerritory), territory("coast", 0, austria, "anna"), "criteria"},
		"ErrNewTerritory":    {grants(crm.LevelTerritory), territory("", 0, nil, "anna"), "criteria"},
		"ErrDimension":       {grants(crm.LevelTerritory), dimension, "values"},
		"OKColleague":        {grants(crm.LevelTerritory), territory("coast", 0, germany, "anna", "desk"), ""},
		"OKPriority":         {grants(crm.LevelTerritory), territory("coast", 5, germany, "anna"), ""},
		"OKWorkAll":          {grants(crm.LevelAll), territory("inland", 0, austria, "anna"), ""},
		"ErrDrawUnit":        {grants(crm.LevelUnit), unit("foreign", "de"), "parent_id"},
		"ErrGiveUnit":        {grants(crm.LevelUnit), unit("kiel", "foreign"), "parent_id"},
		"OKUnitName":         {grants(crm.LevelUnit), unit("foreign", "company"), ""},
		"OKUnitBelow":        {grants(crm.LevelUnit), unit("kiel", "berlin"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				company := newCompany(t, db)
				company.exec("DELETE FROM territory_members")
				update(t, db, func(tx *sqldb.Tx) error {
					everybody := crm.Role{Name: "seller", Grants: []crm.Grant{{Type: crm.RecordContact, Action: crm.ToRead, Level: crm.LevelTerritory}}}
					own := crm.Role{Name: "own", Grants: c.grants}
					for _, r := range []crm.Role{everybody, own} {
						if _, err := crm.SaveRole(t.Context(), tx, by(noon), r); err != nil {
							return err
						}
					}
					for _, user := range []string{"mate", "desk", "below", "other"} {
						if err := crm.SetRoles(t.Context(), tx, by(noon), user, []string{"seller"}); err != nil {
							return err
						}
					}
					_, err := crm.SaveDimension(t.Context(), tx, by(noon), crm.Dimension{Name: "Region", Fields: region().Fields, Values: region().Values})
					return errors.Join(err, crm.SetRoles(t.Context(), tx, by(noon), "anna", []string{"own"}))
				})
				for _, q := range []string{
					"INSERT INTO teams (id, version, created_at, updated_at, name) VALUES ('strangers', 1, 0, 0, 'South'), ('coastal', 1, 0, 0, 'Coast'), ('shared', 1, 0, 0, 'Shared')",
					"INSERT INTO team_members (team_id, user_id) VALUES ('strangers', 'other')",
					"INSERT INTO units (id, version, created_at, updated_at, name, parent_id) VALUES ('foreign', 1, 0, 0, 'foreign', 'company'), ('berlin', 1, 0, 0, 'berlin', 'de')",
					"UPDATE dimensions SET id = 'region'",
				} {
					company.exec(q)
				}
				company.share("nobody's", "team", "shared", false)
				update(t, db, func(tx *sqldb.Tx) error {
					for _, name := range []string{"Coast", "Inland"} {
						if _, err := crm.SaveTerritory(t.Context(), tx, by(noon), crm.Territory{Name: name, Enabled: true, Criteria: germany}); err != nil {
							return err
						}
					}
					return nil
				})
				for _, q := range []string{
					"UPDATE territories SET id = lower(name)",
					"INSERT INTO territory_members (territory_id, member_type, member_id) VALUES ('coast', 'user', 'anna'), ('inland', 'team', 'coastal')",
				} {
					company.exec(q)
				}
				access, err := crm.AccessOf(t.Context(), db, "anna")
				if err != nil {
					t.Fatal(err)
				}
				err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
					return c.do(t, tx, crm.Change{By: "anna", At: noon, Access: access})
				})
				if c.field == "" && err != nil {
					t.Error(err)
				}
				if c.field != "" {
					wantInvalid(t, err, c.field)
				}
			})
		})
	}
}
