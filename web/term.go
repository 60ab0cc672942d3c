package web

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

// TermsQuery asks what is said about a monitor in a window more than usual.
type TermsQuery struct {
	Monitor     string // id
	From, Until time.Time
	Polarity    string // of the posts of the window; empty: any
	Most        int
}

// Term is a word, phrase or hashtag.
type Term struct {
	Term   string  `json:"term"`
	People int     `json:"people" doc:"Who use it in the window."`
	Usual  int     `json:"usual" doc:"Who use it in a sample of the week before."`
	Score  float64 `json:"score" doc:"How unusual that is, in standard deviations of the log-odds ratio."`
}

// Terms are what a window speaks of.
type Terms struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Terms []Term    `json:"terms" nullable:"false" doc:"The most unusual first."`
}

// Bounds of the window that terms are asked of.
const (
	termsWindow  = 24 * time.Hour
	termsLongest = 92 * 24 * time.Hour
)

type termsInput struct {
	ID       string    `path:"id" maxLength:"100"`
	From     time.Time `query:"from" doc:"A day before until, when left out."`
	Until    time.Time `query:"until" doc:"Now, when left out."`
	Polarity string    `query:"polarity" enum:"negative,neutral,positive,unknown" doc:"Of the posts of the window; any when left out."`
	Limit    int       `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

func (s *Server) termRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "get-terms", Method: http.MethodGet, Path: "/monitors/{id}/terms", Tags: []string{"monitors"},
		Summary: "What is said more than usual", Errors: []int{404}}, s.terms)
}

func (s *Server) terms(ctx context.Context, in *termsInput) (*one[Terms], error) {
	if in.Until.IsZero() {
		in.Until = s.Now()
	}
	if in.From.IsZero() {
		in.From = in.Until.Add(-termsWindow)
	}
	switch length := in.Until.Sub(in.From); {
	case length <= 0:
		return nil, &fault{kind: kindInvalid, detail: "from is not before until", field: "query.from"}
	case length > termsLongest:
		return nil, &fault{kind: kindInvalid, detail: "from to until is longer than 92 days: ask for less", field: "query.from"}
	}
	if _, err := listening.MonitorByID(ctx, s.DB, in.ID); err != nil {
		return nil, err
	}
	out := Terms{From: instant(in.From), Until: instant(in.Until), Terms: []Term{}}
	if s.Terms == nil {
		return &one[Terms]{out}, nil
	}
	found, err := s.Terms(ctx, TermsQuery{Monitor: in.ID, From: in.From, Until: in.Until, Polarity: in.Polarity, Most: in.Limit})
	if err != nil {
		return nil, err
	}
	for _, t := range found {
		out.Terms = append(out.Terms, Term{t.Text, t.People, t.Usual, math.Round(t.Score*100) / 100})
	}
	return &one[Terms]{out}, nil
}
