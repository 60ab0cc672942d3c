package main

import "github.com/spf13/cobra"

// backtestCommand says what Groundswell would have said of what is known by now: of what was counted
// before (docs/alerts.md), and of authors whose contacts are known (docs/matching.md).
func backtestCommand() *cobra.Command {
	c := &cobra.Command{Use: "backtest", Short: "Measure what Groundswell would have said"}
	c.AddCommand(backtestSpikesCommand(), backtestStormsCommand(), backtestMonitorCommand(), backtestMatchCommand())
	return c
}
