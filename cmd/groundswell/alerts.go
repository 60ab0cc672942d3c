package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/spf13/cobra"
)

// alertsCommand shows where alerts would go, and tests channels.
func alertsCommand() *cobra.Command {
	c := &cobra.Command{Use: "alerts", Short: "Show whom an alert would reach, and test channels"}
	c.AddCommand(previewCommand(), testCommand())
	return c
}

// previewFlags describe the alert whose way is asked for.
type previewFlags struct {
	settings
	incident, monitor, monitorKind, kind, state, typ, at string
	severity                                             int
	asJSON                                               bool
}

func previewCommand() *cobra.Command {
	var f previewFlags
	c := &cobra.Command{Use: "preview", Short: "Show which routes and channels an example or a stored incident takes, and what it says", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.preview(c) }}
	f.flags(c)
	c.Flags().StringVar(&f.incident, "incident", "", "id of a stored incident; the flags below describe an example in its place")
	c.Flags().StringVar(&f.typ, "type", notify.TypeIncident, "incident or mention")
	c.Flags().StringVar(&f.monitor, "monitor", "", "name of the monitor")
	c.Flags().StringVar(&f.monitorKind, "monitor-kind", "own", "own, competitor, campaign or market")
	c.Flags().StringVar(&f.kind, "kind", "firestorm", strings.Join(alerts.Kinds(), ", "))
	c.Flags().StringVar(&f.state, "state", "open", "open, escalating, subsiding or resolved")
	c.Flags().IntVar(&f.severity, "severity", 3, "0 to 6")
	c.Flags().StringVar(&f.at, "at", "", "when, such as 2026-03-02T23:30:00+01:00; now when left out")
	c.Flags().BoolVar(&f.asJSON, "json", false, "as JSON")
	return c
}

func (f *previewFlags) preview(c *cobra.Command) error {
	cfg, err := f.load()
	if err != nil {
		return err
	}
	routing, err := alerts.NewRouting(&cfg)
	if err != nil {
		return err
	}
	at := time.Now()
	if f.at != "" {
		if at, err = time.Parse(time.RFC3339, f.at); err != nil {
			return fmt.Errorf("--at %q: want a time such as 2026-03-02T23:30:00+01:00", f.at)
		}
	}
	n, err := f.example(at)
	if f.incident != "" {
		n, err = f.stored(c, cfg)
	}
	if err != nil {
		return err
	}
	previews := routing.Preview(n, at)
	if f.asJSON {
		encoder := json.NewEncoder(c.OutOrStdout())
		encoder.SetIndent("", "  ")
		return encoder.Encode(previews)
	}
	printPreviews(c.OutOrStdout(), previews, routing.Routes.Zone())
	return nil
}

// example is an incident or a mention as the flags describe it.
func (f *previewFlags) example(at time.Time) (notify.Notification, error) {
	if f.typ != notify.TypeIncident && f.typ != notify.TypeMention {
		return notify.Notification{}, fmt.Errorf("--type %q: want incident or mention", f.typ)
	}
	if !slices.Contains(alerts.Kinds(), f.kind) {
		return notify.Notification{}, fmt.Errorf("--kind %q: want one of %s", f.kind, strings.Join(alerts.Kinds(), ", "))
	}
	if f.severity < 0 || f.severity > 6 {
		return notify.Notification{}, fmt.Errorf("--severity %d: want from 0 to 6", f.severity)
	}
	return alerts.Example(alerts.Sample{Type: f.typ, Monitor: f.monitor, MonitorKind: f.monitorKind, Kind: f.kind, State: f.state, Severity: f.severity}, at), nil
}

// stored is an incident of the database.
func (f *previewFlags) stored(c *cobra.Command, cfg config.Config) (n notify.Notification, err error) {
	err = f.withDatabase(c, func(db *sqldb.DB) error {
		i, err := alerts.IncidentByID(c.Context(), db, f.incident)
		if err != nil {
			return err
		}
		m, err := listening.MonitorByID(c.Context(), db, i.MonitorID)
		if err != nil && !errors.Is(err, listening.ErrNotFound) {
			return err
		}
		n = alerts.NotificationOf(&i, cmp.Or(m.Name, i.MonitorID), m.Kind, cfg.Web.URL)
		return nil
	})
	return n, err
}

func printPreviews(out io.Writer, previews []alerts.Preview, zone *time.Location) {
	for i, p := range previews {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "route: %s\n", cmp.Or(p.Route, "none matches: everybody is told"))
		if len(p.GroupBy) > 0 {
			fmt.Fprintf(out, "grouped by %s, wait %v, interval %v\n", strings.Join(p.GroupBy, ", "), p.GroupWait, p.GroupInterval)
		}
		if p.Cooldown > 0 {
			fmt.Fprintf(out, "cooldown: %v\n", p.Cooldown)
		}
		if len(p.Told) == 0 {
			fmt.Fprintln(out, "nobody is told")
		}
		for _, t := range p.Told {
			note := ""
			switch t.Held {
			case "quiet":
				note = " (quiet hours)"
			case "group":
				note = " (waits for others of its group)"
			case "escalation":
				note = fmt.Sprintf(" (step %d, unless somebody acknowledges)", t.Step)
			}
			fmt.Fprintf(out, "  %s  %s (%s)%s\n", t.At.In(zone).Format("2006-01-02 15:04 MST"), t.Channel, t.Kind, note)
		}
		if p.TemplateError != "" {
			fmt.Fprintf(out, "template: %s\n", p.TemplateError)
		}
		fmt.Fprintf(out, "\n  %s\n\n", p.Message.Title)
		for line := range strings.Lines(p.Message.Text) {
			fmt.Fprintf(out, "  %s\n", strings.TrimRight(line, "\n"))
		}
	}
}

func testCommand() *cobra.Command {
	var s settings
	c := &cobra.Command{Use: "test CHANNEL…", Short: "Send a test to channels", Args: cobra.MinimumNArgs(1), RunE: func(c *cobra.Command, names []string) error {
		cfg, err := s.load()
		if err != nil {
			return err
		}
		routing, err := alerts.NewRouting(&cfg)
		if err != nil {
			return err
		}
		failed := false
		for _, name := range names {
			if err := routing.SendTest(c.Context(), name, cfg.Alerts.Language); err != nil {
				failed = true
				fmt.Fprintf(c.OutOrStdout(), "wrong  %s: %v\n", name, err)
				continue
			}
			fmt.Fprintf(c.OutOrStdout(), "ok     %s\n", name)
		}
		if failed {
			return errSilent
		}
		return nil
	}}
	s.flags(c)
	return c
}
