package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/groundswell/groundswell/internal/bench"
	"github.com/groundswell/groundswell/internal/people"
	"github.com/spf13/cobra"
)

// benchMatchCommand measures the matcher alone, on people it makes.
func benchMatchCommand() *cobra.Command {
	opt := bench.MatchOptions{}
	var asJSON bool
	var dir string
	c := &cobra.Command{
		Use:   "match",
		Short: "Measure the matcher on contacts and authors that are made up",
		Long: "Measure the matcher on German and English contacts and authors that are made up: how long its index takes, how much\n" +
			"memory, how many authors a second. With --write DIR the people go into files for groundswell backtest match instead.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if opt.Contacts < 1 || opt.Authors < 1 {
				return fmt.Errorf("want --contacts and --authors from 1 on")
			}
			if dir != "" {
				return people.New(opt.Seed, opt.Contacts).WriteFiles(dir, opt.Authors, people.Usual)
			}
			if interactive() {
				opt.Progress = os.Stderr
			}
			result, err := bench.RunMatch(c.Context(), opt)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(result)
			}
			printMatchBench(c.OutOrStdout(), result)
			return nil
		},
	}
	c.Flags().IntVar(&opt.Contacts, "contacts", 1_000_000, "how many contacts")
	c.Flags().IntVar(&opt.Authors, "authors", 100_000, "how many authors")
	c.Flags().Uint64Var(&opt.Seed, "seed", 1, "the same seed makes the same people")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().StringVar(&dir, "write", "", "folder that gets contacts.csv, authors.csv and truth.csv; nothing is measured")
	return c
}

func printMatchBench(w io.Writer, r bench.MatchResult) {
	fmt.Fprintf(w, `index         %d contacts in %.2f CPU seconds, %.0f MB
new authors   %.0f per CPU second, p50 %.3f ms, p99 %.3f ms
known authors %.0f posts per CPU second
an edit       %.1f µs
`, r.Contacts, r.BuildSeconds, float64(r.IndexBytes)/1e6, r.AuthorsPerSecond, r.P50, r.P99, r.PostsPerSecond, r.EditSeconds*1e6)
}
