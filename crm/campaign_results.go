package crm

import (
	"math"
	"slices"
)

// CampaignResults are what a campaign and its parts brought so far.
type CampaignResults struct {
	Members       int             `json:"members"`     // contacts and leads that it was sent to or that responded, and may be written to
	Responded     int             `json:"responded"`   // of them, those that responded
	PassedOver    int             `json:"passed_over"` // those who took their consent to marketing back: no members any more
	Responses     []ResponseCount `json:"responses"`
	Social        SocialResponse  `json:"social"`
	Leads         FeedbackRow     `json:"leads"` // by milestone, with what they brought
	Opportunities []CampaignSales `json:"opportunities"`
	Revenue       []Revenue       `json:"revenue"` // of all its opportunities, those without a lead included
	Ideas         map[string]int  `json:"ideas"`   // by status
	References    map[string]int  `json:"references"`
	Spent         Money           `json:"spent"`                   // its cost, or its budget while no cost is entered; without either, those of its parts
	CostPerLead   *Money          `json:"cost_per_lead,omitempty"` // left out: there is no lead, or nothing was spent
	CostPerWon    *Money          `json:"cost_per_won,omitempty"`
	Return        *float64        `json:"return"` // (revenue − spent) ÷ spent, in the currency spent; null: nothing was spent
	Parts         []CampaignRef   `json:"parts"`
}

// A CampaignRef names a campaign.
type CampaignRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SocialResponse is what the monitors of a campaign heard while it ran.
type SocialResponse struct {
	Mentions int   `json:"mentions"`
	Authors  int   `json:"authors"`
	Contacts int   `json:"contacts"` // of the authors, those who are contacts
	Positive int   `json:"positive"`
	Negative int   `json:"negative"`
	Reach    int64 `json:"reach"` // of the mention that most may have seen
}

// CampaignSales are the opportunities of a campaign in a state and a currency.
type CampaignSales struct {
	State    string `json:"state"` // open, won, lost
	Currency string `json:"currency"`
	Count    int    `json:"count"`
	Amount   int64  `json:"amount"` // of them, in minor units; 0 for who may not see amounts
}

// ResponseCount is how many responses of a kind came by a channel.
type ResponseCount struct {
	Response string `json:"response"`
	Channel  string `json:"channel"`
	Count    int    `json:"count"`
	People   int    `json:"people"` // contacts and leads
}

// settle works out what a lead and a won sale cost, and the return.
func (r *CampaignResults) settle() {
	if r.Spent.Amount <= 0 {
		return
	}
	won := 0
	for _, s := range r.Opportunities {
		if s.State == StateWon {
			won += s.Count
		}
	}
	r.CostPerLead, r.CostPerWon = r.Spent.per(r.Leads.Leads), r.Spent.per(won)
	revenue := int64(0)
	if at := slices.IndexFunc(r.Revenue, func(rev Revenue) bool { return rev.Currency == r.Spent.Currency }); at >= 0 {
		revenue = r.Revenue[at].Invoiced
	}
	back := round4(float64(revenue-r.Spent.Amount) / float64(r.Spent.Amount))
	r.Return = &back
}

// per is the amount over a number of things, rounded half up; nil over none.
func (m Money) per(n int) *Money {
	if n == 0 {
		return nil
	}
	return &Money{int64(math.Round(float64(m.Amount) / float64(n))), m.Currency}
}
