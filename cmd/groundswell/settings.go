package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/spf13/cobra"
)

// settings are the flags that every command takes which works on a configuration.
type settings struct {
	path, data string
}

const defaultConfig = "groundswell.yaml"

func (s *settings) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.path, "config", "", "configuration file (default "+defaultConfig+" where there is one)")
	c.Flags().StringVar(&s.data, "data", "", "data folder")
}

// load reads the configuration; flags override the environment, which overrides the file.
func (s *settings) load() (config.Config, error) {
	path := s.path
	if path == "" {
		if _, err := os.Stat(defaultConfig); err == nil {
			path = defaultConfig
		}
	}
	c, err := config.Load(path, os.Environ())
	if s.data != "" {
		c.Data = s.data
	}
	if err != nil {
		return c, err
	}
	if err := alerts.CheckRouting(&c); err != nil {
		return c, fmt.Errorf("read configuration %s:\n%w", path, err)
	}
	return c, nil
}

// existing is load for commands that work on the data of a Groundswell that has run: they do not
// make an empty one by mistake.
func (s *settings) existing() (config.Config, error) {
	c, err := s.load()
	if err != nil {
		return c, err
	}
	if c.Database.URL == "" {
		if _, err := os.Stat(c.Data); err != nil {
			return c, fmt.Errorf("data folder %s: %w: name the one of your groundswell with --data", c.Data, err)
		}
	}
	return c, nil
}

// newLogger logs to standard error from a level on.
func newLogger(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo // the configuration was checked
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}
