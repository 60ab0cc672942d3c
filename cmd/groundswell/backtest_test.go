package main_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// Of files that would be written to one, none is read or written.
func TestBacktestSpikesOfOneName(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, folder := range []string{"a", "b"} {
		if err := os.Mkdir(in(folder), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, in(folder+"/v.csv"), "timestamp,value\n2026-05-04 00:00:00,1\n2026-05-04 00:05:00,2\n")
	}
	out, ok := run(t, "", "backtest", "spikes", "--out", in("marked"), in("a/v.csv"), in("b/v.csv"))
	if ok || !strings.Contains(out, "would both be written to v.csv") {
		t.Errorf("got %v, %s", ok, out)
	}
	if _, err := os.Stat(in("marked")); err == nil {
		t.Error("something was written")
	}
}

// A monitor is judged by its own setting, unless another is asked for.
func TestBacktestMonitorByItsOwnSetting(t *testing.T) {
	data, config := t.TempDir(), filepath.Join(t.TempDir(), "groundswell.yaml")
	storm := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	countStorm(t, data, storm)
	for name, tt := range map[string]struct {
		config string
		flags  []string
		want   string
	}{
		"OKUsual":   {"{}", nil, "acme: 1 incidents"},
		"OKOwn":     {"alerts: {surprise: {ACME: 300, Other: 5}}", nil, "acme: 0 incidents"},
		"OKFlag":    {"alerts: {surprise: {ACME: 300}}", []string{"--surprise", "5.5"}, "acme: 1 incidents"},
		"OKNotMine": {"alerts: {surprise: {Other: 300}}", nil, "acme: 1 incidents"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, config, tt.config+"\n")
			out := must(t, "", append([]string{"backtest", "monitor", "acme", "--config", config, "--data", data, "--from", "2026-05-04", "--to", "2026-05-05"}, tt.flags...)...)
			if !strings.Contains(out, tt.want) {
				t.Errorf("want %q, got:\n%s", tt.want, out)
			}
		})
	}
}

// countStorm makes a database in which a monitor was quiet for ten days, and then was not for an hour.
func countStorm(t *testing.T, data string, storm time.Time) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(data, "groundswell.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		m, err := listening.CreateMonitor(t.Context(), tx, listening.Monitor{Name: "ACME", Kind: "own", Query: "acme", Enabled: true}, storm)
		if err != nil {
			return err
		}
		begin := spike.Minute(storm)
		for minute := begin - 10*24*60; minute < begin+60; minute += 15 {
			if err := countMinute(t.Context(), tx, m.ID, minute, 1, 0); err != nil {
				return err
			}
		}
		for minute := begin + 1; minute < begin+60; minute += 2 {
			if err := countMinute(t.Context(), tx, m.ID, minute, 3, 3); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countMinute(ctx context.Context, tx *sqldb.Tx, monitor string, minute, people, negative int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO cells (monitor_id, minute, part, posts, negative, neutral, positive, unknown, authors, negative_authors, positive_authors, reach)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $4, $5, 0, 0)`, monitor, minute, negative, people, negative, people-negative)
	if err != nil {
		return fmt.Errorf("count a minute: %w", err)
	}
	return nil
}
