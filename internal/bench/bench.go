// Package bench measures the whole way of a post on the default set-up: from the log through the
// pipeline into the database and the topic of mentions, on embedded servers in a folder of its own.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/memory"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/prometheus/client_golang/prometheus"
)

// Options say what to measure.
type Options struct {
	Posts      int
	MatchShare float64 // of posts that match a monitor, 0…1
	Contacts   int
	Workers    int // pipelines side by side
	Batch      int
	Progress   io.Writer // nil: none
	// Cascade, if set, makes a second engine that works beside the pipelines.
	Cascade func(pipeline.CascadeOptions) *pipeline.Cascade
}

// A Result is what was measured.
type Result struct {
	Posts          int     `json:"posts"`
	Seconds        float64 `json:"seconds"`
	PostsPerSecond float64 `json:"posts_per_second"`
	P50            float64 `json:"p50_ms"` // from the log's acknowledgement to the commit
	P99            float64 `json:"p99_ms"`
	CPUSeconds     float64 `json:"cpu_seconds"` // user and system, of the measured time
	MaxRSS         int64   `json:"max_rss_bytes"`
	MatchShare     float64 `json:"match_share"`
	Contacts       int     `json:"contacts"`
	GoVersion      string  `json:"go_version"`
	CPUs           int     `json:"cpus"`
	Mentions       int     `json:"mentions"`
	// Cascade is nil where there is no second engine.
	Cascade *CascadeResult `json:"cascade,omitempty"`
}

// inFlight bounds how many posts the log is ahead of the pipelines, as a connector that waits
// would: without a bound the latency would measure the length of the queue.
const inFlight = 4000

// Run measures. It leaves nothing behind.
func Run(ctx context.Context, opt Options) (result Result, err error) {
	dir, err := os.MkdirTemp("", "groundswell-bench-")
	if err != nil {
		return Result{}, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r := &run{Options: opt, logger: slog.New(slog.DiscardHandler)}
	if err := r.open(ctx, dir); err != nil {
		return Result{}, errors.Join(err, r.close())
	}
	result, err = r.measure(ctx)
	return result, errors.Join(err, r.close())
}

// run is one measurement in progress.
type run struct {
	Options
	logger  *slog.Logger
	db      *sqldb.DB
	log     *stream.Log
	memory  *memory.Memory
	live    *listening.Live
	index   *matcher.Index
	handled atomic.Int64
	mu      sync.Mutex
	waits   []time.Duration // from log to database, of every post that matched
}

func (r *run) open(ctx context.Context, dir string) (err error) {
	if r.db, err = sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "groundswell.db")); err != nil {
		return err
	}
	if r.memory, err = memory.Open(ctx, memory.Options{}); err != nil {
		return err
	}
	r.log, err = stream.Open(ctx, stream.Options{Dir: filepath.Join(dir, "log"), Listen: "127.0.0.1:0", Partitions: 4, Retention: time.Hour,
		Topics: stream.Topics{Posts: "posts", Mentions: "mentions", CRM: "crm", Dead: "dead"}, Logger: r.logger})
	if err != nil {
		return err
	}
	var monitors []listening.Monitor
	for i, brand := range brands {
		monitors = append(monitors, listening.Monitor{Name: brand, Kind: listening.Own, Query: brand + " OR #" + brand, Enabled: true})
		for j := range 10 {
			name := fmt.Sprintf("Markt %d %d", i, j)
			monitors = append(monitors, listening.Monitor{Name: name, Kind: listening.Market, Query: fmt.Sprintf("marke%d%d OR (produkt%d%d NEAR/5 problem*)", i, j, i, j), Enabled: true})
		}
	}
	if err := listening.SeedMonitors(ctx, r.db, monitors, time.Now()); err != nil {
		return err
	}
	if r.live, err = listening.NewLive(ctx, r.db); err != nil {
		return err
	}
	return r.addContacts(ctx)
}

// addContacts makes some whom the authors are, one in two hundred, and strangers.
func (r *run) addContacts(ctx context.Context) error {
	known := make([]matcher.Contact, 0, r.Contacts)
	change := crm.Change{By: crm.ByImport, At: time.Now(), Access: crm.System()}.Begin()
	const some = 2000 // in a transaction: what one has not committed stays in memory
	for from := 0; from < r.Contacts; from += some {
		err := r.db.Update(ctx, func(tx *sqldb.Tx) error {
			for i := from; i < min(from+some, r.Contacts); i++ {
				c, err := crm.CreateContact(ctx, tx, crm.Contact{FirstName: fmt.Sprintf("First%d", i%3000), LastName: fmt.Sprintf("Last%d", i/7),
					Company: fmt.Sprintf("Company %d GmbH", i%20000), City: "Köln"}, change)
				if err != nil {
					return err
				}
				p, err := crm.AddProfile(ctx, tx, c.ID, fmt.Sprintf("https://bsky.app/profile/author%d.bsky.social", i*200), change)
				if err != nil {
					return err
				}
				known = append(known, matcher.Contact{ID: c.ID, FirstName: c.FirstName, LastName: c.LastName, Company: c.Company, City: c.City,
					Profiles: []matcher.Profile{{Network: p.Network, NativeID: p.NativeID, Handle: p.Handle, URL: p.URL}}})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.index = matcher.NewIndex(known)
	return nil
}

func (r *run) close() (err error) {
	if r.log != nil {
		err = r.log.Close()
	}
	if r.memory != nil {
		err = errors.Join(err, r.memory.Close())
	}
	if r.db != nil {
		err = errors.Join(err, r.db.Close())
	}
	return err
}

func (r *run) measure(ctx context.Context) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	scorer, err := sentiment.New()
	if err != nil {
		return Result{}, err
	}
	reader := pipeline.Reader{Scorer: scorer, Model: listening.Model{Version: scorer.Version()}, Monitors: r.live}
	corrections, err := listening.NewLiveCorrections(ctx, r.db)
	if err != nil {
		return Result{}, err
	}
	metrics := pipeline.NewMetrics(prometheus.NewRegistry())
	var workers sync.WaitGroup
	var pipelines []*pipeline.Pipeline
	second := r.newCascading(&pipelines)
	for i := range r.Workers {
		p := pipeline.New(pipeline.Options{DB: r.db, Log: r.log, Feed: r.memory, Monitors: r.live, Reader: reader, Corrections: corrections, Contacts: r.index,
			Cascade: second.Cascade, Group: "bench", Worker: fmt.Sprint(i), Parts: 4, Batch: r.Batch, Now: time.Now, Metrics: metrics, Logger: r.logger, Handled: r.note})
		pipelines = append(pipelines, p)
	}
	for _, p := range pipelines {
		workers.Go(func() { _ = p.Run(ctx) })
	}
	if second.Cascade != nil {
		workers.Go(func() { _ = second.Run(ctx) })
	}
	defer workers.Wait()
	defer cancel()
	entrance := &pipeline.Entrance{Log: r.log, Now: time.Now}
	g := newGenerator(1, r.MatchShare, time.Now().Add(-time.Hour))
	// The first posts are not measured: the group's members have to find each other.
	warm := r.Batch
	if err := r.write(ctx, entrance, g, warm); err != nil {
		return Result{}, err
	}
	if err := r.wait(ctx, warm); err != nil {
		return Result{}, err
	}
	r.waits = r.waits[:0]
	cpu, start := cpuSeconds(), time.Now()
	if err := r.write(ctx, entrance, g, r.Posts); err != nil {
		return Result{}, err
	}
	if err := r.wait(ctx, warm+r.Posts); err != nil {
		return Result{}, err
	}
	result, err := r.result(ctx, time.Since(start), cpuSeconds()-cpu)
	if err != nil {
		return Result{}, err
	}
	result.Cascade, err = second.result()
	return result, err
}

// write puts n posts into the log, never more than inFlight ahead of the pipelines.
func (r *run) write(ctx context.Context, entrance *pipeline.Entrance, g *generator, n int) error {
	const size, writers = 500, 2
	events := make(chan []post.Event, 2)
	failed := make(chan error, writers)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for batch := range events {
				if err := entrance.Write(ctx, batch); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	defer all.Wait()
	defer close(events)
	before := r.handled.Load()
	for written := 0; written < n; {
		for int64(written)-(r.handled.Load()-before) > inFlight {
			select {
			case err := <-failed:
				return err
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
		batch := make([]post.Event, 0, size)
		for len(batch) < min(size, n-written) {
			batch = append(batch, g.post())
		}
		select {
		case events <- batch:
		case err := <-failed:
			return err
		}
		written += len(batch)
		if r.Progress != nil && written%(size*20) == 0 {
			fmt.Fprintf(r.Progress, "\r%d of %d posts", written, n)
		}
	}
	return nil
}

// note is told of each batch that is in the database.
func (r *run) note(messages int, written []time.Time) {
	now := time.Now()
	r.mu.Lock()
	for _, at := range written {
		r.waits = append(r.waits, now.Sub(at))
	}
	r.mu.Unlock()
	r.handled.Add(int64(messages))
}

func (r *run) wait(ctx context.Context, n int) error {
	for r.handled.Load() < int64(n) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

func (r *run) result(ctx context.Context, took time.Duration, cpu float64) (Result, error) {
	if r.Progress != nil {
		fmt.Fprint(r.Progress, "\r")
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return Result{}, fmt.Errorf("read memory use: %w", err)
	}
	out := Result{Posts: r.Posts, Seconds: took.Seconds(), PostsPerSecond: float64(r.Posts) / took.Seconds(), CPUSeconds: cpu,
		MaxRSS: usage.Maxrss * 1024, MatchShare: r.MatchShare, Contacts: r.Contacts, GoVersion: runtime.Version(), CPUs: runtime.NumCPU()}
	if err := r.db.QueryRow(ctx, "SELECT COUNT(*) FROM mentions").Scan(&out.Mentions); err != nil {
		return Result{}, fmt.Errorf("count mentions: %w", err)
	}
	slices.Sort(r.waits)
	if n := len(r.waits); n > 0 {
		out.P50, out.P99 = milliseconds(r.waits[n/2]), milliseconds(r.waits[n*99/100])
	}
	return out, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// cpuSeconds is what this process has used so far.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
