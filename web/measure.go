package web

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

const (
	usualPeriod   = 7 * 24 * time.Hour
	longestPeriod = 92 * 24 * time.Hour
)

// Measures are the measures of monitors in a period and in the one before it.
type Measures struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Before time.Time `json:"before" doc:"When the period before begins; it ends with from."`
	Page[Measure]
}

// Measure is how much is said about a monitor, or all monitors of a kind, and how.
type Measure struct {
	MonitorID string  `json:"monitor_id" doc:"Empty where it is of a kind."`
	Name      string  `json:"name" doc:"Of the monitor, or the kind."`
	Kind      string  `json:"kind" enum:"own,competitor,campaign,market"`
	Now       Figures `json:"now"`
	Earlier   Figures `json:"earlier" doc:"The same in the period before."`
	Trend     Trend   `json:"trend"`
}

// Figures are the measures of one period.
type Figures struct {
	Mentions       int64    `json:"mentions"`
	Negative       int64    `json:"negative"`
	Positive       int64    `json:"positive"`
	ShareOfVoice   *float64 `json:"share_of_voice" doc:"mentions / mentions of all own and competitor monitors; null for other kinds, and where nothing was said."`
	SentimentIndex *float64 `json:"sentiment_index" doc:"10·(positive − negative)/(positive + negative); null when there is neither."`
	Reach          int64    `json:"reach" doc:"Sum over mentions of the post's views, else of its author's followers."`
	Engagement     int64    `json:"engagement" doc:"Sum over mentions of likes + shares + replies + quotes, of the posts that are kept."`
}

// Trend is a period against the one before.
type Trend struct {
	Mentions       *float64 `json:"mentions" doc:"(now − earlier)/earlier; null where earlier is 0."`
	ShareOfVoice   *float64 `json:"share_of_voice" doc:"now − earlier."`
	SentimentIndex *float64 `json:"sentiment_index" doc:"now − earlier."`
	Reach          *float64 `json:"reach" doc:"(now − earlier)/earlier; null where earlier is 0."`
	Engagement     *float64 `json:"engagement" doc:"(now − earlier)/earlier; null where earlier is 0."`
}

type measuresInput struct {
	PageInput
	Monitor string    `query:"monitor" maxLength:"100" doc:"Id of a monitor."`
	Kind    string    `query:"kind" enum:"own,competitor,campaign,market"`
	By      string    `query:"by" enum:"monitor,kind" default:"monitor" doc:"One measure for each monitor, or for all monitors of a kind."`
	From    time.Time `query:"from" doc:"Seven days before until, when left out; at most 92 days."`
	Until   time.Time `query:"until" doc:"Now, when left out."`
}

func (s *Server) measureRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "list-measures", Method: http.MethodGet, Path: "/measures", Tags: []string{"measures"},
		Summary:     "Share of voice, sentiment, reach and engagement, with their trend",
		Description: "By name. The trend compares with the period before, which is as long.", Errors: []int{404}}, s.listMeasures)
}

func (s *Server) listMeasures(ctx context.Context, in *measuresInput) (*one[Measures], error) {
	if in.Until.IsZero() {
		in.Until = s.Now()
	}
	if in.From.IsZero() {
		in.From = in.Until.Add(-usualPeriod)
	}
	in.From, in.Until = in.From.UTC().Truncate(time.Minute), in.Until.UTC().Truncate(time.Minute)
	switch length := in.Until.Sub(in.From); {
	case length <= 0:
		return nil, &fault{kind: kindInvalid, detail: "from is not before until", field: "query.from"}
	case length > longestPeriod:
		return nil, &fault{kind: kindInvalid, detail: "from to until is longer than 92 days: ask for less", field: "query.from"}
	}
	if in.Monitor != "" {
		if _, err := listening.MonitorByID(ctx, s.DB, in.Monitor); err != nil {
			return nil, err
		}
	}
	all, err := listening.Measures(ctx, s.DB, listening.MeasureFilter{Monitor: in.Monitor, Kind: in.Kind, ByKind: in.By == "kind", From: in.From, Until: in.Until})
	if err != nil {
		return nil, err
	}
	items, next, err := measurePage(all, in.PageInput)
	if err != nil {
		return nil, err
	}
	return &one[Measures]{Measures{From: in.From, Until: in.Until, Before: in.From.Add(in.From.Sub(in.Until)), Page: page(items, next).Body}}, nil
}

// measurePage cuts a page out of all measures, which are in the order of their names. Its cursor
// is the name and the id of the last one.
func measurePage(all []listening.Measure, in PageInput) (items []Measure, next string, err error) {
	if in.Cursor != "" {
		after, err := base64.RawURLEncoding.DecodeString(in.Cursor)
		if err != nil {
			return nil, "", &fault{kind: kindInvalid, detail: "is not one this list gave out: start again without it", field: "query.cursor"}
		}
		all = slices.DeleteFunc(all, func(m listening.Measure) bool { return m.Name+"\x01"+m.MonitorID <= string(after) })
	}
	if len(all) > in.Limit {
		all = all[:in.Limit]
		last := &all[in.Limit-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(last.Name + "\x01" + last.MonitorID))
	}
	for i := range all {
		items = append(items, measureOf(&all[i]))
	}
	return items, next, nil
}

func measureOf(m *listening.Measure) Measure {
	out := Measure{MonitorID: m.MonitorID, Name: m.Name, Kind: m.Kind, Now: figuresOf(&m.Now, m.Brand()), Earlier: figuresOf(&m.Before, m.Brand())}
	now, earlier := &out.Now, &out.Earlier
	out.Trend = Trend{Mentions: growth(now.Mentions, earlier.Mentions), Reach: growth(now.Reach, earlier.Reach), Engagement: growth(now.Engagement, earlier.Engagement),
		ShareOfVoice: difference(now.ShareOfVoice, earlier.ShareOfVoice), SentimentIndex: difference(now.SentimentIndex, earlier.SentimentIndex)}
	return out
}

func figuresOf(f *listening.Figures, brand bool) Figures {
	out := Figures{Mentions: f.Mentions, Negative: f.Negative, Positive: f.Positive, Reach: f.Reach, Engagement: f.Engagement}
	if share, ok := f.Share(); ok && brand {
		out.ShareOfVoice = &share
	}
	if index, ok := f.Index(); ok {
		out.SentimentIndex = &index
	}
	return out
}

func growth(now, earlier int64) *float64 {
	if earlier == 0 {
		return nil
	}
	g := float64(now-earlier) / float64(earlier)
	return &g
}

func difference(now, earlier *float64) *float64 {
	if now == nil || earlier == nil {
		return nil
	}
	d := *now - *earlier
	return &d
}
