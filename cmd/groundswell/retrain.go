package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/spf13/cobra"
)

// retrainCommand trains the fast model with what people corrected, and says what that brings before
// anybody switches it on. docs/corrections.md
func retrainCommand() *cobra.Command {
	var s settings
	r := &retraining{training: sentiment.DefaultTraining()}
	c := &cobra.Command{
		Use:   "retrain --base [LANGUAGE=]FILE… --out FILE",
		Short: "Train the model with people's corrections and say what that gains",
		Long: "A third of the corrections is left out first: how often the present model and one that learnt from the others are right about them is\n" +
			"the gain. Then a model learns from all and is written; sentiment.model in the configuration switches it on.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := s.existing()
			if err != nil {
				return err
			}
			if r.present, err = app.NewScorer(&cfg); err != nil {
				return err
			}
			if r.base, err = labelledExamples(r.data); err != nil {
				return err
			}
			return s.withDatabase(c, func(db *sqldb.DB) error { return r.run(c, db) })
		},
	}
	s.flags(c)
	c.Flags().StringSliceVar(&r.data, "base", nil, "labelled files that the model learns from besides, each as FILE, de=FILE or en=FILE")
	c.Flags().StringVar(&r.out, "out", "model.bin", "where the model goes")
	c.Flags().IntVar(&r.weight, "weight", 5, "how many examples a correction counts as")
	c.Flags().IntVar(&r.training.Epochs, "epochs", r.training.Epochs, "passes over the examples")
	c.Flags().Uint64Var(&r.training.Seed, "seed", r.training.Seed, "the same seed gives the same bytes")
	c.Flags().BoolVar(&r.asJSON, "json", false, "print one JSON object")
	_ = c.MarkFlagRequired("base")
	return c
}

// retraining is one run of the command.
type retraining struct {
	training sentiment.Training
	present  *sentiment.Scorer
	data     []string
	base     []sentiment.Example
	out      string
	weight   int
	asJSON   bool
}

// A retrainReport says what was gained.
type retrainReport struct {
	Corrections int     `json:"corrections"` // with a polarity, in a language of the model
	HeldOut     int     `json:"held_out"`
	Present     float64 `json:"present_accuracy"` // of the present model on those held out
	Retrained   float64 `json:"retrained_accuracy"`
	Score       string  `json:"score"` // of the new model on the tenth of the examples that it leaves out
	Version     string  `json:"version"`
	File        string  `json:"file"`
}

// correctionsFloor is how many corrections it takes for a third of them to say anything.
const correctionsFloor = 9

func (r *retraining) run(c *cobra.Command, db *sqldb.DB) error {
	var corrected []sentiment.Example
	err := eachCorrection(c, db, func(t *listening.CorrectedText) error {
		if _, ok := t.Example(); ok && (t.Language == "en" || t.Language == "de") {
			corrected = append(corrected, sentiment.Example{Language: t.Language, Class: string(t.Polarity), Text: t.Text})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(corrected) < correctionsFloor {
		return fmt.Errorf("retrain: there are %d corrections of English or German posts with a polarity: want %d or more", len(corrected), correctionsFloor)
	}
	var learnt, held []sentiment.Example
	for i, e := range corrected {
		if i%3 == 0 {
			held = append(held, e)
		} else {
			learnt = append(learnt, e)
		}
	}
	trial, err := r.train("trial, a third of the corrections left out", learnt)
	if err != nil {
		return err
	}
	report := retrainReport{Corrections: len(corrected), HeldOut: len(held), Present: right(r.present, held), Retrained: right(trial, held), File: r.out}
	all, err := r.train("with all corrections", corrected)
	if err != nil {
		return err
	}
	report.Score, report.Version = all.Polarity().Score, all.Version()
	if err := os.WriteFile(r.out, all.Polarity().Bytes(), 0o600); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	return r.print(c.OutOrStdout(), &report)
}

// train trains on the base and on corrections; the words' vectors begin as the present model has them.
func (r *retraining) train(what string, corrections []sentiment.Example) (*sentiment.Scorer, error) {
	examples := slices.Clone(r.base)
	for _, e := range corrections {
		examples = append(examples, slices.Repeat([]sentiment.Example{e}, r.weight)...)
	}
	t := r.training
	t.Vectors = r.present.Polarity().Vectors()
	for _, name := range r.data {
		t.Sources = append(t.Sources, setName(name))
	}
	t.Sources = append(t.Sources, "corrections")
	if interactive() {
		t.Progress = func(step string, epoch int, loss float64) {
			fmt.Fprintf(os.Stderr, "%s, %s: epoch %d of %d, loss %.4f\n", what, step, epoch, t.Epochs, loss)
		}
	}
	model, err := sentiment.Train(examples, t)
	if err != nil {
		return nil, err
	}
	return sentiment.With(model)
}

// right is how often a model is right.
func right(scorer *sentiment.Scorer, examples []sentiment.Example) float64 {
	n := 0
	for _, e := range examples {
		if string(scorer.Read(e.Text, e.Language).Polarity) == e.Class {
			n++
		}
	}
	return float64(n) / float64(len(examples))
}

func (r *retraining) print(out io.Writer, report *retrainReport) error {
	if r.asJSON {
		return json.NewEncoder(out).Encode(report)
	}
	_, err := fmt.Fprintf(out, "%d corrections, %d of them held out: the present model is right about %.1f %%, one that learnt from the others about %.1f %% (%+.1f)\n"+
		"%s: version %s, %s\n", report.Corrections, report.HeldOut, 100*report.Present, 100*report.Retrained, 100*(report.Retrained-report.Present),
		report.File, report.Version, report.Score)
	if report.Retrained < report.Present {
		return errors.Join(err, note(out, "It is worse: leave the present model on."))
	}
	return errors.Join(err, note(out, "To switch it on, set sentiment.model to the file and restart; stored mentions are read anew then."))
}

func note(out io.Writer, text string) error {
	_, err := fmt.Fprintln(out, text)
	return err
}
