package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/sentiment/labelled"
	"github.com/jonreiter/govader"
	"github.com/spf13/cobra"
)

// sentimentEval is what eval sentiment says of one file.
type sentimentEval struct {
	File           string         `json:"file"`
	Language       string         `json:"language"` // that the network is taken to claim; empty: none
	Posts          int            `json:"posts"`
	Left           map[string]int `json:"left_out,omitempty"` // by label: "mixed" and the like
	PostsPerSecond float64        `json:"posts_per_second"`   // on one core, language and intent included
	labelled.Figures
	Govader govaderEval `json:"govader"`
}

// govaderEval is what govader makes of the same file.
type govaderEval struct {
	PostsPerSecond float64 `json:"posts_per_second"`
	labelled.Figures
}

// evalSentimentCommand measures polarity on labelled files, beside govader. docs/sentiment.md
func evalSentimentCommand() *cobra.Command {
	var data []string
	var language, model string
	var asJSON bool
	c := &cobra.Command{
		Use:   "sentiment --data FILE…",
		Short: "Measure polarity and speed on labelled files, beside govader in the same run",
		Long: "Measure polarity and speed on labelled files, beside govader in the same run.\n\n" +
			"A file holds tab- or comma-separated columns (SemEval, GermEval, PotTS …), texts with their labels in a\n" +
			"second file (TweetEval, UMSAB: name either of x_text.txt and x_labels.txt, or both), or Groundswell's JSON;\n" +
			"plain or gzipped. Labels are negative, neutral, positive, or 0, 1, 2, or numbers below and above zero.\n\n" +
			"--lang is the language that the network is taken to claim of every post: en, de …; auto is the one that\n" +
			"most of the file's texts are in, none is no claim.",
		RunE: func(c *cobra.Command, more []string) error {
			if data = append(data, more...); len(data) == 0 {
				return fmt.Errorf("eval sentiment: want --data FILE")
			}
			sets, err := labelled.Open(data)
			if err != nil {
				return err
			}
			scorer, err := openScorer(model)
			if err != nil {
				return err
			}
			vader := govader.NewSentimentIntensityAnalyzer()
			for _, set := range sets {
				e := evaluate(set, scorer, vader, language)
				if !asJSON {
					printSentimentEval(c.OutOrStdout(), &e)
				} else if err := json.NewEncoder(c.OutOrStdout()).Encode(e); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringSliceVar(&data, "data", nil, "labelled files")
	c.Flags().StringVar(&model, "model", "", "a model that train sentiment wrote, instead of the embedded one")
	c.Flags().StringVar(&language, "lang", "auto", "language that the network claims: en, de, auto or none")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a file")
	return c
}

// openScorer reads polarity with a model of a file, or with the embedded one.
func openScorer(model string) (*sentiment.Scorer, error) {
	if model == "" {
		return sentiment.New()
	}
	file, err := os.ReadFile(model)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return sentiment.NewWith(file)
}

// evaluate reads each text once for the figures and as often as it takes for the speed.
func evaluate(set labelled.Set, scorer *sentiment.Scorer, vader *govader.SentimentIntensityAnalyzer, language string) sentimentEval {
	switch language {
	case "auto":
		language = commonest(set, scorer)
	case "none":
		language = ""
	}
	e := sentimentEval{File: set.Name, Language: language, Posts: len(set.Texts), Left: set.Left}
	var ours, theirs labelled.Tally
	for _, t := range set.Texts {
		r := scorer.Read(t.Text, language)
		ours.Add(t.Polarity, r.Polarity, r.Confidence)
		theirs.Add(t.Polarity, vaderPolarity(vader.PolarityScores(t.Text).Compound), -1)
	}
	e.Figures, e.Govader.Figures = ours.Figures(), theirs.Figures()
	best := paces(set, [2]func(string){
		func(text string) { scorer.Read(text, language) },
		func(text string) { vader.PolarityScores(text) },
	})
	e.PostsPerSecond, e.Govader.PostsPerSecond = best[0], best[1]
	return e
}

// commonest is the language that most of a set's texts are in.
func commonest(set labelled.Set, scorer *sentiment.Scorer) string {
	counts, best := make(map[string]int), ""
	for _, t := range set.Texts[:min(len(set.Texts), 2000)] {
		language := scorer.Read(t.Text, t.Language).Language
		if counts[language]++; counts[language] > counts[best] {
			best = language
		}
	}
	if best == sentiment.Undetermined {
		return ""
	}
	return best
}

// vaderPolarity cuts at ±0.05, as VADER's authors propose.
func vaderPolarity(compound float64) post.Polarity {
	switch {
	case compound >= 0.05:
		return post.Positive
	case compound <= -0.05:
		return post.Negative
	}
	return post.Neutral
}

// paces is how many posts a second one goroutine reads with each of two: the best of passes over the
// whole set, turn about, so that both have the same texts, passes and neighbours. There are as many
// passes as a second takes, five at least; the set was read once before, so both are warm.
func paces(set labelled.Set, reads [2]func(string)) (best [2]float64) {
	for pass, begin := 0, time.Now(); pass < 5 || time.Since(begin) < time.Second; pass++ {
		for i, read := range reads {
			start := time.Now()
			for _, t := range set.Texts {
				read(t.Text)
			}
			best[i] = max(best[i], float64(len(set.Texts))/max(1e-9, time.Since(start).Seconds()))
		}
	}
	return best
}

func printSentimentEval(w io.Writer, e *sentimentEval) {
	claim := e.Language
	if claim == "" {
		claim = "none"
	}
	fmt.Fprintf(w, "%s: %d posts, language claimed: %s\n", e.File, e.Posts, claim)
	if len(e.Left) > 0 {
		fmt.Fprintf(w, "left out, by label: %v\n", e.Left)
	}
	fmt.Fprintf(w, "\n%-14s %11s %11s\n", "", "groundswell", "govader")
	row := func(name string, ours, theirs float64) { fmt.Fprintf(w, "%-14s %11.4f %11.4f\n", name, ours, theirs) }
	row("accuracy", e.Accuracy, e.Govader.Accuracy)
	row("macro-recall", e.MacroRecall, e.Govader.MacroRecall)
	row("macro-F1", e.MacroF1, e.Govader.MacroF1)
	for _, p := range labelled.Polarities {
		row(string(p)+" F1", e.Classes[p].F1, e.Govader.Classes[p].F1)
	}
	fmt.Fprintf(w, "%-14s %11d %11d\n", "unknown", e.Unknown, e.Govader.Unknown)
	fmt.Fprintf(w, "%-14s %11.0f %11.0f\n\n", "posts/s a core", e.PostsPerSecond, e.Govader.PostsPerSecond)
	fmt.Fprintf(w, "%-10s %9s %9s %9s   read as: %s\n", "class", "precision", "recall", "posts", strings.Join(columns(e), " "))
	for _, p := range labelled.Polarities {
		c := e.Classes[p]
		fmt.Fprintf(w, "%-10s %9.4f %9.4f %9d           ", p, c.Precision, c.Recall, c.Posts)
		for _, column := range columns(e) {
			fmt.Fprintf(w, " %*d", len(column), e.Confusion[p][post.Polarity(column)])
		}
		fmt.Fprintln(w)
	}
	if e.Calibration == nil {
		return
	}
	fmt.Fprintf(w, "\ncalibration error %.4f\n%-12s %7s %10s %9s\n", e.Calibration.ECE, "confidence", "posts", "mean", "accuracy")
	for _, b := range e.Calibration.Bins {
		fmt.Fprintf(w, "%.1f to %.1f   %7d %10.4f %9.4f\n", b.From, b.To, b.Posts, b.Confidence, b.Accuracy)
	}
	fmt.Fprintln(w)
}

// columns are the polarities that were read.
func columns(e *sentimentEval) (names []string) {
	for _, p := range labelled.Polarities {
		names = append(names, string(p))
	}
	if e.Unknown > 0 {
		names = append(names, string(post.Unknown))
	}
	return names
}
