package main

import (
	"github.com/groundswell/groundswell/sentiment/deep"
	"github.com/spf13/cobra"
)

// classifyCommand is what serve starts for sentiment.deep.folder: the classifier in a process of its
// own. It speaks lines of JSON over standard input and output.
func classifyCommand() *cobra.Command {
	labels := map[string]string{}
	c := &cobra.Command{
		Use: "classify FOLDER", Short: "Answer what a classifier says of texts; serve calls it", Hidden: true,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f, err := deep.Inspect(args[0], labels)
			if err != nil {
				return err
			}
			return deep.Serve(f, c.InOrStdin(), c.OutOrStdout())
		},
	}
	c.Flags().StringToStringVar(&labels, "label", nil, "what a label means")
	return c
}
