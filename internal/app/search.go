package app

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// addSearch sets up the worker that takes the records of an older database into search.
func (a *App) addSearch(context.Context) error {
	if !a.Config.Has("web") {
		return nil
	}
	a.workers = append(a.workers, worker{"search", func(ctx context.Context) error {
		return a.every(ctx, 5*time.Second, "older records are not found yet", a.indexRest)
	}})
	return nil
}

func (a *App) indexRest(ctx context.Context) error {
	more, err := crm.SearchWaits(ctx, a.DB)
	for more && err == nil && ctx.Err() == nil {
		err = a.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			more, err = crm.IndexRest(ctx, tx)
			return err
		})
	}
	return err
}
