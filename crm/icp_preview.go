package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// How many leads a preview looks at, and how many of them it shows.
const (
	previewedLeads = 200
	shownLeads     = 10
)

// A GradePreview is how open leads would be graded if a profile were saved.
type GradePreview struct {
	Leads   int            `json:"leads"`   // that were looked at: the newest open ones, 200 at most
	Grades  []GradeCount   `json:"grades"`  // A to F, then those without a grade
	Samples []RegradedLead `json:"samples"` // ten at most, those first whose grade changes
}

// A GradeCount is how many leads have a grade, and how many would have it.
type GradeCount struct {
	Grade   string `json:"grade"` // empty: none
	Was     int    `json:"was"`
	Becomes int    `json:"becomes"`
}

// A RegradedLead is a lead with the grade it has and the one it would have.
type RegradedLead struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Was      string            `json:"was"`
	Becomes  string            `json:"becomes"`
	Profile  string            `json:"profile"` // that it would fit best
	Criteria []CriterionResult `json:"criteria"`
}

// PreviewIdealProfile grades open leads that somebody may read as they would be graded if the
// profile were saved: in the place of the one that has its id, or as another one. Nothing changes.
func PreviewIdealProfile(ctx context.Context, q sqldb.Querier, a *Access, p IdealProfile, now time.Time) (GradePreview, error) {
	if err := p.check(); err != nil {
		return GradePreview{}, err
	}
	profiles, err := idealProfiles.find(ctx, q, "WHERE active AND id <> $1 ORDER BY id", p.ID)
	if err != nil {
		return GradePreview{}, err
	}
	if p.Active {
		profiles = append(profiles, p)
	}
	w := &where{}
	w.readable(a, RecordLead, "leads")
	w.add("state = ?", LeadOpen)
	open, err := leads.find(ctx, q, w.sql()+" ORDER BY created_at DESC, id DESC"+w.limit(previewedLeads), w.args...)
	if err != nil {
		return GradePreview{}, err
	}
	regraded := make([]RegradedLead, len(open))
	for i := range open {
		l := &open[i]
		f, _, err := factsOfLead(ctx, q, l, now)
		if err != nil {
			return GradePreview{}, fmt.Errorf("preview grade of lead %s: %w", l.ID, err)
		}
		r := bestFit(profiles, &f)
		regraded[i] = RegradedLead{l.ID, l.Name, l.Rating.Grade, r.Grade, r.Profile, r.Criteria}
	}
	return previewOf(regraded), nil
}

// previewOf counts leads by their grades, and chooses those to show.
func previewOf(all []RegradedLead) GradePreview {
	out := GradePreview{Leads: len(all)}
	for _, g := range append(slices.Clone(Grades), "") {
		c := GradeCount{Grade: g}
		for i := range all {
			if all[i].Was == g {
				c.Was++
			}
			if all[i].Becomes == g {
				c.Becomes++
			}
		}
		out.Grades = append(out.Grades, c)
	}
	same := func(l RegradedLead) int {
		if l.Was == l.Becomes {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b RegradedLead) int { return same(a) - same(b) })
	out.Samples = all[:min(len(all), shownLeads)]
	return out
}
