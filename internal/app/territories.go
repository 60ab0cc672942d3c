package app

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/crm"
)

// addTerritories sets up the worker that assigns all records anew after a territory was changed.
func (a *App) addTerritories(context.Context) error {
	if !a.Config.Has("web") {
		return nil
	}
	a.workers = append(a.workers, worker{"territories", func(ctx context.Context) error {
		return a.every(ctx, 2*time.Second, "territories were not assigned", a.assignTerritories)
	}})
	return nil
}

// assignTerritories goes on until no job waits.
func (a *App) assignTerritories(ctx context.Context) error {
	const some = 20 // batches, between which another process may look
	for ctx.Err() == nil {
		if more, err := crm.WorkTerritories(ctx, a.DB, a.Now(), time.Now(), some); err != nil || !more {
			return err
		}
	}
	return nil
}
