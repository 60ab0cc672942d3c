package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// Limits of a digest: people read it.
const (
	digestMonitors = 20
	digestPosts    = 3
	digestAuthors  = 5
	digestVoices   = 500 // among which fans and critics are looked for
)

// report fills a digest.
func (a *App) report(ctx context.Context, d *notify.Digest) error {
	measures, err := listening.Measures(ctx, a.DB, listening.MeasureFilter{From: d.From, Until: d.Until})
	if err != nil {
		return err
	}
	leads, err := crm.CountLeads(ctx, a.DB, crm.System(), d.From, d.Until)
	if err != nil {
		return err
	}
	incidents, err := alerts.IncidentsBetween(ctx, a.DB, d.From, d.Until)
	if err != nil {
		return err
	}
	for _, n := range leads {
		d.Leads += n
	}
	measures = slices.DeleteFunc(measures, func(m listening.Measure) bool { return len(d.Monitors) > 0 && !slices.Contains(d.Monitors, m.Name) })
	slices.SortStableFunc(measures, func(x, y listening.Measure) int { return cmp.Compare(y.Now.Mentions, x.Now.Mentions) })
	d.Others = max(0, len(measures)-digestMonitors)
	d.Parts = nil
	for _, m := range measures[:min(len(measures), digestMonitors)] {
		part := notify.DigestMonitor{Monitor: m.Name, Kind: m.Kind, Posts: m.Now.Mentions, Before: m.Before.Mentions, Negative: m.Now.Negative,
			Positive: m.Now.Positive, Leads: leads[m.MonitorID]}
		if index, ok := m.Now.Index(); ok {
			part.Index = &index
		}
		if share, ok := m.Now.Share(); ok && m.Brand() {
			part.Share = &share
		}
		for _, i := range incidents {
			if i.MonitorID == m.MonitorID && len(part.Incidents) < digestPosts*2 {
				part.Incidents = append(part.Incidents, a.digestIncident(&i))
			}
		}
		if err := a.reportVoices(ctx, d, m.MonitorID, &part); err != nil {
			return err
		}
		d.Parts = append(d.Parts, part)
	}
	return nil
}

func (a *App) digestIncident(i *alerts.Incident) notify.DigestIncident {
	out := notify.DigestIncident{ID: i.ID, Kind: string(i.Kind), State: string(i.State), Severity: i.Severity, OpenedAt: i.OpenedAt}
	if a.Config.Web.URL != "" {
		out.URL = strings.TrimRight(a.Config.Web.URL, "/") + "/incidents/" + i.ID
	}
	return out
}

// reportVoices adds the curve, the posts and the people of one monitor.
func (a *App) reportVoices(ctx context.Context, d *notify.Digest, monitorID string, part *notify.DigestMonitor) error {
	step := time.Hour
	if d.Every == "week" {
		step = 6 * time.Hour
	}
	points, err := listening.Series(ctx, a.DB, monitorID, d.From, d.Until, step)
	if err != nil {
		return err
	}
	for _, p := range points {
		out := notify.DigestPoint{At: p.Time, Posts: p.Posts}
		if index, ok := p.Index(); ok {
			out.Index = &index
		}
		part.Curve = append(part.Curve, out)
	}
	top, err := listening.MostEngaging(ctx, a.DB, monitorID, d.From, d.Until, digestPosts)
	if err != nil {
		return err
	}
	for i := range top {
		m := notify.Mention{Text: top[i].Text, URL: top[i].URL}
		m.Tidy()
		part.Top = append(part.Top, notify.DigestPost{Text: m.Text, URL: m.URL, Author: cmp.Or(top[i].Author.Name, top[i].Author.Handle), Network: top[i].Network, Engagement: top[i].Engagement})
	}
	if part.Fans, err = a.voices(ctx, d, monitorID, post.Positive); err != nil {
		return err
	}
	part.Critics, err = a.voices(ctx, d, monitorID, post.Negative)
	return err
}

// voices are those who wrote most with a polarity.
func (a *App) voices(ctx context.Context, d *notify.Digest, monitorID string, polarity post.Polarity) ([]notify.DigestAuthor, error) {
	all, err := listening.Voices(ctx, a.DB, listening.VoiceFilter{Monitors: []string{monitorID}, From: d.From, Until: d.Until, Polarity: polarity, Limit: digestVoices})
	if err != nil {
		return nil, err
	}
	posts := func(v *listening.Voice) int64 {
		if polarity == post.Negative {
			return v.Negative
		}
		return v.Positive
	}
	slices.SortStableFunc(all, func(x, y listening.Voice) int { return cmp.Compare(posts(&y), posts(&x)) })
	var out []notify.DigestAuthor
	for i := range all[:min(len(all), digestAuthors)] {
		v := &all[i]
		out = append(out, notify.DigestAuthor{Name: cmp.Or(v.Author.Name, v.Author.Handle, v.Author.ID), Network: v.Author.Network, Posts: posts(v)})
	}
	return out, nil
}

// curve is how a monitor went, in steps that fit a picture.
func (a *App) curve(ctx context.Context, monitorID string, from, until time.Time) ([]notify.Point, error) {
	step := 5 * time.Minute
	if until.Sub(from) > 12*time.Hour {
		step = 15 * time.Minute
	}
	points, err := listening.Series(ctx, a.DB, monitorID, from, until, step)
	if err != nil {
		return nil, err
	}
	out := make([]notify.Point, len(points))
	for i, p := range points {
		out[i] = notify.Point{At: p.Time, Posts: p.Posts, Negative: p.Negative}
	}
	return out, nil
}
