package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/spf13/cobra"
)

// evalNABCommand scores the detector on the Numenta Anomaly Benchmark. docs/alerts.md
func evalNABCommand() *cobra.Command {
	var data, group string
	var asJSON bool
	c := &cobra.Command{
		Use:   "nab --data DIR",
		Short: "Score the detector on series of the Numenta Anomaly Benchmark",
		Long: "Scores the alarms of `backtest spikes` by the benchmark's published rule (Lavin and Ahmad 2015), beside the benchmark's windowed\n" +
			"Gaussian and the rule of most vendors. --data names a copy of the benchmark: data/realTweets/*.csv and labels/combined_windows.json.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			corpus, err := backtest.LoadCorpus(data, group)
			if err != nil {
				return err
			}
			report := backtest.Compare(corpus)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(report)
			}
			return printNAB(c.OutOrStdout(), report)
		},
	}
	c.Flags().StringVar(&data, "data", "", "the copy of the benchmark")
	c.Flags().StringVar(&group, "group", "realTweets", "the folder of data to score")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	_ = c.MarkFlagRequired("data")
	return c
}

func printNAB(w io.Writer, r backtest.Report) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(out, "detector\tstandard\tlow FP\tlow FN\twindows\tfalse alarms\n")
	for _, d := range r.Detectors {
		fmt.Fprintf(out, "%s\t%.1f\t%.1f\t%.1f\t%d of %d\t%d\n", d.Name, d.Scores["standard"], d.Scores["reward_low_FP_rate"],
			d.Scores["reward_low_FN_rate"], d.Caught, d.Windows, d.False)
	}
	fmt.Fprint(out, "\nseries, by groundswell\tstandard\t\t\twindows\tfalse alarms\n")
	for _, s := range r.Series {
		fmt.Fprintf(out, "%s\t%.1f\t\t\t%d of %d\t%d\n", s.Name, s.Scores["standard"], s.Caught, s.Windows, s.False)
	}
	return out.Flush()
}
