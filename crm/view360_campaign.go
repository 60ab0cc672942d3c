package crm

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A CampaignInvolvement is how somebody took part in a campaign: what they said that its monitors heard, what
// they responded, and what it brought.
type CampaignInvolvement struct {
	CampaignID    string    `json:"campaign_id"` // empty: a monitor of kind campaign that no campaign has
	MonitorID     string    `json:"monitor_id"`  // that heard the touches; empty: none did
	Name          string    `json:"name" masked:"campaign.name"`
	Kind          string    `json:"kind" masked:"campaign.kind"` // of the campaign
	Touches       int       `json:"touches"`
	Responses     int       `json:"responses"`
	Leads         int       `json:"leads"`         // that it brought
	Opportunities int       `json:"opportunities"` // that it brought
	Last          time.Time `json:"last"`
}

// took notes something of a part.
func (p *CampaignInvolvement) took(at time.Time) {
	if at.After(p.Last) {
		p.Last = at
	}
}

// gatherCampaigns puts what was heard by monitors of campaigns together with responses, and with the
// campaigns that leads and opportunities came from.
func (v *View360) gatherCampaigns(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) error {
	parts := make(map[string]*CampaignInvolvement)
	part := func(id string) *CampaignInvolvement {
		if parts[id] == nil {
			parts[id] = &CampaignInvolvement{CampaignID: id}
		}
		return parts[id]
	}
	if err := v.heardFor(ctx, q, part); err != nil {
		return err
	}
	for _, from := range []struct {
		query string
		w     *where
		count func(*CampaignInvolvement) *int
	}{
		{"SELECT campaign_id, count(*), max(done_at) FROM activities", s.responses(), func(p *CampaignInvolvement) *int { return &p.Responses }},
		{"SELECT campaign_id, count(*), max(created_at) FROM leads", s.either("leads"), func(p *CampaignInvolvement) *int { return &p.Leads }},
		{"SELECT campaign_id, count(*), max(created_at) FROM opportunities", s.either("opportunities"), func(p *CampaignInvolvement) *int { return &p.Opportunities }},
	} {
		from.w.add("campaign_id <> ''")
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id string
			var n int
			var at time.Time
			if err := rows.Scan(&id, &n, atColumn{&at}); err != nil {
				return err
			}
			p := part(id)
			*from.count(p) += n
			p.took(at)
			return nil
		}, from.query+from.w.sql()+" GROUP BY campaign_id", from.w.args...)
		if err != nil {
			return fmt.Errorf("load campaigns of the view: %w", err)
		}
	}
	return v.nameCampaigns(ctx, q, parts, by)
}

// responses restricts a query of activities to those of the people of the scope and of their leads.
func (s *scope) responses() *where {
	w := &where{}
	people, leads := w.within(s.members()), w.within(s.either("leads"))
	w.conditions = []string{"record_id IN (SELECT id FROM contacts" + people + " UNION SELECT id FROM leads" + leads + ")"}
	return w
}

// heardFor takes the touches that monitors of kind campaign heard over to the campaigns that have the
// monitors.
func (v *View360) heardFor(ctx context.Context, q sqldb.Querier, part func(string) *CampaignInvolvement) error {
	if len(v.Campaigns) == 0 {
		return nil
	}
	monitors := make([]string, len(v.Campaigns))
	for i := range v.Campaigns {
		monitors[i] = v.Campaigns[i].MonitorID
	}
	of := make(map[string][]string)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var monitor, campaign string
		err := rows.Scan(&monitor, &campaign)
		of[monitor] = append(of[monitor], campaign)
		return err
	}, "SELECT monitor_id, campaign_id FROM campaign_monitors WHERE "+sqldb.In("monitor_id", 1, len(monitors)), sqldb.Anys(monitors)...)
	if err != nil {
		return fmt.Errorf("load campaigns of monitors: %w", err)
	}
	var rest []CampaignInvolvement
	for _, heard := range v.Campaigns {
		for _, id := range of[heard.MonitorID] {
			p := part(id)
			p.MonitorID = heard.MonitorID
			p.Touches += heard.Touches
			p.took(heard.Last)
		}
		if len(of[heard.MonitorID]) == 0 {
			rest = append(rest, heard)
		}
	}
	v.Campaigns = rest
	return nil
}

// nameCampaigns adds the campaigns that who looks may read, the last one taken part in first.
func (v *View360) nameCampaigns(ctx context.Context, q sqldb.Querier, parts map[string]*CampaignInvolvement, by Viewer) error {
	ids := make([]string, 0, len(parts))
	for id := range parts {
		ids = append(ids, id)
	}
	for some := range chunks(ids) {
		w := &where{}
		w.add("id IN ("+marks(len(some))+")", sqldb.Anys(some)...)
		w.readable(by.Access, RecordCampaign, "campaigns")
		found, err := campaigns.find(ctx, q, w.sql(), w.args...)
		if err != nil {
			return err
		}
		for _, c := range found {
			p := parts[c.ID]
			p.Name, p.Kind = c.Name, c.Kind
			v.Campaigns = append(v.Campaigns, *p)
		}
	}
	slices.SortFunc(v.Campaigns, func(a, b CampaignInvolvement) int {
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return nil
}
