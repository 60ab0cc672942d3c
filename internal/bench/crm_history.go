package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// What the invented sales are about.
var (
	benchWares    = []string{"Stühle", "Schreibtische", "Lampen", "Regale", "Akustikwände", "chairs", "desks", "lamps", "Konferenztische", "Empfangstresen"}
	benchReasons  = []string{"Umzug", "neues Büro", "Erweiterung", "Hotel", "Messe", "relocation", "refurbishment", "Homeoffice"}
	benchSubjects = []string{"Anruf wegen Angebot %s", "Termin: %s besichtigt", "Rückfrage zu %s", "Call about %s", "Meeting: %s and budget", "Mail: Preise für %s", "Nachfassen %s", "Notiz zu %s"}
	benchKinds    = []string{"call", "meeting", "e-mail", "call", "meeting", "e-mail", "task", "note"}
)

func (r *crmRun) pick(list []string) string { return list[r.random.IntN(len(list))] }

// skewed picks one of n, the first ones most: few records have much of everything.
func (r *crmRun) skewed(n int) int {
	x := r.random.Float64()
	return int(float64(n) * x * x * x)
}

// past is a time in the last three years, in order: the i-th of n.
func (r *crmRun) past(i, n int) time.Time {
	years := 3 * 365 * 24 * time.Hour
	return r.start.Add(-years + time.Duration(float64(years)*float64(i)/float64(n+1)))
}

func (r *crmRun) topic() string { return r.pick(benchWares) + ", " + r.pick(benchReasons) }

// makeLeads makes leads in every milestone; two in three are of contacts.
func (r *crmRun) makeLeads(ctx context.Context) error {
	w := &r.world
	milestones := []crm.Milestone{crm.Unqualified, crm.MarketingQualified, crm.SalesQualified, crm.SalesAccepted, crm.Disqualified, crm.Recycled}
	err := r.inBatches(ctx, "leads", r.Leads, 2000, func(tx *sqldb.Tx, from, until int) error {
		leads := make([]crm.Lead, 0, until-from)
		for i := from; i < until; i++ {
			l := crm.Lead{Milestone: milestones[r.random.IntN(len(milestones))], Topic: r.topic(), Source: "import", Meta: crm.Meta{CreatedAt: r.past(i, r.Leads), UpdatedAt: r.past(i, r.Leads)}}
			if l.Name = r.pick(w.names); i%3 < 2 {
				l.ContactID = w.contacts[r.skewed(len(w.contacts))]
			}
			leads = append(leads, l)
		}
		_, err := crm.OpenLeads(ctx, tx, leads, crm.Change{By: crm.ByImport, At: r.start, Access: crm.System()})
		return err
	})
	if err != nil {
		return err
	}
	if w.leads, err = r.ids(ctx, "leads"); err != nil {
		return err
	}
	return r.own(ctx, "leads", w.leads)
}

// makeOpportunities makes sales: a third won, with all that follows up to the payment, a third lost.
func (r *crmRun) makeOpportunities(ctx context.Context) error {
	w, p := &r.world, crm.DefaultProcess()
	number := 0
	err := r.inBatches(ctx, "opportunities", r.Opportunities, 2000, func(tx *sqldb.Tx, from, until int) error {
		var h crm.History
		for i := from; i < until; i++ {
			at := r.past(i, r.Opportunities)
			c := r.skewed(len(w.contacts))
			stage := p.Stages[r.random.IntN(4)]
			o := crm.Opportunity{Meta: crm.Meta{ID: crm.NewID(at), CreatedAt: at}, Name: r.topic(), Need: "Braucht " + r.pick(benchWares), ContactID: w.contacts[c], AccountID: w.accountOf[c],
				OwnerID: w.ownerOf(i, r.Opportunities), Amount: crm.Money{Amount: 10_000 + r.random.Int64N(9_000_000), Currency: "EUR"}, ExpectedClose: at.AddDate(0, 4, 0), State: crm.StateOpen,
				Forecast: stage.Forecast, Stage: stage.Name, ProcessID: p.ID, Process: p.Version, Odds: crm.Odds{Percent: stage.Probability}, Fields: map[string]any{}}
			switch i % 3 {
			case 1:
				o.State, o.Stage, o.Odds.Percent, o.CloseReason, o.ClosedAt = crm.StateWon, "Look after", 100, "Preis und Lieferzeit", at.AddDate(0, 3, 0)
				number++
				r.addCash(&h, &o, number)
			case 2:
				o.State, o.Stage, o.Odds.Percent, o.CloseReason, o.ClosedAt = crm.StateLost, "Review", 0, "zu teuer", at.AddDate(0, 3, 0)
			}
			h.Opportunities = append(h.Opportunities, o)
		}
		return crm.LoadHistory(ctx, tx, crm.Change{By: crm.ByImport, At: r.start, Access: crm.System()}, &h)
	})
	if err != nil {
		return err
	}
	w.deals, err = r.ids(ctx, "opportunities")
	return err
}

// addCash adds the quote, the order, the invoice and the payment of a sale that was won.
func (r *crmRun) addCash(h *crm.History, o *crm.Opportunity, n int) {
	at := o.CreatedAt
	meta := func(days int) crm.Meta { t := at.AddDate(0, 0, days); return crm.Meta{ID: crm.NewID(t), CreatedAt: t} }
	lines := []crm.Line{{Text: r.pick(benchWares), Quantity: 1000, Price: o.Amount.Amount, Tax: 1900}}
	due := crm.Total(lines, 0).Gross
	year := at.Year()
	q := crm.Quote{Meta: meta(20), OpportunityID: o.ID, Number: fmt.Sprintf("Q-%d-%04d", year, n), Revision: 1, State: crm.QuoteAccepted, Currency: "EUR", Lines: lines,
		SentAt: at.AddDate(0, 0, 21), DecidedAt: at.AddDate(0, 0, 40)}
	order := crm.Order{Meta: meta(41), Number: fmt.Sprintf("O-%d-%04d", year, n), QuoteID: q.ID, OpportunityID: o.ID, AccountID: o.AccountID, ContactID: o.ContactID,
		State: crm.OrderFulfilled, Currency: "EUR", Lines: lines, EndedAt: at.AddDate(0, 0, 70)}
	i := crm.Invoice{Meta: meta(71), Number: fmt.Sprintf("I-%d-%04d", year, n), OrderID: order.ID, OpportunityID: o.ID, State: crm.InvoicePaid, Currency: "EUR", Lines: lines,
		DueAt: at.AddDate(0, 0, 101), Paid: due, PaidAt: at.AddDate(0, 0, 90)}
	h.Quotes, h.Orders, h.Invoices = append(h.Quotes, q), append(h.Orders, order), append(h.Invoices, i)
	h.Payments = append(h.Payments, crm.Payment{Meta: meta(90), InvoiceID: i.ID, Amount: crm.Money{Amount: due, Currency: "EUR"}, PaidAt: i.PaidAt, Method: "transfer", Reference: i.Number})
}

// makeActivities makes calls, meetings, mails, notes and tasks: three in five about contacts, one
// about leads, one about opportunities. A task in ten is still to be done.
func (r *crmRun) makeActivities(ctx context.Context) error {
	w := &r.world
	return r.inBatches(ctx, "activities", r.Activities, 5000, func(tx *sqldb.Tx, from, until int) error {
		h := crm.History{Activities: make([]crm.Activity, 0, until-from)}
		for i := from; i < until; i++ {
			at, k := r.past(i, r.Activities), r.random.IntN(len(benchSubjects))
			a := crm.Activity{Meta: crm.Meta{CreatedAt: at}, Kind: benchKinds[k], Subject: fmt.Sprintf(benchSubjects[k], r.topic()), OwnerID: w.ownerOf(r.random.IntN(r.Activities), r.Activities), DoneAt: at}
			switch i % 5 {
			case 0:
				a.RecordType, a.RecordID = crm.RecordLead, w.leads[r.skewed(len(w.leads))]
			case 1:
				a.RecordType, a.RecordID = crm.RecordOpportunity, w.deals[r.random.IntN(len(w.deals))]
			default:
				a.RecordType, a.RecordID = crm.RecordContact, w.contacts[r.skewed(len(w.contacts))]
			}
			if a.Kind == "task" {
				if a.DueAt = at.AddDate(0, 0, 7); r.random.IntN(10) == 0 {
					a.DoneAt = time.Time{}
				}
			}
			h.Activities = append(h.Activities, a)
		}
		return crm.LoadHistory(ctx, tx, crm.Change{By: crm.ByImport, At: r.start, Access: crm.System()}, &h)
	})
}

// makeTouches lets contacts post: as many posts as half of them, most by few. The posts are heard by
// a brand's monitor, and one in ten by a campaign's, too.
func (r *crmRun) makeTouches(ctx context.Context) error {
	monitors := []listening.Monitor{{Name: "Bench", Kind: listening.Own, Query: "stuhl*", Enabled: true}, {Name: "Bench campaign", Kind: listening.Campaign, Query: "#neuesbuero", Enabled: true}}
	if err := listening.SeedMonitors(ctx, r.db, monitors, r.start); err != nil {
		return err
	}
	known, err := listening.Monitors(ctx, r.db)
	if err != nil {
		return err
	}
	ids := make(map[string]string)
	for _, m := range known {
		ids[m.Name] = m.ID
	}
	n := r.Contacts / 2
	return r.inBatches(ctx, "touches", n, 2000, func(tx *sqldb.Tx, from, until int) error {
		var heard []*listening.Heard
		var touches []crm.Touch
		for i := from; i < until; i++ {
			h, t := r.said(i, n, ids)
			heard, touches = append(heard, h), append(touches, t)
		}
		if err := listening.Save(ctx, tx, heard); err != nil {
			return err
		}
		_, err := crm.SaveTouches(ctx, tx, touches)
		return err
	})
}

// said is a post of a contact and the touch it makes.
func (r *crmRun) said(i, n int, monitors map[string]string) (*listening.Heard, crm.Touch) {
	c := r.skewed(len(r.world.contacts))
	at := r.past(i, n)
	p := post.Post{Network: "bluesky", ID: fmt.Sprintf("bench-%d", i), Kind: post.KindPost, Text: "Unsere " + r.topic() + " von Bench", PostedAt: at,
		URL: fmt.Sprintf("https://bsky.app/profile/bench%d/post/%d", c, i), Author: post.Author{ID: fmt.Sprintf("did:plc:bench%d", c), Handle: fmt.Sprintf("bench%d.bsky.social", c)}}
	h := &listening.Heard{Event: post.Event{Type: post.Upsert, Source: "bench", ReceivedAt: at, Post: p}, PostID: p.Key().Short(), AuthorID: p.AuthorKey().Short()}
	tones := []post.Polarity{post.Positive, post.Neutral, post.Negative}
	k := r.random.IntN(len(tones))
	reading := post.Reading{Language: "de", Polarity: tones[k], Score: float64(1 - k), Confidence: 0.9, Intent: post.IntentNone}
	hears := []string{"Bench"}
	if i%10 == 0 {
		hears = append(hears, "Bench campaign")
	}
	for _, m := range hears {
		h.Mentions = append(h.Mentions, listening.Mention{PostID: h.PostID, MonitorID: monitors[m], AuthorID: h.AuthorID, PostedAt: at, Reach: 100, Reading: reading, Model: "bench"})
	}
	return h, crm.Touch{ContactID: r.world.contacts[c], PostID: h.PostID, AuthorID: h.AuthorID, PostedAt: at}
}
