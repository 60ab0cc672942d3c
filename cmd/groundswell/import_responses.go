package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func importResponsesCommand() *cobra.Command {
	var s settings
	i := &responsesImport{}
	c := &cobra.Command{
		Use:   "responses FILE.csv",
		Short: "Import responses to a campaign from a CSV file with a header; - reads standard input",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			i.out = c.OutOrStdout()
			return s.withDatabase(c, func(db *sqldb.DB) error { return i.run(c, db, args[0]) })
		},
	}
	s.flags(c)
	c.Flags().StringVar(&i.campaign, "campaign", "", "name or id of the campaign")
	c.Flags().StringVar(&i.opt.Response, "response", "", "how they responded, of rows that do not say: "+fmt.Sprint(crm.ResponseKinds))
	c.Flags().StringVar(&i.opt.Channel, "channel", "", "by which way, of rows that do not say: "+fmt.Sprint(crm.ResponseChannels))
	c.Flags().BoolVar(&i.opt.DryRun, "dry-run", false, "check the file and change nothing")
	c.Flags().StringVar(&i.errorFile, "errors", "", "file that gets the refused rows, with line, column and reason")
	c.Flags().BoolVar(&i.asJSON, "json", false, "print one JSON object")
	_ = c.MarkFlagRequired("campaign") // fails for a flag that is not there only
	return c
}

// responsesImport is one run of the command.
type responsesImport struct {
	campaign  string
	opt       crm.ResponseImport
	errorFile string
	asJSON    bool
	out       io.Writer
}

func (i *responsesImport) run(c *cobra.Command, db *sqldb.DB, file string) (err error) {
	campaign, err := crm.FindCampaign(c.Context(), db, i.campaign)
	if err != nil {
		return fmt.Errorf("import responses: %w", err)
	}
	i.opt.CampaignID = campaign.ID
	in, size := c.InOrStdin(), int64(-1)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("import responses: %w", err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		in = f
	}
	i.opt.Now = time.Now()
	if i.errorFile != "" {
		f, err := os.Create(i.errorFile)
		if err != nil {
			return fmt.Errorf("import responses: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		i.opt.Errors = f
	}
	if interactive() && !i.asJSON {
		bar := progressbar.DefaultBytes(size, "responses")
		i.opt.Progress = func(bytes int64, _ int) { _ = bar.Set64(bytes) }
		defer func() { _ = bar.Exit() }()
	}
	report, err := crm.ImportResponses(c.Context(), db, in, i.opt)
	if err != nil {
		return err
	}
	if i.asJSON {
		return json.NewEncoder(i.out).Encode(report)
	}
	(&recordsImport{opt: i.opt.ImportOptions, out: i.out}).print(&report.ImportReport)
	fmt.Fprintf(i.out, "  %d leads were opened\n", report.Opened)
	return nil
}
