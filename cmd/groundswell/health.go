package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// healthCommand asks a running groundswell whether it can work: for containers that have no curl.
func healthCommand() *cobra.Command {
	var s settings
	var listen string
	c := &cobra.Command{Use: "health", Short: "Ask a running groundswell whether it is ready", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if listen == "" {
			cfg, err := s.load()
			if err != nil {
				return err
			}
			listen = cfg.Listen
		}
		req, err := http.NewRequestWithContext(c.Context(), http.MethodGet, "http://"+listen+"/readyz", nil)
		if err != nil {
			return fmt.Errorf("health: %w", err)
		}
		client := http.Client{Timeout: 5 * time.Second}
		res, err := client.Do(req)
		if err != nil {
			return fmt.Errorf("health: %w", err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		fmt.Fprintf(c.OutOrStdout(), "%s\n", body)
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("health: %s answers %s", listen, res.Status)
		}
		return nil
	}}
	c.Flags().StringVar(&listen, "listen", "", "its host:port (default: that of the configuration)")
	s.flags(c)
	return c
}
