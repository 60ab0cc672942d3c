package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/groundswell/groundswell/sentiment"
	"github.com/spf13/cobra"
)

// modelReport says what reads texts, and where it comes from.
type modelReport struct {
	Version  string       `json:"version"` // that mentions are marked with
	Polarity modelOrigin  `json:"polarity"`
	Language modelOrigin  `json:"language"`
	Network  modelNetwork `json:"network"`
}

type modelOrigin struct {
	Format    int      `json:"format"`
	Languages []string `json:"languages"`
	Training  []string `json:"training"`
	Licences  []string `json:"licences"`
	Score     string   `json:"score,omitempty"`
}

type modelNetwork struct {
	Classes     []string `json:"classes"`
	Dimensions  int      `json:"dimensions"`
	Filters     int      `json:"filters"`
	Bits        int      `json:"bits"`
	Temperature float64  `json:"temperature"`
}

// modelCommand prints what a model carries. docs/sentiment.md
func modelCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "model [FILE]", Short: "Print what the embedded sentiment model, or one of a file, carries: version, languages, training sets, licences, scores",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			scorer, err := openScorer(strings.Join(files, ""))
			if err != nil {
				return err
			}
			r := reportModels(scorer)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(r)
			}
			return r.print(c.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func reportModels(s *sentiment.Scorer) modelReport {
	language, polarity := s.Models()
	return modelReport{
		Version: s.Version(),
		Polarity: modelOrigin{Format: polarity.Version, Languages: polarity.Languages, Training: polarity.Training, Licences: polarity.Licences,
			Score: polarity.Score},
		Language: modelOrigin{Format: language.Version, Languages: language.Classes, Training: language.Training, Licences: language.Licences},
		Network: modelNetwork{Classes: polarity.Classes, Dimensions: polarity.Dim, Filters: polarity.Filters, Bits: polarity.Bits,
			Temperature: polarity.Temperature},
	}
}

func (r *modelReport) print(w io.Writer) error {
	fmt.Fprintf(w, "version   %s\n", r.Version)
	for _, m := range []struct {
		name string
		modelOrigin
	}{{"polarity", r.Polarity}, {"language", r.Language}} {
		fmt.Fprintf(w, "\n%s, format %d\n  languages   %s\n", m.name, m.Format, strings.Join(m.Languages, ", "))
		for i, set := range m.Training {
			fmt.Fprintf(w, "  %-10s  %s\n", heading(i, "trained on"), set)
		}
		for i, licence := range m.Licences {
			fmt.Fprintf(w, "  %-10s  %s\n", heading(i, "licences"), licence)
		}
		for i, score := range strings.Split(m.Score, "; ") {
			if score != "" {
				fmt.Fprintf(w, "  %-10s  %s\n", heading(i, "scores"), score)
			}
		}
	}
	_, err := fmt.Fprintf(w, "\nclasses %s; %d dimensions, %d filters, 2^%d grams, temperature %.3g\n", strings.Join(r.Network.Classes, ", "),
		r.Network.Dimensions, r.Network.Filters, r.Network.Bits, r.Network.Temperature)
	return err
}

// heading stands before the first of some lines.
func heading(line int, name string) string {
	if line > 0 {
		return ""
	}
	return name
}
