package pipeline

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// Rules are the rules by which single mentions alert, kept current. They are safe for concurrent use.
type Rules struct {
	db      *sqldb.DB
	current atomic.Pointer[ruleSet]
}

// ruleSet is one state of the rules.
type ruleSet struct {
	count, stamp int64
	byMonitor    map[string][]alerts.MentionRule
	queries      *listening.Matcher // of the keyword rules, by the rule's id
}

// NewRules loads the rules.
func NewRules(ctx context.Context, db *sqldb.DB) (*Rules, error) {
	r := &Rules{db: db}
	return r, r.Refresh(ctx)
}

// Refresh loads the rules when they have changed.
func (r *Rules) Refresh(ctx context.Context) (err error) {
	next := &ruleSet{byMonitor: make(map[string][]alerts.MentionRule)}
	if next.count, next.stamp, err = alerts.MentionRulesStamp(ctx, r.db); err != nil {
		return err
	}
	if last := r.current.Load(); last != nil && last.count == next.count && last.stamp == next.stamp {
		return nil
	}
	all, err := alerts.MentionRules(ctx, r.db, "")
	if err != nil {
		return err
	}
	var queries []listening.Monitor
	for _, rule := range all {
		if !rule.Enabled {
			continue
		}
		next.byMonitor[rule.MonitorID] = append(next.byMonitor[rule.MonitorID], rule)
		if rule.Kind == alerts.Keyword {
			queries = append(queries, listening.Monitor{ID: rule.ID, Name: rule.Name, Query: rule.Query, Enabled: true})
		}
	}
	if next.queries, err = listening.Compile(queries); err != nil {
		return fmt.Errorf("compile rules: %w", err)
	}
	r.current.Store(next)
	return nil
}

// of returns the rules of a monitor.
func (s *ruleSet) of(monitorID string) []alerts.MentionRule { return s.byMonitor[monitorID] }

// matched are the keyword rules whose query the post matches.
func (s *ruleSet) matched(p *post.Post) []string {
	if s.queries.Len() == 0 {
		return nil
	}
	return s.queries.Match(p)
}
