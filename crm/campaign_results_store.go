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

// maxCampaignParts bounds how many campaigns add up to one.
const maxCampaignParts = 500

// ResultsOf adds up what a campaign and the campaigns that are parts of it brought, as far as who asks
// may see the leads and opportunities.
func ResultsOf(ctx context.Context, q sqldb.Querier, a *Access, campaignID string) (CampaignResults, error) {
	c, err := CampaignByID(ctx, q, a, campaignID)
	if err != nil {
		return CampaignResults{}, err
	}
	all, err := c.withParts(ctx, q, a)
	if err != nil {
		return CampaignResults{}, err
	}
	r := CampaignResults{Spent: spentOf(all), Parts: []CampaignRef{}}
	ids := make([]string, len(all))
	for i := range all {
		if ids[i] = all[i].ID; i > 0 {
			r.Parts = append(r.Parts, CampaignRef{all[i].ID, all[i].Name})
		}
	}
	for _, add := range []func(context.Context, sqldb.Querier, *Access, []string) error{r.addResponses, r.addSocial, r.addLeads, r.addSales, r.addRevenue} {
		if err := add(ctx, q, a, ids); err != nil {
			return r, fmt.Errorf("results of campaign %s: %w", campaignID, err)
		}
	}
	if r.Ideas, err = ideaCounts(ctx, q, ids); err != nil {
		return r, err
	}
	if r.References, err = referenceCounts(ctx, q, ids); err != nil {
		return r, err
	}
	r.settle()
	return r, nil
}

// withParts are the campaign and, below it, those that are parts of it.
func (c *Campaign) withParts(ctx context.Context, q sqldb.Querier, a *Access) ([]Campaign, error) {
	all := []Campaign{*c}
	for at := 0; at < len(all) && len(all) < maxCampaignParts; at++ {
		w := &where{}
		w.add("parent_id = ?", all[at].ID)
		w.readable(a, RecordCampaign, "campaigns")
		parts, err := campaigns.find(ctx, q, w.sql()+" ORDER BY id"+w.limit(maxCampaignParts), w.args...)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// spentOf is what the first of several campaigns spent, or all the others where it says nothing: those
// of the currency of the first that does.
func spentOf(all []Campaign) Money {
	total := all[0].Spent()
	if total.Amount > 0 {
		return total
	}
	for i := range all[1:] {
		spent := all[1+i].Spent()
		if total.Amount == 0 {
			total.Currency = spent.Currency
		}
		if spent.Currency == total.Currency {
			total.Amount += spent.Amount
		}
	}
	return total
}

// within restricts a query to campaigns.
func within(column string, ids []string) *where {
	w := &where{}
	w.add(column+" IN ("+marks(len(ids))+")", sqldb.Anys(ids)...)
	return w
}

func (r *CampaignResults) addResponses(ctx context.Context, q sqldb.Querier, a *Access, ids []string) error {
	r.Responses = []ResponseCount{}
	w := within("campaign_id", ids)
	w.readable(a, RecordActivity, "activities")
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var c ResponseCount
		err := rows.Scan(&c.Response, &c.Channel, &c.Count, &c.People)
		r.Responses = append(r.Responses, c)
		return err
	}, "SELECT response, channel, count(*), count(DISTINCT record_id) FROM activities"+w.sql()+" GROUP BY response, channel ORDER BY count(*) DESC, response, channel", w.args...)
	if err != nil {
		return err
	}
	return q.QueryRow(ctx, "SELECT count(DISTINCT CASE WHEN NOT passed THEN record_id END), count(DISTINCT CASE WHEN NOT passed AND response <> '"+ResponseSent+
		"' THEN record_id END), count(DISTINCT CASE WHEN passed THEN record_id END) FROM (SELECT record_id, response, "+passedOver+" AS passed FROM activities"+w.sql()+") told", w.args...).
		Scan(&r.Members, &r.Responded, &r.PassedOver)
}

func (r *CampaignResults) addSocial(ctx context.Context, q sqldb.Querier, _ *Access, ids []string) error {
	w := within("c.id", ids)
	return q.QueryRow(ctx, `SELECT count(*), count(DISTINCT author_id), count(DISTINCT contact_id), COALESCE(sum(positive), 0), COALESCE(sum(negative), 0), COALESCE(max(reach), 0) FROM (
		SELECT m.post_id, max(m.author_id) AS author_id, max(l.contact_id) AS contact_id, max(m.reach) AS reach,
			max(CASE WHEN m.polarity = 'positive' THEN 1 ELSE 0 END) AS positive, max(CASE WHEN m.polarity = 'negative' THEN 1 ELSE 0 END) AS negative
		FROM campaigns c JOIN campaign_monitors cm ON cm.campaign_id = c.id JOIN mentions m ON m.monitor_id = cm.monitor_id AND m.posted_at >= c.starts_at
			AND (c.ends_at = 0 OR m.posted_at <= c.ends_at) LEFT JOIN links l ON l.author_id = m.author_id AND l.decision = 'confirmed'`+w.sql()+` GROUP BY m.post_id) heard`, w.args...).
		Scan(&r.Social.Mentions, &r.Social.Authors, &r.Social.Contacts, &r.Social.Positive, &r.Social.Negative, &r.Social.Reach)
}

func (r *CampaignResults) addLeads(ctx context.Context, q sqldb.Querier, a *Access, ids []string) error {
	plan, err := Milestones(ctx, q)
	if err != nil {
		return err
	}
	f := NewFeedback(&plan, FeedbackKeys["all"])
	if f.After, err = aftermath(ctx, q, a); err != nil {
		return err
	}
	if err := LeadStories(ctx, q, a, StoryFilter{Until: endOfTime, Campaigns: ids, After: f.After}, f.Add); err != nil {
		return err
	}
	r.Leads = FeedbackRow{Milestones: []FeedbackStep{}, Reasons: []FeedbackReason{}, Revenue: []Revenue{}}
	for _, row := range f.Rows() {
		r.Leads = row
	}
	return nil
}

// endOfTime is after whatever was made.
var endOfTime = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

func (r *CampaignResults) addSales(ctx context.Context, q sqldb.Querier, a *Access, ids []string) error {
	r.Opportunities = []CampaignSales{}
	w := within("campaign_id", ids)
	w.readable(a, RecordOpportunity, "opportunities")
	hidden := a.HidesAmounts()
	return sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var s CampaignSales
		if err := rows.Scan(&s.State, &s.Currency, &s.Count, &s.Amount); err != nil {
			return err
		}
		if hidden {
			s.Amount = 0
		}
		r.Opportunities = append(r.Opportunities, s)
		return nil
	}, "SELECT state, currency, count(*), CAST(sum(amount) AS bigint) FROM opportunities"+w.sql()+" GROUP BY state, currency ORDER BY state, currency", w.args...)
}

// addRevenue adds up the invoices that stand.
func (r *CampaignResults) addRevenue(ctx context.Context, q sqldb.Querier, a *Access, ids []string) error {
	w := within("o.campaign_id", ids)
	w.add("i.state <> 'cancelled'")
	w.readable(a, RecordOpportunity, "o")
	if r.Revenue = []Revenue{}; a.hidesRevenue() {
		return nil
	}
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var inv Invoice
		if err := rows.Scan(&inv.Currency, jsonColumn{&inv.Lines}, &inv.Discount, &inv.Paid, jsonColumn{&inv.sums}); err != nil {
			return err
		}
		r.Revenue = addInvoice(r.Revenue, &inv)
		return nil
	}, "SELECT i.currency, i.lines, i.discount, i.paid, i.sums FROM invoices i JOIN opportunities o ON o.id = i.opportunity_id"+w.sql()+" ORDER BY i.id", w.args...)
	slices.SortFunc(r.Revenue, func(a, b Revenue) int { return strings.Compare(a.Currency, b.Currency) })
	return err
}

// addInvoice adds an invoice to what was brought in its currency.
func addInvoice(list []Revenue, inv *Invoice) []Revenue {
	i := slices.IndexFunc(list, func(r Revenue) bool { return r.Currency == inv.Currency })
	if i < 0 {
		i, list = len(list), append(list, Revenue{Currency: inv.Currency})
	}
	list[i].Invoiced += inv.Sums().Net
	list[i].Paid += inv.Paid
	return list
}

// referenceCounts says how far the references of campaigns are.
func referenceCounts(ctx context.Context, q sqldb.Querier, campaignIDs []string) (map[string]int, error) {
	counts := make(map[string]int)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var state string
		var n int
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	}, "SELECT state, count(*) FROM recommendations WHERE became = 'reference' AND "+sqldb.In("campaign_id", 1, len(campaignIDs))+" GROUP BY state", sqldb.Anys(campaignIDs)...)
	if err != nil {
		return nil, fmt.Errorf("count references: %w", err)
	}
	return counts, nil
}
