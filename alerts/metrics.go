package alerts

import (
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics are what the Watch and the Outbox of a process measure.
type Metrics struct {
	incidents  *prometheus.CounterVec
	open       *prometheus.GaugeVec
	deliveries *prometheus.CounterVec
	tick       prometheus.Histogram
	oldest     prometheus.Gauge
	templates  *prometheus.CounterVec

	shown map[string]int // what the gauges of open say; only the Watch changes it
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	f := promauto.With(r)
	m := &Metrics{
		incidents: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_incidents_total",
			Help: "Incidents opened, by kind; a new wave of the same one is not another."}, []string{"kind"}),
		open: f.NewGaugeVec(prometheus.GaugeOpts{Name: "groundswell_incidents_open",
			Help: "Incidents that are not resolved, by monitor."}, []string{"monitor"}),
		deliveries: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_alert_deliveries_total",
			Help: "Attempts to deliver a notification, by channel and result: delivered, retried, failed when it was given up, or dropped when nobody needed it any more."}, []string{"channel", "result"}),
		tick: f.NewHistogram(prometheus.HistogramOpts{Name: "groundswell_alert_tick_seconds",
			Help: "Time to judge all monitors once a minute has ended.", Buckets: []float64{.001, .005, .025, .1, .5, 1, 5, 30}}),
		oldest: f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_alert_oldest_delivery_seconds",
			Help: "Age of the oldest notification that waits to be delivered; 0 when none does."}),
	}
	m.templates = f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_alert_template_failures_total",
		Help: "Notifications sent with the built-in text because their template failed, by template."}, []string{"template"})
	for _, kind := range []spike.Kind{spike.Firestorm, spike.Volume, spike.Coordinated, spike.Praise} {
		m.incidents.WithLabelValues(string(kind)).Add(0)
	}
	return m
}

// count counts an incident when it is opened for the first time.
func (m *Metrics) count(c *spike.Change) {
	if c.Phase == spike.Open && c.Reopened == 0 {
		m.incidents.WithLabelValues(string(c.Kind)).Inc()
	}
}

// setOpen shows the open incidents by the names of their monitors, and forgets other monitors.
func (m *Metrics) setOpen(open map[string]int) {
	for name := range m.shown {
		if _, ok := open[name]; !ok {
			m.open.DeleteLabelValues(name)
		}
	}
	for name, n := range open {
		m.open.WithLabelValues(name).Set(float64(n))
	}
	m.shown = open
}

// announce shows a channel before anything was delivered to it.
func (m *Metrics) announce(channel string) {
	for _, result := range []string{delivered, retried, failed, dropped} {
		m.deliveries.WithLabelValues(channel, result).Add(0)
	}
}
