package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-analyze/charts"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// historyDays is how much the detector learns from when a monitor is new to it.
const historyDays = 30

// monitorRun is one run of backtest monitor.
type monitorRun struct {
	settings
	from, to string
	surprise float64            // what the flag says …
	own      map[string]float64 // … unless the configuration says something of the monitor; nil: the flag was given
	plot     string
	asJSON   bool
	out      io.Writer
}

// backtestMonitorCommand shows what would have fired on what was heard.
func backtestMonitorCommand() *cobra.Command {
	var r monitorRun
	c := &cobra.Command{
		Use:   "monitor NAME",
		Short: "Show what would have fired on a monitor's stored counts, with these or other settings",
		Long: "Judges the stored cells of a monitor minute by minute, as the running detector does, and shows the incidents that it would have opened.\n" +
			"Where people have labelled incidents of that time as right or as false alarms, other settings are tried and one is proposed.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r.out = c.OutOrStdout()
			cfg, err := r.load()
			if err != nil {
				return err
			}
			if r.own = cfg.Alerts.Surprise; c.Flags().Changed("surprise") {
				r.own = nil
			}
			return r.withDatabase(c, func(db *sqldb.DB) error { return r.run(c, db, args[0]) })
		},
	}
	r.flags(c)
	c.Flags().StringVar(&r.from, "from", "", "the first day, or time, such as 2026-05-04 or 2026-05-04T12:00:00Z (default a week before --to)")
	c.Flags().StringVar(&r.to, "to", "", "the end (default now)")
	c.Flags().Float64Var(&r.surprise, "surprise", spike.Usual, "what it takes to open an incident: 6 is once in 10^6 windows; less is more sensitive; instead of what alerts.surprise says of the monitor")
	c.Flags().StringVar(&r.plot, "plot", "", "draw the curve to this file, .svg or .png")
	c.Flags().BoolVar(&r.asJSON, "json", false, "print an incident a line as JSON, as backtest storms does")
	return c
}

func (r *monitorRun) run(c *cobra.Command, db *sqldb.DB, name string) error {
	from, until, err := r.span(time.Now())
	if err != nil {
		return err
	}
	if !(r.surprise >= 1 && r.surprise <= 300) {
		return fmt.Errorf("--surprise %g: want a number from 1 to 300; the usual one is %g", r.surprise, spike.Usual)
	}
	if r.plot != "" {
		if _, err := plotFormat(r.plot); err != nil {
			return err
		}
	}
	past, err := app.LoadPast(c.Context(), db, name, from, until, historyDays)
	if err != nil {
		return err
	}
	run := backtest.Run{Cells: past.Cells, Blind: past.Blind, Peers: past.Peers, From: spike.Minute(from), Until: spike.Minute(until),
		Surprise: cmp.Or(r.own[past.Name], r.surprise), Look: past.Look, Spread: past.Spread}
	var bar *progressbar.ProgressBar
	if interactive() {
		bar = progressbar.NewOptions64(run.Until-run.From, progressbar.OptionSetDescription(name), progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		run.Progress = func(minutes int64) { _ = bar.Add64(minutes) }
	}
	incidents, curve := run.Judge()
	if bar != nil {
		_ = bar.Finish() // what follows must not stand behind it
	}
	if err := past.Err(); err != nil {
		return fmt.Errorf("backtest monitor %s: %w", name, err)
	}
	if err := r.print(name, incidents); err != nil {
		return err
	}
	if r.plot != "" {
		if err := drawCurve(r.plot, name, curve); err != nil {
			return err
		}
	}
	run.Progress = nil
	return r.propose(&run, past)
}

// span is the time to judge.
func (r *monitorRun) span(now time.Time) (from, until time.Time, err error) {
	until = now.Truncate(time.Minute)
	if r.to != "" {
		if until, err = backtest.ParseTime(r.to); err != nil {
			return from, until, fmt.Errorf("--to %q: want a day or a time, such as 2026-05-04 or 2026-05-04T12:00:00Z", r.to)
		}
	}
	from = until.AddDate(0, 0, -7)
	if r.from != "" {
		if from, err = backtest.ParseTime(r.from); err != nil {
			return from, until, fmt.Errorf("--from %q: want a day or a time, such as 2026-05-04 or 2026-05-04T12:00:00Z", r.from)
		}
	}
	if !from.Before(until) || until.Sub(from) > 400*24*time.Hour {
		return from, until, fmt.Errorf("--from %s --to %s: want at least a minute and at most 400 days", from.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	return from, until, nil
}

func (r *monitorRun) print(name string, incidents []backtest.Incident) error {
	if r.asJSON {
		out := json.NewEncoder(r.out)
		for _, i := range incidents {
			if err := out.Encode(i); err != nil {
				return fmt.Errorf("write incidents: %w", err)
			}
		}
		return nil
	}
	fmt.Fprintf(r.out, "%s: %d incidents\n", name, len(incidents))
	for _, i := range incidents {
		end := "still on"
		if i.ResolvedAt != nil {
			end = "until " + i.ResolvedAt.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(r.out, "%s  %s  %s, severity %d\n    %s\n", i.OpenedAt.Format("2006-01-02 15:04"), i.Kind, end, i.Severity, strings.Join(i.Reasons, "\n    "))
	}
	return nil
}

// propose says which setting would have suited what people said.
func (r *monitorRun) propose(run *backtest.Run, past *app.Past) error {
	out := r.out
	if r.asJSON {
		out = os.Stderr
	}
	if len(past.Labels) == 0 {
		fmt.Fprintln(out, "no incident of that time is labelled: label some as right or as a false alarm to have a setting proposed")
		return nil
	}
	verdicts := make([]backtest.Verdict, len(past.Labels))
	for i, l := range past.Labels {
		verdicts[i] = backtest.Verdict{Kind: l.Kind, From: l.OpenedAt, Until: l.ResolvedAt, False: l.Label == alerts.FalseAlarm}
	}
	best, tried := run.Propose(verdicts)
	if err := past.Err(); err != nil {
		return fmt.Errorf("propose a setting: %w", err)
	}
	fmt.Fprintln(out, "surprise  right ones opened  false alarms opened")
	for _, p := range tried {
		fmt.Fprintf(out, "%8g  %10d of %-4d  %11d of %d\n", p.Surprise, p.Kept, p.Right, p.Told, p.False)
	}
	fmt.Fprintf(out, "proposed: surprise %g (alerts.surprise in the configuration)\n", best.Surprise)
	return nil
}

// plotFormat is that of a picture, by how the name of its file ends.
func plotFormat(file string) (string, error) {
	if format := map[string]string{".svg": charts.ChartOutputSVG, ".png": charts.ChartOutputPNG}[strings.ToLower(filepath.Ext(file))]; format != "" {
		return format, nil
	}
	return "", fmt.Errorf("--plot %s: want a file that ends in .svg or .png", file)
}

// drawCurve draws people and people with a negative post, by hours, beside what is usual.
func drawCurve(file, name string, curve []backtest.Point) error {
	format, err := plotFormat(file)
	if err != nil {
		return err
	}
	lines, labels := make([][]float64, 4), make([]string, len(curve))
	for i, p := range curve {
		for k, y := range []float64{float64(p.Posts), p.Usual, float64(p.Negative), p.UsualAngry} {
			lines[k] = append(lines[k], y)
		}
		labels[i] = p.At.Add(time.Minute).Format("2 Jan 15:04") // the end of the hour
	}
	opt := charts.NewLineChartOptionWithSeries(charts.NewSeriesListLine(lines, charts.LineSeriesOption{}))
	opt.Title.Text = name + ", people in an hour"
	opt.Symbol.Shape = charts.SymbolNone
	opt.LineStrokeWidth = 1.5
	opt.Legend.SeriesNames = []string{"people", "usual", "negative", "usual negative"}
	opt.Legend.Offset = charts.OffsetStr{Top: "24"}
	opt.XAxis.Labels, opt.XAxis.LabelCount = labels, min(len(labels), 8)
	// The last label is drawn in any case: those that would reach into it are left empty.
	for i := len(labels) * 5 / 6; len(labels) > opt.XAxis.LabelCount && i < len(labels)-1; i++ {
		labels[i] = ""
	}
	opt.XAxis.BoundaryGap = charts.Ptr(false)
	opt.YAxis[0].Min = charts.Ptr(0.0)
	opt.YAxis[0].ValueFormatter = func(people float64) string { return strconv.FormatFloat(people, 'f', -1, 64) }
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: format, Width: 1200, Height: 420})
	if err := p.LineChart(opt); err != nil {
		return fmt.Errorf("draw curve: %w", err)
	}
	data, err := p.Bytes()
	if err != nil {
		return fmt.Errorf("draw curve: %w", err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("draw curve: %w", err)
	}
	return nil
}
