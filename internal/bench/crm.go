package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// CRMOptions say how much of everything there is.
type CRMOptions struct {
	Contacts      int
	Activities    int
	Leads         int
	Opportunities int
	Database      string // URL of an empty database; empty: SQLite in a folder of its own
	Reuse         bool   // measure what an earlier run left in the database
	Seed          uint64
	Progress      func(what string, part float64) // may be nil
}

// A CRMResult is what was measured, each time by that one of the viewers for whom it took longest.
type CRMResult struct {
	Contacts        int     `json:"contacts"`
	Activities      int     `json:"activities"`
	Leads           int     `json:"leads"`
	Opportunities   int     `json:"opportunities"`
	View360P50      float64 `json:"view360_p50_ms"`
	View360P95      float64 `json:"view360_p95_ms"`
	ListP95         float64 `json:"list_p95_ms"`
	SearchP95       float64 `json:"search_p95_ms"`
	ImportPerSecond float64 `json:"import_per_second"` // contacts from a CSV file
	Database        string  `json:"database"`
}

// crmRun is a measurement in progress.
type crmRun struct {
	CRMOptions
	db     *sqldb.DB
	dir    string
	random *rand.Rand
	start  time.Time // the world's time when the generator began; its history ends there
	world  crmWorld
	result CRMResult
}

// RunCRM builds the data and measures. It leaves nothing behind but what it was given a database for.
func RunCRM(ctx context.Context, opt CRMOptions) (result CRMResult, err error) {
	dir, err := os.MkdirTemp("", "groundswell-bench-")
	if err != nil {
		return CRMResult{}, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	url := opt.Database
	if url == "" {
		url = "sqlite:" + filepath.Join(dir, "groundswell.db")
	}
	r := &crmRun{CRMOptions: opt, dir: dir, random: rand.New(rand.NewPCG(opt.Seed, 360)), start: time.Now().UTC().Truncate(time.Second)}
	if r.Progress == nil {
		r.Progress = func(string, float64) {}
	}
	if r.db, err = sqldb.Open(ctx, url); err != nil {
		return CRMResult{}, err
	}
	defer func() { err = errors.Join(err, r.db.Close()) }()
	r.result = CRMResult{Contacts: opt.Contacts, Activities: opt.Activities, Leads: opt.Leads, Opportunities: opt.Opportunities, Database: r.db.Name()}
	if err := r.checkDatabase(ctx); err != nil {
		return r.result, err
	}
	if err := r.build(ctx); err != nil {
		return r.result, fmt.Errorf("build data: %w", err)
	}
	return r.result, r.measure(ctx)
}

// checkDatabase refuses to mix invented people with somebody's own.
func (r *crmRun) checkDatabase(ctx context.Context) error {
	var any int
	if err := r.db.QueryRow(ctx, "SELECT count(*) FROM (SELECT 1 FROM contacts LIMIT 1) n").Scan(&any); err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	switch {
	case any > 0 && !r.Reuse:
		return errors.New("bench crm: the database holds contacts: name an empty one with --database, or measure what an earlier run left with --reuse")
	case any == 0 && r.Reuse:
		return errors.New("bench crm: --reuse wants a database that an earlier run has filled")
	}
	return nil
}

// build makes the data, or only what is not in the database yet: who looks, and contacts to import.
func (r *crmRun) build(ctx context.Context) error {
	if err := r.makeUsers(ctx); err != nil {
		return err
	}
	steps := []func(context.Context) error{r.importContacts, r.loadWorld}
	if !r.Reuse {
		steps = append(steps, r.makeAccounts, r.makeLeads, r.makeOpportunities, r.makeActivities, r.makeTouches, r.makeTerritories, r.settle)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle lets PostgreSQL look at what it holds, as it would have by itself after a while; SQLite never does.
func (r *crmRun) settle(ctx context.Context) error {
	if r.db.Name() == "sqlite" {
		return nil
	}
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	})
}

// inBatches calls make for each of n things, a transaction for so many of them.
func (r *crmRun) inBatches(ctx context.Context, what string, n, per int, make func(tx *sqldb.Tx, from, until int) error) error {
	for from := 0; from < n; from += per {
		until := min(from+per, n)
		if err := r.db.UpdateRelaxed(ctx, func(tx *sqldb.Tx) error { return make(tx, from, until) }); err != nil {
			return fmt.Errorf("make %s: %w", what, err)
		}
		r.Progress(what, float64(until)/float64(n))
	}
	return nil
}

// quantile of times in milliseconds, by nearest rank.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)].Microseconds()) / 1000
}
