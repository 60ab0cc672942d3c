package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// IdealProfileBody is what people enter of an ideal customer.
type IdealProfileBody struct {
	Name     string               `json:"name" minLength:"1" maxLength:"200"`
	Active   bool                 `json:"active" doc:"Whether leads are graded by it."`
	Criteria []crm.IdealCriterion `json:"criteria" nullable:"false" maxItems:"50"`
}

func (b *IdealProfileBody) profile(id string, version int64) crm.IdealProfile {
	p := crm.IdealProfile{Name: b.Name, Active: b.Active, Criteria: b.Criteria}
	p.ID, p.Version = id, version
	return p
}

type (
	createProfileBody struct{ Body IdealProfileBody }
	saveProfileBody   struct {
		IDInput
		Expectation
		Body IdealProfileBody
	}
	previewProfileInput struct {
		Body struct {
			IdealProfileBody
			ID string `json:"id,omitempty" maxLength:"100" doc:"Of the profile it would be put in the place of; left out: it would be another one."`
		}
	}
	proposalsInput struct {
		IDInput
		PageInput
	}
	applyWeightsInput struct {
		IDInput
		Proposal string `path:"proposal" maxLength:"100"`
	}
	saveScoreInput struct {
		Expectation
		Body struct {
			Kinds []crm.ScoreRule `json:"kinds" nullable:"false" maxItems:"50"`
		}
	}
)

func (s *Server) idealProfileRoutes() {
	const tag = "leads"
	operate(s, needs(crm.ToRead, crm.RecordIdealProfile), getting(tag, "list-ideal-profiles", "/ideal-profiles", "List the descriptions of ideal customers"), s.listIdealProfiles)
	operate(s, needs(crm.ToCreate, crm.RecordIdealProfile), doing(tag, "create-ideal-profile", http.MethodPost, "/ideal-profiles", "Describe an ideal customer by weighted criteria"), s.createIdealProfile)
	operate(s, needs(crm.ToRead, crm.RecordIdealProfile), getting(tag, "get-ideal-profile", "/ideal-profiles/{id}", "Get the description of an ideal customer"), s.getIdealProfile)
	operate(s, needs(crm.ToUpdate, crm.RecordIdealProfile), doing(tag, "save-ideal-profile", http.MethodPut, "/ideal-profiles/{id}", "Change it; open leads are graded anew"), s.saveIdealProfile)
	operate(s, needs(crm.ToRead, crm.RecordIdealProfile), doing(tag, "preview-ideal-profile", http.MethodPost, "/ideal-profiles/preview", "See how the newest open leads would be graded; nothing changes"), s.previewIdealProfile)
	operate(s, needs(crm.ToRead, crm.RecordLearned), getting(tag, "list-weight-proposals", "/ideal-profiles/{id}/proposals", "List the weights that were learned for it, the newest first"), s.listProposals)
	operate(s, needs(crm.ToCreate, crm.RecordLearned), doing(tag, "learn-weights", http.MethodPost, "/ideal-profiles/{id}/proposals", "Learn weights from past decisions, and propose them beside the set ones"), s.learnWeights)
	operate(s, needs(crm.ToUpdate, crm.RecordIdealProfile), doing(tag, "apply-weights", http.MethodPost, "/ideal-profiles/{id}/proposals/{proposal}/apply", "Put learned weights in the place of the set ones"), s.applyWeights)
	operate(s, needs(crm.ToRead, crm.RecordIdealProfile), getting(tag, "get-lead-score", "/lead-score", "What signs of interest are worth, and how fast they fade"), s.getLeadScore)
	operate(s, needs(crm.ToUpdate, crm.RecordIdealProfile), doing(tag, "save-lead-score", http.MethodPut, "/lead-score", "Say what signs of interest are worth; open leads are scored anew"), s.saveLeadScore)
}

func (s *Server) listIdealProfiles(ctx context.Context, _ *struct{}) (*one[Page[crm.IdealProfile]], error) {
	all, err := crm.IdealProfiles(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return page(all, ""), nil
}

func (s *Server) getIdealProfile(ctx context.Context, in *IDInput) (*versioned[crm.IdealProfile], error) {
	p, err := crm.IdealProfileByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[crm.IdealProfile]{etag(p.Version), p}, nil
}

func (s *Server) createIdealProfile(ctx context.Context, in *createProfileBody) (*versioned[crm.IdealProfile], error) {
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.IdealProfile, error) {
		return crm.SaveIdealProfile(ctx, tx, ch, in.Body.profile("", 0))
	})
}

func (s *Server) saveIdealProfile(ctx context.Context, in *saveProfileBody) (*versioned[crm.IdealProfile], error) {
	return saved(ctx, s, in.Expectation, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.IdealProfile, error) {
		return crm.SaveIdealProfile(ctx, tx, ch, in.Body.profile(in.ID, version))
	})
}

func (s *Server) previewIdealProfile(ctx context.Context, in *previewProfileInput) (*one[crm.GradePreview], error) {
	got, err := crm.PreviewIdealProfile(ctx, s.DB, accessFrom(ctx), in.Body.profile(in.Body.ID, 0), s.Now())
	if err != nil {
		return nil, err
	}
	got.Samples = orEmpty(got.Samples)
	return &one[crm.GradePreview]{got}, nil
}

func (s *Server) listProposals(ctx context.Context, in *proposalsInput) (*one[Page[crm.Learned]], error) {
	list, next, err := crm.Proposals(ctx, s.DB, accessFrom(ctx), in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return page(list, next), nil
}

func (s *Server) learnWeights(ctx context.Context, in *IDInput) (*versioned[crm.Learned], error) {
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Learned, error) {
		return crm.LearnWeights(ctx, tx, ch, in.ID)
	})
}

func (s *Server) applyWeights(ctx context.Context, in *applyWeightsInput) (*versioned[crm.IdealProfile], error) {
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.IdealProfile, error) {
		return crm.ApplyWeights(ctx, tx, ch, in.ID, in.Proposal)
	})
}

func (s *Server) getLeadScore(ctx context.Context, _ *struct{}) (*versioned[crm.ScoreRules], error) {
	r, err := crm.LoadScoreRules(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return &versioned[crm.ScoreRules]{etag(r.Version), r}, nil
}

func (s *Server) saveLeadScore(ctx context.Context, in *saveScoreInput) (*versioned[crm.ScoreRules], error) {
	return saved(ctx, s, in.Expectation, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.ScoreRules, error) {
		return crm.SaveScoreRules(ctx, tx, ch, crm.ScoreRules{Saved: crm.Saved{Version: version}, Kinds: in.Body.Kinds})
	})
}
