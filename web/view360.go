package web

import (
	"context"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Part is the beginning of a list in a view.
type Part[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Count int    `json:"count" doc:"How many there are."`
	More  bool   `json:"more" doc:"There are more than count, which counts no further than 10,000."`
	All   string `json:"all" doc:"Address of the whole list; empty: these are all."`
}

// partWith is a part with its items as the API shows them; all is where the whole list is, told where
// the part is cut.
func partWith[T, V any](p crm.Part[T], items []V, all string) Part[V] {
	out := Part[V]{Items: items, Count: p.Count, More: p.More}
	if p.Count > len(items) {
		out.All = base + all
	}
	return out
}

func partAs[T, V any](p crm.Part[T], all string, view func(T) V) Part[V] {
	items := make([]V, len(p.Items))
	for i, r := range p.Items {
		items[i] = view(r)
	}
	return partWith(p, items, all)
}

type (
	// AccountRef names an account.
	AccountRef struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		ParentID string `json:"parent_id"`
	}
	// UserRef names a user.
	UserRef struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	// News is what others changed since the visit before this one, of the record and of all parts.
	News struct {
		Since   *time.Time      `json:"since" doc:"The end of that visit; null: this is the first."`
		Touches int             `json:"touches" doc:"Posted since."`
		Due     int             `json:"due" doc:"Tasks that have become due since."`
		Counts  []crm.NewsCount `json:"counts" nullable:"false" doc:"How many records of each type others made, and changed: those that the parts leave out, too."`
		Changes []NewsItem      `json:"changes" nullable:"false" doc:"The newest first."`
		More    bool            `json:"more"`
	}
	// NewsItem is a change of the record, or of one that belongs to it.
	NewsItem struct {
		At         time.Time `json:"at"`
		Actor      string    `json:"actor"`
		ActorName  string    `json:"actor_name"`
		Action     string    `json:"action"`
		RecordType string    `json:"record_type"`
		RecordID   string    `json:"record_id"`
		Reason     string    `json:"reason"`
		Fields     []string  `json:"fields" nullable:"false" doc:"Names of what is other since; empty where the whole record is."`
	}
)

// View360 is what the views of contacts and accounts have in common: the beginning of each list, and
// how long it is, from one state of the database.
type View360 struct {
	Account       *Account                  `json:"account,omitempty" doc:"A contact's, or the one itself; left out where there is none, or where it may not be read."`
	Above         []AccountRef              `json:"above" nullable:"false" doc:"The accounts that it belongs to, the nearest first."`
	Owners        []crm.ViewOwner           `json:"owners" nullable:"false" doc:"Whom it belongs to: the owner, who works in its territories (of rank 1 the primary one, then co-owners), the owner's teams, whom it is shared with, who works on open opportunities."`
	Territories   []crm.InTerritory         `json:"territories" nullable:"false"`
	Touches       Part[Touch]               `json:"touches"`
	Sentiment     crm.Sentiment             `json:"sentiment" doc:"Of the last 200 touches. Trend: the mean score of 90 days against that before, a change being 0.2."`
	Activities    Part[crm.Activity]        `json:"activities"`
	Tasks         Part[crm.Activity]        `json:"tasks" doc:"To be done, the first due first."`
	Leads         Part[Lead]                `json:"leads"`
	Opportunities Part[crm.Opportunity]     `json:"opportunities"`
	Pipeline      []crm.RollUp              `json:"pipeline" nullable:"false" doc:"All opportunities added up, by currency, in minor units."`
	Quotes        Part[QuoteView]           `json:"quotes"`
	Orders        Part[OrderView]           `json:"orders"`
	Invoices      Part[InvoiceView]         `json:"invoices"`
	Payments      Part[crm.Payment]         `json:"payments"`
	Campaigns     []crm.CampaignInvolvement `json:"campaigns" nullable:"false" doc:"That they took part in, the last one first: what monitors heard, what they responded, what it brought."`
	News          News                      `json:"news"`
}

// Contact360 is all the company knows of a contact.
type Contact360 struct {
	Contact       Contact        `json:"contact"`
	Profiles      []Profile      `json:"profiles" nullable:"false"`
	Links         []Link         `json:"links" nullable:"false" doc:"To authors, with what speaks for each."`
	Consent       []Consent      `json:"consent" nullable:"false"`
	Acquaintances []Acquaintance `json:"acquaintances" nullable:"false" doc:"Who of the company knows them by their own network; the contact comes from there where brought_in says so."`
	View360
}

// Account360 is all the company knows of an account, over its contacts and the accounts below it.
type Account360 struct {
	Contacts Part[Contact] `json:"contacts"`
	Profiles Part[Profile] `json:"profiles" doc:"Of its contacts."`
	Links    Part[Link]    `json:"links" doc:"Of its contacts, with what speaks for each."`
	Consent  Part[Consent] `json:"consent" doc:"Of its contacts."`
	Below    []AccountRef  `json:"below" nullable:"false" doc:"The accounts below it, level by level; at most 500."`
	View360
}

func (s *Server) view360Routes() {
	operate(s, needs(crm.ToRead, crm.RecordContact), getting("contacts", "get-contact-360", "/contacts/{id}/360", "Everything about a contact, and what is new since you looked last"), s.contact360)
	operate(s, needs(crm.ToRead, crm.RecordAccount), getting("accounts", "get-account-360", "/accounts/{id}/360", "Everything about an account, its contacts and the accounts below it"), s.account360)
}

func (s *Server) contact360(ctx context.Context, in *IDInput) (*one[Contact360], error) {
	var out Contact360
	by := s.viewer(ctx)
	err := s.DB.View(ctx, func(q sqldb.Querier) error {
		v, err := crm.ContactView360(ctx, q, in.ID, by)
		if err != nil {
			return err
		}
		names, err := userNames(ctx, q)
		if err != nil {
			return err
		}
		if out.View360, err = view360Of(ctx, q, viewed{&v, crm.RecordContact, in.ID, names}); err != nil {
			return err
		}
		counts := crm.TouchCount{Touches: int64(v.Touches.Count)}
		if len(v.Touches.Items) > 0 {
			counts.Last = v.Touches.Items[0].PostedAt
		}
		out.Contact, out.Profiles = contactOf(&v.Contact, counts), profilesOf(v.Profiles)
		out.Consent = groundsOf(&v, names)
		out.Acquaintances = acquaintancesOf(v.Acquaintances, names)
		out.Links, err = linksOf(ctx, q, v.Links)
		return err
	})
	if err == nil {
		err = crm.NoteLook(ctx, s.DB, by, crm.RecordContact, in.ID)
	}
	return &one[Contact360]{out}, err
}

func (s *Server) account360(ctx context.Context, in *IDInput) (*one[Account360], error) {
	var out Account360
	by := s.viewer(ctx)
	err := s.DB.View(ctx, func(q sqldb.Querier) error {
		v, err := crm.AccountView360(ctx, q, in.ID, by)
		if err != nil {
			return err
		}
		names, err := userNames(ctx, q)
		if err != nil {
			return err
		}
		of := viewed{&v, crm.RecordAccount, in.ID, names}
		if out.View360, err = view360Of(ctx, q, of); err != nil {
			return err
		}
		if err := out.people(ctx, q, of); err != nil {
			return err
		}
		out.Below = accountRefs(v.Below)
		out.Contacts = partAs(v.Contacts, "/contacts?view=account:"+in.ID, func(c crm.Contact) Contact { return contactOf(&c, crm.TouchCount{}) })
		return nil
	})
	if err == nil {
		err = crm.NoteLook(ctx, s.DB, by, crm.RecordAccount, in.ID)
	}
	return &one[Account360]{out}, err
}

func (s *Server) viewer(ctx context.Context) crm.Viewer {
	return crm.Viewer{Access: accessFrom(ctx), UserID: userFrom(ctx).id, Now: s.Now()}
}

// viewed is what a view shows, of which record, and what users are called.
type viewed struct {
	*crm.View360
	kind, id string
	names    map[string]string
}

// view360Of composes the view of a record.
func view360Of(ctx context.Context, q sqldb.Querier, v viewed) (View360, error) {
	of := "?view=" + v.kind + ":" + v.id
	out := View360{
		Above: accountRefs(v.Above), Owners: orEmpty(v.Owners), Territories: orEmpty(v.Territories), Sentiment: v.Sentiment,
		Activities: partAs(v.Activities, "/activities"+of, itself), Tasks: partAs(v.Tasks, "/activities"+of+"&kind=task&open=true", itself),
		Opportunities: partAs(v.Opportunities, "/opportunities"+of, itself), Pipeline: orEmpty(v.Pipeline),
		Quotes: partAs(v.Quotes, "/quotes"+of, quoteView), Orders: partAs(v.Orders, "/orders"+of, orderView), Invoices: partAs(v.Invoices, "/invoices"+of, invoiceView),
		Payments: partAs(v.Payments, "/payments"+of, itself), Campaigns: orEmpty(v.Campaigns), News: newsOf(&v.News, v.names, accessFrom(ctx)),
	}
	if v.Account.ID != "" {
		a := accountOf(v.Account)
		out.Account = &a
	}
	leads, err := leadsOf(ctx, q, v.Leads.Items)
	if err != nil {
		return out, err
	}
	touches, err := touchesOf(ctx, q, v.Touches.Items)
	if err != nil {
		return out, err
	}
	out.Leads, out.Touches = partWith(v.Leads, leads, "/leads"+of), partWith(v.Touches, touches, "/"+v.kind+"s/"+v.id+"/timeline")
	return out, nil
}

func accountRefs(accounts []crm.Account) []AccountRef {
	refs := make([]AccountRef, len(accounts))
	for i, a := range accounts {
		refs[i] = AccountRef{a.ID, a.Name, a.ParentID}
	}
	return refs
}

func newsOf(n *crm.News, names map[string]string, a *crm.Access) News {
	out := News{Since: maybe(n.Since), Touches: n.Touches, Due: n.Due, Counts: orEmpty(n.Counts), Changes: make([]NewsItem, len(n.Changes)), More: n.More}
	for i, c := range n.Changes {
		item := NewsItem{At: instant(c.At), Actor: c.Actor, ActorName: nameOr(names, c.Actor), Action: c.Action, RecordType: c.RecordType,
			RecordID: c.RecordID, Reason: c.Reason, Fields: []string{}}
		if fields, ok := withoutHidden(a, c.RecordType, object(c.After)).(map[string]any); ok && c.Action != "create" {
			for name := range fields {
				item.Fields = append(item.Fields, name)
			}
			slices.Sort(item.Fields)
		}
		out.Changes[i] = item
	}
	return out
}
