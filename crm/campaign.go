package crm

import (
	"slices"
	"strings"
	"time"
)

// A Campaign is what the company does to be answered: a mailing, a fair, a hashtag.
type Campaign struct {
	Meta
	Name       string         `json:"name"` // no two have the same
	Kind       string         `json:"kind"` // classic, social, idea
	Status     string         `json:"status"`
	OwnerID    string         `json:"owner_id"`
	ParentID   string         `json:"parent_id"` // the campaign that it is a part of; empty: none
	Budget     Money          `json:"budget"`
	Cost       Money          `json:"cost"` // what it cost so far; 0: its budget is taken for it
	StartsAt   time.Time      `json:"starts_at,omitzero"`
	EndsAt     time.Time      `json:"ends_at,omitzero"`
	MonitorIDs []string       `json:"monitor_ids"` // that hear what is said about it
	Hashtag    string         `json:"hashtag"`     // without #
	Seeks      string         `json:"seeks"`       // what an idea campaign asks for
	Thanks     string         `json:"thanks"`      // how its ideas are answered; empty: in the words of Groundswell
	Notes      string         `json:"notes"`
	Fields     map[string]any `json:"fields"` // custom ones

	nameKey string
}

// Kinds of campaigns.
const (
	CampaignClassic = "classic" // answered by e-mail, portal, at an event …
	CampaignSocial  = "social"  // mentions of its monitors are its responses
	CampaignIdea    = "idea"    // posts under its hashtag are ideas
)

// CampaignKinds are all there are.
var CampaignKinds = []string{CampaignClassic, CampaignSocial, CampaignIdea}

// Statuses of a campaign. An active one collects; ideas of a planned one are not heard yet.
const (
	CampaignPlanned   = "planned"
	CampaignActive    = "active"
	CampaignCompleted = "completed"
	CampaignCancelled = "cancelled"
)

// CampaignStatuses are all there are.
var CampaignStatuses = []string{CampaignPlanned, CampaignActive, CampaignCompleted, CampaignCancelled}

const (
	maxCampaignMonitors = 50
	maxHashtag          = 100
	maxThanks           = 1000
)

func (c *Campaign) owner() string { return c.OwnerID }

func (c *Campaign) check() error {
	c.Name, c.Hashtag = tidy(c.Name), strings.TrimPrefix(tidy(c.Hashtag), "#")
	for _, f := range []struct {
		name, value string
		limit       int
	}{{"name", c.Name, maxName}, {"owner_id", c.OwnerID, maxID}, {"parent_id", c.ParentID, maxID}, {"hashtag", c.Hashtag, maxHashtag}} {
		if err := checkText(f.name, f.value, f.limit); err != nil {
			return err
		}
	}
	if c.nameKey = foldKey(c.Name); c.nameKey == "" {
		return invalid("name", "is empty: a campaign needs one")
	}
	if c.Seeks == "" {
		c.Seeks = IdeaOther
	}
	switch {
	case !slices.Contains(CampaignKinds, c.Kind):
		return invalid("kind", "%q: want one of %s", c.Kind, strings.Join(CampaignKinds, ", "))
	case !slices.Contains(CampaignStatuses, c.Status):
		return invalid("status", "%q: want one of %s", c.Status, strings.Join(CampaignStatuses, ", "))
	case !slices.Contains(IdeaKinds, c.Seeks):
		return invalid("seeks", "%q: want one of %s", c.Seeks, strings.Join(IdeaKinds, ", "))
	case !c.StartsAt.IsZero() && !c.EndsAt.IsZero() && c.EndsAt.Before(c.StartsAt):
		return invalid("ends_at", "is before starts_at")
	case c.Kind == CampaignIdea && c.Hashtag == "":
		return invalid("hashtag", "is empty: an idea campaign collects the posts under one")
	case strings.ContainsFunc(c.Hashtag, func(r rune) bool { return r == '#' || r == ' ' || r == '"' }):
		return invalid("hashtag", "%q: want one word, such as oakchair", c.Hashtag)
	case len(c.MonitorIDs) > maxCampaignMonitors:
		return invalid("monitor_ids", "has %d: at most %d", len(c.MonitorIDs), maxCampaignMonitors)
	case len(c.Thanks) > maxThanks:
		return invalid("thanks", "has %d bytes: at most %d are kept", len(c.Thanks), maxThanks)
	case len(c.Notes) > maxNeed:
		return invalid("notes", "has %d bytes: at most %d are kept", len(c.Notes), maxNeed)
	case len(c.Fields) > maxFields:
		return invalid("fields", "has %d entries: at most %d", len(c.Fields), maxFields)
	}
	return c.checkMoney()
}

// checkMoney sees to it that budget and cost are amounts of one currency.
func (c *Campaign) checkMoney() error {
	for _, m := range []struct {
		field string
		money *Money
	}{{"budget", &c.Budget}, {"cost", &c.Cost}} {
		if m.money.Amount < 0 {
			return invalid(m.field, "is negative")
		}
		if err := m.money.check(m.field); err != nil {
			return err
		}
	}
	switch {
	case c.Budget.Currency == "":
		c.Budget.Currency = c.Cost.Currency
	case c.Cost.Currency == "":
		c.Cost.Currency = c.Budget.Currency
	case c.Budget.Currency != c.Cost.Currency:
		return invalid("cost.currency", "is %s, the budget's is %s: convert it before", c.Cost.Currency, c.Budget.Currency)
	}
	return nil
}

// Spent is what results are held against: the cost so far, or the budget while nobody entered one.
func (c *Campaign) Spent() Money {
	if c.Cost.Amount > 0 {
		return c.Cost
	}
	return c.Budget
}

// Collects says whether the campaign takes what was posted at a time.
func (c *Campaign) Collects(at time.Time) bool {
	return c.Status == CampaignActive && !at.Before(c.StartsAt) && (c.EndsAt.IsZero() || !at.After(c.EndsAt))
}
