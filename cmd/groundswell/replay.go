package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// replayCommand feeds saved posts into the running log. docs/replay.md
func replayCommand() *cobra.Command {
	r := &replayRun{seen: replay.NewSeen()}
	var table string
	c := &cobra.Command{
		Use:   "replay FILE...",
		Short: "Feed saved posts into the running log; - reads standard input",
		Long: "Feed saved posts into the log of a running groundswell. The format is detected: " + strings.Join(replay.Formats(), ", ") +
			";\nobjects or arrays, plain, gz or zst. A table needs --map, such as id=0,author=7,text=10,time=12.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) (err error) {
			if table != "" {
				if r.opt.Map, err = replay.ParseTableMap(table); err != nil {
					return err
				}
			}
			r.out = c.OutOrStdout()
			return r.run(c.Context(), files)
		},
	}
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "only read; needs no daemon")
	c.Flags().BoolVar(&r.asJSON, "json", false, "print one JSON object a file")
	c.Flags().StringVar(&r.opt.Format, "format", "", "do not detect the format")
	c.Flags().StringVar(&table, "map", "", "columns of a table: field=column, by number from 0 or by header")
	c.Flags().StringVar(&r.opt.Source, "source", "replay", "name of the source for posts that do not say")
	r.flags(c)
	return c
}

// replayRun is one run of the command.
type replayRun struct {
	settings
	opt            replay.Options
	seen           *replay.Seen
	dryRun, asJSON bool
	out            io.Writer
	entrance       *pipeline.Entrance // nil on a dry run
}

func (r *replayRun) run(ctx context.Context, files []string) (err error) {
	if !r.dryRun {
		cfg, err := r.existing()
		if err != nil {
			return err
		}
		var log *stream.Log
		if log, err = app.ConnectLog(&cfg, newLogger("error")); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, log.Close()) }()
		reach, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := log.Ping(reach); err != nil {
			return fmt.Errorf("%w: is groundswell running on this data folder?", err)
		}
		r.entrance = &pipeline.Entrance{Log: log, Now: time.Now}
	}
	var failed []error
	for _, file := range files {
		if err := r.file(ctx, file); err != nil {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// batchSize is how many events are written to the log at once.
const batchSize = 500

func (r *replayRun) file(ctx context.Context, file string) error {
	opt := r.opt
	opt.File, opt.Received, opt.Seen = file, time.Now(), r.seen
	var in io.Reader = os.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			opt.Size = info.Size()
		}
		in = f
	}
	finish := r.progress(&opt)
	var events []post.Event
	flush := func() error {
		if r.entrance == nil || len(events) == 0 {
			return nil
		}
		err := r.entrance.Write(ctx, events)
		events = events[:0]
		return err
	}
	sum, err := replay.Read(ctx, in, opt, func(item replay.Item) error {
		switch {
		case item.Refused != "" && r.entrance != nil:
			reason := fmt.Sprintf("%s, line %d: %s", file, item.Line, item.Refused)
			return r.entrance.Refuse(ctx, opt.Source, "", reason, item.Raw)
		case item.Refused != "" || r.entrance == nil:
			return nil
		}
		if events = append(events, item.Event); len(events) == batchSize {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	finish()
	r.print(&sum)
	if err != nil {
		return fmt.Errorf("replay %s: %w", file, err)
	}
	return nil
}

// progress shows how much of the file is read while a person watches.
func (r *replayRun) progress(opt *replay.Options) (finish func()) {
	if !interactive() || r.asJSON || opt.Size == 0 {
		return func() {}
	}
	bar := progressbar.NewOptions64(opt.Size, progressbar.OptionSetDescription(opt.File), progressbar.OptionShowBytes(true),
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	opt.Progress = func(read, _ int64) { _ = bar.Set64(read) }
	return func() { _ = bar.Finish() }
}

func (r *replayRun) print(sum *replay.Summary) {
	if r.asJSON {
		_ = json.NewEncoder(r.out).Encode(sum)
		return
	}
	fmt.Fprintf(r.out, "%s: %s, %d read, %d accepted, %d duplicates, %d refused\n", sum.File, sum.Format, sum.Read, sum.Accepted, sum.Duplicates, sum.Refused)
	const most = 20
	for i, refusal := range sum.Refusals {
		if i == most {
			fmt.Fprintf(r.out, "  and %d more: --json lists them\n", sum.Refused-most)
			break
		}
		fmt.Fprintf(r.out, "  line %d: %s\n", refusal.Line, refusal.Reason)
	}
}
