package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/memory"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/spf13/cobra"
)

// checkCommand tests a configuration and everything it names, without changing anything.
func checkCommand() *cobra.Command {
	var s settings
	c := &cobra.Command{
		Use:   "check",
		Short: "Test the configuration, each source, the log, memory, database and each channel",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := s.load()
			out := c.OutOrStdout()
			if err != nil {
				fmt.Fprintf(out, "wrong  configuration\n%v\n", err)
				return errSilent
			}
			return check(c.Context(), out, &cfg)
		},
	}
	s.flags(c)
	return c
}

// checkLimit is how long one test may take.
const checkLimit = 15 * time.Second

func check(ctx context.Context, out io.Writer, cfg *config.Config) error {
	failed := false
	try := func(what string, test func(ctx context.Context) (string, error)) {
		ctx, cancel := context.WithTimeout(ctx, checkLimit)
		defer cancel()
		note, err := test(ctx)
		if err != nil {
			failed = true
			fmt.Fprintf(out, "wrong  %s: %v\n", what, err)
			return
		}
		fmt.Fprintf(out, "ok     %s%s\n", what, note)
	}
	try("configuration", func(context.Context) (string, error) { return "", nil })
	try("data folder", func(context.Context) (string, error) { return " " + cfg.Data, checkFolder(cfg.Data) })
	try("sign-in of contacts", func(context.Context) (string, error) {
		providers, err := signin.New(cfg.SignIn.Providers, "")
		return fmt.Sprintf(" with %d networks", len(providers)), err
	})
	try("listen", func(ctx context.Context) (string, error) { return checkListen(ctx, cfg.Listen) })
	try("database", func(ctx context.Context) (string, error) { return checkDatabase(ctx, cfg) })
	try("memory", func(ctx context.Context) (string, error) { return checkMemory(ctx, cfg) })
	try("log", func(ctx context.Context) (string, error) { return checkLog(ctx, cfg) })
	if cfg.Sentiment.Model != "" {
		try("sentiment.model", func(context.Context) (string, error) {
			scorer, err := app.NewScorer(cfg)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf(" %s: version %s, %s", cfg.Sentiment.Model, scorer.Version(), scorer.Polarity().Score), nil
		})
	}
	if cfg.Sentiment.Deep.Folder != "" {
		try("sentiment.deep", func(ctx context.Context) (string, error) { return checkClassifier(ctx, cfg) })
	}
	for _, m := range cfg.Monitors {
		try("monitor "+m.Name, func(context.Context) (string, error) {
			monitor := listening.Monitor{Name: m.Name, Kind: m.Kind, Query: m.Query}
			return "", monitor.Validate()
		})
	}
	for i := range cfg.Sources {
		section := &cfg.Sources[i]
		try("source "+section.Name, func(ctx context.Context) (string, error) { return checkSource(ctx, section) })
	}
	try("routes", func(context.Context) (string, error) { return describeRouting(cfg) })
	for i := range cfg.Channels {
		section := &cfg.Channels[i]
		try("channel "+section.Name, func(ctx context.Context) (string, error) { return checkChannel(ctx, section) })
	}
	if failed {
		return errSilent
	}
	return nil
}

// checkFolder says whether the data folder, or the folder it will be made in, can be written.
func checkFolder(dir string) error {
	for {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, os.ErrNotExist) && filepath.Dir(dir) != dir:
			dir = filepath.Dir(dir)
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is no folder: choose another --data", dir)
		}
		f, err := os.CreateTemp(dir, ".groundswell-check-*")
		if err != nil {
			return fmt.Errorf("it cannot be written: %w", err)
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
}

func checkListen(ctx context.Context, address string) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("%w: free the port or choose another with --listen", err)
	}
	return " " + address, l.Close()
}

func checkDatabase(ctx context.Context, cfg *config.Config) (note string, err error) {
	if cfg.Database.URL == "" {
		if _, err := os.Stat(filepath.Join(cfg.Data, "groundswell.db")); errors.Is(err, os.ErrNotExist) {
			return " SQLite, will be made in the data folder", nil
		}
	}
	db, err := sqldb.Connect(ctx, cfg.DatabaseURL())
	if err != nil {
		return "", err
	}
	return " " + db.Name(), db.Close()
}

func checkMemory(ctx context.Context, cfg *config.Config) (string, error) {
	if cfg.Memory.Address == "" {
		return " embedded", nil
	}
	opt, err := app.MemoryOptions(cfg)
	if err != nil {
		return "", err
	}
	m, err := memory.Open(ctx, opt)
	if err != nil {
		return "", err
	}
	return " " + cfg.Memory.Address, m.Close()
}

func checkLog(ctx context.Context, cfg *config.Config) (string, error) {
	opt, err := app.LogOptions(cfg, newLogger("error"))
	if err != nil {
		return "", err
	}
	if len(opt.Brokers) == 0 {
		return " embedded", nil
	}
	log, err := stream.Connect(opt)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(" %v", opt.Brokers), errors.Join(log.Ping(ctx), log.Close())
}

// checkClassifier loads the classifier and asks it about a text.
func checkClassifier(ctx context.Context, cfg *config.Config) (note string, err error) {
	process, err := app.NewClassifier(cfg)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, process.Close()) }()
	start := time.Now()
	if err := process.Start(ctx); err != nil {
		return "", err
	}
	loaded := time.Now()
	if _, err := process.Judge(ctx, []string{"The new one is great, thank you!"}); err != nil {
		return "", err
	}
	f := &process.Folder
	return fmt.Sprintf(" %s: labels %s, loaded in %.1f s, a text in %.0f ms", f.Path, strings.Join(f.Labels, ", "), loaded.Sub(start).Seconds(),
		float64(time.Since(loaded).Microseconds())/1000), nil
}

func checkSource(ctx context.Context, section *config.Section) (string, error) {
	source, err := app.NewSource(section, app.Options{Version: version, Now: time.Now, Logger: newLogger("error")})
	if err != nil {
		return "", err
	}
	if checker, ok := source.Connector.(connectors.Checker); ok {
		return "", checker.Check(ctx)
	}
	return " (nothing to reach)", nil
}

func checkChannel(ctx context.Context, section *config.Section) (string, error) {
	channel, err := alerts.NewChannel(section)
	if err != nil {
		return "", err
	}
	if checker, ok := channel.(notify.Checker); ok {
		return "", checker.Check(ctx)
	}
	return fmt.Sprintf(" (can only be tested by notifying: groundswell alerts test %s)", section.Name), nil
}

// describeRouting checks routes, templates and digests, and says how many there are.
func describeRouting(cfg *config.Config) (string, error) {
	if err := alerts.CheckRouting(cfg); err != nil {
		return "", err
	}
	a := &cfg.Alerts
	if len(a.Routes) == 0 {
		return fmt.Sprintf(" everything to every channel, %d digests", len(a.Digests)), nil
	}
	return fmt.Sprintf(" %d at the top, %d templates, %d digests", len(a.Routes), len(a.Templates), len(a.Digests)), nil
}
