package app

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/privacy"
)

// addPrivacy keeps who was erased out of the log, in every process that lets posts in, and sets up
// the worker that erases people.
func (a *App) addPrivacy(ctx context.Context) error {
	blocks := new(crm.LiveBlocks)
	if err := blocks.Refresh(ctx, a.DB); err != nil {
		return err
	}
	a.Entrance.Barred = blocks.Author
	a.workers = append(a.workers, worker{"blocks", func(ctx context.Context) error {
		return a.every(ctx, time.Second, "who was erased since is let into the log", func(ctx context.Context) error { return blocks.Refresh(ctx, a.DB) })
	}})
	if !a.Config.Has("web") {
		return nil
	}
	a.workers = append(a.workers, worker{"erasures", func(ctx context.Context) error {
		return a.every(ctx, 2*time.Second, "a person was not erased", func(ctx context.Context) error {
			_, err := privacy.Work(ctx, a.DB, privacy.Clock{Now: a.Now, Alive: time.Now})
			return err
		})
	}})
	return nil
}
