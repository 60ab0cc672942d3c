package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type alertmanagerConfig struct {
	URL        config.Secret     `yaml:"url"` // http://alertmanager:9093
	Username   string            `yaml:"username"`
	Password   config.Secret     `yaml:"password"`
	Token      config.Secret     `yaml:"token"`
	Labels     map[string]string `yaml:"labels"` // added to each alert
	httpConfig `yaml:",inline"`
}

// alertmanager posts to the API v2 of Prometheus Alertmanager
// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). Who is told then is
// Alertmanager's business: it groups, silences and repeats.
type alertmanager struct {
	*target
	header http.Header
	labels map[string]string
}

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

func newAlertmanager(section *yaml.Node) (Notifier, error) {
	var cfg alertmanagerConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	for name := range cfg.Labels {
		if !labelName.MatchString(name) {
			return nil, fmt.Errorf("labels: %q: want letters, digits and _", name)
		}
	}
	if cfg.Password != "" && cfg.Token != "" || (cfg.Username == "") != (cfg.Password == "") {
		return nil, errors.New("username and password: want both, or a token, or none of them")
	}
	t, err := newTarget("url", cfg.URL, &cfg.httpConfig, cfg.Password, cfg.Token)
	if err != nil {
		return nil, err
	}
	a := &alertmanager{target: t, header: bearer(cfg.Token), labels: cfg.Labels}
	if cfg.Password != "" {
		req := http.Request{Header: http.Header{}}
		req.SetBasicAuth(cfg.Username, cfg.Password.Reveal())
		a.header = req.Header
		t.hide(strings.TrimPrefix(req.Header.Get("Authorization"), "Basic "))
	}
	return a, nil
}

// alertFor is how long Alertmanager keeps an alert that nobody ends: without an end of its own it
// would take it for over after its resolve_timeout, five minutes.
const (
	alertFor   = 7 * 24 * time.Hour
	mentionFor = time.Hour
)

type promAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// Notify posts the alert. Its labels name it, and severity is one of them: when that rises, the
// alert of the severity before is ended in the same call.
func (a *alertmanager) Notify(ctx context.Context, n Notification) error {
	now := time.Now()
	alerts := []promAlert{a.alert(&n, n.Severity, now)}
	if n.Type == TypeIncident {
		for lower := range n.Severity {
			ended := a.alert(&n, lower, now)
			ended.EndsAt = now
			alerts = append(alerts, ended)
		}
	}
	return a.post(ctx, "/api/v2/alerts", a.header, alerts)
}

func (a *alertmanager) alert(n *Notification, severity int, now time.Time) promAlert {
	m := n.message()
	labels := map[string]string{"alertname": "Groundswell", "type": n.Type, "monitor": n.Monitor, "kind": n.Kind, "severity": strconv.Itoa(severity)}
	starts, ends := n.OpenedAt, now.Add(alertFor)
	switch {
	case n.Type == TypeIncident:
		labels["incident_id"] = n.IncidentID
		if n.State == "resolved" {
			ends = now
		}
	case n.Mention != nil:
		labels["post_id"] = n.Mention.PostID
		starts, ends = n.Mention.PostedAt, now.Add(mentionFor)
	default:
		ends = now.Add(time.Minute)
	}
	if starts.IsZero() || !starts.Before(ends) {
		starts = now.Add(-time.Second)
	}
	maps.Copy(labels, a.labels)
	maps.DeleteFunc(labels, func(_, value string) bool { return value == "" })
	return promAlert{Labels: labels, StartsAt: starts, EndsAt: ends, GeneratorURL: n.URL,
		Annotations: map[string]string{"summary": m.Title, "description": shortBytes(m.Text, 8000), "state": n.State, "degree": n.Degree}}
}

// Check says whether Alertmanager is ready (https://prometheus.io/docs/alerting/latest/management_api/).
func (a *alertmanager) Check(ctx context.Context) error {
	return a.reach(ctx, call{method: http.MethodGet, path: "/-/ready", header: a.header})
}
