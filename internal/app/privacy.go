package app

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/privacy"
)

// addPrivacy sets up the worker that erases people.
func (a *App) addPrivacy(context.Context) error {
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
