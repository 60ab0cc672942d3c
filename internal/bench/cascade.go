package bench

import (
	"fmt"

	"github.com/groundswell/groundswell/pipeline"
	"github.com/prometheus/client_golang/prometheus"
)

// A CascadeResult is what the second engine did meanwhile.
type CascadeResult struct {
	Judged    int `json:"judged"`     // posts that the classifier read
	QueueFull int `json:"queue_full"` // posts in doubt that it had no time for
	TimedOut  int `json:"timed_out"`  // posts in doubt whose batch took too long
	Failed    int `json:"failed"`     // posts in doubt that it failed on
}

// cascading is the second engine of a measurement.
type cascading struct {
	*pipeline.Cascade
	metrics *prometheus.Registry
}

// newCascading makes what opt.Cascade says; nil where that is not set.
func (r *run) newCascading(pipelines *[]*pipeline.Pipeline) *cascading {
	if r.Cascade == nil {
		return &cascading{}
	}
	registry := prometheus.NewRegistry()
	busy := func() bool {
		for _, p := range *pipelines {
			if p.Behind() {
				return true
			}
		}
		return false
	}
	return &cascading{metrics: registry, Cascade: r.Cascade(pipeline.CascadeOptions{DB: r.db, Busy: busy, Metrics: pipeline.NewCascadeMetrics(registry), Logger: r.logger})}
}

// result reads the metrics.
func (c *cascading) result() (*CascadeResult, error) {
	if c.Cascade == nil {
		return nil, nil
	}
	families, err := c.metrics.Gather()
	if err != nil {
		return nil, fmt.Errorf("gather metrics: %w", err)
	}
	var out CascadeResult
	into := map[string]*int{"deep": &out.Judged, "queue_full": &out.QueueFull, "timeout": &out.TimedOut, "failed": &out.Failed}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if n := into[l.GetValue()]; n != nil {
					*n += int(m.GetCounter().GetValue())
				}
			}
		}
	}
	return &out, nil
}
