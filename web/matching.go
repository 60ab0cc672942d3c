package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// MatchSettingsFields are what a person sets of the matcher.
type MatchSettingsFields struct {
	Automatic        float64  `json:"automatic" minimum:"0.9" maximum:"1" doc:"Least probability of a link that nobody has to look at."`
	Review           float64  `json:"review" minimum:"0.05" maximum:"0.99" doc:"Least probability of a link that a person is shown; below it nothing is kept."`
	BeyondName       float64  `json:"beyond_name" minimum:"0" maximum:"40" doc:"Bits that an automatic link needs beside the name."`
	RunnerUp         float64  `json:"runner_up" minimum:"0" maximum:"40" doc:"Bits by which the runner-up of an automatic link has to be behind."`
	ProbabilityOff   bool     `json:"probability_off" doc:"Match by probability nowhere: only what proves links."`
	ProbabilityOffOn []string `json:"probability_off_on" nullable:"false" maxItems:"100" doc:"Networks on which there is no matching by probability."`
}

// MatchSettings are how sure the matcher has to be, and what it may do.
type MatchSettings struct {
	MatchSettingsFields
	Version   int64      `json:"version" doc:"0: nobody has changed them."`
	UpdatedBy string     `json:"updated_by"`
	UpdatedAt *time.Time `json:"updated_at"`
}

// Band is how right the matcher was, by people, where it was this sure.
type Band struct {
	Name      string   `json:"name"`
	From      float64  `json:"from"`
	To        float64  `json:"to"`
	Automatic bool     `json:"automatic" doc:"Links that the matcher makes without asking."`
	Links     int      `json:"links" doc:"That stand in the band now, undecided by people."`
	Labels    int      `json:"labels" doc:"Decisions of people that the model has not learned from: one in five."`
	Right     int      `json:"right"`
	Precision *float64 `json:"precision" doc:"Right of labels; null without any."`
	Low       float64  `json:"low" doc:"The precision is at least this, at 95 % (Wilson)."`
	High      float64  `json:"high"`
	Expected  *float64 `json:"expected" doc:"What the matcher said of the labels, on average; null without any."`
}

// Precision is how right the matcher was.
type Precision struct {
	Bands     []Band              `json:"bands" nullable:"false"`
	Labels    int                 `json:"labels" doc:"Decisions of people on what the matcher proposed."`
	HeldOut   int                 `json:"held_out" doc:"Of them, those the model never learns from."`
	Threshold []ThresholdExpected `json:"thresholds" nullable:"false" doc:"What the matcher expects at thresholds, of the links it made."`
}

// ThresholdExpected is what the matcher expects of the links at and above a threshold.
type ThresholdExpected struct {
	Threshold float64 `json:"threshold"`
	Links     int     `json:"links"`
	Precision float64 `json:"precision" doc:"Mean of the probabilities: the share that is right, if the matcher is calibrated."`
}

// MatchModel is what the matcher learned, and what would change with it.
type MatchModel struct {
	ID          string           `json:"id"`
	Labels      int              `json:"labels" doc:"Decisions of people it is calibrated by."`
	Active      bool             `json:"active"`
	CreatedAt   time.Time        `json:"created_at"`
	CreatedBy   string           `json:"created_by"`
	ActivatedAt *time.Time       `json:"activated_at"`
	Preview     crm.ModelPreview `json:"preview" doc:"What would become of the links that the matcher made and nobody decided."`
}

// MatchJob is work on all links or contacts at once.
type MatchJob struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind" enum:"refit,duplicates"`
	State       string    `json:"state" enum:"requested,running,done,failed"`
	Progress    float64   `json:"progress" minimum:"0" maximum:"1"`
	Result      string    `json:"result" doc:"In words; why, where it failed."`
	RequestedAt time.Time `json:"requested_at"`
	RequestedBy string    `json:"requested_by"`
}

type (
	saveSettingsInput struct {
		Expectation
		Body MatchSettingsFields
	}
	jobInput struct {
		Body struct {
			Kind string `json:"kind" enum:"refit,duplicates"`
		}
	}
	activateInput struct {
		ID   string `path:"id" maxLength:"100" doc:"Id of a model, or built-in."`
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"500"`
		}
	}
)

func (s *Server) matchingRoutes() {
	tags := []string{"matching"}
	operate(s, needs(crm.ToRead, crm.TypeMatching), huma.Operation{OperationID: "get-match-settings", Method: http.MethodGet, Path: "/matching/settings", Tags: tags,
		Summary: "How sure the matcher has to be, and what it may do"}, s.matchSettings)
	operate(s, needs(crm.ToUpdate, crm.TypeMatching), huma.Operation{OperationID: "save-match-settings", Method: http.MethodPut, Path: "/matching/settings", Tags: tags,
		Summary:     "Change how sure the matcher has to be, and what it may do",
		Description: "Where matching by probability is switched off, the suggestions that rest on it go and what it confirmed goes back to review. Without If-Match the change is made in any case.",
		Errors:      []int{409, 412}}, s.saveMatchSettings)
	operate(s, needs(crm.ToRead, crm.TypeMatching), huma.Operation{OperationID: "get-precision", Method: http.MethodGet, Path: "/matching/precision", Tags: tags,
		Summary: "How right the matcher was, by people, for each decision band"}, s.precision)
	operate(s, needs(crm.ToRead, crm.TypeMatching), huma.Operation{OperationID: "list-match-models", Method: http.MethodGet, Path: "/matching/models", Tags: tags,
		Summary: "What the matcher learned, and what would change with each"}, s.listModels)
	operate(s, needs(crm.ToUpdate, crm.TypeMatching), huma.Operation{OperationID: "activate-match-model", Method: http.MethodPost, Path: "/matching/models/{id}/activate", Tags: tags,
		Summary: "Switch a model on, or back", Description: "Links change as their authors speak again.", Errors: []int{404}}, s.activateModel)
	operate(s, needs(crm.ToRead, crm.TypeMatching), huma.Operation{OperationID: "list-match-jobs", Method: http.MethodGet, Path: "/matching/jobs", Tags: tags,
		Summary: "The last jobs, the newest first"}, s.listJobs)
	operate(s, needs(crm.ToUpdate, crm.TypeMatching), huma.Operation{OperationID: "request-match-job", Method: http.MethodPost, Path: "/matching/jobs", Tags: tags, DefaultStatus: http.StatusAccepted,
		Summary: "Learn the model anew, or search for duplicates", Description: "One of a kind at a time; a process with the index does it.", Errors: []int{409}}, s.requestJob)
}

func (s *Server) settingsOutput(ctx context.Context, q sqldb.Querier, m crm.MatchSettings) (*versioned[MatchSettings], error) {
	names, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	return &versioned[MatchSettings]{etag(m.Version), MatchSettings{MatchSettingsFields{m.Automatic, m.Review, m.BeyondName, m.RunnerUp, m.ProbabilityOff,
		some(m.ProbabilityOffOn)}, m.Version, nameOr(names, m.UpdatedBy), maybe(m.UpdatedAt)}}, nil
}

func (s *Server) matchSettings(ctx context.Context, _ *struct{}) (*versioned[MatchSettings], error) {
	m, err := crm.LoadMatchSettings(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return s.settingsOutput(ctx, s.DB, m)
}

func (s *Server) saveMatchSettings(ctx context.Context, in *saveSettingsInput) (*versioned[MatchSettings], error) {
	expected, conditional, err := in.settingsVersion()
	if err != nil {
		return nil, err
	}
	var out *versioned[MatchSettings]
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		m, err := crm.LoadMatchSettings(ctx, tx)
		if err != nil {
			return err
		}
		if conditional && m.Version != expected {
			return crm.ErrConflict
		}
		f := in.Body
		m.Automatic, m.Review, m.BeyondName, m.RunnerUp = f.Automatic, f.Review, f.BeyondName, f.RunnerUp
		m.ProbabilityOff, m.ProbabilityOffOn = f.ProbabilityOff, slices.Clone(f.ProbabilityOffOn)
		if m, err = crm.SaveMatchSettings(ctx, tx, m, s.change(ctx, "")); err != nil {
			return err
		}
		out, err = s.settingsOutput(ctx, tx, m)
		return err
	})
	if conditional {
		err = changed(err, crm.ErrConflict, max(expected, 1))
	}
	return out, err
}

// settingsVersion reads the Expectation of settings, whose first version is 0.
func (e Expectation) settingsVersion() (version int64, conditional bool, err error) {
	if e.IfMatch == etag(0) {
		return 0, true, nil
	}
	version, err = e.version()
	return version, version != 0, err
}

func (s *Server) precision(ctx context.Context, _ *struct{}) (*one[Precision], error) {
	labels, err := crm.Labels(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	bands := crm.PublishedPrecision(labels)
	thresholds := []ThresholdExpected{{Threshold: 0.9999}, {Threshold: 0.999}, {Threshold: 0.99}, {Threshold: 0.985}, {Threshold: 0.9}, {Threshold: 0.7}, {Threshold: 0.5}, {Threshold: 0.3}}
	err = crm.ModelLinks(ctx, s.DB, func(l *crm.Link) error {
		crm.CountBand(bands, l)
		for i := range thresholds {
			if t := &thresholds[i]; l.Probability >= t.Threshold {
				t.Links++
				t.Precision += l.Probability
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := Precision{Labels: len(labels), Bands: make([]Band, len(bands)), Threshold: thresholds}
	for _, l := range labels {
		if l.HeldOut {
			out.HeldOut++
		}
	}
	for i, b := range bands {
		out.Bands[i] = Band{Name: b.Name, From: b.From, To: b.To, Automatic: b.Automatic, Links: b.Links, Labels: b.Labels, Right: b.Right, Low: b.Low, High: b.High}
		if b.Labels > 0 {
			out.Bands[i].Precision, out.Bands[i].Expected = &b.Precision, &b.Probability
		}
	}
	for i := range thresholds {
		if t := &thresholds[i]; t.Links > 0 {
			t.Precision /= float64(t.Links)
		}
	}
	return &one[Precision]{out}, nil
}

func (s *Server) listModels(ctx context.Context, _ *struct{}) (*one[Page[MatchModel]], error) {
	models, err := crm.MatchModels(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]MatchModel, len(models))
	for i, m := range models {
		if m.Preview.Examples == nil {
			m.Preview.Examples = []crm.PreviewChange{}
		}
		items[i] = MatchModel{m.ID, m.Labels, m.Active, instant(m.CreatedAt), nameOr(names, m.CreatedBy), maybe(m.ActivatedAt), m.Preview}
	}
	return page(items, ""), nil
}

func (s *Server) activateModel(ctx context.Context, in *activateInput) (*one[Page[MatchModel]], error) {
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.ActivateModel(ctx, tx, in.ID, s.change(ctx, in.Body.Reason)) })
	if err != nil {
		return nil, err
	}
	return s.listModels(ctx, nil)
}

func (s *Server) jobsOf(ctx context.Context, jobs []crm.MatchJob) ([]MatchJob, error) {
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]MatchJob, len(jobs))
	for i, j := range jobs {
		items[i] = MatchJob{j.ID, j.Kind, j.State, j.Progress, j.Result, instant(j.RequestedAt), nameOr(names, j.RequestedBy)}
	}
	return items, nil
}

func (s *Server) listJobs(ctx context.Context, _ *struct{}) (*one[Page[MatchJob]], error) {
	jobs, err := crm.MatchJobs(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items, err := s.jobsOf(ctx, jobs)
	if err != nil {
		return nil, err
	}
	return page(items, ""), nil
}

func (s *Server) requestJob(ctx context.Context, in *jobInput) (*one[MatchJob], error) {
	var job crm.MatchJob
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		job, err = crm.RequestJob(ctx, tx, in.Body.Kind, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	items, err := s.jobsOf(ctx, []crm.MatchJob{job})
	if err != nil {
		return nil, err
	}
	return &one[MatchJob]{items[0]}, nil
}
