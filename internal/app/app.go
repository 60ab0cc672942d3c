// Package app puts a Groundswell together: it opens the servers, wires the packages, which do not
// know each other, runs the configured roles and closes everything in reverse order.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/memory"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/web"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"
)

// Options say what to run.
type Options struct {
	Config  config.Config
	Version string
	UI      fs.FS            // the built pages; nil: none
	Now     func() time.Time // of everything that judges or records; the demo's runs faster
	Logger  *slog.Logger
	// Sources run beside the configured ones.
	Sources []connectors.Source
	// BeforeAlerts, if set, is waited for before incidents are looked for: what was loaded at once
	// is to be learnt from, not judged.
	BeforeAlerts func(ctx context.Context) error
}

// An App is a Groundswell whose servers are open. Open, Run and Close are called once each.
type App struct {
	Options
	DB       *sqldb.DB
	Log      *stream.Log
	Entrance *pipeline.Entrance

	key      []byte // of the installation: seals secrets; nil where no role needs it
	memory   *memory.Memory
	monitors *listening.Live
	contacts *matcher.Index
	followed atomic.Int64

	reader      pipeline.Reader
	corrections *listening.LiveCorrections
	cascade     *pipeline.Cascade // nil: there is no classifier
	pipelines   []*pipeline.Pipeline

	metrics  *prometheus.Registry
	sources  []connectors.Source
	listener net.Listener
	server   *web.Server
	kinds    atomic.Value // of monitors, by id: map[string]string
	routing  *alerts.Routing
	links    *alerts.Links
	courier  *crm.Courier
	workers  []worker
	closers  []closer // drained last in, first out
}

// A worker runs until ctx ends. An error of its own ends the App.
type worker struct {
	name string
	run  func(ctx context.Context) error
}

type closer struct {
	name  string
	close func() error
}

// Open opens and wires everything. What was opened before a step failed is closed again.
func Open(ctx context.Context, opt Options) (a *App, err error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	a = &App{Options: opt, metrics: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
			a = nil
		}
	}()
	a.describe()
	for _, step := range []func(context.Context) error{
		a.openData, a.openKey, a.openListener, a.openDatabase, a.openMemory, a.openLog, a.loadMonitors,
		a.addPipelines, a.addMatching, a.addTerritories, a.addImports, a.addPrivacy, a.addSearch, a.addConnectors, a.addAlerts, a.addLeads, a.addChanges, a.addMeasures, a.addWeb,
	} {
		if err := step(ctx); err != nil {
			return a, err
		}
	}
	return a, nil
}

// describe registers what every process measures.
func (a *App) describe() {
	a.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "groundswell_build_info", Help: "1, labelled by the version."}, []string{"version", "goversion"})
	info.WithLabelValues(a.Version, runtime.Version()).Set(1)
	a.metrics.MustRegister(info)
}

func (a *App) openData(context.Context) error {
	if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w: choose another --data", err)
	}
	return nil
}

// openListener comes first of the servers: a port in use is found before anything is started.
func (a *App) openListener(ctx context.Context) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", a.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w: free the port or choose another with --listen", a.Config.Listen, err)
	}
	a.listener = l
	a.closers = append(a.closers, closer{"listener", func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}})
	return nil
}

func (a *App) openDatabase(ctx context.Context) (err error) {
	if a.DB, err = sqldb.Open(ctx, a.Config.DatabaseURL()); err != nil {
		return err
	}
	a.closers = append(a.closers, closer{"database", a.DB.Close})
	return nil
}

func (a *App) openMemory(ctx context.Context) error {
	opt, err := MemoryOptions(&a.Config)
	if err != nil {
		return err
	}
	if a.memory, err = memory.Open(ctx, opt); err != nil {
		return err
	}
	a.closers = append(a.closers, closer{"memory", a.memory.Close})
	return nil
}

func (a *App) openLog(ctx context.Context) error {
	opt, err := LogOptions(&a.Config, a.Logger)
	if err != nil {
		return err
	}
	if a.Log, err = stream.Open(ctx, opt); err != nil {
		return err
	}
	a.closers = append(a.closers, closer{"log", a.Log.Close})
	a.Entrance = pipeline.NewEntrance(a.Log, a.Now, a.metrics)
	return nil
}

// Addr is where the web server listens.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Run runs the roles until ctx ends or one of them fails.
func (a *App) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, w := range a.workers {
		group.Go(func() error {
			if err := w.run(ctx); err != nil && ctx.Err() == nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// closeLimit is how long one thing may take to close.
const closeLimit = 20 * time.Second

// Close closes what is open, the last first: readers and writers are gone when the log ends, and
// everything is when the database does.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		c := a.closers[i]
		done := make(chan error, 1)
		go func() { done <- c.close() }()
		select {
		case err := <-done:
			if err != nil {
				errs = append(errs, fmt.Errorf("close %s: %w", c.name, err))
			}
		case <-time.After(closeLimit):
			errs = append(errs, fmt.Errorf("close %s: it took longer than %s", c.name, closeLimit))
		}
	}
	a.closers = nil
	return errors.Join(errs...)
}

// LogOptions are the options of the configured log.
func LogOptions(c *config.Config, logger *slog.Logger) (stream.Options, error) {
	tls, err := c.Log.TLS.Config()
	if err != nil {
		return stream.Options{}, fmt.Errorf("log: %w", err)
	}
	return stream.Options{
		Brokers: c.Log.Brokers, Dir: filepath.Join(c.Data, "log"), Listen: c.Log.Listen, SyncWrites: c.Log.SyncWrites,
		Topics:     stream.Topics{Posts: c.Log.Topics.Posts, Mentions: c.Log.Topics.Mentions, CRM: c.Log.Topics.CRM, Dead: c.Log.Topics.Dead},
		Partitions: c.Log.Partitions, Retention: c.Log.Retention, TLS: tls,
		SASL:   stream.SASL{Mechanism: c.Log.SASL.Mechanism, User: c.Log.SASL.User, Password: c.Log.SASL.Password.Reveal()},
		Logger: logger,
	}, nil
}

// MemoryOptions are the options of the configured shared memory.
func MemoryOptions(c *config.Config) (memory.Options, error) {
	tls, err := c.Memory.TLS.Config()
	if err != nil {
		return memory.Options{}, fmt.Errorf("memory: %w", err)
	}
	return memory.Options{Address: c.Memory.Address, User: c.Memory.User, Password: c.Memory.Password.Reveal(), DB: c.Memory.DB, TLS: tls}, nil
}

// LogForErasure reaches the log for who only erases: the cluster, or the embedded broker's files, be it
// running or not.
func LogForErasure(c *config.Config, logger *slog.Logger) (*stream.Log, error) {
	opt, err := LogOptions(c, logger)
	if err != nil {
		return nil, err
	}
	return stream.Connect(opt)
}

// ConnectLog makes a client of the log that a running Groundswell uses: the configured cluster, or
// the embedded broker of the data folder.
func ConnectLog(c *config.Config, logger *slog.Logger) (*stream.Log, error) {
	opt, err := LogOptions(c, logger)
	if err != nil {
		return nil, err
	}
	if len(opt.Brokers) == 0 {
		address, err := stream.EmbeddedAddress(opt.Dir)
		if err != nil {
			return nil, fmt.Errorf("%w: start groundswell serve or demo with the same --data first", err)
		}
		opt.Brokers = []string{address}
	}
	return stream.Connect(opt)
}
