package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// importCommand brings records in from other systems. docs/import.md
func importCommand() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Import records from files"}
	for _, kind := range crm.ImportTypes() {
		c.AddCommand(importRecordsCommand(kind))
	}
	c.AddCommand(importResponsesCommand(), importNetworkCommand())
	return c
}

func importRecordsCommand(kind string) *cobra.Command {
	var s settings
	i := &recordsImport{opt: crm.ImportOptions{Type: kind}}
	c := &cobra.Command{
		Use:   kind + "s FILE.csv",
		Short: "Import " + kind + "s from a CSV file with a header; - reads standard input",
		Long: "Import " + kind + "s. The header says what the columns mean, in English or German; --map says it where it does not.\n" +
			"Fields: " + strings.Join(crm.ImportFields(kind), ", ") + ".",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			i.out = c.OutOrStdout()
			return s.withDatabase(c, func(db *sqldb.DB) error { return i.run(c, db, args[0]) })
		},
	}
	s.flags(c)
	i.flags(c)
	return c
}

// recordsImport is one run of the command.
type recordsImport struct {
	opt       crm.ImportOptions
	do        func(ctx context.Context, db *sqldb.DB, r io.Reader, opt crm.ImportOptions) (crm.ImportReport, error) // nil: crm.Import
	errorFile string
	asJSON    bool
	out       io.Writer
}

func (i *recordsImport) flags(c *cobra.Command) {
	c.Flags().BoolVar(&i.opt.DryRun, "dry-run", false, "check the file and change nothing")
	c.Flags().BoolVar(&i.opt.AllOrNothing, "all-or-nothing", false, "import nothing when a row is refused; the file is read twice")
	c.Flags().StringToStringVar(&i.opt.Map, "map", nil, "what a column means: field=header")
	c.Flags().StringVar(&i.errorFile, "errors", "", "file that gets the refused rows, with line, column and reason")
	c.Flags().BoolVar(&i.asJSON, "json", false, "print one JSON object")
}

func (i *recordsImport) run(c *cobra.Command, db *sqldb.DB, file string) (err error) {
	in := c.InOrStdin()
	size := int64(-1)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("import %ss: %w", i.opt.Type, err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		in = f
	}
	if i.errorFile != "" {
		f, err := os.Create(i.errorFile)
		if err != nil {
			return fmt.Errorf("import %ss: %w", i.opt.Type, err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		i.opt.Errors = f
	}
	if interactive() && !i.asJSON {
		bar := progressbar.DefaultBytes(size, i.opt.Type+"s")
		i.opt.Progress = func(bytes int64, _ int) { _ = bar.Set64(bytes) }
		defer func() { _ = bar.Exit() }()
	}
	i.opt.Now = time.Now()
	do := i.do
	if do == nil {
		do = crm.Import
	}
	report, err := do(c.Context(), db, in, i.opt)
	if err == nil || report.Refused > 0 {
		i.print(&report)
	}
	return err
}

func (i *recordsImport) print(r *crm.ImportReport) {
	if i.asJSON {
		_ = json.NewEncoder(i.out).Encode(r)
		return
	}
	verb := ""
	if i.opt.DryRun {
		verb = " (dry run: nothing was changed)"
	}
	fmt.Fprintf(i.out, "%d read: %d created, %d updated, %d unchanged, %d refused%s\n", r.Read, r.Created, r.Updated, r.Unchanged, r.Refused, verb)
	for _, header := range sortedKeys(r.Columns) {
		fmt.Fprintf(i.out, "  %q is %s\n", header, r.Columns[header])
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(i.out, "  left out: %q\n", r.Ignored)
	}
	for n, refusal := range r.Refusals {
		if n == 20 {
			fmt.Fprintf(i.out, "  and %d more: --errors FILE takes them all\n", r.Refused-n)
			break
		}
		where := fmt.Sprintf("line %d", refusal.Line)
		if refusal.Column != "" {
			where += fmt.Sprintf(", column %q", refusal.Column)
		}
		fmt.Fprintf(i.out, "  %s: %s\n", where, refusal.Reason)
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
