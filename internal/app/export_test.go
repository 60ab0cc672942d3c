package app

import (
	"context"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/prometheus/client_golang/prometheus"
)

// Report fills a digest, as it is done before one is sent.
func (a *App) Report(ctx context.Context, d *notify.Digest) error { return a.report(ctx, d) }

// Measure shows the gauges of the last hour in a registry.
func (a *App) Measure(ctx context.Context, r prometheus.Registerer) error {
	return a.measure(ctx, newMeasures(r))
}
