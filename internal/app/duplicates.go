package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/matcher"
)

const (
	leastDuplicate = 0.5    // probability of a pair that is proposed
	mostDuplicates = 20_000 // the most probable; people look at the rest after these
	reportEvery    = 5 * time.Second
)

// findDuplicates searches all contacts for pairs that may be one person and saves them for people
// to merge or dismiss. Pairs that an earlier search found and this one does not are dropped.
func (a *App) findDuplicates(ctx context.Context, job *crm.MatchJob) (string, error) {
	records := matcher.NewRecords([]string{"first_name", "last_name", "display_name", "email", "phone", "company", "city", "country"})
	var ids []string
	err := crm.ContactsForMatching(ctx, a.DB, time.Time{}, func(c crm.ContactRow) error {
		records.Add([]string{c.FirstName, c.LastName, c.DisplayName, c.Email, c.Phone, c.Company, c.City, c.Country})
		ids = append(ids, c.ID)
		return nil
	})
	if err != nil {
		return "", err
	}
	if len(ids) < 2 {
		return "there are fewer than two contacts", nil
	}
	reported := time.Now()
	found, err := records.Duplicates(ctx, matcher.DuplicateOptions{Least: leastDuplicate, Progress: func(_ string, part float64) {
		if now := time.Now(); now.Sub(reported) >= reportEvery {
			reported = now
			if err := crm.ReportJob(ctx, a.DB, job.ID, part, now); err != nil && ctx.Err() == nil {
				a.Logger.Warn("a job's progress is not told", "err", err)
			}
		}
	}})
	if err != nil {
		return "", err
	}
	began := a.Now()
	found = found[:min(len(found), mostDuplicates)]
	for some := range slices.Chunk(found, 500) {
		pairs := make([]crm.Duplicate, len(some))
		for i, d := range some {
			evidence, _ := json.Marshal([]map[string]any{{"field": "contacts", "level": records.Explain(d), "bits": d.Bits}})
			pairs[i] = crm.Duplicate{AID: ids[d.A], BID: ids[d.B], Probability: d.Probability, Evidence: evidence, FoundAt: began}
		}
		if err := a.DB.Update(ctx, func(tx *sqldb.Tx) error {
			if err := crm.StillActive(ctx, tx, job.RequestedBy); err != nil {
				return err
			}
			return crm.SaveDuplicates(ctx, tx, pairs)
		}); err != nil {
			return "", err
		}
	}
	err = a.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.DropDuplicates(ctx, tx, began) })
	return fmt.Sprintf("%d pairs among %d contacts", len(found), len(ids)), err
}
