package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/demo"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/web/ui"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// demoCommand plays the scenario of internal/demo on embedded servers.
func demoCommand() *cobra.Command {
	d := &demoRun{}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Play a month of quiet and an hour with a launch, a bot flood and a firestorm",
		Long: "Play the scenario of a company that does not exist, with nothing else installed: thirty quiet days at once, then\n" +
			"an hour at --speed with a product launch, people who want to buy, a bot flood and a firestorm.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d.out = c.OutOrStdout()
			return d.run(c.Context())
		},
	}
	c.Flags().StringVar(&d.listen, "listen", "127.0.0.1:8080", "host:port of the web page")
	c.Flags().StringVar(&d.data, "data", "", "data folder (default: a new one, removed at the end)")
	c.Flags().BoolVar(&d.keep, "keep", false, "keep the data folder")
	c.Flags().Float64Var(&d.speed, "speed", 40, "minutes of the hour that pass in a minute")
	c.Flags().Uint64Var(&d.seed, "seed", 1, "the same seed plays the same posts")
	return c
}

type demoRun struct {
	listen, data string
	keep         bool
	speed        float64
	seed         uint64
	out          io.Writer
	app          *app.App
	scenario     *demo.Scenario
	history      []post.Event
	clock        *demo.Clock
	loaded       chan struct{} // closed when the history is in the database
}

func (d *demoRun) run(ctx context.Context) (err error) {
	if d.speed < 1 || d.speed > 3600 {
		return fmt.Errorf("--speed %g: want 1 to 3600", d.speed)
	}
	if d.data == "" {
		if d.data, err = os.MkdirTemp("", "groundswell-demo-"); err != nil {
			return fmt.Errorf("make data folder: %w", err)
		}
		if !d.keep {
			defer func() { err = errors.Join(err, os.RemoveAll(d.data)) }()
		}
	}
	d.clock, d.loaded = demo.NewClock(d.speed, time.Now), make(chan struct{})
	d.scenario = demo.New(d.seed)
	d.history = d.scenario.History(d.clock.Start())
	players := demo.Players(d.scenario.Hour(d.clock.Start()), d.clock, d.loaded, d.played())
	cfg := config.Default()
	cfg.Data, cfg.Listen = d.data, d.listen
	for _, m := range demo.Monitors() {
		cfg.Monitors = append(cfg.Monitors, config.Monitor(m))
	}
	d.app, err = app.Open(ctx, app.Options{Config: cfg, Version: version, UI: ui.Files(), Now: d.clock.Now, Logger: newLogger("warn"),
		Sources: players, BeforeAlerts: d.whenLoaded})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.app.Close()) }()
	return d.play(ctx)
}

// played returns what each network calls when its part is over.
func (d *demoRun) played() func() {
	var left atomic.Int32
	left.Store(demo.Networks)
	return func() {
		if left.Add(-1) == 0 {
			fmt.Fprintln(d.out, "The hour is over; everything stays until Ctrl-C.")
		}
	}
}

// play loads the history, says where to look and lets the clock run.
func (d *demoRun) play(ctx context.Context) error {
	report, err := crm.Import(ctx, d.app.DB, strings.NewReader(d.scenario.ContactsCSV()), crm.ImportOptions{Type: crm.RecordContact, Now: d.clock.Start()})
	if err != nil {
		return err
	}
	if report.Refused > 0 {
		return fmt.Errorf("load contacts: %v", report.Refusals)
	}
	if err := d.app.Entrance.Write(ctx, d.history); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%d contacts and %d posts of the last %d days are loaded.\n", report.Created, len(d.history), demo.Days)
	matching, err := matching(d.history)
	if err != nil {
		return err
	}
	if err := hire(ctx, d.out, d.app.DB, time.Now()); err != nil {
		return err
	}
	d.guide()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.app.Run(ctx) })
	group.Go(func() error {
		if err := d.await(ctx, matching); err != nil {
			return err
		}
		d.clock.Begin()
		close(d.loaded)
		return nil
	})
	err = group.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil // ended while it was loading
	}
	if d.keep {
		fmt.Fprintf(d.out, "The data is kept: groundswell serve --data %s\n", d.data)
	}
	return err
}

func (d *demoRun) guide() {
	fmt.Fprintf(d.out, `
  http://%[1]s                posts arriving, the sentiment curve, incidents
  http://%[1]s/contacts       who was recognised, with their timeline
  http://%[1]s/leads          who wants to buy: qualify one, accept it, and sell to the paid invoice
  http://%[1]s/metrics        for Prometheus

Brennwald makes grills. In the hour that follows, %.0f times as fast: a launch with fans, people who want to buy,
a bot flood about its fifteenth minute, and from the twenty-second on a firestorm that peaks in the forty-sixth.
Ctrl-C ends it.

`, d.app.Addr(), d.speed)
}

// matching is how many of the events match a monitor of the scenario.
func matching(events []post.Event) (n int, err error) {
	var monitors []listening.Monitor
	for _, m := range demo.Monitors() {
		monitors = append(monitors, listening.Monitor{ID: m.Name, Name: m.Name, Query: m.Query, Enabled: true})
	}
	matcher, err := listening.Compile(monitors)
	if err != nil {
		return 0, err
	}
	for i := range events {
		if len(matcher.Match(&events[i].Post)) > 0 {
			n++
		}
	}
	return n, nil
}

// await waits until so many posts are in the database.
func (d *demoRun) await(ctx context.Context, posts int) error {
	for {
		var n int
		if err := d.app.DB.QueryRow(ctx, "SELECT COUNT(*) FROM posts").Scan(&n); err != nil {
			return fmt.Errorf("count posts: %w", err)
		}
		if n >= posts {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// whenLoaded waits until the history is in the database.
func (d *demoRun) whenLoaded(ctx context.Context) error {
	select {
	case <-d.loaded:
	case <-ctx.Done():
	}
	return nil
}
