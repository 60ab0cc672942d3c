package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/groundswell/groundswell/sentiment"
	"github.com/spf13/cobra"
)

// trainCommand makes a model of the kind that is embedded. docs/sentiment.md
func trainCommand() *cobra.Command {
	train := &cobra.Command{Use: "train", Short: "Train the models that are embedded"}
	t := sentiment.Training{Task: "polarity"}
	var data []string
	var out string
	c := &cobra.Command{
		Use: "sentiment", Short: "Train a text classifier from lines of class, tab, text",
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
			for _, name := range data {
				t.Sources = append(t.Sources, filepath.Base(name))
			}
			model, err := sentiment.Train(examples, t)
			if err != nil {
				return err
			}
			if err := os.WriteFile(out, model.Bytes(), 0o644); err != nil {
				return fmt.Errorf("write model: %w", err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d examples, %d bytes\n", out, len(examples), len(model.Bytes()))
			return nil
		},
	}
	c.Flags().StringSliceVar(&data, "data", nil, "files of class, tab, text")
	c.Flags().StringVar(&out, "out", "model.bin", "where the model goes")
	c.Flags().StringSliceVar(&t.Licences, "licence", nil, "licences of the data, for the model's header")
	c.Flags().IntVar(&t.Bits, "bits", 17, "the model has 2^bits weights a class")
	c.Flags().IntVar(&t.Epochs, "epochs", 10, "passes over the examples")
	c.Flags().Float64Var(&t.Rate, "rate", 0.1, "learning rate")
	c.Flags().Float64Var(&t.Decay, "decay", 1e-5, "weight decay")
	c.Flags().Uint64Var(&t.Seed, "seed", 1, "the same seed gives the same bytes")
	_ = c.MarkFlagRequired("data")
	train.AddCommand(c, trainLanguageCommand())
	return train
}

func readExamples(files []string) ([]sentiment.Example, error) {
	var all []sentiment.Example
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read examples: %w", err)
		}
		scan := bufio.NewScanner(f)
		scan.Buffer(nil, 1<<20)
		for line := 1; scan.Scan(); line++ {
			class, text, ok := strings.Cut(scan.Text(), "\t")
			if !ok || class == "" || strings.TrimSpace(text) == "" {
				f.Close()
				return nil, fmt.Errorf("read examples: %s, line %d: want class, tab, text", name, line)
			}
			all = append(all, sentiment.Example{Class: class, Text: text})
		}
		f.Close()
		if err := scan.Err(); err != nil {
			return nil, fmt.Errorf("read examples: %s: %w", name, err)
		}
	}
	return all, nil
}
