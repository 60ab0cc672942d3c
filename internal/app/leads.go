package app

import (
	"context"
	"errors"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// leadBatch is how many leads one transaction rates, or one looks at for being late.
const leadBatch = 200

// addLeads sets up what time does to leads, in the role alerts: who is told when one waits for too
// long, and how interest fades. Any number of processes may do both.
func (a *App) addLeads(context.Context) error {
	if !a.Config.Has("alerts") {
		return nil
	}
	a.workers = append(a.workers,
		worker{"leads that wait", func(ctx context.Context) error {
			return a.every(ctx, 10*time.Second, "nobody is told of leads that wait", a.escalateLeads)
		}},
		worker{"ratings of leads", func(ctx context.Context) error {
			return a.every(ctx, 5*time.Second, "leads stay rated as they were", a.rateLeads)
		}})
	a.workers = append(a.workers, worker{"odds of winning", func(ctx context.Context) error {
		return a.every(ctx, 10*time.Minute, "the odds of winning stay as they were learned", a.relearnOdds)
	}})
	return nil
}

// relearnOdds learns from opportunities that were closed since; that there are too few, or none of
// either kind, is no fault.
func (a *App) relearnOdds(ctx context.Context) error {
	old, err := crm.OddsAreOld(ctx, a.DB, a.Now())
	if err != nil || !old {
		return err
	}
	_, err = crm.RelearnOdds(ctx, a.DB, crm.Change{By: crm.ByRule, At: a.Now(), Access: crm.System()})
	var few *crm.Invalid
	if errors.As(err, &few) {
		return nil
	}
	return err
}

func (a *App) escalateLeads(ctx context.Context) error {
	for {
		var n int
		err := a.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = crm.EscalateLeads(ctx, tx, a.postLate, a.Now(), leadBatch)
			return err
		})
		if err != nil || n < leadBatch {
			return err
		}
	}
}

func (a *App) rateLeads(ctx context.Context) error {
	for {
		n, err := crm.RateLeads(ctx, a.DB, a.Now(), leadBatch)
		if err != nil || n < leadBatch {
			return err
		}
	}
}
