package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// Correction is what a person says a mention is. It outranks every model until it is undone.
type Correction struct {
	ID             string    `json:"id"`
	PostID         string    `json:"post_id"`
	MonitorID      string    `json:"monitor_id"`
	Monitor        string    `json:"monitor" doc:"The monitor's name."`
	Polarity       string    `json:"polarity,omitempty" enum:"negative,neutral,positive" doc:"Left out: as the model says."`
	Intent         string    `json:"intent,omitempty" enum:"none,purchase,complaint,support_request,information_request,recommendation" doc:"Left out: as the model says."`
	PolarityBefore string    `json:"polarity_before" enum:"negative,neutral,positive,unknown"`
	IntentBefore   string    `json:"intent_before" enum:"none,purchase,complaint,support_request,information_request,recommendation"`
	Confirms       bool      `json:"confirms" doc:"It says what the mention was read as: the reading is right."`
	CorrectedBy    string    `json:"corrected_by" doc:"A user's id."`
	CorrectedName  string    `json:"corrected_name" doc:"The user's name; empty when they are gone."`
	CorrectedAt    time.Time `json:"corrected_at"`
	NearDuplicates int64     `json:"near_duplicates" doc:"How many other mentions are read by it."`
	Text           string    `json:"text" doc:"Of the post; empty when it is gone."`
}

// MentionCorrection is the correction that a mention is read by.
type MentionCorrection struct {
	ID            string    `json:"id"`
	Own           bool      `json:"own" doc:"It was made for this mention; else for a near-duplicate of its post."`
	CorrectedBy   string    `json:"corrected_by" doc:"A user's id."`
	CorrectedName string    `json:"corrected_name" doc:"The user's name; empty when they are gone."`
	CorrectedAt   time.Time `json:"corrected_at"`
	Confirms      bool      `json:"confirms" doc:"It says what the model says: the reading is right."`
	ModelPolarity string    `json:"model_polarity" enum:"negative,neutral,positive,unknown" doc:"What the model says."`
	ModelIntent   string    `json:"model_intent" enum:"none,purchase,complaint,support_request,information_request,recommendation"`
}

func correctionOf(c listening.CorrectedText, names map[string]string) Correction {
	return Correction{ID: c.ID, PostID: c.PostID, MonitorID: c.MonitorID, Monitor: c.Monitor, Polarity: string(c.Polarity), Intent: string(c.Intent),
		PolarityBefore: string(c.PolarityBefore), IntentBefore: string(c.IntentBefore), CorrectedBy: c.By, CorrectedName: names[c.By],
		CorrectedAt: instant(c.At), Confirms: c.Confirms(), NearDuplicates: c.Near, Text: c.Text}
}

// correctionsOf composes the corrections that mentions are read by, with who made them.
func correctionsOf(ctx context.Context, q sqldb.Querier, views []listening.MentionView) ([]*MentionCorrection, error) {
	all := make([]*MentionCorrection, len(views))
	if !slices.ContainsFunc(views, func(v listening.MentionView) bool { return v.Correction != nil }) {
		return all, nil
	}
	names, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range views {
		if c := views[i].Correction; c != nil {
			all[i] = &MentionCorrection{ID: c.ID, Own: c.Own, CorrectedBy: c.By, CorrectedName: names[c.By], CorrectedAt: instant(c.At),
				Confirms:      c.ByModel.Polarity == views[i].Reading.Polarity && c.ByModel.Intent == views[i].Reading.Intent,
				ModelPolarity: string(c.ByModel.Polarity), ModelIntent: string(c.ByModel.Intent)}
		}
	}
	return all, nil
}

type correctInput struct {
	Body struct {
		PostID    string `json:"post_id" minLength:"1" maxLength:"100"`
		MonitorID string `json:"monitor_id" minLength:"1" maxLength:"100"`
		Polarity  string `json:"polarity,omitempty" enum:"negative,neutral,positive" doc:"Left out: it stays as the model says."`
		Intent    string `json:"intent,omitempty" enum:"none,purchase,complaint,support_request,information_request,recommendation" doc:"Left out: it stays as the model says."`
	}
}

// exported is a file of lines.
type exported struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Server) correctionRoutes() {
	tags := []string{"corrections"}
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "list-corrections", Method: http.MethodGet, Path: "/corrections", Tags: tags,
		Summary: "List corrections, the newest first"}, s.listCorrections)
	operate(s, needs(crm.ToUpdate, crm.TypeMention), huma.Operation{OperationID: "correct-mention", Method: http.MethodPost, Path: "/corrections", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Correct or confirm a mention's polarity or intent",
		Description: "To say what it is read as already confirms it. It holds at once for the mention and for near-duplicates of its post under the same monitor, those that come later too, and outranks " +
			"every model until it is undone. A mention that was corrected is corrected anew.",
		Errors: []int{404}}, s.correct)
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "get-correction", Method: http.MethodGet, Path: "/corrections/{id}", Tags: tags,
		Summary: "Get a correction", Errors: []int{404}}, s.getCorrection)
	operate(s, needs(crm.ToUpdate, crm.TypeMention), huma.Operation{OperationID: "undo-correction", Method: http.MethodDelete, Path: "/corrections/{id}", Tags: tags,
		Summary: "Undo a correction", Description: "The mention and its near-duplicates are read as the model does again, or as another correction says.",
		Errors: []int{404}}, s.undoCorrection)
	op := huma.Operation{OperationID: "export-corrections", Method: http.MethodGet, Path: "/corrections/export", Tags: tags,
		Summary: "Export the corrected texts for training", Description: "Lines of polarity, tab, text, as groundswell train sentiment takes them.",
		Responses: map[string]*huma.Response{"200": {Description: "The lines.", Content: map[string]*huma.MediaType{
			"text/tab-separated-values": {Schema: &huma.Schema{Type: huma.TypeString}}}}}}
	operate(s, needs(crm.ToExport, crm.TypeMention), op, s.exportCorrections)
}

func (s *Server) listCorrections(ctx context.Context, in *PageInput) (*one[Page[Correction]], error) {
	found, next, err := listening.FindCorrections(ctx, s.DB, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]Correction, len(found))
	for i := range found {
		items[i] = correctionOf(found[i], names)
	}
	return page(items, next), nil
}

func (s *Server) getCorrection(ctx context.Context, in *IDInput) (*one[Correction], error) {
	return correctionByID(ctx, s.DB, in.ID)
}

func correctionByID(ctx context.Context, q sqldb.Querier, id string) (*one[Correction], error) {
	found, err := listening.CorrectionByID(ctx, q, id)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	return &one[Correction]{correctionOf(found, names)}, nil
}

func (s *Server) correct(ctx context.Context, in *correctInput) (out *one[Correction], err error) {
	var changed []string
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		c := listening.Correction{PostID: in.Body.PostID, MonitorID: in.Body.MonitorID, Polarity: post.Polarity(in.Body.Polarity),
			Intent: post.Intent(in.Body.Intent), By: userFrom(ctx).id, At: s.Now()}
		saved, posts, err := listening.Correct(ctx, tx, c)
		if err != nil {
			return err
		}
		changed = posts
		out, err = correctionByID(ctx, tx, saved.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.Logger.Info("mention corrected", "post_id", out.Body.PostID, "monitor_id", out.Body.MonitorID, "mentions", len(changed))
	return out, nil
}

func (s *Server) undoCorrection(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, _, err := listening.Uncorrect(ctx, tx, in.ID)
		return err
	})
}

// exportMost bounds an export; who has more takes the command.
const exportMost = 100_000

func (s *Server) exportCorrections(ctx context.Context, _ *struct{}) (*exported, error) {
	out := &exported{ContentType: "text/tab-separated-values; charset=utf-8", Disposition: `attachment; filename="corrections.tsv"`}
	for cursor, n := "", 0; n < exportMost; {
		found, next, err := listening.FindCorrections(ctx, s.DB, cursor, 200)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if line, ok := found[i].Example(); ok {
				out.Body = append(out.Body, line...)
				n++
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	return out, nil
}
