package app

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/crm"
)

// addImports sets up the worker that imports the files that people sent.
func (a *App) addImports(context.Context) error {
	if !a.Config.Has("web") {
		return nil
	}
	a.workers = append(a.workers, worker{"imports", func(ctx context.Context) error {
		return a.every(ctx, time.Second, "files wait to be imported", a.importFiles)
	}}, worker{"old imports", func(ctx context.Context) error {
		return a.every(ctx, 10*time.Minute, "old imports stay", func(ctx context.Context) error { return crm.PruneImports(ctx, a.DB, time.Now()) })
	}})
	return nil
}

// importFiles goes on until no file waits.
func (a *App) importFiles(ctx context.Context) error {
	for ctx.Err() == nil {
		if more, err := crm.WorkImports(ctx, a.DB, a.Now, time.Now); err != nil || !more {
			return err
		}
	}
	return nil
}
