package crm

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// currencyColumn keeps the one currency of a campaign's budget and cost.
type currencyColumn struct{ of *Campaign }

func (c currencyColumn) Value() (driver.Value, error) { return c.of.Budget.Currency, nil }

func (c currencyColumn) Scan(src any) error {
	var s sql.NullString
	err := s.Scan(src)
	c.of.Budget.Currency, c.of.Cost.Currency = s.String, s.String
	return err
}

// takeCampaign makes what a lead says of the campaign that brought it a reference: an id has to name
// one, and a name becomes the campaign of that name. A name that no campaign has is kept, for the one
// that will have it.
func (l *Lead) takeCampaign(ctx context.Context, q sqldb.Querier, a *Access, before *Lead) error {
	switch {
	case l.CampaignID != before.CampaignID && l.CampaignID != "":
		c, err := optional(l.CampaignID, func(id string) (Campaign, error) { return CampaignByID(ctx, q, a, id) }, "campaign_id")
		l.Campaign = c.Name
		return err
	case l.CampaignID != "" && (l.Campaign == "" || foldKey(l.Campaign) == foldKey(before.Campaign)):
		l.Campaign = before.Campaign
		return nil
	}
	l.CampaignID = ""
	return takeNamedCampaigns(ctx, q, []*Lead{l})
}

// takeNamedCampaigns gives leads that name a campaign, and have none, the one of the name.
func takeNamedCampaigns(ctx context.Context, q sqldb.Querier, list []*Lead) error {
	named := make(map[string][]*Lead)
	var keys []string
	for _, l := range list {
		if key := foldKey(l.Campaign); key != "" && l.CampaignID == "" {
			if named[key] == nil {
				keys = append(keys, key)
			}
			named[key] = append(named[key], l)
		}
	}
	for part := range chunks(keys) {
		found, err := campaigns.find(ctx, q, "WHERE "+sqldb.In("name_key", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return err
		}
		for _, c := range found {
			for _, l := range named[c.nameKey] {
				l.CampaignID, l.Campaign = c.ID, c.Name
			}
		}
	}
	return nil
}

// takeHeardCampaigns gives leads that posts suggest the campaign one of whose monitors heard the post,
// while it ran; of several the newest.
func takeHeardCampaigns(ctx context.Context, q sqldb.Querier, heard []Lead) error {
	var posts []string
	for i := range heard {
		if heard[i].PostID != "" && heard[i].CampaignID == "" {
			posts = append(posts, heard[i].PostID)
		}
	}
	type source struct{ id, name string }
	of := make(map[string]source)
	for part := range chunks(posts) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var post string
			var s source
			if err := rows.Scan(&post, &s.id, &s.name); err != nil {
				return err
			}
			of[post] = s
			return nil
		}, `SELECT m.post_id, c.id, c.name FROM mentions m JOIN campaign_monitors cm ON cm.monitor_id = m.monitor_id JOIN campaigns c ON c.id = cm.campaign_id
			WHERE c.status = 'active' AND c.starts_at <= m.posted_at AND (c.ends_at = 0 OR c.ends_at >= m.posted_at) AND `+sqldb.In("m.post_id", 1, len(part))+
			" ORDER BY c.id", sqldb.Anys(part)...)
		if err != nil {
			return fmt.Errorf("load campaigns of posts: %w", err)
		}
	}
	for i := range heard {
		if s, ok := of[heard[i].PostID]; ok && heard[i].CampaignID == "" {
			heard[i].CampaignID, heard[i].Campaign = s.id, s.name
		}
	}
	return nil
}

// FindCampaign is the campaign of a name or an id, whoever asks.
func FindCampaign(ctx context.Context, q sqldb.Querier, name string) (Campaign, error) {
	found, err := campaigns.find(ctx, q, "WHERE name_key = $1", foldKey(name))
	if err != nil || len(found) > 0 {
		return append(found, Campaign{})[0], err
	}
	return CampaignByID(ctx, q, System(), name)
}
