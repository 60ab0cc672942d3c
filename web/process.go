package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// ProcessBody is what people enter of a business process flow.
type ProcessBody struct {
	Name    string      `json:"name" minLength:"1" maxLength:"200"`
	When    string      `json:"when,omitempty" maxLength:"2000" doc:"The opportunities it is chosen for (CEL); empty: all."`
	Rank    int         `json:"rank,omitempty" doc:"Of several that fit, the highest is chosen."`
	Enabled bool        `json:"enabled" doc:"Whether new opportunities may follow it."`
	StartOn string      `json:"start_on,omitempty" enum:",won,lost" doc:"It starts beside every opportunity that closes so, such as a hand-over or a review of why it was lost."`
	Stages  []crm.Stage `json:"stages" nullable:"false"`
}

func (b *ProcessBody) process(id string, version int64) crm.Process {
	return crm.Process{ID: id, Version: version, Name: b.Name, When: b.When, Rank: b.Rank, Enabled: b.Enabled, StartOn: b.StartOn, Stages: b.Stages}
}

// RoleView is a role.
type RoleView struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

type (
	createProcessInput struct{ Body ProcessBody }
	getProcessInput    struct {
		IDInput
		Version int64 `query:"version" minimum:"0" doc:"0: the one in force."`
	}
	saveProcessInput struct {
		IDInput
		Expectation
		Body ProcessBody
	}
	migrateInput struct {
		IDInput
		Body struct {
			FromID      string            `json:"from_id,omitempty" maxLength:"100" doc:"Empty: this process."`
			FromVersion int64             `json:"from_version,omitempty" minimum:"0" doc:"0: all versions but the one in force."`
			Mapping     map[string]string `json:"mapping,omitempty" doc:"Stage by stage; a stage that is left out keeps its name."`
			Apply       bool              `json:"apply,omitempty" doc:"Do it; otherwise it is only said what would happen to each opportunity."`
		}
	}
	saveRoleInput struct {
		Name string `path:"name" maxLength:"50"`
		Body struct {
			Label string `json:"label" maxLength:"200"`
		}
	}
	setRolesInput struct {
		IDInput
		Body struct {
			Roles []string `json:"roles" nullable:"false" maxItems:"50"`
		}
	}
)

func (s *Server) processRoutes() {
	tags := []string{"processes"}
	operate(s, huma.Operation{OperationID: "list-processes", Method: http.MethodGet, Path: "/processes", Tags: tags,
		Summary: "List business process flows, in the versions in force"}, s.listProcesses)
	operate(s, huma.Operation{OperationID: "create-process", Method: http.MethodPost, Path: "/processes", Tags: tags,
		Summary: "Create a process", DefaultStatus: http.StatusCreated}, s.createProcess)
	operate(s, huma.Operation{OperationID: "get-process", Method: http.MethodGet, Path: "/processes/{id}", Tags: tags,
		Summary: "Get a process", Errors: []int{404}}, s.getProcess)
	operate(s, huma.Operation{OperationID: "save-process", Method: http.MethodPut, Path: "/processes/{id}", Tags: tags,
		Summary: "Save a new version of a process", Description: "Opportunities that are under way stay on theirs until they are migrated.", Errors: []int{404, 409, 412}}, s.saveProcess)
	operate(s, huma.Operation{OperationID: "migrate-process", Method: http.MethodPost, Path: "/processes/{id}/migrate", Tags: tags,
		Summary: "Put opportunities that are under way on the version in force", Errors: []int{404, 409}}, s.migrateProcess)
	operate(s, huma.Operation{OperationID: "list-roles", Method: http.MethodGet, Path: "/roles", Tags: []string{"roles"},
		Summary: "List roles"}, s.listRoles)
	operate(s, huma.Operation{OperationID: "save-role", Method: http.MethodPut, Path: "/roles/{name}", Tags: []string{"roles"},
		Summary: "Make a role, or change what it is called"}, s.saveRole)
	operate(s, huma.Operation{OperationID: "set-roles", Method: http.MethodPut, Path: "/users/{id}/roles", Tags: []string{"roles"},
		Summary: "Give a user exactly these roles", Errors: []int{404}}, s.setRoles)
}

func (s *Server) listProcesses(ctx context.Context, _ *struct{}) (*one[Page[crm.Process]], error) {
	all, err := crm.Processes(ctx, s.DB)
	return page(all, ""), err
}

func (s *Server) getProcess(ctx context.Context, in *getProcessInput) (*versioned[crm.Process], error) {
	p, err := crm.ProcessByID(ctx, s.DB, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	return &versioned[crm.Process]{etag(p.Version), *p}, nil
}

func (s *Server) createProcess(ctx context.Context, in *createProcessInput) (*versioned[crm.Process], error) {
	return s.putProcess(ctx, in.Body.process("", 0))
}

func (s *Server) saveProcess(ctx context.Context, in *saveProcessInput) (*versioned[crm.Process], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	base := expected
	if base == 0 {
		p, err := crm.ProcessByID(ctx, s.DB, in.ID, 0)
		if err != nil {
			return nil, err
		}
		base = p.Version
	}
	out, err := s.putProcess(ctx, in.Body.process(in.ID, base))
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) putProcess(ctx context.Context, p crm.Process) (out *versioned[crm.Process], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		saved, err := crm.SaveProcess(ctx, tx, s.change(ctx, ""), p)
		out = &versioned[crm.Process]{etag(saved.Version), saved}
		return err
	})
	return out, err
}

func (s *Server) migrateProcess(ctx context.Context, in *migrateInput) (*one[Page[crm.MigrationStep]], error) {
	m := crm.Migration{FromID: in.Body.FromID, FromVersion: in.Body.FromVersion, ToID: in.ID, Mapping: in.Body.Mapping}
	if m.FromID == "" {
		m.FromID = in.ID
	}
	if !in.Body.Apply {
		steps, err := crm.PlanMigration(ctx, s.DB, m)
		return page(steps, ""), err
	}
	var steps []crm.MigrationStep
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		steps, err = crm.RunMigration(ctx, tx, s.change(ctx, ""), m)
		return err
	})
	return page(steps, ""), err
}

func (s *Server) listRoles(ctx context.Context, _ *struct{}) (*one[Page[RoleView]], error) {
	roles, err := crm.Roles(ctx, s.DB)
	items := make([]RoleView, len(roles))
	for i, r := range roles {
		items[i] = RoleView(r)
	}
	return page(items, ""), err
}

func (s *Server) saveRole(ctx context.Context, in *saveRoleInput) (*one[RoleView], error) {
	r := crm.Role{Name: in.Name, Label: in.Body.Label}
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.SaveRole(ctx, tx, s.change(ctx, ""), r) })
	return &one[RoleView]{RoleView(r)}, err
}

func (s *Server) setRoles(ctx context.Context, in *setRolesInput) (*one[Page[string]], error) {
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := findUser(ctx, tx, "id", in.ID); errors.Is(err, ErrNoUser) {
			return faultf(kindNotFound, "there is no user %s", in.ID)
		} else if err != nil {
			return err
		}
		return crm.SetRoles(ctx, tx, s.change(ctx, ""), in.ID, in.Body.Roles)
	})
	return page(in.Body.Roles, ""), err
}
