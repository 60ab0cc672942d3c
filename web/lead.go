package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// Lead is a person who may buy.
type Lead struct {
	ID         string `json:"id"`
	ExternalID string `json:"external_id" doc:"The id in the system it was imported from."`
	Milestone  string `json:"milestone" doc:"One of GET /milestones, or disqualified or recycled."`
	State      string `json:"state" enum:"open,accepted,disqualified,recycled"`
	LeadFields
	Next      []string         `json:"next_milestones" nullable:"false" doc:"Where it can go from here."`
	Post      *Mention         `json:"post,omitempty" masked:"post_id" doc:"The mention it came from."`
	Author    *Author          `json:"author,omitempty" masked:"author_id"`
	Contact   *ContactRef      `json:"contact,omitempty" masked:"contact_id"`
	MonitorID string           `json:"monitor_id"`
	Rule      string           `json:"rule" doc:"The rule that suggested it; empty when a person entered it."`
	Monitor   string           `json:"monitor" masked:"monitor_id" doc:"The monitor's name."`
	Reason    string           `json:"reason" doc:"Code of why it was disqualified or recycled."`
	Comment   string           `json:"comment" doc:"Why, in words."`
	Rating    LeadRating       `json:"rating"`
	Steps     []crm.LeadStep   `json:"steps,omitempty" doc:"Where it can go, with what is missing yet; only of a single lead."`
	Visits    []MilestoneVisit `json:"visits,omitempty" doc:"Its stays in milestones; only of a single lead."`
	Version   int64            `json:"version"`
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
}

// LeadFields are what people and other systems say of a lead.
type LeadFields struct {
	Topic      string         `json:"topic,omitempty" maxLength:"200" doc:"What they want, in a few words."`
	Need       string         `json:"need,omitempty" maxLength:"4000" doc:"What they need, in their words."`
	TimeFrame  string         `json:"time_frame,omitempty" maxLength:"200"`
	Product    string         `json:"product,omitempty" maxLength:"200" doc:"That interests them."`
	Name       string         `json:"name,omitempty" maxLength:"200"`
	Email      string         `json:"email,omitempty" maxLength:"254"`
	Phone      string         `json:"phone,omitempty" maxLength:"100"`
	JobTitle   string         `json:"job_title,omitempty" maxLength:"200"`
	Network    string         `json:"network,omitempty" maxLength:"200" doc:"Of their social profile."`
	Handle     string         `json:"handle,omitempty" maxLength:"200" doc:"Of their social profile."`
	Company    string         `json:"company,omitempty" maxLength:"200"`
	Industry   string         `json:"industry,omitempty" maxLength:"200"`
	Country    string         `json:"country,omitempty" maxLength:"200"`
	PostalCode string         `json:"postal_code,omitempty" maxLength:"20"`
	City       string         `json:"city,omitempty" maxLength:"200"`
	Employees  int64          `json:"employees,omitempty" minimum:"0" maximum:"10000000" doc:"Of the company; 0: not known."`
	ContactID  string         `json:"contact_id,omitempty" maxLength:"100" doc:"The contact that it is."`
	AccountID  string         `json:"account_id,omitempty" maxLength:"100" doc:"The account that the company is."`
	OwnerID    string         `json:"owner_id,omitempty" maxLength:"100" doc:"Who works on it; empty: nobody yet."`
	Source     string         `json:"source,omitempty" enum:",mention,campaign,import,form,hand" doc:"Where it came from; empty: hand."`
	Detail     string         `json:"detail,omitempty" maxLength:"200" doc:"Of the source: the form, the file and its line."`
	CampaignID string         `json:"campaign_id,omitempty" maxLength:"100" doc:"The campaign that brought it."`
	Campaign   string         `json:"campaign,omitempty" maxLength:"200" doc:"Its name: enough to find it by. One that no campaign has is kept for the one that will have it."`
	Fields     map[string]any `json:"fields,omitempty" doc:"Fields of your own."`
}

// LeadRating is how well a lead fits, and how interested it is.
type LeadRating struct {
	crm.Rating
	Criteria []crm.CriterionResult `json:"criteria" nullable:"false"`
	Interest []crm.Interest        `json:"interest" nullable:"false"`
	Reason   string                `json:"reason" doc:"Why it stands where it stands in the queue, in one line."`
}

// MilestoneVisit is a stay of a lead in a milestone.
type MilestoneVisit struct {
	crm.MilestoneVisit
	Who string `json:"who" doc:"Name of the user who led it there; empty when nobody did."`
}

func fieldsOfLead(l *crm.Lead) LeadFields {
	return LeadFields{l.Topic, l.Need, l.TimeFrame, l.Product, l.Name, l.Email, l.Phone, l.JobTitle, l.Network, l.Handle, l.Company, l.Industry,
		l.Country, l.PostalCode, l.City, l.Employees, l.ContactID, l.AccountID, l.OwnerID, l.Source, l.Detail, l.CampaignID, l.Campaign, l.Fields}
}

// apply takes over what is said; where it came from, a lead never forgets.
func (f *LeadFields) apply(l *crm.Lead) {
	l.Topic, l.Need, l.TimeFrame, l.Product, l.Name, l.Email, l.Phone, l.JobTitle = f.Topic, f.Need, f.TimeFrame, f.Product, f.Name, f.Email, f.Phone, f.JobTitle
	l.Network, l.Handle, l.Company, l.Industry, l.Country, l.PostalCode, l.City = f.Network, f.Handle, f.Company, f.Industry, f.Country, f.PostalCode, f.City
	l.Employees, l.ContactID, l.AccountID, l.OwnerID, l.Fields = f.Employees, f.ContactID, f.AccountID, f.OwnerID, f.Fields
	if l.CampaignID, l.Campaign = f.CampaignID, f.Campaign; l.CampaignID != "" {
		l.Campaign = "" // the id says more
	}
	if l.Source == "" {
		l.Source, l.Detail = f.Source, f.Detail
	}
	if l.Source == "" {
		l.Source = crm.SourceHand
	}
}

func leadOf(l *crm.Lead, plan *crm.MilestonePlan) Lead {
	out := Lead{ID: l.ID, ExternalID: l.ExternalID, Milestone: string(l.Milestone), State: l.State, LeadFields: fieldsOfLead(l), Next: []string{}, Rule: l.Rule, MonitorID: l.MonitorID,
		Reason: l.Reason, Comment: l.Comment, Version: l.Version, CreatedAt: instant(l.CreatedAt), UpdatedAt: instant(l.UpdatedAt),
		Rating: LeadRating{l.Rating, orEmpty(l.Rating.Criteria), orEmpty(l.Rating.Interest), ""}}
	if l.Rating.Fit == 0 && l.Rating.RatedAt.IsZero() {
		out.Rating.Trend = crm.TrendNotEnough
	}
	out.Rating.Reason = l.Rating.Reason()
	for _, m := range plan.Next(l.Milestone) {
		out.Next = append(out.Next, string(m))
	}
	return out
}

// leadsOf composes leads with their mention, author, contact and monitor.
func leadsOf(ctx context.Context, q sqldb.Querier, leads []crm.Lead) ([]Lead, error) {
	var posts, authors, contacts []string
	for _, l := range leads {
		posts, authors, contacts = appendSome(posts, l.PostID), appendSome(authors, l.AuthorID), appendSome(contacts, l.ContactID)
	}
	mentions, err := mentionOfPost(ctx, q, posts)
	if err != nil {
		return nil, err
	}
	known, err := authorsByID(ctx, q, authors)
	if err != nil {
		return nil, err
	}
	linked, err := contactRefs(ctx, q, authors)
	if err != nil {
		return nil, err
	}
	names, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordContact, contacts)
	if err != nil {
		return nil, err
	}
	monitors, err := monitorNames(ctx, q)
	if err != nil {
		return nil, err
	}
	plan, err := crm.Milestones(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]Lead, len(leads))
	for i, l := range leads {
		item := leadOf(&leads[i], &plan)
		item.Monitor, item.Post, item.Contact = monitors[l.MonitorID], mentions[l.PostID], linked[l.AuthorID]
		if name, ok := names[l.ContactID]; ok {
			item.Contact = &ContactRef{l.ContactID, name}
		}
		if item.Post != nil {
			item.Author = &item.Post.Author
		} else {
			item.Author = known[l.AuthorID]
		}
		items[i] = item
	}
	return items, nil
}

func appendSome(list []string, id string) []string {
	if id == "" {
		return list
	}
	return append(list, id)
}

func monitorNames(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	monitors, err := listening.Monitors(ctx, q)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(monitors))
	for _, m := range monitors {
		names[m.ID] = m.Name
	}
	return names, nil
}

type (
	leadsInput struct {
		PageInput
		ViewInput
		FieldInput
		Milestone string `query:"milestone" maxLength:"50"`
		State     string `query:"state" enum:"open,accepted,disqualified,recycled"`
		Contact   string `query:"contact" maxLength:"100" doc:"Id of a contact."`
		Account   string `query:"account" maxLength:"100" doc:"Id of an account."`
		Owner     string `query:"owner" maxLength:"100" doc:"Id of a user."`
		Source    string `query:"source" enum:"mention,campaign,import,form,hand"`
		Campaign  string `query:"campaign" maxLength:"200" doc:"Id or name of a campaign."`
		Grade     string `query:"grade" enum:"A,B,C,D,E,F"`
		Sort      string `query:"sort" enum:"newest,queue" default:"newest" doc:"queue: the most promising first, by fit and interest."`
	}
	createLeadInput struct {
		Body struct {
			LeadFields
			AllowDuplicate  bool   `json:"allow_duplicate,omitempty" doc:"Make it although records look like it."`
			DuplicateReason string `json:"duplicate_reason,omitempty" maxLength:"500" doc:"Why it is none of those."`
		}
	}
	checkLeadInput  struct{ Body LeadFields }
	updateLeadInput struct {
		IDInput
		Expectation
		Body LeadFields
	}
	moveLeadInput struct {
		IDInput
		Expectation
		Body struct {
			Milestone string `json:"milestone" minLength:"1" maxLength:"50"`
			Reason    string `json:"reason,omitempty" maxLength:"50" doc:"Code; demanded for disqualified and recycled: GET /reasons."`
			Comment   string `json:"comment,omitempty" maxLength:"500" doc:"Why, in words."`
		}
	}
)

func (s *Server) leadRoutes() {
	tags := []string{"leads"}
	s.leadMergeRoutes()
	operate(s, needs(crm.ToRead, crm.RecordLead), huma.Operation{OperationID: "list-leads", Method: http.MethodGet, Path: "/leads", Tags: tags,
		Summary: "List leads, the newest first, or the most promising"}, s.listLeads)
	operate(s, needs(crm.ToCreate, crm.RecordLead), huma.Operation{OperationID: "create-lead", Method: http.MethodPost, Path: "/leads", Tags: tags, DefaultStatus: http.StatusCreated, Errors: []int{409},
		Summary:     "Create a lead",
		Description: "Refused with everything on file that may be the same person or company, until it is said which of it the lead is, or why it is none."}, s.createLead)
	operate(s, needs(crm.ToRead, crm.RecordLead), huma.Operation{OperationID: "check-lead", Method: http.MethodPost, Path: "/leads/check", Tags: tags,
		Summary: "What is on file that may be the same person or company as a lead"}, s.checkLead)
	operate(s, needs(crm.ToRead, crm.RecordLead), huma.Operation{OperationID: "get-lead", Method: http.MethodGet, Path: "/leads/{id}", Tags: tags,
		Summary: "Get a lead, with what each next milestone still demands", Errors: []int{404}}, s.getLead)
	operate(s, needs(crm.ToUpdate, crm.RecordLead), huma.Operation{OperationID: "update-lead", Method: http.MethodPut, Path: "/leads/{id}", Tags: tags,
		Summary: "Change what a lead says", Errors: []int{404, 409, 412}}, s.updateLead)
	operate(s, needs(crm.ToUpdate, crm.RecordLead), huma.Operation{OperationID: "move-lead", Method: http.MethodPatch, Path: "/leads/{id}", Tags: tags,
		Summary: "Move a lead to another milestone", Description: "Refused with everything that the milestone demands and does not find.", Errors: []int{404, 409, 412}}, s.moveLead)
}

func (s *Server) listLeads(ctx context.Context, in *leadsInput) (*one[Page[Lead]], error) {
	fields, err := in.filter()
	if err != nil {
		return nil, err
	}
	leads, next, err := crm.FindLeads(ctx, s.DB, accessFrom(ctx), crm.LeadFilter{Fields: fields, View: in.viewOf(), Milestone: crm.Milestone(in.Milestone), State: in.State, ContactID: in.Contact, AccountID: in.Account,
		OwnerID: in.Owner, Source: in.Source, Campaign: in.Campaign, Grade: in.Grade, Queue: in.Sort == "queue", Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := leadsOf(ctx, s.DB, leads)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

func (s *Server) createLead(ctx context.Context, in *createLeadInput) (*versioned[Lead], error) {
	n := crm.NewLead{AllowDuplicate: in.Body.AllowDuplicate, DuplicateReason: in.Body.DuplicateReason}
	in.Body.apply(&n.Lead)
	return s.changeLead(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Lead, error) { return crm.CreateLead(ctx, tx, ch, n) })
}

func (s *Server) checkLead(ctx context.Context, in *checkLeadInput) (*one[Page[crm.Candidate]], error) {
	var l crm.Lead
	in.Body.apply(&l)
	found, err := crm.Candidates(ctx, s.DB, accessFrom(ctx), &l)
	if err != nil {
		return nil, err
	}
	return page(found, ""), nil
}

func (s *Server) getLead(ctx context.Context, in *IDInput) (*versioned[Lead], error) {
	l, err := crm.LeadByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return s.leadOutput(ctx, s.DB, l)
}

// leadOutput composes a single lead: with its way so far, and what the next milestones demand.
func (s *Server) leadOutput(ctx context.Context, q sqldb.Querier, l crm.Lead) (*versioned[Lead], error) {
	items, err := leadsOf(ctx, q, []crm.Lead{l})
	if err != nil {
		return nil, err
	}
	item := &items[0]
	plan, err := crm.Milestones(ctx, q)
	if err != nil {
		return nil, err
	}
	if item.Steps, err = crm.NextSteps(ctx, q, &plan, &l, s.change(ctx, "")); err != nil {
		return nil, err
	}
	visits, err := crm.MilestoneVisits(ctx, q, l.ID)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, v := range visits {
		item.Visits = append(item.Visits, MilestoneVisit{v, names[v.EnteredBy]})
	}
	return &versioned[Lead]{etag(l.Version), *item}, nil
}

// changeLead runs a person's action in one transaction and shows what came of it.
func (s *Server) changeLead(ctx context.Context, do func(*sqldb.Tx, crm.Change) (crm.Lead, error)) (out *versioned[Lead], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		l, err := do(tx, s.change(ctx, ""))
		if err != nil {
			return err
		}
		out, err = s.leadOutput(ctx, tx, l)
		return err
	})
	return out, err
}

func (s *Server) updateLead(ctx context.Context, in *updateLeadInput) (*versioned[Lead], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := s.changeLead(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Lead, error) {
		return crm.UpdateLead(ctx, tx, ch, in.ID, expected, in.Body.apply)
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) moveLead(ctx context.Context, in *moveLeadInput) (*versioned[Lead], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := s.changeLead(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Lead, error) {
		if err := crm.CheckVersion(ctx, tx, ch, crm.RecordLead, in.ID, expected); err != nil {
			return crm.Lead{}, err
		}
		ch.Why = strings.Trim(in.Body.Reason+": "+in.Body.Comment, ": ")
		return crm.MoveLead(ctx, tx, ch, crm.LeadMove{ID: in.ID, Version: expected, To: crm.Milestone(in.Body.Milestone), Reason: in.Body.Reason, Comment: in.Body.Comment})
	})
	return out, changed(err, crm.ErrConflict, expected)
}
