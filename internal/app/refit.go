package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
)

const (
	fitAuthors      = 50_000 // more teach the model nothing new
	previewExamples = 20
)

// jobs does what people asked for that needs all contacts: one job at a time.
func (a *App) jobs(ctx context.Context) error {
	job, ok, err := crm.ClaimJob(ctx, a.DB, time.Now())
	if err != nil || !ok {
		return err
	}
	change := crm.Change{By: job.RequestedBy, At: a.Now(), Access: crm.System()}
	var result string
	state := crm.JobDone
	err = crm.ReportJob(ctx, a.DB, job.ID, job.Progress, time.Now())
	switch {
	case err != nil:
	case job.Kind == crm.JobRefit:
		result, err = a.refit(ctx, &job, change)
	default:
		result, err = a.findDuplicates(ctx, &job)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return err // another process takes it over
	case err != nil:
		state, result = crm.JobFailed, err.Error()
	}
	return a.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.FinishJob(ctx, tx, job.ID, state, result) })
}

// refit learns the model anew on an index of its own, from the authors there are and from what
// people decided, and says what would change. Nothing changes until a person switches it on.
func (a *App) refit(ctx context.Context, job *crm.MatchJob, ch crm.Change) (string, error) {
	index := matcher.NewIndex(nil)
	follow := &follower{db: a.DB, index: index, now: a.Now, settings: -1}
	if err := follow.refresh(ctx); err != nil {
		return "", err
	}
	seen, err := a.seenAuthors(ctx)
	if err != nil {
		return "", err
	}
	if err := crm.ReportJob(ctx, a.DB, job.ID, 0.3, time.Now()); err != nil {
		return "", err
	}
	model := index.Fit(seen, job.ID)
	labels, err := crm.Labels(ctx, a.DB)
	if err != nil {
		return "", err
	}
	index.SetModel(model)
	learn, held, before := a.relabel(ctx, index, labels)
	model.Calibration = matcher.Calibrate(learn)
	index.SetModel(model)
	if err := crm.ReportJob(ctx, a.DB, job.ID, 0.6, time.Now()); err != nil {
		return "", err
	}
	preview, err := a.preview(ctx, index)
	if err != nil {
		return "", err
	}
	preview.HeldOut, preview.CalibrationBefore = len(held), matcher.CalibrationError(before)
	for i := range held {
		held[i].Probability = model.Calibration.Correct(held[i].Probability)
	}
	preview.CalibrationAfter = matcher.CalibrationError(held)
	parameters, err := json.Marshal(model)
	if err != nil {
		return "", fmt.Errorf("save model: %w", err)
	}
	err = a.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return crm.SaveModel(ctx, tx, crm.MatchModel{ID: job.ID, Parameters: parameters, Labels: len(learn), Preview: preview}, ch)
	})
	return fmt.Sprintf("learned from %d authors and %d decisions: look at what would change, then switch it on", len(seen), len(learn)), err
}

// seenAuthors are a sample of the authors there are.
func (a *App) seenAuthors(ctx context.Context) (seen []matcher.Seen, err error) {
	err = listening.EachAuthor(ctx, a.DB, fitAuthors, func(network string, author post.Author) error {
		seen = append(seen, matcher.Seen{Network: network, Author: &author})
		return nil
	})
	return seen, err
}

// relabel asks the model about the pairs that people decided on: those to learn from, and those held
// out, with what was said of them at the time.
func (a *App) relabel(ctx context.Context, index *matcher.Index, labels []crm.Label) (learn, held, before []matcher.Label) {
	for _, l := range labels {
		network, author, err := listening.StoredAuthor(ctx, a.DB, l.AuthorID)
		if err != nil {
			continue // gone meanwhile
		}
		label := matcher.Label{Right: l.Right}
		if m, ok := index.Resolve(network, &author); ok {
			for _, claim := range m.All() {
				if claim.ContactID == l.ContactID {
					label.Probability = claim.Probability
				}
			}
		}
		if l.HeldOut {
			held, before = append(held, label), append(before, matcher.Label{Probability: l.Probability, Right: l.Right})
		} else {
			learn = append(learn, label)
		}
	}
	return learn, held, before
}

// preview says what the model would make of the links that the matcher made and nobody decided.
func (a *App) preview(ctx context.Context, index *matcher.Index) (p crm.ModelPreview, err error) {
	err = crm.ModelLinks(ctx, a.DB, func(l *crm.Link) error {
		network, author, err := listening.StoredAuthor(ctx, a.DB, l.AuthorID)
		if err != nil {
			return nil //nolint:nilerr // the author is gone: nothing would change
		}
		p.Links++
		change := crm.PreviewChange{AuthorID: l.AuthorID, ContactID: l.ContactID, Before: l.Decision, Was: l.Probability}
		match, ok := index.Resolve(network, &author)
		if ok {
			for _, m := range match.All() {
				if m.ContactID == l.ContactID {
					change.After, change.Is = pipeline.LinkOf(l.AuthorID, m).Decision, m.Probability
				}
			}
		}
		switch {
		case change.After == change.Before:
			p.Same++
			return nil
		case change.After == crm.Confirmed:
			p.Confirm++
		case change.After == crm.Suggested:
			p.Doubt++
		case ok:
			p.Elsewhere++
		default:
			p.Drop++
		}
		if len(p.Examples) < previewExamples {
			p.Examples = append(p.Examples, change)
		}
		return nil
	})
	return p, err
}
