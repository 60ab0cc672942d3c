package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// rescoreCommand reads the stored mentions anew after a change of the model. docs/corrections.md
func rescoreCommand() *cobra.Command {
	var s settings
	var status, asJSON bool
	var rate int
	c := &cobra.Command{
		Use:   "rescore",
		Short: "Read the stored mentions anew after a change of the model, or show how far that is",
		Long: "Read the stored mentions anew after a change of the model. The daemon does the same in the background; this goes faster, may run\n" +
			"beside it, and goes on where either stopped. What a person corrected stays.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withDatabase(c, func(db *sqldb.DB) error {
				if !status {
					if err := s.rescore(c.Context(), db, rate, !asJSON && interactive()); err != nil {
						return err
					}
				}
				return showRescoring(c, db, asJSON)
			})
		},
	}
	s.flags(c)
	c.Flags().BoolVar(&status, "status", false, "only show how far it is")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().IntVar(&rate, "rate", 0, "mentions a second, at most; 0: as fast as it goes")
	return c
}

func (s *settings) rescore(ctx context.Context, db *sqldb.DB, rate int, show bool) error {
	cfg, err := s.existing()
	if err != nil {
		return err
	}
	// The classifier's second look is left to the daemon, which has the time for it.
	reader, _, err := app.NewReader(&cfg)
	if err != nil {
		return err
	}
	if reader.Monitors, err = listening.NewLive(ctx, db); err != nil {
		return err
	}
	opt := pipeline.RescorerOptions{DB: db, Reader: reader, Rate: rate, Now: time.Now, Logger: newLogger("warn")}
	if show {
		bar := progressbar.NewOptions64(1, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("mentions"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
		opt.Progress = func(r *listening.Rescoring) {
			if r.Total > 0 {
				bar.ChangeMax64(max(r.Total, r.Seen))
				_ = bar.Set64(r.Seen)
			}
		}
		defer func() { _ = bar.Exit() }()
	}
	rescorer := &pipeline.Rescorer{RescorerOptions: opt}
	if err := rescorer.Run(ctx); err != nil {
		return err
	}
	return ctx.Err()
}

func showRescoring(c *cobra.Command, db *sqldb.DB, asJSON bool) error {
	out := c.OutOrStdout()
	r, err := listening.LastRescoring(c.Context(), db)
	none := errors.Is(err, listening.ErrNotFound)
	if err != nil && !none {
		return err
	}
	state := "running"
	switch {
	case none:
		state = "none"
	case !r.FinishedAt.IsZero():
		state = "finished"
	}
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]any{"state": state, "model": r.Model, "total": r.Total, "seen": r.Seen, "changed": r.Changed, "progress": r.Done()})
	}
	switch state {
	case "none":
		fmt.Fprintln(out, "every mention is read by the present model")
	default:
		fmt.Fprintf(out, "model %s: %s, %d of %d mentions read anew, %d changed\n", r.Model, state, min(r.Seen, r.Total), r.Total, r.Changed)
	}
	return nil
}
