package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// TerritoryBody is what people enter of a territory.
type TerritoryBody struct {
	Name     string                `json:"name" minLength:"1" maxLength:"200"`
	ParentID string                `json:"parent_id,omitempty" maxLength:"100" doc:"The territory above, whose criteria hold here, too; empty: none."`
	Priority int64                 `json:"priority,omitempty" minimum:"-1000" maximum:"1000" doc:"Of equally specific territories, the higher one is primary."`
	Enabled  bool                  `json:"enabled"`
	Criteria []crm.Criterion       `json:"criteria,omitempty" doc:"All of them have to hold; none: it takes everything."`
	Members  []crm.TerritoryMember `json:"members,omitempty" doc:"People and teams that work in it."`
}

func (b *TerritoryBody) territory(id string, version int64) crm.Territory {
	t := crm.Territory{Name: b.Name, ParentID: b.ParentID, Priority: b.Priority, Enabled: b.Enabled, Criteria: orEmpty(b.Criteria), Members: orEmpty(b.Members)}
	t.ID, t.Version = id, version
	for i := range t.Criteria {
		t.Criteria[i].Values = orEmpty(t.Criteria[i].Values)
	}
	return t
}

// TerritoryView is a territory with how much it has, and what is odd about it.
type TerritoryView struct {
	crm.Territory
	Size     crm.TerritorySize `json:"size" doc:"Records by type."`
	Problems []string          `json:"problems" nullable:"false" doc:"What is odd about it, though it can be saved."`
}

// DraftView is a change that is tried, with what it would move.
type DraftView struct {
	crm.TerritoryDraft
	Job   crm.TerritoryJob `json:"job" doc:"What it would move; it goes on until its state is done."`
	Stale bool             `json:"stale" doc:"A territory or a dimension was changed since: try the change again."`
}

// RecordTerritoriesView is which territories take a record.
type RecordTerritoriesView struct {
	Territories []TerritoryOfRecord `json:"territories" nullable:"false" doc:"The primary one first; none: it waits in the queue."`
}

// TerritoryOfRecord is a territory of a record, with the reason.
type TerritoryOfRecord struct {
	crm.Assignment
	Name string `json:"name"`
}

type (
	createTerritoryInput struct{ Body TerritoryBody }
	updateTerritoryInput struct {
		IDInput
		Expectation
		Body TerritoryBody
	}
	draftTerritoryInput struct {
		Body struct {
			ID        string        `json:"id,omitempty" maxLength:"100" doc:"Of the territory that would be changed; left out: it would be a new one."`
			Version   int64         `json:"version,omitempty" minimum:"0" doc:"The one that was loaded; left out: any."`
			Territory TerritoryBody `json:"territory"`
		}
	}
	queueInput struct {
		PageInput
		Type string `query:"type" enum:"lead,account,contact,opportunity"`
	}
	// RecordInput names a record of any type that has territories.
	RecordInput struct {
		Type string `path:"type" enum:"lead,account,contact,opportunity"`
		ID   string `path:"id" maxLength:"100"`
	}
	recordTerritoriesInput struct{ RecordInput }
	joinInput              struct {
		RecordInput
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	pinTerritoryInput struct {
		RecordInput
		Expectation
		Body struct {
			TerritoryID string `json:"territory_id,omitempty" maxLength:"100" doc:"The primary one from now on; empty: what the criteria say."`
			Reason      string `json:"reason,omitempty" maxLength:"500"`
		}
	}
)

func (s *Server) territoryRoutes() {
	const tag = "territories"
	operate(s, needs(crm.ToRead, crm.RecordTerritory), getting(tag, "list-territories", "/territories", "List territories by name, with how many records each has"), s.listTerritories)
	operate(s, needs(crm.ToCreate, crm.RecordTerritory), doing(tag, "create-territory", http.MethodPost, "/territories", "Create a territory"), s.createTerritory)
	operate(s, needs(crm.ToRead, crm.RecordTerritory), getting(tag, "get-territory", "/territories/{id}", "Get a territory"), s.getTerritory)
	operate(s, needs(crm.ToUpdate, crm.RecordTerritory), doing(tag, "update-territory", http.MethodPut, "/territories/{id}", "Change a territory; records are assigned anew in the background"), s.updateTerritory)
	operate(s, needs(crm.ToCreate, crm.RecordDraft), doing(tag, "draft-territory", http.MethodPost, "/territory-drafts", "Try a change of a territory: which records would move"), s.draftTerritory)
	operate(s, needs(crm.ToRead, crm.RecordDraft), getting(tag, "get-territory-draft", "/territory-drafts/{id}", "Get a change that is tried, with what it would move"), s.getTerritoryDraft)
	operate(s, needs(crm.ToUpdate, crm.RecordTerritory), doing(tag, "apply-territory-draft", http.MethodPost, "/territory-drafts/{id}/apply", "Make the change that was tried"), s.applyTerritoryDraft)
	operate(s, needs(crm.ToRead, crm.RecordTerritory), getting(tag, "get-territory-assignment", "/territory-assignment", "How far the records are assigned since the last change"), s.getAssignment)
	operate(s, needs(crm.ToRead, crm.RecordTerritory), getting(tag, "list-territory-queue", "/territory-queue", "List records that no territory takes, with what came closest"), s.listTerritoryQueue)
	operate(s, needs(crm.ToRead, crm.RecordTerritory), getting(tag, "get-record-territories", "/records/{type}/{id}/territories", "Which territories take a record, and why"), s.getRecordTerritories)
	operate(s, needs(crm.ToRead, crm.RecordTerritory), doing(tag, "pin-territory", http.MethodPut, "/records/{type}/{id}/territories", "Put a record into a territory by hand, with a reason, or take that back"), s.pinTerritory)
	operate(s, noGrant, doing(tag, "join-record", http.MethodPost, "/records/{type}/{id}/join", "Take part in a record, for a reason: a territory is a guideline, never a wall"), s.joinRecord)
}

func (s *Server) joinRecord(ctx context.Context, in *joinInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return crm.JoinRecord(ctx, tx, s.change(ctx, in.Body.Reason), in.Type, in.ID)
	})
}

func (s *Server) listTerritories(ctx context.Context, _ *struct{}) (*one[Page[TerritoryView]], error) {
	all, err := crm.Territories(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items, err := territoryViews(ctx, s.DB, all)
	return page(items, ""), err
}

func territoryViews(ctx context.Context, q sqldb.Querier, all []crm.Territory) ([]TerritoryView, error) {
	sizes, err := crm.TerritorySizes(ctx, q)
	if err != nil {
		return nil, err
	}
	job, err := crm.LastAssignment(ctx, q, crm.System())
	if err != nil && !errors.Is(err, crm.ErrNotFound) {
		return nil, err
	}
	views := make([]TerritoryView, len(all))
	for i, t := range all {
		size := sizes[t.ID]
		if size.Primary == nil {
			size = crm.TerritorySize{Primary: map[string]int64{}, Shared: map[string]int64{}}
		}
		t.Members, t.Criteria = orEmpty(t.Members), orEmpty(t.Criteria)
		views[i] = TerritoryView{t, size, orEmpty(crm.TerritoryProblems(&t, size, job.State == crm.JobDone))}
	}
	return views, nil
}

func (s *Server) getTerritory(ctx context.Context, in *IDInput) (*versioned[TerritoryView], error) {
	return territoryView(ctx, s.DB, in.ID)
}

func territoryView(ctx context.Context, q sqldb.Querier, id string) (*versioned[TerritoryView], error) {
	t, err := crm.TerritoryByID(ctx, q, id)
	if err != nil {
		return nil, err
	}
	views, err := territoryViews(ctx, q, []crm.Territory{t})
	if err != nil {
		return nil, err
	}
	return &versioned[TerritoryView]{etag(t.Version), views[0]}, nil
}

func (s *Server) createTerritory(ctx context.Context, in *createTerritoryInput) (*versioned[TerritoryView], error) {
	return s.saveTerritory(ctx, in.Body.territory("", 0), 0)
}

func (s *Server) updateTerritory(ctx context.Context, in *updateTerritoryInput) (*versioned[TerritoryView], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	return s.saveTerritory(ctx, in.Body.territory(in.ID, expected), expected)
}

func (s *Server) saveTerritory(ctx context.Context, t crm.Territory, expected int64) (*versioned[TerritoryView], error) {
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		saved, err := crm.SaveTerritory(ctx, tx, s.change(ctx, ""), t)
		t.ID = saved.ID
		return err
	})
	if err != nil {
		return nil, changed(err, crm.ErrConflict, expected)
	}
	return s.settledTerritory(ctx, t.ID)
}

// settledTerritory shows a territory after the first records were assigned: where there are few, all.
func (s *Server) settledTerritory(ctx context.Context, id string) (*versioned[TerritoryView], error) {
	if err := s.workTerritories(ctx); err != nil {
		return nil, err
	}
	return territoryView(ctx, s.DB, id)
}

// atOnce is how many batches of records are done while somebody waits for the answer; the rest is
// done in the background.
const atOnce = 8

func (s *Server) workTerritories(ctx context.Context) error {
	job, err := crm.LastAssignment(ctx, s.DB, crm.System())
	if err == nil {
		_, err = crm.WorkTerritoryJob(ctx, s.DB, job.ID, s.Now(), s.Clock(), atOnce)
	}
	return err
}

func (s *Server) draftTerritory(ctx context.Context, in *draftTerritoryInput) (*versioned[DraftView], error) {
	t := in.Body.Territory.territory(in.Body.ID, in.Body.Version)
	var id, jobID string
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		draft, job, err := crm.DraftTerritory(ctx, tx, s.change(ctx, ""), t)
		id, jobID = draft.ID, job.ID
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := crm.WorkTerritoryJob(ctx, s.DB, jobID, s.Now(), s.Clock(), atOnce); err != nil {
		return nil, err
	}
	return s.getTerritoryDraft(ctx, &IDInput{id})
}

func (s *Server) getTerritoryDraft(ctx context.Context, in *IDInput) (*versioned[DraftView], error) {
	draft, job, stale, err := crm.TerritoryDraftByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[DraftView]{etag(draft.Version), DraftView{draft, job, stale && draft.State == crm.DraftOpen}}, nil
}

func (s *Server) applyTerritoryDraft(ctx context.Context, in *stepInput) (*versioned[TerritoryView], error) {
	var id string
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		t, err := crm.ApplyTerritoryDraft(ctx, tx, s.change(ctx, ""), in.ID)
		id = t.ID
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.settledTerritory(ctx, id)
}

func (s *Server) getAssignment(ctx context.Context, _ *struct{}) (*one[crm.TerritoryJob], error) {
	job, err := crm.LastAssignment(ctx, s.DB, accessFrom(ctx))
	return &one[crm.TerritoryJob]{job}, err
}

func (s *Server) listTerritoryQueue(ctx context.Context, in *queueInput) (*one[Page[crm.QueuedRecord]], error) {
	list, next, err := crm.TerritoryQueue(ctx, s.DB, accessFrom(ctx), in.Type, in.Cursor, in.Limit)
	return page(list, next), err
}

func (s *Server) getRecordTerritories(ctx context.Context, in *recordTerritoriesInput) (*versioned[RecordTerritoriesView], error) {
	if err := accessFrom(ctx).Check(ctx, s.DB, crm.ToRead, in.Type, in.ID); err != nil {
		return nil, err
	}
	return recordTerritories(ctx, s.DB, accessFrom(ctx), in.RecordInput)
}

func recordTerritories(ctx context.Context, q sqldb.Querier, access *crm.Access, of RecordInput) (*versioned[RecordTerritoriesView], error) {
	found, err := crm.RecordTerritoriesTo(ctx, q, access, of.Type, of.ID)
	if err != nil {
		return nil, err
	}
	all, err := crm.Territories(ctx, q)
	if err != nil {
		return nil, err
	}
	v := RecordTerritoriesView{[]TerritoryOfRecord{}}
	for _, a := range found {
		item := TerritoryOfRecord{Assignment: a}
		if i := slices.IndexFunc(all, func(t crm.Territory) bool { return t.ID == a.TerritoryID }); i >= 0 {
			item.Name = all[i].Name
		}
		v.Territories = append(v.Territories, item)
	}
	version, err := crm.VersionOf(ctx, q, of.Type, of.ID)
	return &versioned[RecordTerritoriesView]{etag(version), v}, err
}

func (s *Server) pinTerritory(ctx context.Context, in *pinTerritoryInput) (*versioned[RecordTerritoriesView], error) {
	var out *versioned[RecordTerritoriesView]
	_, err := s.changeAround(ctx, recordAt{in.Type, in.ID, in.Expectation}, func(tx *sqldb.Tx) (err error) {
		if err = crm.PinTerritory(ctx, tx, s.change(ctx, in.Body.Reason), in.Type, in.ID, in.Body.TerritoryID); err != nil {
			return err
		}
		out, err = recordTerritories(ctx, tx, accessFrom(ctx), in.RecordInput)
		return err
	})
	return out, err
}
