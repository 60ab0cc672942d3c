package listening

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Measure is how much is said about a monitor, or about all monitors of a kind, and how, in a
// period and in the one before it, which is as long. docs/measures.md has the formulas.
type Measure struct {
	MonitorID string // empty where it is of a kind
	Name      string // of the monitor, or the kind
	Kind      Kind
	Now       Figures
	Before    Figures
}

// Figures are the measures of one period.
type Figures struct {
	Mentions   int64
	Negative   int64
	Positive   int64
	Reach      int64
	Engagement int64 // of the posts that are kept
	brands     int64 // mentions of own and competitor monitors
}

// Index is the sentiment index; false when there is neither positive nor negative.
func (f *Figures) Index() (float64, bool) {
	return Point{Negative: f.Negative, Positive: f.Positive}.Index()
}

// Share is the share of voice: the part of the mentions of own and competitor monitors; false
// when there are none.
func (f *Figures) Share() (float64, bool) {
	if f.brands == 0 {
		return 0, false
	}
	return float64(f.Mentions) / float64(f.brands), true
}

// Brand says that the measure is of own or competitor monitors, which alone have a share of voice.
func (m *Measure) Brand() bool { return m.Kind == Own || m.Kind == Competitor }

// A MeasureFilter chooses measures; an empty field does not restrict.
type MeasureFilter struct {
	Monitor     string // id
	Kind        Kind
	ByKind      bool      // one measure for all monitors of a kind
	From, Until time.Time // whole minutes; the period before is as long
}

// mostMentions is how many mentions a period may have whose engagement is added up: it is not in
// the cells, for it is that of posts as they were seen last.
const mostMentions = 2_000_000

// Measures returns measures by name.
func Measures(ctx context.Context, q sqldb.Querier, f MeasureFilter) ([]Measure, error) {
	from, until := f.From.Unix()/60, (f.Until.Unix()+59)/60
	monitors, err := Monitors(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make(map[string]*Measure, len(monitors))
	for _, m := range monitors {
		all[m.ID] = &Measure{MonitorID: m.ID, Name: m.Name, Kind: m.Kind}
	}
	if err := countMentions(ctx, q, all, from, until); err != nil {
		return nil, fmt.Errorf("measure mentions: %w", err)
	}
	if err := addEngagement(ctx, q, all, &f, from, until); err != nil {
		return nil, err
	}
	return arrange(all, &f), nil
}

// countMentions fills in what the cells say.
func countMentions(ctx context.Context, q sqldb.Querier, all map[string]*Measure, from, until int64) error {
	rows, err := q.Query(ctx, `SELECT c.monitor_id, CASE WHEN c.minute >= $1 THEN 1 ELSE 0 END, CAST(SUM(c.posts) AS bigint), CAST(SUM(c.negative) AS bigint),
		CAST(SUM(c.positive) AS bigint), CAST(SUM(c.reach) AS bigint)
		FROM monitors m JOIN cells c ON c.monitor_id = m.id AND c.minute >= $2 AND c.minute < $3 GROUP BY 1, 2`, from, 2*from-until, until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var now int
		var f Figures
		if err := rows.Scan(&id, &now, &f.Mentions, &f.Negative, &f.Positive, &f.Reach); err != nil {
			return err
		}
		switch m := all[id]; {
		case m == nil: // deleted meanwhile
		case now == 1:
			m.Now = f
		default:
			m.Before = f
		}
	}
	return rows.Err()
}

// addEngagement fills in the engagement, which stands with the posts.
func addEngagement(ctx context.Context, q sqldb.Querier, all map[string]*Measure, f *MeasureFilter, from, until int64) error {
	var mentions int64
	for _, m := range all {
		if f.Monitor == "" || f.Monitor == m.MonitorID {
			mentions += m.Now.Mentions + m.Before.Mentions
		}
	}
	if mentions > mostMentions {
		return &Invalid{"from", fmt.Sprintf("%d mentions: want %d at most to measure their engagement, so less time or one monitor", mentions, mostMentions)}
	}
	const minute = int64(time.Minute / time.Millisecond)
	query, args := `SELECT m.monitor_id, CASE WHEN m.posted_at >= $1 THEN 1 ELSE 0 END, CAST(SUM(p.engagement) AS bigint)
		FROM mentions m JOIN posts p ON p.id = m.post_id WHERE m.posted_at >= $2 AND m.posted_at < $3`, []any{from * minute, (2*from - until) * minute, until * minute}
	if f.Monitor != "" {
		query, args = query+" AND m.monitor_id = $4", append(args, f.Monitor)
	}
	rows, err := q.Query(ctx, query+" GROUP BY 1, 2", args...)
	if err != nil {
		return fmt.Errorf("measure engagement: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var now int
		var engagement int64
		if err := rows.Scan(&id, &now, &engagement); err != nil {
			return fmt.Errorf("measure engagement: %w", err)
		}
		switch m := all[id]; {
		case m == nil:
		case now == 1:
			m.Now.Engagement = engagement
		default:
			m.Before.Engagement = engagement
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("measure engagement: %w", err)
	}
	return nil
}

// arrange adds up what belongs together, and sorts.
func arrange(all map[string]*Measure, f *MeasureFilter) []Measure {
	var now, before int64
	for _, m := range all {
		if m.Brand() {
			now, before = now+m.Now.Mentions, before+m.Before.Mentions
		}
	}
	byKind := make(map[Kind]*Measure)
	var list []Measure
	for _, m := range all {
		if f.Monitor != "" && f.Monitor != m.MonitorID || f.Kind != "" && f.Kind != m.Kind {
			continue
		}
		if !f.ByKind {
			list = append(list, *m)
			continue
		}
		sum := byKind[m.Kind]
		if sum == nil {
			sum = &Measure{Name: m.Kind, Kind: m.Kind}
			byKind[m.Kind] = sum
		}
		sum.Now.add(&m.Now)
		sum.Before.add(&m.Before)
	}
	for _, sum := range byKind {
		list = append(list, *sum)
	}
	for i := range list {
		list[i].Now.brands, list[i].Before.brands = now, before
	}
	slices.SortFunc(list, func(a, b Measure) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.MonitorID, b.MonitorID))
	})
	return list
}

func (f *Figures) add(other *Figures) {
	f.Mentions += other.Mentions
	f.Negative += other.Negative
	f.Positive += other.Positive
	f.Reach += other.Reach
	f.Engagement += other.Engagement
}
