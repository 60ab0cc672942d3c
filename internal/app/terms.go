package app

import (
	"context"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/web"
)

// What terms rest on: of the window the newest posts, and of each of the days before some.
const (
	termsWindow   = 500
	termsDays     = 7
	termsOrdinary = 100 // of a day
	driversShown  = 5
)

// terms are what is said about a monitor from one time to another more than in the week before.
func (a *App) terms(ctx context.Context, q web.TermsQuery) ([]sentiment.Term, error) {
	window, err := a.sayings(ctx, listening.Filter{Monitor: q.Monitor, Polarity: q.Polarity, From: q.From, Until: q.Until, Limit: termsWindow})
	if err != nil || len(window) == 0 {
		return nil, err
	}
	var ordinary []sentiment.Saying
	for day := range termsDays {
		until := q.From.AddDate(0, 0, -day)
		some, err := a.sayings(ctx, listening.Filter{Monitor: q.Monitor, From: until.AddDate(0, 0, -1), Until: until, Limit: termsOrdinary})
		if err != nil {
			return nil, err
		}
		ordinary = append(ordinary, some...)
	}
	return sentiment.Terms(window, ordinary, q.Most), nil
}

func (a *App) sayings(ctx context.Context, f listening.Filter) ([]sentiment.Saying, error) {
	views, _, err := listening.FindMentions(ctx, a.DB, f)
	if err != nil {
		return nil, err
	}
	sayings := make([]sentiment.Saying, len(views))
	for i := range views {
		sayings[i] = sentiment.Saying{Author: views[i].Author.ID, Topics: sentiment.Topics(views[i].Text, views[i].Reading.Language)}
	}
	return sayings, nil
}

// drivers are the terms of an incident.
func (a *App) drivers(ctx context.Context, monitorID string, from, until int64, polarity int) ([]string, error) {
	q := web.TermsQuery{Monitor: monitorID, From: spike.Time(from), Until: spike.Time(until), Most: driversShown,
		Polarity: map[int]string{-1: string(post.Negative), 1: string(post.Positive)}[polarity]}
	terms, err := a.terms(ctx, q)
	names := make([]string, len(terms))
	for i, t := range terms {
		names[i] = t.Text
	}
	return names, err
}
