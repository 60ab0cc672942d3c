package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/sentiment/deep"
)

// loadLimit is how long a classifier may take to load.
const loadLimit = 2 * time.Minute

// addSentiment sets up what reads texts: the fast model, people's corrections, the classifier where
// there is one, and the workers that read stored mentions anew after a change of the model and tell
// the topic of mentions what is read differently.
func (a *App) addSentiment(ctx context.Context) (err error) {
	var process *deep.Process
	if a.reader, process, err = NewReader(&a.Config); err != nil {
		return err
	}
	a.reader.Monitors = a.monitors
	if a.corrections, err = listening.NewLiveCorrections(ctx, a.DB); err != nil {
		return err
	}
	a.workers = append(a.workers, worker{"corrections", func(ctx context.Context) error {
		return a.every(ctx, time.Second, "corrections stay as they were", func(ctx context.Context) error { return a.corrections.Follow(ctx, a.Now()) })
	}})
	reteller := &pipeline.Reteller{DB: a.DB, Log: a.Log, Monitors: a.monitors, Lease: a.memory.Lease}
	a.workers = append(a.workers, worker{"retelling", func(ctx context.Context) error {
		return a.every(ctx, time.Second, "the topic of mentions is told of changes later", reteller.Tell)
	}})
	if process != nil {
		// Before the database and the servers are closed; and what is wrong with it is said at the start.
		a.closers = append(a.closers, closer{"classifier", process.Close})
		loading, cancel := context.WithTimeout(ctx, loadLimit)
		defer cancel()
		if err := process.Start(loading); err != nil {
			return err
		}
		a.cascade = pipeline.NewCascade(CascadeOptions(&a.Config, a.reader.Model, pipeline.CascadeOptions{DB: a.DB, Classifier: process, Busy: a.busy,
			Changed: a.tellMentions, Metrics: pipeline.NewCascadeMetrics(a.metrics), Logger: a.Logger}))
		a.workers = append(a.workers, worker{"cascade", a.cascade.Run})
	}
	if rate := a.Config.Sentiment.Rescore; rate > 0 {
		rescorer := &pipeline.Rescorer{RescorerOptions: pipeline.RescorerOptions{DB: a.DB, Reader: a.reader, Cascade: a.cascade, Rate: rate, Busy: a.busy,
			Lease: a.memory.Lease, Now: a.Now, Metrics: pipeline.NewRescoreMetrics(a.metrics), Logger: a.Logger}}
		a.workers = append(a.workers, worker{"rescoring", rescorer.Run})
	}
	return nil
}

// busy says whether a pipeline of this process is behind.
func (a *App) busy() bool { return slices.ContainsFunc(a.pipelines, (*pipeline.Pipeline).Behind) }

// tellMentions puts mentions on the live feed.
func (a *App) tellMentions(ctx context.Context, postIDs []string) { a.tell(ctx, "mention", postIDs...) }

// NewReader loads the fast model and looks at the classifier, nil where none is configured.
func NewReader(c *config.Config) (pipeline.Reader, *deep.Process, error) {
	scorer, err := NewScorer(c)
	if err != nil {
		return pipeline.Reader{}, nil, err
	}
	reader := pipeline.Reader{Scorer: scorer, Model: listening.Model{Version: scorer.Version()}}
	process, err := NewClassifier(c)
	if process != nil {
		reader.Model.Deep = process.Folder.Version
	}
	return reader, process, err
}

// NewScorer loads the fast model: of the configured file, or the embedded one.
func NewScorer(c *config.Config) (*sentiment.Scorer, error) {
	name := c.Sentiment.Model
	if name == "" {
		scorer, err := sentiment.New()
		if err != nil {
			return nil, fmt.Errorf("load sentiment models: %w", err)
		}
		return scorer, nil
	}
	wrong := func(err error) (*sentiment.Scorer, error) {
		return nil, fmt.Errorf("sentiment.model %s: %w", name, err)
	}
	file, err := os.Open(name)
	if err != nil {
		return wrong(fmt.Errorf("%w: name a file that groundswell retrain or train sentiment wrote, or leave it empty", err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, modelMost+1))
	if err != nil {
		return wrong(err)
	}
	if len(data) > modelMost {
		return wrong(fmt.Errorf("it is larger than %d MB: want a model of groundswell's", modelMost>>20))
	}
	model, err := sentiment.ReadModel(data)
	if err != nil {
		return wrong(err)
	}
	scorer, err := sentiment.With(model)
	if err != nil {
		return wrong(err)
	}
	return scorer, nil
}

// modelMost bounds a model's file.
const modelMost = 256 << 20

// NewClassifier makes the process of the configured classifier; nil where there is none. It is this
// program, called again.
func NewClassifier(c *config.Config) (*deep.Process, error) {
	d := &c.Sentiment.Deep
	if d.Folder == "" {
		return nil, nil
	}
	folder, err := deep.Inspect(d.Folder, d.Labels)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	command := []string{filepath.Clean(self), "classify", folder.Path}
	for label, polarity := range d.Labels {
		command = append(command, "--label", label+"="+polarity)
	}
	return deep.NewProcess(folder, command...), nil
}

// CascadeOptions adds to opt what the configuration says of the cascade.
func CascadeOptions(c *config.Config, model listening.Model, opt pipeline.CascadeOptions) pipeline.CascadeOptions {
	d := &c.Sentiment.Deep
	opt.Model, opt.Below, opt.Languages, opt.Batch = model, d.Below, d.Languages, d.Batch
	opt.Timeout, opt.Queue, opt.Share = d.Timeout, d.Queue, d.Share
	return opt
}
