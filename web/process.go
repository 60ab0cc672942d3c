package web

import (
	"context"
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
	StartOn string      `json:"start_on,omitempty" enum:",won,lost,quote" doc:"It starts beside every opportunity that closes so, such as a hand-over or a review of why it was lost; or that a quote is drafted for: what it asks to be approved is approved before the quote is sent."`
	Stages  []crm.Stage `json:"stages" nullable:"false"`
}

func (b *ProcessBody) process(id string, version int64) crm.Process {
	return crm.Process{ID: id, Version: version, Name: b.Name, When: b.When, Rank: b.Rank, Enabled: b.Enabled, StartOn: b.StartOn, Stages: b.Stages}
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
)

func (s *Server) processRoutes() {
	tags := []string{"processes"}
	operate(s, needs(crm.ToRead, crm.RecordProcess), huma.Operation{OperationID: "list-processes", Method: http.MethodGet, Path: "/processes", Tags: tags,
		Summary: "List business process flows, in the versions in force"}, s.listProcesses)
	operate(s, needs(crm.ToCreate, crm.RecordProcess), huma.Operation{OperationID: "create-process", Method: http.MethodPost, Path: "/processes", Tags: tags,
		Summary: "Create a process", DefaultStatus: http.StatusCreated}, s.createProcess)
	operate(s, needs(crm.ToRead, crm.RecordProcess), huma.Operation{OperationID: "get-process", Method: http.MethodGet, Path: "/processes/{id}", Tags: tags,
		Summary: "Get a process", Errors: []int{404}}, s.getProcess)
	operate(s, needs(crm.ToUpdate, crm.RecordProcess), huma.Operation{OperationID: "save-process", Method: http.MethodPut, Path: "/processes/{id}", Tags: tags,
		Summary: "Save a new version of a process", Description: "Opportunities that are under way stay on theirs until they are migrated.", Errors: []int{404, 409, 412}}, s.saveProcess)
	operate(s, needs(crm.ToUpdate, crm.RecordProcess), huma.Operation{OperationID: "migrate-process", Method: http.MethodPost, Path: "/processes/{id}/migrate", Tags: tags,
		Summary: "Put opportunities that are under way on the version in force", Errors: []int{404, 409}}, s.migrateProcess)
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
		steps, err := crm.PlanMigration(ctx, s.DB, accessFrom(ctx), m)
		return page(steps, ""), err
	}
	var steps []crm.MigrationStep
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		steps, err = crm.RunMigration(ctx, tx, s.change(ctx, ""), m)
		return err
	})
	return page(steps, ""), err
}
