package main

import "github.com/spf13/cobra"

// backtestCommand runs the detector over what was counted before. docs/alerts.md
func backtestCommand() *cobra.Command {
	c := &cobra.Command{Use: "backtest", Short: "Run the detector over what was counted before"}
	c.AddCommand(backtestSpikesCommand(), backtestStormsCommand())
	return c
}
