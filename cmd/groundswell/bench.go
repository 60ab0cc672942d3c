package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/bench"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/spf13/cobra"
)

// benchCommand measures the whole way of a post.
func benchCommand() *cobra.Command {
	opt := bench.Options{Workers: 2, Batch: 1000}
	var asJSON bool
	cfg := config.Default()
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the whole way of a post on this machine, on embedded servers",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if opt.Posts < 1 || opt.MatchShare < 0 || opt.MatchShare > 1 || opt.Contacts < 0 {
				return fmt.Errorf("want --posts from 1 on, --match-share from 0 to 1 and --contacts from 0 on")
			}
			if interactive() {
				opt.Progress = os.Stderr
			}
			end, err := addCascade(c.Context(), &opt, &cfg)
			if err != nil {
				return err
			}
			result, err := bench.Run(c.Context(), opt)
			err = errors.Join(err, end())
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(result)
			}
			printBench(c.OutOrStdout(), result)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().IntVar(&opt.Posts, "posts", 100_000, "how many posts")
	c.Flags().Float64Var(&opt.MatchShare, "match-share", 1, "share of posts that match a monitor")
	c.Flags().IntVar(&opt.Contacts, "contacts", 100_000, "how many contacts may be recognised")
	d := &cfg.Sentiment.Deep
	c.Flags().StringVar(&d.Folder, "deep", "", "folder of a classifier that works beside the pipelines")
	c.Flags().Float64Var(&d.Below, "below", d.Below, "confidence of the fast model under which the classifier is asked")
	c.Flags().Float64Var(&d.Share, "share", d.Share, "of one core that the classifier may take")
	c.AddCommand(benchMatchCommand(), benchCRMCommand())
	return c
}

// addCascade adds the classifier of the configuration, where there is one, to a measurement; end ends
// its process, which is loaded by then.
func addCascade(ctx context.Context, opt *bench.Options, cfg *config.Config) (end func() error, err error) {
	if cfg.Sentiment.Deep.Folder == "" {
		return func() error { return nil }, nil
	}
	reader, process, err := app.NewReader(cfg)
	if err != nil {
		return nil, err
	}
	if err := process.Start(ctx); err != nil {
		return nil, errors.Join(err, process.Close())
	}
	opt.Cascade = func(o pipeline.CascadeOptions) *pipeline.Cascade {
		o.Classifier = process
		return pipeline.NewCascade(app.CascadeOptions(cfg, reader.Model, o))
	}
	return process.Close, nil
}

func printBench(w io.Writer, r bench.Result) {
	fmt.Fprintf(w, `posts         %d, of which %.4g match a monitor; %d contacts
throughput    %.0f posts/s (%.2f s)
latency       p50 %.1f ms, p99 %.1f ms, from the log's acknowledgement to the commit
CPU           %.2f s, %.1f %% of one core
memory        %.0f MB at most
machine       %d CPUs, %s
`, r.Posts, r.MatchShare, r.Contacts, r.PostsPerSecond, r.Seconds, r.P50, r.P99, r.CPUSeconds, 100*r.CPUSeconds/r.Seconds,
		float64(r.MaxRSS)/1e6, r.CPUs, r.GoVersion)
	if c := r.Cascade; c != nil {
		fmt.Fprintf(w, "classifier    read %d posts, had no time for %d, took too long over %d, failed on %d\n", c.Judged, c.QueueFull, c.TimedOut, c.Failed)
	}
}
