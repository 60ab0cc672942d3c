package connectors

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics are what the sources of a process measure.
type Metrics struct {
	received  *prometheus.CounterVec
	bytes     *prometheus.CounterVec
	accepted  *prometheus.CounterVec
	duplicate *prometheus.CounterVec
	refused   *prometheus.CounterVec
	up        *prometheus.GaugeVec
	lag       *prometheus.GaugeVec
	throttled *prometheus.GaugeVec
	gaps      *prometheus.CounterVec
	restarts  *prometheus.CounterVec
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	f := promauto.With(r)
	source := []string{"source"}
	m := &Metrics{
		received: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_connector_received_total",
			Help: "Events heard from the network, whatever became of them."}, []string{"source", "network"}),
		bytes: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_connector_received_bytes_total",
			Help: "Bytes heard from the network."}, source),
		accepted: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_posts_accepted_total",
			Help: "Events that the log has acknowledged."}, source),
		duplicate: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_posts_duplicate_total",
			Help: "Events that were heard again shortly after and left out."}, source),
		refused: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_posts_refused_total",
			Help: "Events that could not be taken, by the field or step that is wrong."}, []string{"reason"}),
		up: f.NewGaugeVec(prometheus.GaugeOpts{Name: "groundswell_source_up",
			Help: "1 while the connection to the network stands."}, source),
		lag: f.NewGaugeVec(prometheus.GaugeOpts{Name: "groundswell_source_lag_seconds",
			Help: "From the posting of the last event to its acknowledgement by the log."}, source),
		throttled: f.NewGaugeVec(prometheus.GaugeOpts{Name: "groundswell_source_throttled_until_seconds",
			Help: "Unix time until which the network wants us to stay away; 0: not throttled."}, source),
		gaps: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_source_gaps_total",
			Help: "Times in which something may have been missed."}, source),
		restarts: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_source_restarts_total",
			Help: "Connections that were lost and tried again."}, source),
	}
	m.refused.WithLabelValues("decode").Add(0)
	return m
}
