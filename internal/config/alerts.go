package config

import (
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// Alerts says who is told what, when and how. docs/alerts.md documents it; package alerts checks it.
type Alerts struct {
	Language  string        `yaml:"language"`  // en or de
	Retention time.Duration `yaml:"retention"` // of deliveries
	TimeZone  string        `yaml:"time_zone"` // such as Europe/Berlin
	Hours     []Hours       `yaml:"hours"`
	Teams     []Team        `yaml:"teams"`
	Templates []Template    `yaml:"templates"`
	Routes    []Route       `yaml:"routes"`
	Digests   []Digest      `yaml:"digests"`
	// Surprise is what it takes to open an incident, by the name of the monitor.
	Surprise map[string]float64 `yaml:"surprise"`
}

// Hours are a part of the week that has a name. Several of one name add up.
type Hours struct {
	Name     string   `yaml:"name"`
	Days     []string `yaml:"days"`  // mon … sun, or mon-fri; all when empty
	From     string   `yaml:"from"`  // 08:00
	Until    string   `yaml:"until"` // 18:00; before from: on the next day
	TimeZone string   `yaml:"time_zone"`
}

// A Team cares for some monitors.
type Team struct {
	Name     string   `yaml:"name"`
	Monitors []string `yaml:"monitors"` // their names
}

// A Template words notifications in place of the built-in texts.
type Template struct {
	Name     string       `yaml:"name"`
	Language string       `yaml:"language"`
	Title    TemplateText `yaml:"title"`
	Text     TemplateText `yaml:"text"`
	HTML     TemplateText `yaml:"html"`
}

// TemplateText is the text of a template, and the line of the file where it begins.
type TemplateText struct {
	Text string
	Line int
}

// UnmarshalYAML reads the text and remembers its line.
func (t *TemplateText) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a template is one text", node.Line)
	}
	t.Text, t.Line = node.Value, node.Line
	if node.Style == yaml.LiteralStyle || node.Style == yaml.FoldedStyle {
		t.Line++ // the text begins below its | or >
	}
	return nil
}

// A Route says where alerts go that match, unless one of its own routes takes them.
type Route struct {
	Name          string         `yaml:"name"`
	Match         Match          `yaml:"match"`
	Continue      bool           `yaml:"continue"`
	Channels      []string       `yaml:"channels"`
	GroupBy       []string       `yaml:"group_by"`
	GroupWait     *time.Duration `yaml:"group_wait"`
	GroupInterval *time.Duration `yaml:"group_interval"`
	Cooldown      *time.Duration `yaml:"cooldown"`
	Quiet         string         `yaml:"quiet"` // hours
	Escalate      []Escalation   `yaml:"escalate"`
	Language      string         `yaml:"language"`
	Template      string         `yaml:"template"`
	Routes        []Route        `yaml:"routes"`
}

// Match restricts a route; what is empty does not restrict.
type Match struct {
	Types        []string `yaml:"types"` // incident, mention
	Monitors     []string `yaml:"monitors"`
	MonitorKinds []string `yaml:"monitor_kinds"` // own, competitor, campaign, market
	Kinds        []string `yaml:"kinds"`         // of incidents, or of the rules of mentions
	Teams        []string `yaml:"teams"`
	Severity     int      `yaml:"severity"` // at least
	Hours        string   `yaml:"hours"`    // only during these
	Outside      string   `yaml:"outside"`  // only outside these
}

// An Escalation tells others when nobody has acknowledged for so long.
type Escalation struct {
	After    time.Duration `yaml:"after"`
	Channels []string      `yaml:"channels"`
}

// A Digest tells regularly what a day or a week brought.
type Digest struct {
	Name     string   `yaml:"name"`
	Every    string   `yaml:"every"` // day or week
	On       string   `yaml:"on"`    // the day of a weekly one; mon when empty
	At       string   `yaml:"at"`    // 08:00 when empty
	TimeZone string   `yaml:"time_zone"`
	Monitors []string `yaml:"monitors"` // all when empty
	Channels []string `yaml:"channels"`
	Language string   `yaml:"language"`
}
