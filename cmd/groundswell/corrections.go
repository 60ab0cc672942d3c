package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/spf13/cobra"
)

// correctionsCommand lists and exports what people corrected. docs/corrections.md
func correctionsCommand() *cobra.Command {
	c := &cobra.Command{Use: "corrections", Short: "List and export what people corrected"}
	c.AddCommand(correctionsListCommand(), correctionsExportCommand())
	return c
}

func correctionsListCommand() *cobra.Command {
	var s settings
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "List corrections, the newest first", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		out := c.OutOrStdout()
		return s.withDatabase(c, func(db *sqldb.DB) error {
			n := 0
			err := eachCorrection(c, db, func(t *listening.CorrectedText) error {
				n++
				if asJSON {
					return json.NewEncoder(out).Encode(map[string]any{"id": t.ID, "post_id": t.PostID, "monitor": t.Monitor, "polarity_before": t.PolarityBefore,
						"polarity": t.Polarity, "intent_before": t.IntentBefore, "intent": t.Intent, "corrected_by": t.By, "corrected_at": t.At,
						"near_duplicates": t.Near, "language": t.Language, "text": t.Text})
				}
				_, err := fmt.Fprintf(out, "%s  %s  %-12s %s → %s  %s → %s  and %d like it  %s\n", t.At.Format("2006-01-02 15:04"), t.ID, t.Monitor,
					t.PolarityBefore, orSame(string(t.Polarity)), t.IntentBefore, orSame(string(t.Intent)), t.Near, excerpt(t.Text))
				return err
			})
			if err == nil && n == 0 && !asJSON {
				fmt.Fprintln(out, "none")
			}
			return err
		})
	}}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	s.flags(c)
	return c
}

func correctionsExportCommand() *cobra.Command {
	var s settings
	var file string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write polarity, tab, text of each corrected post: what train sentiment takes as --data",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withDatabase(c, func(db *sqldb.DB) (err error) {
				out := c.OutOrStdout()
				if file != "" {
					f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
					if err != nil {
						return fmt.Errorf("export corrections: %w", err)
					}
					defer func() { err = errors.Join(err, f.Close()) }()
					out = f
				}
				n, err := exportCorrections(c, db, out)
				if err == nil && file != "" {
					fmt.Fprintf(c.OutOrStdout(), "%s: %d corrections\n", file, n)
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&file, "out", "", "file to write; standard output without")
	s.flags(c)
	return c
}

func exportCorrections(c *cobra.Command, db *sqldb.DB, out io.Writer) (n int, err error) {
	w := bufio.NewWriter(out)
	err = eachCorrection(c, db, func(t *listening.CorrectedText) error {
		line, ok := t.Example()
		if !ok {
			return nil
		}
		n++
		_, err := w.WriteString(line)
		return err
	})
	return n, errors.Join(err, w.Flush())
}

// eachCorrection calls yield for every correction, the newest first.
func eachCorrection(c *cobra.Command, db *sqldb.DB, yield func(*listening.CorrectedText) error) error {
	for cursor := ""; ; {
		page, next, err := listening.FindCorrections(c.Context(), db, cursor, 200)
		if err != nil {
			return err
		}
		for i := range page {
			if err := yield(&page[i]); err != nil {
				return err
			}
		}
		if cursor = next; next == "" {
			return nil
		}
	}
}

func orSame(word string) string {
	if word == "" {
		return "as read"
	}
	return word
}

// excerpt is the beginning of a text, on one line.
func excerpt(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return string(runes)
}
