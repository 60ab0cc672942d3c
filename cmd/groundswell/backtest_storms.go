package main

import (
	"encoding/json"
	"fmt"

	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/spf13/cobra"
)

// backtestStormsCommand finds the incidents of a table of counts.
func backtestStormsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "storms FILE.csv",
		Short: "Find the incidents in a table of posts and of negative posts",
		Long: "Reads timestamp,posts,negative,negative_authors and, where they are there, top_author_share,near_duplicate_share,networks: one row for\n" +
			"each bin of time, of an hour at most; shares are parts, from 0 to 1. Writes an incident a line as JSON, as they were opened: opened_at\n" +
			"is the time of the bin whose data decided; resolved_at is null while it is on. The rows are judged in order: a file cut short gives the same incidents up to the cut.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := backtest.Open(args[0], backtest.StormColumns)
			if err != nil {
				return err
			}
			out := json.NewEncoder(c.OutOrStdout())
			for _, i := range backtest.Storms(t) {
				if err := out.Encode(i); err != nil {
					return fmt.Errorf("write incidents: %w", err)
				}
			}
			return nil
		},
	}
}
