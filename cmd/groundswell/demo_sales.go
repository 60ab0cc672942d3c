package main

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A sale is one that the demo's company had begun before: who asked, for what, and how far it came.
type sale struct {
	company, need string
	grills        int64
	began         int    // days ago
	until         string // the stage it stands in, or paid or lost
}

var sales = []sale{
	{"Hotel Seeblick", "Six grills for the terrace, before the season", 6, 26, "paid"},
	{"Smokehouse Kiel", "A second grill for the smokehouse", 2, 21, "paid"},
	{"Gasthof Förde", "Two grills for the beer garden", 2, 18, "lost"},
	{"Campingpark Ostsee", "A grill for each of three pitches", 3, 13, "Propose"},
	{"Eventküche Nord", "Four grills for weddings, from May on", 4, 6, "Develop"},
}

// A seller works through the sales of before by the same rules as people do.
type seller struct {
	tx               *sqldb.Tx
	now              time.Time
	mark, anna       string // users
	campaign         string
	grill, priceList string
}

// sell makes the campaign that brought them, and the sales that came of it.
func sell(ctx context.Context, tx *sqldb.Tx, now time.Time, grill, priceList string) error {
	s := &seller{tx: tx, now: now, grill: grill, priceList: priceList}
	for name, id := range map[string]*string{"mark": &s.mark, "anna": &s.anna} {
		if err := tx.QueryRow(ctx, "SELECT id FROM users WHERE name = $1", name).Scan(id); err != nil {
			return fmt.Errorf("find %s: %w", name, err)
		}
	}
	c, err := crm.SaveCampaign(ctx, tx, s.by(s.mark, 30), crm.Campaign{Name: "Grills for guests", Kind: crm.CampaignClassic, Status: crm.CampaignActive, OwnerID: s.mark,
		Cost: crm.Money{Amount: 120_000, Currency: "EUR"}, StartsAt: s.ago(30)}, nil)
	if err != nil {
		return err
	}
	s.campaign = c.ID
	for _, one := range sales {
		if err := s.sell(ctx, one); err != nil {
			return fmt.Errorf("sell to %s: %w", one.company, err)
		}
	}
	_, err = crm.SaveGoal(ctx, tx, s.by(s.anna, 30), crm.Goal{SubjectType: crm.MemberUser, SubjectID: s.anna, Metric: "revenue-won", Period: now.Format("2006"), Target: 2_500_000, Currency: "EUR"})
	return err
}

func (s *seller) ago(days int) time.Time { return s.now.AddDate(0, 0, -days) }

// by is what somebody did so many days ago.
func (s *seller) by(user string, days int) crm.Change {
	return crm.Change{By: user, At: s.ago(days), Access: crm.System()}
}

func (s *seller) sell(ctx context.Context, one sale) error {
	o, err := s.accepted(ctx, one)
	if err != nil {
		return err
	}
	advance := func(days int) error {
		_, err := crm.ChangeOpportunity(ctx, s.tx, s.by(s.anna, days), o.ID, 0, "advance", (*crm.Opportunity).Advance)
		return err
	}
	if err := advance(one.began - 2); err != nil || one.until == "Develop" {
		return err
	}
	if err := advance(one.began - 3); err != nil {
		return err
	}
	q, err := crm.CreateQuote(ctx, s.tx, s.by(s.anna, one.began-4), crm.Quote{OpportunityID: o.ID, Currency: "EUR", ValidUntil: s.ago(one.began - 34),
		Lines: []crm.Line{{ProductID: s.grill, Quantity: one.grills * 1000}}}, s.priceList)
	if err != nil {
		return err
	}
	if _, err := crm.SendQuote(ctx, s.tx, s.by(s.anna, one.began-4), q.ID, 0); err != nil || one.until == "Propose" {
		return err
	}
	decided := s.by(s.anna, one.began-8)
	if one.until == "lost" {
		if _, err := crm.DecideQuote(ctx, s.tx, decided, q.ID, 0, false, "A competitor asks less"); err != nil {
			return err
		}
		_, err := crm.CloseOpportunity(ctx, s.tx, decided, o.ID, 0, crm.Closing{State: crm.StateLost, Reason: "price"})
		return err
	}
	if _, err := crm.DecideQuote(ctx, s.tx, decided, q.ID, 0, true, ""); err != nil {
		return err
	}
	if err := advance(one.began - 8); err != nil {
		return err
	}
	if _, err := crm.CloseOpportunity(ctx, s.tx, decided, o.ID, 0, crm.Closing{State: crm.StateWon, Reason: "quality"}); err != nil {
		return err
	}
	return s.paid(ctx, q.ID, one.began-9)
}

// accepted is the opportunity of a lead that marketing qualified, and that sales talked to and accepted.
func (s *seller) accepted(ctx context.Context, one sale) (crm.Opportunity, error) {
	var contact, account string
	err := s.tx.QueryRow(ctx, "SELECT id, account_id FROM contacts WHERE company = $1 ORDER BY id LIMIT 1", one.company).Scan(&contact, &account)
	if err != nil {
		return crm.Opportunity{}, err
	}
	name := fmt.Sprintf("%s: %d grills", one.company, one.grills)
	l, err := crm.CreateLead(ctx, s.tx, s.by(s.mark, one.began), crm.NewLead{Lead: crm.Lead{Topic: name, Need: one.need, TimeFrame: "this quarter", Product: "Horizont", Company: one.company,
		ContactID: contact, AccountID: account, Source: crm.SourceCampaign, CampaignID: s.campaign}})
	if err != nil {
		return crm.Opportunity{}, err
	}
	for _, step := range []struct {
		by   string
		days int
		to   crm.Milestone
	}{{s.mark, one.began, crm.MarketingQualified}, {s.anna, one.began - 1, crm.SalesQualified}} {
		call := crm.Activity{Kind: "call", RecordType: crm.RecordLead, RecordID: l.ID, OwnerID: step.by, Subject: "Asked what they need", DoneAt: s.ago(step.days)}
		if _, err := crm.CreateActivity(ctx, s.tx, s.by(step.by, step.days), call); err != nil {
			return crm.Opportunity{}, err
		}
		if _, err := crm.MoveLead(ctx, s.tx, s.by(step.by, step.days), crm.LeadMove{ID: l.ID, To: step.to}); err != nil {
			return crm.Opportunity{}, err
		}
	}
	o, err := crm.AcceptLead(ctx, s.tx, s.by(s.anna, one.began-1), l.ID, 0, crm.Acceptance{OwnerID: s.anna, Name: name, ContactID: contact, AccountID: account})
	if err != nil {
		return o, err
	}
	return crm.ChangeOpportunity(ctx, s.tx, s.by(s.anna, one.began-1), o.ID, 0, "update", func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error {
		o.Amount, o.ExpectedClose = crm.Money{Amount: one.grills * grillPrice, Currency: "EUR"}, s.ago(one.began-30)
		return nil
	})
}

// paid orders, invoices and pays what was quoted.
func (s *seller) paid(ctx context.Context, quote string, days int) error {
	order, err := crm.CreateOrder(ctx, s.tx, s.by(s.anna, days), quote)
	if err != nil {
		return err
	}
	invoice, err := crm.CreateInvoice(ctx, s.tx, s.by(s.anna, days), order.ID, nil, s.ago(days-14))
	if err != nil {
		return err
	}
	_, err = crm.CreatePayment(ctx, s.tx, s.by(s.anna, days-7), crm.Payment{InvoiceID: invoice.ID, PaidAt: s.ago(days - 7), Method: "transfer",
		Amount: crm.Money{Amount: invoice.Sums().Gross, Currency: invoice.Currency}})
	return err
}
