package main

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/privacy"
	"github.com/spf13/cobra"
)

func privacyRetentionCommand() *cobra.Command {
	var s settings
	var apply bool
	c := &cobra.Command{Use: "retention", Short: "Count what is kept longer than the rules say; with --apply, remove it", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		cfg, err := s.existing()
		if err != nil {
			return err
		}
		r := &privacy.Retention{Defaults: app.KeptByDefault(&cfg), Clock: privacy.Clock{Now: time.Now, Alive: time.Now}}
		log, err := app.ConnectLog(&cfg, slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil)))
		if err == nil {
			if err = log.Ping(c.Context()); err == nil {
				r.Dead = log
			}
			defer func() { _ = log.Close() }()
		}
		if err != nil {
			fmt.Fprintf(c.ErrOrStderr(), "dead letters are left out, the log is out of reach: %s\n", err)
		}
		return s.withDatabase(c, func(db *sqldb.DB) error {
			r.DB = db
			return retain(c, r, apply)
		})
	}}
	s.flags(c)
	c.Flags().BoolVar(&apply, "apply", false, "remove it; it cannot be undone")
	return c
}

// retain makes a round and does it, or says how far who took it is.
func retain(c *cobra.Command, r *privacy.Retention, apply bool) error {
	var run privacy.Run
	err := r.DB.Update(c.Context(), func(tx *sqldb.Tx) (err error) {
		run, err = privacy.Begin(c.Context(), tx, privacy.NewRun{Applies: apply, Defaults: r.Defaults, Taken: time.Now()}, commanded(""))
		return err
	})
	if err != nil {
		return err
	}
	var done int64
	r.Removed = func(kind string, n int64) {
		done += n
		fmt.Fprintf(c.ErrOrStderr(), "\r%s: %d records removed", kind, done)
	}
	if err := r.Do(c.Context(), &run); err != nil {
		return fmt.Errorf("%w: it goes on where it stopped when groundswell serve runs", err)
	}
	if done > 0 {
		fmt.Fprintln(c.ErrOrStderr())
	}
	rules, err := privacy.Rules(c.Context(), r.DB, r.Defaults)
	if err != nil {
		return err
	}
	printRules(c.OutOrStdout(), rules, &run)
	return nil
}

func printRules(w io.Writer, rules []privacy.Rule, run *privacy.Run) {
	header, counts := "too old", run.Expected
	if run.Applies {
		header, counts = "removed", run.Removed
	}
	fmt.Fprintf(w, "%-20s %12s %10s\n", "type", "kept, days", header)
	for _, rule := range rules {
		kept := "for ever"
		if rule.Days > 0 {
			kept = fmt.Sprint(rule.Days)
		}
		fmt.Fprintf(w, "%-20s %12s %10d\n", rule.Type, kept, counts[rule.Type])
	}
	if !run.Applies && slices.ContainsFunc(slices.Collect(maps.Values(counts)), func(n int64) bool { return n > 0 }) {
		fmt.Fprintln(w, "nothing was changed; --apply removes it")
	}
}
