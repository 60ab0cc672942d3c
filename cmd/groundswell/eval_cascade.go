package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/sentiment/deep"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// evalCascadeCommand measures what a classifier adds to the fast model. docs/deep.md
func evalCascadeCommand() *cobra.Command {
	cfg := config.Default()
	d := &cfg.Sentiment.Deep
	var data []string
	var language string
	var asJSON bool
	c := &cobra.Command{
		Use:   "cascade --folder DIR --data FILE…",
		Short: "Measure a classifier beside the fast model, and the two together at several thresholds",
		Long:  "Files are what eval sentiment takes. The classifier runs on one core.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			examples, err := labelledExamples(data)
			if err != nil {
				return err
			}
			report, err := evalCascade(c.Context(), &cfg, examples, language)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(report)
			}
			return report.print(c.OutOrStdout())
		},
	}
	c.Flags().StringSliceVar(&data, "data", nil, "labelled files, each as FILE, de=FILE or en=FILE")
	c.Flags().StringVar(&cfg.Sentiment.Model, "model", "", "file of the fast model; the embedded one without")
	c.Flags().StringVar(&d.Folder, "folder", "", "the classifier's folder")
	c.Flags().StringToStringVar(&d.Labels, "label", nil, "what a label means")
	c.Flags().StringVar(&language, "language", "", "of the texts, as a network would claim it")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	_ = c.MarkFlagRequired("data")
	_ = c.MarkFlagRequired("folder")
	return c
}

// A cascadeReport is what a measurement found.
type cascadeReport struct {
	Posts         int           `json:"posts"`
	FastPerSecond float64       `json:"fast_posts_per_second"`
	DeepPerSecond float64       `json:"deep_posts_per_second"`
	Rows          []cascadeMark `json:"rows"`
}

// A cascadeMark is how good the answers are when the classifier is asked below a confidence.
type cascadeMark struct {
	Below       float64 `json:"below"` // 0: never asked; above 1: always
	Share       float64 `json:"share"` // of the posts that it is asked about
	MacroRecall float64 `json:"macro_recall"`
	MacroF1     float64 `json:"macro_f1"`
	Accuracy    float64 `json:"accuracy"`
	PerSecond   float64 `json:"posts_per_second"` // both after each other on one core
}

// always is a threshold that every confidence is below.
const always = 1.01

func evalCascade(ctx context.Context, cfg *config.Config, examples []sentiment.Example, language string) (r cascadeReport, err error) {
	reader, process, err := app.NewReader(cfg)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, process.Close()) }()
	if err := process.Start(ctx); err != nil {
		return r, err
	}
	fast := make([]post.Reading, len(examples))
	start := time.Now()
	for i := range examples {
		fast[i] = reader.Scorer.Read(examples[i].Text, language)
	}
	fastTime := time.Since(start)
	judged, deepTime, err := judgeAll(ctx, process, examples)
	if err != nil {
		return r, err
	}
	n := float64(len(examples))
	r = cascadeReport{Posts: len(examples), FastPerSecond: n / fastTime.Seconds(), DeepPerSecond: n / deepTime.Seconds()}
	for _, below := range []float64{0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, always} {
		asked, t := 0, tally{}
		for i := range examples {
			reading := fast[i]
			if reading.Polarity != post.Unknown && reading.Confidence < below {
				asked++
				reading = judged[i].Reading(reading)
			}
			t.count(examples[i].Class, string(reading.Polarity))
		}
		share := float64(asked) / n
		m := cascadeMark{Below: below, Share: share, PerSecond: n / (fastTime.Seconds() + share*deepTime.Seconds())}
		m.MacroRecall, m.MacroF1, m.Accuracy = t.marks()
		r.Rows = append(r.Rows, m)
	}
	return r, nil
}

// judgeAll asks the classifier about every text, some at once.
func judgeAll(ctx context.Context, process *deep.Process, examples []sentiment.Example) (all []deep.Judgement, took time.Duration, err error) {
	const some = 64
	bar := progressbar.DefaultSilent(int64(len(examples)))
	if interactive() {
		bar = progressbar.NewOptions(len(examples), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("texts"), progressbar.OptionShowIts())
	}
	defer func() { _ = bar.Exit() }()
	start := time.Now()
	for len(all) < len(examples) {
		var texts []string
		for _, e := range examples[len(all):min(len(examples), len(all)+some)] {
			texts = append(texts, e.Text)
		}
		judged, err := process.Judge(ctx, texts)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, judged...)
		_ = bar.Set(len(all))
	}
	return all, time.Since(start), nil
}

// tally counts answers by class, and the right ones among them.
type tally map[string]*struct{ said, is, right int }

func (t tally) of(class string) *struct{ said, is, right int } {
	if t[class] == nil {
		t[class] = &struct{ said, is, right int }{}
	}
	return t[class]
}

func (t tally) count(is, said string) {
	t.of(is).is++
	t.of(said).said++
	if is == said {
		t.of(is).right++
	}
}

// marks are averaged over negative, neutral and positive (Rosenthal, Farra and Nakov, SemEval-2017).
func (t tally) marks() (macroRecall, macroF1, accuracy float64) {
	right, all := 0, 0
	for _, class := range []post.Polarity{post.Negative, post.Neutral, post.Positive} {
		c := t.of(string(class))
		macroRecall += float64(c.right) / float64(max(1, c.is)) / 3
		macroF1 += 2 * float64(c.right) / float64(max(1, c.is+c.said)) / 3
		right, all = right+c.right, all+c.is
	}
	return macroRecall, macroF1, float64(right) / float64(max(1, all))
}

func (r *cascadeReport) print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "%d posts; fast model %.0f posts/s, classifier %.1f posts/s, each on one core\n", r.Posts, r.FastPerSecond, r.DeepPerSecond)
	fmt.Fprint(out, "asked below\tshare\tmacro-recall\tmacro-F1\taccuracy\tposts/s\n")
	for _, m := range r.Rows {
		below := fmt.Sprintf("%.1f", m.Below)
		switch m.Below {
		case 0:
			below = "never"
		case always:
			below = "always"
		}
		fmt.Fprintf(out, "%s\t%.1f %%\t%.3f\t%.3f\t%.3f\t%.0f\n", below, 100*m.Share, m.MacroRecall, m.MacroF1, m.Accuracy, m.PerSecond)
	}
	return out.Flush()
}
