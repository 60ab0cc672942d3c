package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// RecordCampaign is the type of campaigns.
const RecordCampaign = "campaign"

var campaigns = table[Campaign, *Campaign]{kind: RecordCampaign, name: "campaigns",
	columns: []string{"name", "name_key", "kind", "status", "owner_id", "parent_id", "budget", "cost", "currency", "starts_at", "ends_at", "monitors", "hashtag", "seeks",
		"thanks", "notes", "fields"},
	bind: func(c *Campaign) []any {
		return []any{&c.Name, &c.nameKey, &c.Kind, &c.Status, &c.OwnerID, &c.ParentID, &c.Budget.Amount, &c.Cost.Amount, currencyColumn{c}, atColumn{&c.StartsAt},
			atColumn{&c.EndsAt}, jsonColumn{&c.MonitorIDs}, &c.Hashtag, &c.Seeks, &c.Thanks, &c.Notes, jsonColumn{&c.Fields}}
	}}

// CampaignByID loads a campaign.
func CampaignByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Campaign, error) {
	return campaigns.byID(ctx, q, a, id, 0)
}

// A CampaignFilter chooses campaigns; an empty field does not restrict.
type CampaignFilter struct {
	Kind     string
	Status   string
	OwnerID  string
	ParentID string
	Fields   FieldFilter
	Cursor   string
	Limit    int
}

// FindCampaigns lists campaigns, the newest first, a page at a time.
func FindCampaigns(ctx context.Context, q sqldb.Querier, a *Access, f CampaignFilter) ([]Campaign, string, error) {
	w := &where{}
	if err := w.narrow(a, RecordCampaign, narrowing{"kind", f.Kind}, narrowing{"status", f.Status}, narrowing{"owner_id", f.OwnerID}, narrowing{"parent_id", f.ParentID}); err != nil {
		return nil, "", err
	}
	if err := f.Fields.restrict(w, a, RecordCampaign); err != nil {
		return nil, "", err
	}
	return campaigns.page(ctx, q, a, w, f.Cursor, f.Limit)
}

// SaveCampaign saves a new campaign, or a changed one, whose version is the one that was loaded.
// Leads that named it before it was there become its own, and an active idea campaign collects what
// its monitors have heard already; near says which texts are nearly the same.
func SaveCampaign(ctx context.Context, tx *sqldb.Tx, ch Change, c Campaign, near Near) (Campaign, error) {
	var before Campaign
	var err error
	if c.ID != "" {
		if before, err = campaigns.forChange(ctx, tx, ch, c.ID, c.Version); err != nil {
			return c, err
		}
		if c.Fields == nil {
			c.Fields = before.Fields // nothing is said of them
		}
		if c.Kind != before.Kind {
			return c, invalid("kind", "stays %s: what it collected is of that kind", before.Kind)
		}
	}
	if err := c.check(); err != nil {
		return c, err
	}
	if err := c.checkNamed(ctx, tx, ch.Access, &before); err != nil {
		return c, err
	}
	if err := checkFields(ctx, tx, fieldChange{RecordCampaign, c.ID, before.Fields, c.Fields}); err != nil {
		return c, err
	}
	if c.ID == "" {
		err = campaigns.create(ctx, tx, ch, &c)
	} else {
		err = campaigns.save(ctx, tx, ch, "update", &before, &c)
	}
	if err != nil {
		return c, err
	}
	for _, follow := range []func() error{
		func() error { return saveFieldValues(ctx, tx, RecordCampaign, c.ID, c.Fields) },
		func() error { return c.saveMonitors(ctx, tx) },
		func() error { return c.adopt(ctx, tx, before.Name) },
		func() error { return collectHeard(ctx, tx, ch, &c, near) },
	} {
		if err := follow(); err != nil {
			return c, fmt.Errorf("save campaign %s: %w", c.ID, err)
		}
	}
	return c, nil
}

// checkNamed refuses what another campaign is called already, and names of records that lead nowhere.
func (c *Campaign) checkNamed(ctx context.Context, q sqldb.Querier, a *Access, before *Campaign) error {
	same, err := sqldb.Strings(ctx, q, "SELECT id FROM campaigns WHERE name_key = $1 AND id <> $2", c.nameKey, c.ID)
	if err != nil {
		return fmt.Errorf("load campaigns: %w", err)
	}
	if len(same) > 0 {
		return invalid("name", "there is a campaign %q: choose another", c.Name)
	}
	slices.Sort(c.MonitorIDs)
	c.MonitorIDs = slices.Compact(c.MonitorIDs)
	for _, id := range c.MonitorIDs {
		if slices.Contains(before.MonitorIDs, id) {
			continue
		}
		found, err := sqldb.Strings(ctx, q, "SELECT id FROM monitors WHERE id = $1", id)
		if err != nil {
			return fmt.Errorf("load monitors: %w", err)
		}
		if len(found) == 0 {
			return invalid("monitor_ids", "there is no monitor %q", id)
		}
	}
	if c.ParentID == before.ParentID {
		return nil
	}
	if _, err := optional(c.ParentID, func(id string) (Campaign, error) { return CampaignByID(ctx, q, a, id) }, "parent_id"); err != nil {
		return err
	}
	return c.checkParents(ctx, q)
}

const maxCampaignDepth = 10

// checkParents refuses a campaign that would be a part of itself.
func (c *Campaign) checkParents(ctx context.Context, q sqldb.Querier) error {
	parent := c.ParentID
	for range maxCampaignDepth {
		if parent == "" {
			return nil
		}
		if parent == c.ID {
			return invalid("parent_id", "the campaign would be a part of itself")
		}
		above, err := campaigns.byID(ctx, q, System(), parent, 0)
		if err != nil {
			return err
		}
		parent = above.ParentID
	}
	return invalid("parent_id", "more than %d campaigns would stand in each other", maxCampaignDepth)
}

func (c *Campaign) saveMonitors(ctx context.Context, tx *sqldb.Tx) error {
	if _, err := tx.Exec(ctx, "DELETE FROM campaign_monitors WHERE campaign_id = $1", c.ID); err != nil {
		return err
	}
	rows := make([][]any, len(c.MonitorIDs))
	for i, id := range c.MonitorIDs {
		rows[i] = []any{c.ID, id}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "campaign_monitors", Columns: []string{"campaign_id", "monitor_id"}, Key: []string{"campaign_id", "monitor_id"}}, rows)
	return err
}

// adopt gives the campaign the leads that named it before it was there, with their opportunities, and
// renews its name where it stands beside its id.
func (c *Campaign) adopt(ctx context.Context, tx *sqldb.Tx, before string) error {
	if c.Name == before {
		return nil
	}
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{"UPDATE leads SET campaign_id = $1, campaign = $2, version = version + 1 WHERE campaign_id = '' AND campaign <> '' AND lower(campaign) = lower($2)", []any{c.ID, c.Name}},
		{"UPDATE leads SET campaign = $2, version = version + 1 WHERE campaign_id = $1 AND campaign <> $2", []any{c.ID, c.Name}},
		{"UPDATE lead_forms SET campaign = $1 WHERE campaign = $2 AND campaign <> ''", []any{c.Name, before}},
		{"UPDATE opportunities SET campaign_id = $1 WHERE campaign_id = '' AND lead_id <> '' AND lead_id IN (SELECT id FROM leads WHERE campaign_id = $1)", []any{c.ID}},
	} {
		if _, err := tx.Exec(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// ForgetMonitor takes a monitor that is gone from the campaigns that it heard for.
func ForgetMonitor(ctx context.Context, tx *sqldb.Tx, ch Change, monitorID string) error {
	ids, err := sqldb.Strings(ctx, tx, "SELECT campaign_id FROM campaign_monitors WHERE monitor_id = $1", monitorID)
	if err != nil {
		return fmt.Errorf("load campaigns of monitor %s: %w", monitorID, err)
	}
	ch.Access = System() // who may delete a monitor need not ask the owners of campaigns
	for _, id := range ids {
		c, err := campaigns.change(ctx, tx, ch, id, 0, "update", func(c *Campaign) error {
			c.MonitorIDs = slices.DeleteFunc(slices.Clone(c.MonitorIDs), func(m string) bool { return m == monitorID })
			return nil
		})
		if err != nil {
			return err
		}
		if err := c.saveMonitors(ctx, tx); err != nil {
			return fmt.Errorf("save campaign %s: %w", id, err)
		}
	}
	return nil
}

// CampaignMonitors are the monitors that hear for a campaign.
func CampaignMonitors(ctx context.Context, q sqldb.Querier) (map[string]bool, error) {
	ids, err := sqldb.Strings(ctx, q, "SELECT DISTINCT monitor_id FROM campaign_monitors")
	if err != nil {
		return nil, fmt.Errorf("load monitors of campaigns: %w", err)
	}
	taken := make(map[string]bool, len(ids))
	for _, id := range ids {
		taken[id] = true
	}
	return taken, nil
}
