package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/privacy"
	"github.com/spf13/cobra"
)

// byCommand is in whose name the command line erases.
const byCommand = "command"

// commanded is a change that the command line makes.
func commanded(why string) crm.Change {
	return crm.Change{By: byCommand, At: time.Now(), Why: why, Access: crm.System()}
}

// privacyCommand gives out what is held about a person, and takes it out.
func privacyCommand() *cobra.Command {
	c := &cobra.Command{Use: "privacy", Short: "Export what is held about a person, erase it, or remove what is too old"}
	c.AddCommand(privacyExportCommand(), privacyEraseCommand(), privacyRetentionCommand())
	return c
}

// personFlags say who it is about.
func personFlags(c *cobra.Command, ask *privacy.Question) {
	c.Flags().StringVar(&ask.ContactID, "contact", "", "id of a contact")
	c.Flags().StringVar(&ask.Email, "email", "", "an e-mail address")
	c.Flags().StringVar(&ask.Network, "network", "", "with --handle: the network")
	c.Flags().StringVar(&ask.Handle, "handle", "", "with --network: the handle, or the network's id of the account")
}

func privacyExportCommand() *cobra.Command {
	var s settings
	var ask privacy.Question
	var out, format, reason string
	c := &cobra.Command{Use: "export", Short: "Write everything that is held about a person (GDPR Art. 15)", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if format != "json" && format != "pdf" {
			return fmt.Errorf("--format %q: want json or pdf", format)
		}
		return s.withDatabase(c, func(db *sqldb.DB) error {
			var e *privacy.Export
			err := db.Update(c.Context(), func(tx *sqldb.Tx) error {
				p, err := privacy.Find(c.Context(), tx, ask)
				if err != nil {
					return err
				}
				if e, err = privacy.Collect(c.Context(), tx, p, time.Now()); err != nil {
					return err
				}
				return privacy.NoteExport(c.Context(), tx, p, e, format, commanded(reason))
			})
			if err != nil {
				return err
			}
			if out == "" || out == "-" {
				return writeExport(c.OutOrStdout(), e, format)
			}
			file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				return fmt.Errorf("write export: %w", err)
			}
			return errors.Join(writeExport(file, e, format), file.Close())
		})
	}}
	s.flags(c)
	personFlags(c, &ask)
	c.Flags().StringVar(&out, "out", "", "file to write, readable for you alone; empty: standard output")
	c.Flags().StringVar(&format, "format", "json", "json or pdf")
	c.Flags().StringVar(&reason, "reason", "", "why; it is kept in the audit log, so name nobody in it")
	return c
}

func writeExport(w io.Writer, e *privacy.Export, format string) error {
	if format == "json" {
		return e.JSON(w)
	}
	file, err := e.PDF()
	if err == nil {
		_, err = w.Write(file)
	}
	return err
}

func privacyEraseCommand() *cobra.Command {
	var s settings
	var ask privacy.Question
	var reason string
	var yes bool
	c := &cobra.Command{Use: "erase", Short: "Erase a person (GDPR Art. 17); without --yes, say what would go", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		cfg, err := s.existing()
		if err != nil {
			return err
		}
		return s.withDatabase(c, func(db *sqldb.DB) error {
			if !yes {
				return printFound(c, db, ask)
			}
			var e privacy.Erasure
			err := db.Update(c.Context(), func(tx *sqldb.Tx) (err error) {
				e, err = privacy.Request(c.Context(), tx, privacy.Order{Question: ask, FourEyes: cfg.Privacy.FourEyes}, commanded(reason))
				return err
			})
			if err != nil {
				return err
			}
			if cfg.Privacy.FourEyes {
				fmt.Fprintf(c.OutOrStdout(), "erasure %s waits for a person to approve it: POST /api/v1/privacy/erasures/%s/approve\n", e.ID, e.ID)
				return nil
			}
			log, err := app.LogForErasure(&cfg, slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil)))
			if err != nil {
				return err
			}
			defer func() { _ = log.Close() }()
			if _, err := privacy.Work(c.Context(), privacy.Places{DB: db, Log: log, Clock: privacy.Clock{Now: time.Now, Alive: time.Now}}); err != nil {
				return fmt.Errorf("%w: it goes on where it stopped when groundswell serve runs", err)
			}
			if e, err = privacy.ErasureByID(c.Context(), db, e.ID); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "erasure %s: %s, %d accounts and addresses blocked\n", e.ID, e.State, e.Blocked)
			printCounts(c.OutOrStdout(), e.Removed)
			return nil
		})
	}}
	s.flags(c)
	personFlags(c, &ask)
	c.Flags().StringVar(&reason, "reason", "", "why; it is kept, so name nobody in it")
	c.Flags().BoolVar(&yes, "yes", false, "erase; it cannot be undone")
	return c
}

func printFound(c *cobra.Command, db *sqldb.DB, ask privacy.Question) error {
	p, err := privacy.Find(c.Context(), db, ask)
	if err != nil {
		return err
	}
	e, err := privacy.Collect(c.Context(), db, p, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), "on file, by table (nothing was changed; --yes erases):")
	counts := make(map[string]int64)
	for _, t := range e.Tables {
		counts[t.Table] = int64(len(t.Rows))
	}
	printCounts(c.OutOrStdout(), counts)
	return nil
}

func printCounts(w io.Writer, counts map[string]int64) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%8d  %s\n", counts[name], name)
	}
}
