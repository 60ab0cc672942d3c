package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	requests    *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	liveClients prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "groundswell_http_requests_total",
			Help: "HTTP requests answered, by method, route pattern and status.",
		}, []string{"method", "route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "groundswell_http_request_seconds",
			Help:    "Time to answer an HTTP request, by route pattern; the live feed is left out.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		liveClients: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "groundswell_live_clients",
			Help: "Browsers and programs that listen to the live feed now.",
		}),
	}
	r.MustRegister(m.requests, m.seconds, m.liveClients)
	return m
}

func (m *metrics) observe(method, route string, code int, took time.Duration) {
	if code == 0 {
		code = http.StatusOK
	}
	m.requests.WithLabelValues(methodName(method), route, strconv.Itoa(code)).Inc()
	if route != base+"/live" {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// methodName bounds the label: a client may send any word as its method.
func methodName(method string) string {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}, method) {
		return method
	}
	return "other"
}
