package app

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
)

// loadMonitors makes the configured monitors that do not exist and loads them all.
func (a *App) loadMonitors(ctx context.Context) (err error) {
	if err := listening.SeedMonitors(ctx, a.DB, seeds(a.Config.Monitors), a.Now()); err != nil {
		return fmt.Errorf("monitors: %w", err)
	}
	a.monitors, err = listening.NewLive(ctx, a.DB)
	return err
}

func seeds(configured []config.Monitor) []listening.Monitor {
	var all []listening.Monitor
	for _, m := range configured {
		all = append(all, listening.Monitor{Name: m.Name, Kind: m.Kind, Query: m.Query, Enabled: true})
	}
	return all
}

// addPipelines sets up the role pipeline: workers that share the partitions of the log, the index
// of contacts they ask, and the removal of what is too old.
func (a *App) addPipelines(ctx context.Context) error {
	if !a.Config.Has("pipeline") {
		return nil
	}
	if err := a.addSentiment(ctx); err != nil {
		return err
	}
	a.contacts = matcher.NewIndex(nil)
	a.contacts.Remember(rememberedAuthors)
	follow := &follower{db: a.DB, index: a.contacts, now: a.Now, settings: -1, followed: &a.followed}
	if err := follow.refresh(ctx); err != nil {
		return err
	}
	if err := crm.HandlesOnFile(ctx, a.DB, follow.bears); err != nil {
		return err
	}
	rules, err := pipeline.NewRules(ctx, a.DB)
	if err != nil {
		return err
	}
	metrics := pipeline.NewMetrics(a.metrics)
	for i := range a.Config.Pipeline.Workers {
		p := pipeline.New(pipeline.Options{DB: a.DB, Log: a.Log, Feed: a.memory, Monitors: a.monitors, Reader: a.reader, Corrections: a.corrections,
			Cascade: a.cascade, Contacts: a.contacts, Rules: rules,
			Group: a.Config.Log.Group, Worker: fmt.Sprint(i), Parts: a.Config.Log.Partitions, Batch: a.Config.Pipeline.Batch, Now: a.Now,
			Metrics: metrics, Logger: a.Logger})
		a.pipelines = append(a.pipelines, p)
		a.workers = append(a.workers, worker{fmt.Sprintf("pipeline %d", i), p.Run})
	}
	a.workers = append(a.workers,
		worker{"monitors", func(ctx context.Context) error {
			return a.every(ctx, time.Second, "monitors stay as they were", a.monitors.Refresh)
		}},
		worker{"rules", func(ctx context.Context) error {
			return a.every(ctx, time.Second, "rules on mentions stay as they were", rules.Refresh)
		}},
		worker{"contacts", func(ctx context.Context) error {
			return a.every(ctx, time.Second, "contacts stay as they were", follow.refresh)
		}},
		worker{"handles", func(ctx context.Context) error {
			return a.every(ctx, handlesEvery, "handles that were taken over are not told apart", follow.handles)
		}},
		worker{"retention", func(ctx context.Context) error {
			return a.every(ctx, 10*time.Minute, "old posts stay", a.prune)
		}})
	return nil
}

// rememberedAuthors is about how many people talk in an hour where much is said.
const rememberedAuthors = 50_000

// every does something again and again until ctx ends; a failure is logged and tried again.
func (a *App) every(ctx context.Context, pause time.Duration, failure string, do func(context.Context) error) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			a.Logger.Warn(failure, "err", err)
		}
	}
}

// prune removes posts that are too old, some at a time so that nobody waits long.
func (a *App) prune(ctx context.Context) error {
	const some = 500
	keep, err := privacy.Kept(ctx, a.DB, privacy.KeptMentions, KeptByDefault(&a.Config))
	if err != nil || keep == 0 {
		return err
	}
	before := a.Now().Add(-keep)
	for {
		var pruned int64
		err := a.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			if pruned, err = privacy.EndPosts(ctx, tx, before, some); err != nil {
				return err
			}
			return listening.ForgetTombstones(ctx, tx, a.Now().Add(-2*a.Config.Log.Retention))
		})
		if err != nil || pruned < some {
			return err
		}
	}
}

// A follower keeps the matcher's index like the contacts in the database, and its settings like
// those people have made.
type follower struct {
	db       *sqldb.DB
	index    *matcher.Index
	now      func() time.Time
	since    time.Time
	settings int64         // version; -1: none yet
	model    string        // that is switched on; empty: the one built in
	followed *atomic.Int64 // when the last refresh that ended began, in Unix nanoseconds; nil: nobody asks
}

// overlap is how far each refresh reaches back: a transaction that began earlier may end later.
const overlap = 10 * time.Second

// handlesEvery is how soon a pipeline learns that another has seen a handle taken over.
const handlesEvery = time.Minute

// handles tells the index which handles several accounts were seen under, by any process, and before
// the handle was on file.
func (f *follower) handles(ctx context.Context) error { return crm.TakenHandles(ctx, f.db, f.bears) }

func (f *follower) bears(network, handle, account string) {
	f.index.Bears(network, &post.Author{ID: account, Handle: handle}, account)
}

func (f *follower) refresh(ctx context.Context) error {
	began := f.now()
	since := f.since
	if !since.IsZero() {
		since = since.Add(-overlap)
	}
	err := crm.ContactsForMatching(ctx, f.db, since, func(row crm.ContactRow) error {
		if row.Deleted {
			f.index.Delete(row.ID)
			return nil
		}
		f.index.Put(matchable(&row))
		return nil
	})
	if err != nil {
		return fmt.Errorf("load contacts for matching: %w", err)
	}
	f.since = began
	if err := f.configure(ctx); err != nil {
		return err
	}
	if f.followed != nil {
		f.followed.Store(began.UnixNano())
	}
	return nil
}

// Followed is up to when the matcher knows what became of the contacts and of its settings; the zero
// time where no pipeline runs here.
func (a *App) Followed() time.Time {
	if n := a.followed.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

// configure hands the matcher the model and the settings when they have changed.
func (f *follower) configure(ctx context.Context) error {
	if err := f.switchModel(ctx); err != nil {
		return err
	}
	s, err := crm.LoadMatchSettings(ctx, f.db)
	if err != nil || s.Version == f.settings {
		return err
	}
	off := make(map[string]bool, len(s.ProbabilityOffOn))
	for _, network := range s.ProbabilityOffOn {
		off[network] = true
	}
	f.index.Configure(matcher.Settings{Automatic: s.Automatic, Review: s.Review, BeyondName: s.BeyondName, Lead: s.RunnerUp,
		ProvenOnly: off, ProvenOnlyEverywhere: s.ProbabilityOff})
	f.settings = s.Version
	return nil
}

func (f *follower) switchModel(ctx context.Context) error {
	active, _, err := crm.ActiveModel(ctx, f.db)
	if err != nil || active.ID == f.model {
		return err
	}
	model := matcher.DefaultModel()
	if active.ID != "" {
		if err := json.Unmarshal(active.Parameters, &model); err != nil {
			return fmt.Errorf("load model %s: %w: switch another one on", active.ID, err)
		}
	}
	f.index.SetModel(model)
	f.model = active.ID
	return nil
}

// matchable is a contact as the matcher takes it.
func matchable(row *crm.ContactRow) matcher.Contact {
	c := matcher.Contact{ID: row.ID, FirstName: row.FirstName, LastName: row.LastName, DisplayName: row.DisplayName,
		Email: row.Email, Company: row.Company, City: row.City, URL: row.URL}
	for _, p := range row.Profiles {
		c.Profiles = append(c.Profiles, matcher.Profile{Network: p.Network, NativeID: p.NativeID, Handle: p.Handle, URL: p.URL})
	}
	return c
}
