package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/groundswell/groundswell/sentiment"
	"github.com/spf13/cobra"
)

// trainLanguageCommand makes the embedded language model. docs/sentiment.md, "Language"
func trainLanguageCommand() *cobra.Command {
	var t sentiment.LanguageTraining
	var data, tests []string
	var out string
	c := &cobra.Command{
		Use: "language", Short: "Train the language model from lines of ISO code, tab, text",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			examples, err := readExamples(data)
			if err != nil {
				return err
			}
			if interactive() {
				t.Progress = func(epoch int, loss float64) {
					fmt.Fprintf(os.Stderr, "epoch %d of %d, loss %.4f\n", epoch, t.Epochs, loss)
				}
			}
			model, err := sentiment.TrainLanguage(examples, t)
			if err != nil {
				return err
			}
			for _, name := range tests {
				if err := printLanguageScores(c.OutOrStdout(), name, model); err != nil {
					return err
				}
			}
			if out == "" {
				return nil
			}
			if err := os.WriteFile(out, model.Bytes(), 0o644); err != nil {
				return fmt.Errorf("write model: %w", err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d texts, %d bytes\n", out, len(examples), len(model.Bytes()))
			return nil
		},
	}
	c.Flags().StringSliceVar(&data, "data", nil, "files of ISO code, tab, text")
	c.Flags().StringSliceVar(&tests, "test", nil, "files of the same form that the model is tested on")
	c.Flags().StringVar(&out, "out", "", "where the model goes")
	c.Flags().StringArrayVar(&t.Sources, "source", nil, "what a part of the data is, for the model's header")
	c.Flags().StringArrayVar(&t.Licences, "licence", nil, "a licence of the data, for the model's header")
	c.Flags().IntVar(&t.Bits, "bits", 15, "the model has 2^bits weights a class")
	c.Flags().IntVar(&t.Epochs, "epochs", 5, "passes over the texts")
	c.Flags().Float64Var(&t.Rate, "rate", 0.1, "learning rate")
	c.Flags().Float64Var(&t.Decay, "decay", 1e-7, "weight decay")
	c.Flags().Uint64Var(&t.Seed, "seed", 1, "the same seed gives the same bytes")
	_ = c.MarkFlagRequired("data")
	c.MarkFlagsOneRequired("out", "test")
	return c
}

// printLanguageScores tests a model on a file and prints a line for each language in it.
func printLanguageScores(w io.Writer, name string, model *sentiment.LanguageModel) error {
	texts, err := readExamples([]string{name})
	if err != nil {
		return err
	}
	scores := model.Score(texts)
	for _, code := range slices.Sorted(maps.Keys(scores)) {
		s := scores[code]
		share := func(n int) float64 { return float64(n) / float64(s.Texts) }
		fmt.Fprintf(w, "%-20s %-3s %6d texts  right %.4f  polarity known %.4f  first six words: right %.4f  known %.4f\n",
			filepath.Base(name), code, s.Texts, share(s.Right), share(s.Known), share(s.ShortRight), share(s.ShortKnown))
	}
	return nil
}
