package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/privacy"
)

// RetentionRule says how long records of a type are kept.
type RetentionRule struct {
	Type      string     `json:"type"`
	What      string     `json:"what" doc:"In words."`
	Days      int64      `json:"days" doc:"0: for ever."`
	UpdatedBy string     `json:"updated_by" doc:"The user's name; empty: it is the configuration's."`
	UpdatedAt *time.Time `json:"updated_at"`
	Version   int64      `json:"version"`
}

// RetentionRun is a round of what is too old: a job, and afterwards the record of it.
type RetentionRun struct {
	ID          string           `json:"id"`
	Applies     bool             `json:"applies" doc:"false: it counts what would go, and nothing else."`
	State       string           `json:"state" enum:"running,done"`
	Progress    float64          `json:"progress" minimum:"0" maximum:"1"`
	Expected    map[string]int64 `json:"expected" nullable:"false" doc:"How many records were too old when it began, by type."`
	Removed     map[string]int64 `json:"removed" nullable:"false" doc:"How many went, by type."`
	Problem     string           `json:"problem" doc:"Why the last attempt stopped; it is tried again."`
	RequestedBy string           `json:"requested_by" doc:"The user's name; retention: it is the round of the day."`
	RequestedAt time.Time        `json:"requested_at"`
	FinishedAt  *time.Time       `json:"finished_at"`
}

// Retention is how long records are kept, and the last rounds.
type Retention struct {
	Rules []RetentionRule `json:"rules" nullable:"false"`
	Runs  []RetentionRun  `json:"runs" nullable:"false" doc:"The last twenty, the newest first."`
}

type (
	setRetentionInput struct {
		Expectation
		Type string `path:"type" maxLength:"50"`
		Body struct {
			Days int64 `json:"days" minimum:"0" maximum:"36500" doc:"0: for ever."`
		}
	}
	runRetentionInput struct {
		Body struct {
			Apply bool `json:"apply,omitempty" doc:"Remove what is too old; without it, count it."`
		}
	}
)

func (s *Server) retentionRoutes() {
	const tag = "privacy"
	operate(s, needs(crm.ToRead, crm.TypePrivacy), getting(tag, "get-retention", "/privacy/retention", "How long records of each type are kept, and the last rounds"), s.getRetention)
	set := doing(tag, "set-retention", http.MethodPut, "/privacy/retention/{type}", "Say how long records of a type are kept")
	set.Description = "What is too old goes with the next round: one is made each day, and on demand. What is counted of it stays."
	operate(s, needs(crm.ToDelete, crm.TypePrivacy), set, s.setRetention)
	run := doing(tag, "run-retention", http.MethodPost, "/privacy/retention/runs", "Count what is too old, or remove it")
	run.Description = "A job: some records at a time, and it goes on where it was interrupted."
	operate(s, needs(crm.ToDelete, crm.TypePrivacy), run, s.runRetention)
	operate(s, needs(crm.ToRead, crm.TypePrivacy), getting(tag, "get-retention-run", "/privacy/retention/runs/{id}", "A round: how far it is, or what it came to"), s.getRetentionRun)
}

func (s *Server) getRetention(ctx context.Context, _ *struct{}) (*one[Retention], error) {
	rules, err := privacy.Rules(ctx, s.DB, s.Kept)
	if err != nil {
		return nil, err
	}
	runs, err := privacy.Runs(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	out := Retention{Rules: make([]RetentionRule, len(rules)), Runs: make([]RetentionRun, len(runs))}
	for i, r := range rules {
		out.Rules[i] = RetentionRule{r.Type, r.What, r.Days, nameOr(names, r.UpdatedBy), maybe(r.UpdatedAt), r.Version}
	}
	for i := range runs {
		out.Runs[i] = retentionRunOf(&runs[i], names)
	}
	return &one[Retention]{out}, nil
}

func (s *Server) setRetention(ctx context.Context, in *setRetentionInput) (*versioned[Retention], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return privacy.SetRule(ctx, tx, privacy.Rule{Type: in.Type, Days: in.Body.Days, Version: expected}, s.change(ctx, ""))
	})
	if err != nil {
		return nil, changed(err, crm.ErrConflict, expected)
	}
	all, err := s.getRetention(ctx, nil)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all.Body.Rules, func(r RetentionRule) bool { return r.Type == in.Type })
	return &versioned[Retention]{etag(all.Body.Rules[i].Version), all.Body}, nil
}

func (s *Server) runRetention(ctx context.Context, in *runRetentionInput) (*one[RetentionRun], error) {
	var r privacy.Run
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		r, err = privacy.Begin(ctx, tx, privacy.NewRun{Applies: in.Body.Apply, Defaults: s.Kept}, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.retentionRun(ctx, &r)
}

func (s *Server) getRetentionRun(ctx context.Context, in *IDInput) (*one[RetentionRun], error) {
	r, err := privacy.RunByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return s.retentionRun(ctx, &r)
}

func (s *Server) retentionRun(ctx context.Context, r *privacy.Run) (*one[RetentionRun], error) {
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return &one[RetentionRun]{retentionRunOf(r, names)}, nil
}

func retentionRunOf(r *privacy.Run, names map[string]string) RetentionRun {
	state := "running"
	if r.Done {
		state = "done"
	}
	return RetentionRun{ID: r.ID, Applies: r.Applies, State: state, Progress: r.Progress(), Expected: r.Expected, Removed: r.Removed, Problem: r.Problem,
		RequestedBy: nameOr(names, r.RequestedBy), RequestedAt: instant(r.RequestedAt), FinishedAt: maybe(r.FinishedAt)}
}
