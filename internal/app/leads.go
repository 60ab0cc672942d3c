package app

import (
	"context"
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
	return nil
}

func (a *App) escalateLeads(ctx context.Context) error {
	for {
		var n int
		err := a.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = crm.EscalateLeads(ctx, tx, a.Now(), leadBatch)
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
