package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

// maxPoints bounds a series: more than any screen has columns.
const maxPoints = 3000

// steps are the lengths a series can have between two points, and what is shown of each when
// nobody says from when.
var steps = map[string]struct{ step, window time.Duration }{
	"1m":  {time.Minute, 3 * time.Hour},
	"5m":  {5 * time.Minute, 12 * time.Hour},
	"15m": {15 * time.Minute, 24 * time.Hour},
	"1h":  {time.Hour, 7 * 24 * time.Hour},
	"1d":  {24 * time.Hour, 90 * 24 * time.Hour},
}

// Series is how the counts of a monitor went.
type Series struct {
	Step   string    `json:"step"`
	Now    time.Time `json:"now" doc:"The time Groundswell works by; a demo simulates it."`
	Points []Point   `json:"points" nullable:"false"`
}

// Point is the counts of one step.
type Point struct {
	Time            time.Time `json:"time" doc:"When the step begins."`
	Posts           int64     `json:"posts"`
	Negative        int64     `json:"negative"`
	Neutral         int64     `json:"neutral"`
	Positive        int64     `json:"positive"`
	Unknown         int64     `json:"unknown"`
	Authors         int64     `json:"authors" doc:"Unique within each hour, and summed."`
	NegativeAuthors int64     `json:"negative_authors"`
	Reach           int64     `json:"reach"`
	Index           *float64  `json:"index" doc:"10·(positive − negative)/(positive + negative); null when there is neither."`
}

func pointOf(p listening.Point) Point {
	out := Point{Time: instant(p.Time), Posts: p.Posts, Negative: p.Negative, Neutral: p.Neutral, Positive: p.Positive, Unknown: p.Unknown,
		Authors: p.Authors, NegativeAuthors: p.NegativeAuthors, Reach: p.Reach}
	if index, ok := p.Index(); ok {
		out.Index = &index
	}
	return out
}

type seriesInput struct {
	Monitor string    `query:"monitor" maxLength:"100" doc:"Id of a monitor; all together when left out."`
	From    time.Time `query:"from" doc:"A window that fits the step before until, when left out."`
	Until   time.Time `query:"until" doc:"Now, when left out."`
	Step    string    `query:"step" enum:"1m,5m,15m,1h,1d" default:"15m"`
}

func (s *Server) seriesRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "get-series", Method: http.MethodGet, Path: "/series", Tags: []string{"series"},
		Summary: "Counts over time", Errors: []int{404}}, s.series)
}

func (s *Server) series(ctx context.Context, in *seriesInput) (*one[Series], error) {
	now, step := s.Now(), steps[in.Step]
	if in.Until.IsZero() {
		in.Until = now
	}
	if in.From.IsZero() {
		in.From = in.Until.Add(-step.window)
	}
	switch length := in.Until.Sub(in.From); {
	case length <= 0:
		return nil, &fault{kind: kindInvalid, detail: "from is not before until", field: "query.from"}
	case length/step.step > maxPoints:
		return nil, &fault{kind: kindInvalid, detail: "from to until has more than 3,000 steps: ask for a longer step or a shorter time", field: "query.step"}
	}
	if in.Monitor != "" {
		if _, err := listening.MonitorByID(ctx, s.DB, in.Monitor); err != nil {
			return nil, err
		}
	}
	points, err := listening.Series(ctx, s.DB, in.Monitor, in.From, in.Until, step.step)
	if err != nil {
		return nil, err
	}
	out := Series{Step: in.Step, Now: instant(now), Points: make([]Point, len(points))}
	for i, p := range points {
		out.Points[i] = pointOf(p)
	}
	return &one[Series]{out}, nil
}
