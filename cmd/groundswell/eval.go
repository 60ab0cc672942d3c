package main

import "github.com/spf13/cobra"

// evalCommand measures how good Groundswell is on labelled data.
func evalCommand() *cobra.Command {
	c := &cobra.Command{Use: "eval", Short: "Measure how good Groundswell is, on labelled data"}
	c.AddCommand(evalNABCommand(), evalSentimentCommand(), evalCascadeCommand())
	return c
}
