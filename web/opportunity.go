package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// OpportunityItem is an opportunity with the names of those it is with; one that somebody may not see is empty.
type OpportunityItem struct {
	crm.Opportunity
	AccountName string `json:"account_name" masked:"account_id"`
	ContactName string `json:"contact_name" masked:"contact_id"`
	OwnerName   string `json:"owner_name" masked:"owner_id"`
}

// OpportunityView is an opportunity with where it stands and what its gate still demands.
type OpportunityView struct {
	OpportunityItem
	ProcessName   string            `json:"process_name" masked:"process_id"`
	Guidance      string            `json:"guidance" doc:"For who is in this stage the first time."`
	Steps         []crm.Step        `json:"steps" nullable:"false" doc:"Fields that the stage asks for."`
	Missing       []crm.Missing     `json:"missing" nullable:"false" doc:"What the gate demands and does not find."`
	Tasks         []crm.Activity    `json:"tasks" nullable:"false" doc:"Of the stage."`
	Visits        []crm.StageVisit  `json:"visits" nullable:"false"`
	Approvals     []crm.Approval    `json:"approvals" nullable:"false"`
	SideProcesses []crm.SideProcess `json:"side_processes" nullable:"false"`
	Estimate      *crm.Estimate     `json:"estimate,omitempty" doc:"What closed opportunities say of winning it, beside the odds; only while it is open, and once enough are closed."`
}

// OpportunityBody is what people enter of an opportunity.
type OpportunityBody struct {
	Name          string         `json:"name" minLength:"1" maxLength:"200"`
	Need          string         `json:"need,omitempty" maxLength:"4000" doc:"What they need, in their words."`
	AccountID     string         `json:"account_id,omitempty" maxLength:"100"`
	ContactID     string         `json:"contact_id,omitempty" maxLength:"100"`
	CampaignID    string         `json:"campaign_id,omitempty" maxLength:"100" doc:"The campaign that brought it; it stays when this is left out."`
	OwnerID       string         `json:"owner_id,omitempty" maxLength:"100" doc:"Who works on it; who creates it, when it is left out."`
	Amount        crm.Money      `json:"amount,omitempty"`
	ExpectedClose time.Time      `json:"expected_close,omitzero"`
	Forecast      string         `json:"forecast,omitempty" enum:",pipeline,best-case,commit" doc:"Empty: that of the stage."`
	Fields        map[string]any `json:"fields,omitempty" doc:"Fields of your own, see /fields; they stay when this is left out."`
}

func (b *OpportunityBody) apply(o *crm.Opportunity) {
	o.Name, o.Need, o.AccountID, o.ContactID, o.Amount, o.ExpectedClose = b.Name, b.Need, b.AccountID, b.ContactID, b.Amount, b.ExpectedClose
	if b.Fields != nil {
		o.Fields = b.Fields
	}
	if b.CampaignID != "" {
		o.CampaignID = b.CampaignID
	}
	if b.OwnerID != "" {
		o.OwnerID = b.OwnerID
	}
	if b.Forecast != "" {
		o.Forecast = b.Forecast
	}
}

type (
	opportunitiesInput struct {
		PageInput
		ViewInput
		FieldInput
		State    string `query:"state" enum:"open,won,lost"`
		Stage    string `query:"stage" maxLength:"200"`
		Owner    string `query:"owner" maxLength:"100"`
		Account  string `query:"account" maxLength:"100"`
		Contact  string `query:"contact" maxLength:"100"`
		Campaign string `query:"campaign" maxLength:"100" doc:"Id of a campaign."`
	}
	createOpportunityInput struct{ Body OpportunityBody }
	updateOpportunityInput struct {
		IDInput
		Expectation
		Body OpportunityBody
	}
	backInput struct {
		IDInput
		Expectation
		Body struct {
			Stage  string `json:"stage" maxLength:"200"`
			Reason string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	closeInput struct {
		IDInput
		Expectation
		Body struct {
			State   string `json:"state" enum:"won,lost"`
			Reason  string `json:"reason" minLength:"1" maxLength:"50" doc:"Code of the list: GET /reasons."`
			Comment string `json:"comment,omitempty" maxLength:"200" doc:"What else there is to say."`
		}
	}
	reopenInput struct {
		IDInput
		Expectation
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	oddsInput struct {
		IDInput
		Expectation
		Body struct {
			Percent int    `json:"percent" minimum:"1" maximum:"99"`
			Reason  string `json:"reason" minLength:"1" maxLength:"200"`
		}
	}
	approveInput struct {
		IDInput
		Expectation
		Body struct {
			Role      string `json:"role" minLength:"1" maxLength:"50"`
			ProcessID string `json:"process_id,omitempty" maxLength:"100" doc:"Empty: the main process."`
			Comment   string `json:"comment,omitempty" maxLength:"500"`
		}
	}
	startProcessInput struct {
		IDInput
		Expectation
		Body struct {
			ProcessID string `json:"process_id" minLength:"1" maxLength:"100"`
		}
	}
	advanceProcessInput struct {
		IDInput
		Expectation
		ProcessID string `path:"process_id" maxLength:"100"`
	}
	acceptLeadInput struct {
		IDInput
		Expectation
		Body struct {
			Name    string `json:"name,omitempty" maxLength:"200" doc:"Of the opportunity; empty: the lead's topic."`
			OwnerID string `json:"owner_id,omitempty" maxLength:"100" doc:"Who works on it; empty: who accepts."`
			Account bool   `json:"account,omitempty" doc:"With an account: the one of the company's name, or a new one."`

			ContactID       string `json:"contact_id,omitempty" maxLength:"100" doc:"The contact that it is; empty: the one of the e-mail address, or a new one."`
			AccountID       string `json:"account_id,omitempty" maxLength:"100" doc:"The account that the company is."`
			AllowDuplicate  bool   `json:"allow_duplicate,omitempty" doc:"Make a new contact or account although others look like it."`
			DuplicateReason string `json:"duplicate_reason,omitempty" maxLength:"500" doc:"Why it is none of those."`
			Comment         string `json:"comment,omitempty" maxLength:"500"`
		}
	}
	forecastInput struct {
		Group string    `query:"group" enum:"owner,team,territory,stage,process" default:"owner"`
		By    string    `query:"by" enum:"month,quarter,year" default:"month" doc:"How long a period is."`
		Since time.Time `query:"since" doc:"From when on what was won counts; the beginning of the year when it is left out."`
	}
)

func (s *Server) opportunityRoutes() {
	tags := []string{"opportunities"}
	change := []int{404, 409, 412}
	operate(s, needs(crm.ToRead, crm.RecordOpportunity), huma.Operation{OperationID: "list-opportunities", Method: http.MethodGet, Path: "/opportunities", Tags: tags,
		Summary: "List opportunities, the newest first"}, s.listOpportunities)
	operate(s, needs(crm.ToCreate, crm.RecordOpportunity), huma.Operation{OperationID: "create-opportunity", Method: http.MethodPost, Path: "/opportunities", Tags: tags,
		Summary: "Create an opportunity, in the first stage of the process that fits it", DefaultStatus: http.StatusCreated}, s.createOpportunity)
	operate(s, needs(crm.ToRead, crm.RecordOpportunity), huma.Operation{OperationID: "get-opportunity", Method: http.MethodGet, Path: "/opportunities/{id}", Tags: tags,
		Summary: "Get an opportunity, with what its gate still demands", Errors: []int{404}}, s.getOpportunity)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "update-opportunity", Method: http.MethodPut, Path: "/opportunities/{id}", Tags: tags,
		Summary: "Change an opportunity", Errors: change}, s.updateOpportunity)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "advance-opportunity", Method: http.MethodPost, Path: "/opportunities/{id}/advance", Tags: tags,
		Summary: "Go on to the next stage", Description: "Refused with everything that the gate demands and does not find.", Errors: change}, s.advanceOpportunity)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "move-opportunity-back", Method: http.MethodPost, Path: "/opportunities/{id}/back", Tags: tags,
		Summary: "Go back to an earlier stage", Errors: change}, s.moveOpportunityBack)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "close-opportunity", Method: http.MethodPost, Path: "/opportunities/{id}/close", Tags: tags,
		Summary: "Close an opportunity as won or lost", Errors: change}, s.closeOpportunity)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "reopen-opportunity", Method: http.MethodPost, Path: "/opportunities/{id}/reopen", Tags: tags,
		Summary: "Take a close back", Errors: change}, s.reopenOpportunity)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "set-odds", Method: http.MethodPost, Path: "/opportunities/{id}/odds", Tags: tags,
		Summary: "Say how probable it is to win, and why", Errors: change}, s.setOdds)
	operate(s, needs(crm.ToApprove, crm.RecordOpportunity), huma.Operation{OperationID: "approve-opportunity", Method: http.MethodPost, Path: "/opportunities/{id}/approvals", Tags: tags,
		Summary: "Approve the present stage, as somebody of a role", Errors: change}, s.approveOpportunity)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "start-process", Method: http.MethodPost, Path: "/opportunities/{id}/processes", Tags: tags,
		Summary: "Start a process beside the main one", Errors: change}, s.startProcess)
	operate(s, needs(crm.ToUpdate, crm.RecordOpportunity), huma.Operation{OperationID: "advance-process", Method: http.MethodPost, Path: "/opportunities/{id}/processes/{process_id}/advance", Tags: tags,
		Summary: "Lead a process beside the main one to its next stage", Errors: change}, s.advanceProcess)
	operate(s, needs(crm.ToUpdate, crm.RecordLead), huma.Operation{OperationID: "accept-lead", Method: http.MethodPost, Path: "/leads/{id}/accept", Tags: []string{"leads"},
		Summary: "Accept a lead for sales: it opens an opportunity", DefaultStatus: http.StatusCreated, Errors: change}, s.acceptLead)
	operate(s, needs(crm.ToRead, crm.TypeReport), huma.Operation{OperationID: "get-forecast", Method: http.MethodGet, Path: "/forecast", Tags: tags,
		Summary: "Add opportunities up by period, group and currency: weighted, best case, commit"}, s.forecast)
}

func (s *Server) listOpportunities(ctx context.Context, in *opportunitiesInput) (*one[Page[OpportunityItem]], error) {
	fields, err := in.filter()
	if err != nil {
		return nil, err
	}
	list, next, err := crm.FindOpportunities(ctx, s.DB, accessFrom(ctx), crm.OpportunityFilter{Fields: fields, View: in.viewOf(), Campaign: in.Campaign, State: in.State, Stage: in.Stage, OwnerID: in.Owner,
		AccountID: in.Account, ContactID: in.Contact, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := opportunitiesOf(ctx, s.DB, list)
	return page(items, next), err
}

// opportunitiesOf composes opportunities with the names of whom they name.
func opportunitiesOf(ctx context.Context, q sqldb.Querier, list []crm.Opportunity) ([]OpportunityItem, error) {
	var accounts, contacts []string
	for i := range list {
		accounts, contacts = appendSome(accounts, list[i].AccountID), appendSome(contacts, list[i].ContactID)
	}
	ofAccounts, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordAccount, accounts)
	if err != nil {
		return nil, err
	}
	ofContacts, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordContact, contacts)
	if err != nil {
		return nil, err
	}
	ofUsers, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]OpportunityItem, len(list))
	for i, o := range list {
		items[i] = OpportunityItem{o, ofAccounts[o.AccountID], ofContacts[o.ContactID], ofUsers[o.OwnerID]}
	}
	return items, nil
}

func (s *Server) createOpportunity(ctx context.Context, in *createOpportunityInput) (*versioned[OpportunityView], error) {
	o := crm.Opportunity{OwnerID: userFrom(ctx).id}
	in.Body.apply(&o)
	return s.changeOpportunity(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Opportunity, error) {
		return crm.CreateOpportunity(ctx, tx, ch, o)
	})
}

func (s *Server) getOpportunity(ctx context.Context, in *IDInput) (*versioned[OpportunityView], error) {
	o, err := crm.OpportunityByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return s.opportunityView(ctx, s.DB, o)
}

// opportunityView composes an opportunity with its process.
func (s *Server) opportunityView(ctx context.Context, q sqldb.Querier, o crm.Opportunity) (*versioned[OpportunityView], error) {
	at, err := crm.WhereaboutsOf(ctx, q, &o, s.Now())
	if err != nil {
		return nil, err
	}
	items, err := opportunitiesOf(ctx, q, []crm.Opportunity{o})
	if err != nil {
		return nil, err
	}
	v := OpportunityView{OpportunityItem: items[0], ProcessName: at.Process.Name, Guidance: at.Stage.Guidance, Steps: orEmpty(at.Stage.Steps), Missing: orEmpty(at.Missing),
		Tasks: orEmpty(at.Tasks), Visits: orEmpty(at.Visits), Approvals: orEmpty(at.Approvals), SideProcesses: orEmpty(at.SideProcesses)}
	if v.Estimate, err = crm.EstimateOpportunity(ctx, q, &o, at.Process, s.Now()); err != nil {
		return nil, err
	}
	return &versioned[OpportunityView]{etag(o.Version), v}, nil
}

// orEmpty is a list that JSON shows as [], never as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// changeOpportunity runs a person's action in one transaction and shows what came of it.
func (s *Server) changeOpportunity(ctx context.Context, do func(*sqldb.Tx, crm.Change) (crm.Opportunity, error)) (out *versioned[OpportunityView], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		o, err := do(tx, s.change(ctx, ""))
		if err != nil {
			return err
		}
		out, err = s.opportunityView(ctx, tx, o)
		return err
	})
	return out, err
}

// ruled applies a rule to an opportunity; reason goes into the audit log.
func (s *Server) ruled(ctx context.Context, id IDInput, expect Expectation, action, reason string, rule func(*crm.Opportunity, *crm.Process, crm.Facts) error) (*versioned[OpportunityView], error) {
	expected, err := expect.version()
	if err != nil {
		return nil, err
	}
	out, err := s.changeOpportunity(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Opportunity, error) {
		ch.Why = reason
		return crm.ChangeOpportunity(ctx, tx, ch, id.ID, expected, action, rule)
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) updateOpportunity(ctx context.Context, in *updateOpportunityInput) (*versioned[OpportunityView], error) {
	return s.ruled(ctx, in.IDInput, in.Expectation, "update", "", func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error {
		in.Body.apply(o)
		return nil
	})
}

func (s *Server) advanceOpportunity(ctx context.Context, in *stepInput) (*versioned[OpportunityView], error) {
	return s.ruled(ctx, in.IDInput, in.Expectation, "advance", "", (*crm.Opportunity).Advance)
}

func (s *Server) moveOpportunityBack(ctx context.Context, in *backInput) (*versioned[OpportunityView], error) {
	return s.ruled(ctx, in.IDInput, in.Expectation, "back", in.Body.Reason, func(o *crm.Opportunity, p *crm.Process, _ crm.Facts) error {
		return o.Back(p, in.Body.Stage)
	})
}

func (s *Server) closeOpportunity(ctx context.Context, in *closeInput) (*versioned[OpportunityView], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := s.changeOpportunity(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Opportunity, error) {
		return crm.CloseOpportunity(ctx, tx, ch, in.ID, expected, crm.Closing{State: in.Body.State, Reason: in.Body.Reason, Comment: in.Body.Comment})
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) reopenOpportunity(ctx context.Context, in *reopenInput) (*versioned[OpportunityView], error) {
	return s.ruled(ctx, in.IDInput, in.Expectation, "reopen", in.Body.Reason, (*crm.Opportunity).Reopen)
}

func (s *Server) setOdds(ctx context.Context, in *oddsInput) (*versioned[OpportunityView], error) {
	return s.ruled(ctx, in.IDInput, in.Expectation, "set-odds", in.Body.Reason, func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error {
		return o.SetOdds(in.Body.Percent, in.Body.Reason)
	})
}

func (s *Server) approveOpportunity(ctx context.Context, in *approveInput) (*versioned[OpportunityView], error) {
	return s.aroundOpportunity(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx, ch crm.Change) error {
		return crm.Approve(ctx, tx, ch, in.ID, in.Body.ProcessID, in.Body.Role, in.Body.Comment)
	})
}

func (s *Server) startProcess(ctx context.Context, in *startProcessInput) (*versioned[OpportunityView], error) {
	return s.aroundOpportunity(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx, ch crm.Change) error {
		_, err := crm.StartSide(ctx, tx, ch, in.ID, in.Body.ProcessID)
		return err
	})
}

func (s *Server) advanceProcess(ctx context.Context, in *advanceProcessInput) (*versioned[OpportunityView], error) {
	return s.aroundOpportunity(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx, ch crm.Change) error {
		_, err := crm.AdvanceSide(ctx, tx, ch, in.ID, in.ProcessID)
		return err
	})
}

func (s *Server) acceptLead(ctx context.Context, in *acceptLeadInput) (*versioned[OpportunityView], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := s.changeOpportunity(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Opportunity, error) {
		return crm.AcceptLead(ctx, tx, ch, in.ID, expected, crm.Acceptance{OwnerID: in.Body.OwnerID, Name: in.Body.Name, Account: in.Body.Account,
			ContactID: in.Body.ContactID, AccountID: in.Body.AccountID, AllowDuplicate: in.Body.AllowDuplicate, DuplicateReason: in.Body.DuplicateReason, Comment: in.Body.Comment})
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) forecast(ctx context.Context, in *forecastInput) (*one[Page[crm.ForecastRow]], error) {
	since := in.Since
	if since.IsZero() {
		since = time.Date(s.Now().Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if accessFrom(ctx).HidesAmounts() {
		return nil, &crm.Forbidden{Action: crm.ToRead, Type: crm.RecordOpportunity, Field: "amount"} // sums would tell it
	}
	all, err := crm.ForecastOpportunities(ctx, s.DB, accessFrom(ctx), since)
	if err != nil {
		return nil, err
	}
	groups, name, err := crm.ForecastGrouping(ctx, s.DB, in.Group, all)
	if err != nil {
		return nil, err
	}
	rows := crm.Forecast(all, in.By, groups)
	for i := range rows {
		rows[i].Name = name(rows[i].Group)
	}
	return page(rows, ""), nil
}
