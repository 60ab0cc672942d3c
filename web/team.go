package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

type (
	teamBody struct {
		Name    string   `json:"name" minLength:"1" maxLength:"200"`
		Members []string `json:"members" nullable:"false" maxItems:"5000" doc:"Ids of users."`

		ManagerID string `json:"manager_id,omitempty" maxLength:"100" doc:"A user, who is told of what its people let wait; empty: nobody."`
	}
	unitBody struct {
		Name     string `json:"name" minLength:"1" maxLength:"200"`
		ParentID string `json:"parent_id,omitempty" maxLength:"100" doc:"The unit above it. Only company has none."`

		ManagerID string `json:"manager_id,omitempty" maxLength:"100" doc:"A user, who is told of what its people let wait; empty: whoever manages the unit above."`
	}
	createTeamInput struct{ Body teamBody }
	updateTeamInput struct {
		IDInput
		Expectation
		Body teamBody
	}
	createUnitInput struct{ Body unitBody }
	updateUnitInput struct {
		IDInput
		Expectation
		Body unitBody
	}
	setUnitInput struct {
		IDInput
		Expectation
		Body struct {
			UnitID string `json:"unit_id" maxLength:"100" doc:"Empty: the company."`
		}
	}
)

// teamRoutes are those of teams and of business units: where people stand.
func (s *Server) teamRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeTeam), getting("teams", "list-teams", "/teams", "List teams with their members, by name"), s.listTeams)
	operate(s, needs(crm.ToCreate, crm.TypeTeam), doing("teams", "create-team", http.MethodPost, "/teams", "Make a team"), s.createTeam)
	operate(s, needs(crm.ToUpdate, crm.TypeTeam), doing("teams", "update-team", http.MethodPut, "/teams/{id}", "Change a team and who is in it"), s.updateTeam)
	operate(s, needs(crm.ToDelete, crm.TypeTeam), doing("teams", "delete-team", http.MethodDelete, "/teams/{id}", "Delete a team"), s.deleteTeam)
	operate(s, needs(crm.ToRead, crm.TypeUnit), getting("units", "list-units", "/units", "List business units, by name"), s.listUnits)
	operate(s, needs(crm.ToCreate, crm.TypeUnit), doing("units", "create-unit", http.MethodPost, "/units", "Make a business unit"), s.createUnit)
	operate(s, needs(crm.ToUpdate, crm.TypeUnit), doing("units", "update-unit", http.MethodPut, "/units/{id}", "Change a business unit"), s.updateUnit)
	operate(s, needs(crm.ToDelete, crm.TypeUnit), doing("units", "delete-unit", http.MethodDelete, "/units/{id}", "Delete a business unit that nobody is in"), s.deleteUnit)
	operate(s, needs(crm.ToUpdate, crm.RecordUser), doing("units", "set-unit", http.MethodPut, "/users/{id}/unit", "Put a user into a business unit"), s.setUnit)
}

func (s *Server) listTeams(ctx context.Context, _ *struct{}) (*one[Page[crm.Team]], error) {
	all, err := crm.Teams(ctx, s.DB)
	return views(all, "", err, itself)
}

func (s *Server) putTeam(ctx context.Context, id string, expect Expectation, b *teamBody) (*versioned[crm.Team], error) {
	return saved(ctx, s, expect, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Team, error) {
		return crm.SaveTeam(ctx, tx, ch, crm.Team{Meta: crm.Meta{ID: id, Version: version}, Name: b.Name, Members: b.Members, ManagerID: b.ManagerID})
	})
}

func (s *Server) createTeam(ctx context.Context, in *createTeamInput) (*versioned[crm.Team], error) {
	return s.putTeam(ctx, "", Expectation{}, &in.Body)
}

func (s *Server) updateTeam(ctx context.Context, in *updateTeamInput) (*versioned[crm.Team], error) {
	return s.putTeam(ctx, in.ID, in.Expectation, &in.Body)
}

func (s *Server) deleteTeam(ctx context.Context, in *stepInput) (*struct{}, error) {
	return s.removed(ctx, in, crm.DeleteTeam)
}

func (s *Server) listUnits(ctx context.Context, _ *struct{}) (*one[Page[crm.Unit]], error) {
	all, err := crm.Units(ctx, s.DB)
	return views(all, "", err, itself)
}

func (s *Server) putUnit(ctx context.Context, id string, expect Expectation, b *unitBody) (*versioned[crm.Unit], error) {
	return saved(ctx, s, expect, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Unit, error) {
		return crm.SaveUnit(ctx, tx, ch, crm.Unit{Meta: crm.Meta{ID: id, Version: version}, Name: b.Name, ParentID: b.ParentID, ManagerID: b.ManagerID})
	})
}

func (s *Server) createUnit(ctx context.Context, in *createUnitInput) (*versioned[crm.Unit], error) {
	return s.putUnit(ctx, "", Expectation{}, &in.Body)
}

func (s *Server) updateUnit(ctx context.Context, in *updateUnitInput) (*versioned[crm.Unit], error) {
	return s.putUnit(ctx, in.ID, in.Expectation, &in.Body)
}

func (s *Server) deleteUnit(ctx context.Context, in *stepInput) (*struct{}, error) {
	return s.removed(ctx, in, crm.DeleteUnit)
}

func (s *Server) setUnit(ctx context.Context, in *setUnitInput) (*moved, error) {
	tag, err := s.changeUser(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx) error {
		return crm.SetUnit(ctx, tx, s.change(ctx, ""), in.ID, in.Body.UnitID)
	})
	return &moved{tag}, err
}

// removed runs the deletion of a record.
func (s *Server) removed(ctx context.Context, in *stepInput, do func(context.Context, *sqldb.Tx, crm.Change, string, int64) error) (*struct{}, error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error { return do(ctx, tx, s.change(ctx, ""), in.ID, expected) })
	return nil, changed(err, crm.ErrConflict, expected)
}
