package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/web"
	"github.com/groundswell/groundswell/web/ui"
	"github.com/spf13/cobra"
)

// serveCommand runs the daemon.
func serveCommand() *cobra.Command {
	var s settings
	var listen string
	var roles []string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Long:  "Run the daemon with the configured roles until it is interrupted.\ngroundswell.example.yaml documents the configuration, `groundswell check` tests it.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := s.load()
			if err != nil {
				return err
			}
			if listen != "" {
				cfg.Listen = listen
			}
			if len(roles) > 0 {
				cfg.Roles = roles
			}
			if err := cfg.Validate(); err != nil {
				return err
			}
			return serve(c.Context(), c.OutOrStdout(), cfg)
		},
	}
	s.flags(c)
	c.Flags().StringVar(&listen, "listen", "", "host:port of the web page, the API and /metrics (default 127.0.0.1:8080)")
	c.Flags().StringSliceVar(&roles, "roles", nil, "what this process does: "+strings.Join(config.Roles, ","))
	return c
}

func serve(ctx context.Context, out io.Writer, cfg config.Config) (err error) {
	logger := newLogger(cfg.LogLevel)
	slog.SetDefault(logger) // of rules that have no other
	a, err := app.Open(ctx, app.Options{Config: cfg, Version: version, UI: ui.Files(), Logger: logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if cfg.Has("web") {
		if err := firstUser(ctx, out, a, time.Now()); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "groundswell %s: http://%s\n", version, a.Addr())
	return a.Run(ctx)
}

// firstUser makes the administrator of an empty database, and prints a password where none is set.
func firstUser(ctx context.Context, out io.Writer, a *app.App, now time.Time) error {
	password, err := web.EnsureAdmin(ctx, a.DB, os.Getenv("GROUNDSWELL_ADMIN_PASSWORD"), now)
	if err == nil && password != "" {
		fmt.Fprintf(out, "sign in as %s with %s (shown this once; change it with: groundswell users password %s)\n", web.AdminName, password, web.AdminName)
	}
	return err
}
