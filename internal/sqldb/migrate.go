package sqldb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to the newest version this binary knows.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options, err := db.dialect.migrationLock()
	if err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	p, err := goose.NewProvider(db.dialect.goose(), db.write, files, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", db.dialect.explain(err))
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("migrate database: it is at schema %d, this binary knows %d: %w: install that version or restore a backup",
			have, newest, ErrNewer)
	}
	if _, err := p.Up(ctx); err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			return fmt.Errorf("migrate database, step %s: %w", partial.Failed.Source.Path, db.dialect.explain(partial.Err))
		}
		return fmt.Errorf("migrate database: %w", db.dialect.explain(err))
	}
	return db.Update(ctx, func(tx *Tx) error {
		for _, statement := range db.dialect.textSchema() {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("make the index for search: %w", err)
			}
		}
		return nil
	})
}
