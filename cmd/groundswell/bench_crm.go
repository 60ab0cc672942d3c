package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/groundswell/groundswell/internal/bench"
	"github.com/spf13/cobra"
)

// benchCRMCommand measures the pages of the CRM over a company's worth of data, which it makes.
func benchCRMCommand() *cobra.Command {
	opt := bench.CRMOptions{}
	var asJSON bool
	c := &cobra.Command{
		Use:   "crm",
		Short: "Measure views, lists, search and import over contacts, activities, leads and opportunities that are made up",
		Long: "Build a company's data and measure, through the API, how long it takes to open a contact's 360 view, to list and to search,\n" +
			"for the slowest of four viewers: a newcomer, a sales representative, a sales manager and an administrator; and how many\n" +
			"contacts a second an import from CSV makes.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if opt.Contacts < 100 || opt.Activities < 0 || opt.Leads < 10 || opt.Opportunities < 10 {
				return fmt.Errorf("want --contacts from 100 on, --leads and --opportunities from 10 on, and --activities from 0 on")
			}
			if opt.Reuse && opt.Database == "" {
				return fmt.Errorf("--reuse wants --database: without one, the data is made in a folder of its own")
			}
			p := newProgress(os.Stderr)
			defer p.done()
			opt.Progress = p.say
			result, err := bench.RunCRM(c.Context(), opt)
			if err != nil {
				return err
			}
			p.done()
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(result)
			}
			printCRMBench(c.OutOrStdout(), result)
			return nil
		},
	}
	c.Flags().IntVar(&opt.Contacts, "contacts", 1_000_000, "how many contacts")
	c.Flags().IntVar(&opt.Activities, "activities", 5_000_000, "how many activities")
	c.Flags().IntVar(&opt.Leads, "leads", 200_000, "how many leads")
	c.Flags().IntVar(&opt.Opportunities, "opportunities", 100_000, "how many opportunities; a third is won, with quote, order, invoice and payment")
	c.Flags().StringVar(&opt.Database, "database", "", "an empty database, sqlite:PATH or postgres://…, which keeps the data; SQLite in a folder that goes, when left out")
	c.Flags().BoolVar(&opt.Reuse, "reuse", false, "measure what an earlier run left in --database")
	c.Flags().Uint64Var(&opt.Seed, "seed", 1, "the same seed makes the same data")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func printCRMBench(w io.Writer, r bench.CRMResult) {
	fmt.Fprintf(w, `data          %d contacts, %d activities, %d leads, %d opportunities in %s
360 view      p50 %.1f ms, p95 %.1f ms
lists         p95 %.1f ms
search        p95 %.1f ms
import        %.0f contacts/s
`, r.Contacts, r.Activities, r.Leads, r.Opportunities, r.Database, r.View360P50, r.View360P95, r.ListP95, r.SearchP95, r.ImportPerSecond)
}
