package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/spf13/cobra"
)

// deadCommand shows what could not be decoded or stored, and puts back what can be now.
func deadCommand() *cobra.Command {
	dead := &cobra.Command{Use: "dead", Short: "List and replay dead letters"}
	dead.AddCommand(deadListCommand(), deadReplayCommand())
	return dead
}

func deadListCommand() *cobra.Command {
	var s settings
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "List what could not be decoded or stored, the oldest first", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.withLog(func(log *stream.Log) error {
			out := c.OutOrStdout()
			n := 0
			err := pipeline.DeadLetters(c.Context(), log, func(offset int64, d pipeline.DeadLetter) error {
				n++
				if asJSON {
					return json.NewEncoder(out).Encode(map[string]any{"offset": offset, "source": d.Source, "reason": d.Reason, "at": d.At, "bytes": len(d.Raw)})
				}
				_, err := fmt.Fprintf(out, "%6d  %s  %-16s %7d bytes  %s\n", offset, d.At.Format(time.DateTime), d.Source, len(d.Raw), d.Reason)
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

func deadReplayCommand() *cobra.Command {
	var s settings
	c := &cobra.Command{Use: "replay", Short: "Put those back into the log that can be decoded now", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.withLog(func(log *stream.Log) error {
			entrance := &pipeline.Entrance{Log: log, Now: time.Now}
			back, left := 0, 0
			var events []post.Event
			flush := func() error {
				err := entrance.Write(c.Context(), events)
				events = events[:0]
				return err
			}
			err := pipeline.DeadLetters(c.Context(), log, func(_ int64, d pipeline.DeadLetter) error {
				if e, err := post.Decode(d.Raw); err != nil {
					left++
				} else {
					back++
					events = append(events, e)
				}
				if len(events) == 500 {
					return flush()
				}
				return nil
			})
			if err == nil && len(events) > 0 {
				err = flush()
			}
			fmt.Fprintf(c.OutOrStdout(), "%d put back, %d still cannot be decoded\n", back, left)
			return err
		})
	}}
	s.flags(c)
	return c
}

// withLog connects to the log of a running Groundswell for a short piece of work.
func (s *settings) withLog(work func(*stream.Log) error) error {
	cfg, err := s.existing()
	if err != nil {
		return err
	}
	log, err := app.ConnectLog(&cfg, newLogger(cfg.LogLevel))
	if err != nil {
		return err
	}
	return errors.Join(work(log), log.Close())
}
