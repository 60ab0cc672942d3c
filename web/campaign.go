package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// CampaignBody is what people enter of a campaign.
type CampaignBody struct {
	Name       string         `json:"name" minLength:"1" maxLength:"200" doc:"No two have the same."`
	Kind       string         `json:"kind" enum:"classic,social,idea" doc:"classic: answered by e-mail, portal, at an event; social: mentions of its monitors are its responses; idea: posts under its hashtag are ideas. It stays."`
	Status     string         `json:"status,omitempty" enum:",planned,active,completed,cancelled" doc:"Empty: planned. An active one collects."`
	OwnerID    string         `json:"owner_id,omitempty" maxLength:"100" doc:"Who runs it; who creates it, when it is left out."`
	ParentID   string         `json:"parent_id,omitempty" maxLength:"100" doc:"The campaign that it is a part of."`
	Budget     crm.Money      `json:"budget,omitempty"`
	Cost       crm.Money      `json:"cost,omitempty" doc:"What it cost so far; 0: its budget is taken for it."`
	StartsAt   time.Time      `json:"starts_at,omitzero"`
	EndsAt     time.Time      `json:"ends_at,omitzero"`
	MonitorIDs []string       `json:"monitor_ids,omitempty" maxItems:"50" doc:"Monitors that hear what is said about it."`
	Hashtag    string         `json:"hashtag,omitempty" maxLength:"100" doc:"An idea campaign needs one."`
	Seeks      string         `json:"seeks,omitempty" enum:",slogan,product,name,other" doc:"What an idea campaign asks for."`
	Thanks     string         `json:"thanks,omitempty" maxLength:"1000" doc:"How its ideas are answered, with {name}, {handle}, {campaign} and {idea}; empty: in the words of Groundswell."`
	Notes      string         `json:"notes,omitempty" maxLength:"4000"`
	Fields     map[string]any `json:"fields,omitempty" doc:"Fields of your own, see /fields; they stay when this is left out."`
}

func (b *CampaignBody) campaign(id string, version int64) crm.Campaign {
	c := crm.Campaign{Name: b.Name, Kind: b.Kind, Status: b.Status, OwnerID: b.OwnerID, ParentID: b.ParentID, Budget: b.Budget, Cost: b.Cost, StartsAt: b.StartsAt, EndsAt: b.EndsAt,
		MonitorIDs: b.MonitorIDs, Hashtag: b.Hashtag, Seeks: b.Seeks, Thanks: b.Thanks, Notes: b.Notes, Fields: b.Fields}
	if c.Status == "" {
		c.Status = crm.CampaignPlanned
	}
	c.ID, c.Version = id, version
	return c
}

// CampaignView is a campaign.
type CampaignView struct {
	crm.Campaign
	MonitorIDs []string          `json:"monitor_ids" nullable:"false"`
	Monitors   []MonitorRef      `json:"monitors" nullable:"false" masked:"monitor_ids"`
	OwnerName  string            `json:"owner_name" masked:"owner_id"`
	ParentName string            `json:"parent_name" masked:"parent_id"`
	Hook       *CampaignHookView `json:"hook,omitempty" doc:"Where other systems send its responses to; left out: none is open, or it is a list."`
}

// CampaignResultsView is what a campaign and its parts brought.
type CampaignResultsView struct {
	crm.CampaignResults
	Leads FeedbackRow `json:"leads" doc:"By milestone, with what they brought."`
}

// MonitorRef names a monitor.
type MonitorRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// CampaignHookView is where other systems send the responses of a campaign to.
type CampaignHookView struct {
	Path     string    `json:"path"`
	OpenedAt time.Time `json:"opened_at"`
	OpenedBy string    `json:"opened_by"`
	Secret   string    `json:"secret,omitempty" doc:"Of the signature; told once, when it is opened."`
}

func hookView(h *crm.CampaignHook) *CampaignHookView {
	return &CampaignHookView{Path: base + "/campaign-responses/" + h.Key, OpenedAt: instant(h.OpenedAt), OpenedBy: h.OpenedBy}
}

type (
	campaignsInput struct {
		PageInput
		FieldInput
		Kind   string `query:"kind" enum:"classic,social,idea"`
		Status string `query:"status" enum:"planned,active,completed,cancelled"`
		Owner  string `query:"owner" maxLength:"100" doc:"Id of a user."`
		Parent string `query:"parent" maxLength:"100" doc:"Id of a campaign: only its parts."`
	}
	createCampaignInput struct {
		Body struct {
			CampaignBody
			Listen bool `json:"listen,omitempty" doc:"Make a monitor that hears its hashtag."`
		}
	}
	updateCampaignInput struct {
		IDInput
		Expectation
		Body CampaignBody
	}
)

func (s *Server) campaignRoutes() {
	const tag = "campaigns"
	operate(s, needs(crm.ToRead, crm.RecordCampaign), getting(tag, "list-campaigns", "/campaigns", "List campaigns, the newest first"), s.listCampaigns)
	operate(s, needs(crm.ToCreate, crm.RecordCampaign), doing(tag, "create-campaign", http.MethodPost, "/campaigns", "Create a campaign. Leads that named it before become its own"), s.createCampaign)
	operate(s, needs(crm.ToRead, crm.RecordCampaign), getting(tag, "get-campaign", "/campaigns/{id}", "Get a campaign"), s.getCampaign)
	operate(s, needs(crm.ToUpdate, crm.RecordCampaign), doing(tag, "update-campaign", http.MethodPut, "/campaigns/{id}", "Change a campaign"), s.updateCampaign)
	operate(s, needs(crm.ToRead, crm.RecordCampaign), getting(tag, "get-campaign-results", "/campaigns/{id}/results", "What a campaign and its parts brought: responses, leads by milestone, opportunities, revenue, cost per lead, return"), s.campaignResults)
	operate(s, needs(crm.ToUpdate, crm.RecordCampaign), doing(tag, "open-campaign-hook", http.MethodPut, "/campaigns/{id}/hook", "Let other systems send responses, or give them another address and secret"), s.openHook)
	operate(s, needs(crm.ToUpdate, crm.RecordCampaign), doing(tag, "close-campaign-hook", http.MethodDelete, "/campaigns/{id}/hook", "Take no responses of other systems any more"), s.closeHook)
	s.responseRoutes()
	s.ideaRoutes()
	s.sideRoutes()
	s.recommendationRoutes()
}

func (s *Server) listCampaigns(ctx context.Context, in *campaignsInput) (*one[Page[CampaignView]], error) {
	fields, err := in.filter()
	if err != nil {
		return nil, err
	}
	list, next, err := crm.FindCampaigns(ctx, s.DB, accessFrom(ctx), crm.CampaignFilter{Kind: in.Kind, Status: in.Status, OwnerID: in.Owner, ParentID: in.Parent, Fields: fields,
		Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := campaignsOf(ctx, s.DB, list)
	return page(items, next), err
}

// campaignsOf composes campaigns with the names of what they refer to.
func campaignsOf(ctx context.Context, q sqldb.Querier, list []crm.Campaign) ([]CampaignView, error) {
	monitors, err := monitorNames(ctx, q)
	if err != nil {
		return nil, err
	}
	users, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	var parents []string
	for i := range list {
		parents = appendSome(parents, list[i].ParentID)
	}
	names, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordCampaign, parents)
	if err != nil {
		return nil, err
	}
	items := make([]CampaignView, len(list))
	for i, c := range list {
		c.Fields = orNone(c.Fields)
		items[i] = CampaignView{Campaign: c, MonitorIDs: orEmpty(c.MonitorIDs), Monitors: []MonitorRef{}, OwnerName: users[c.OwnerID], ParentName: names[c.ParentID]}
		for _, id := range c.MonitorIDs {
			items[i].Monitors = append(items[i].Monitors, MonitorRef{id, monitors[id]})
		}
	}
	return items, nil
}

func campaignOutput(ctx context.Context, q sqldb.Querier, c crm.Campaign) (*versioned[CampaignView], error) {
	items, err := campaignsOf(ctx, q, []crm.Campaign{c})
	if err != nil {
		return nil, err
	}
	h, err := crm.HookOf(ctx, q, c.ID)
	if err == nil {
		items[0].Hook = hookView(&h)
	} else if !errors.Is(err, crm.ErrNotFound) {
		return nil, err
	}
	return &versioned[CampaignView]{etag(c.Version), items[0]}, nil
}

func (s *Server) getCampaign(ctx context.Context, in *IDInput) (*versioned[CampaignView], error) {
	c, err := crm.CampaignByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return campaignOutput(ctx, s.DB, c)
}

// putCampaign saves a campaign; before prepares it in the same transaction.
func (s *Server) putCampaign(ctx context.Context, c crm.Campaign, before func(*sqldb.Tx, *crm.Campaign) error) (out *versioned[CampaignView], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		saved := c
		if err := before(tx, &saved); err != nil {
			return err
		}
		saved, err := crm.SaveCampaign(ctx, tx, s.change(ctx, ""), saved, listening.NearPrints)
		if err != nil {
			return err
		}
		out, err = campaignOutput(ctx, tx, saved)
		return err
	})
	return out, err
}

func (s *Server) createCampaign(ctx context.Context, in *createCampaignInput) (*versioned[CampaignView], error) {
	c := in.Body.campaign("", 0)
	if c.OwnerID == "" {
		c.OwnerID = userFrom(ctx).id
	}
	return s.putCampaign(ctx, c, func(tx *sqldb.Tx, c *crm.Campaign) error {
		if !in.Body.Listen {
			return nil
		}
		return s.listenFor(ctx, tx, c)
	})
}

// listenFor makes a monitor that hears the hashtag of a campaign.
func (s *Server) listenFor(ctx context.Context, tx *sqldb.Tx, c *crm.Campaign) error {
	if err := accessFrom(ctx).Demand(crm.ToCreate, crm.TypeMonitor); err != nil {
		return err
	}
	if c.Hashtag == "" {
		return invalidField("hashtag", "is empty: there is nothing to listen for")
	}
	name := c.Name
	for utf8.RuneCountInString(name) > 100 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	tag := c.Hashtag
	if tag[0] != '#' {
		tag = "#" + tag
	}
	m, err := listening.CreateMonitor(ctx, tx, listening.Monitor{Name: name, Kind: listening.Campaign, Query: tag, Enabled: true}, s.Now())
	if errors.Is(err, sqldb.ErrConflict) {
		return invalidField("name", fmt.Sprintf("there is a monitor of the name %s: choose another, or name the monitor in monitor_ids", name))
	}
	c.MonitorIDs = append(c.MonitorIDs, m.ID)
	return err
}

func (s *Server) updateCampaign(ctx context.Context, in *updateCampaignInput) (*versioned[CampaignView], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := s.putCampaign(ctx, in.Body.campaign(in.ID, expected), func(tx *sqldb.Tx, c *crm.Campaign) error {
		old, err := crm.CampaignByID(ctx, tx, accessFrom(ctx), in.ID)
		if err != nil {
			return err
		}
		if c.Version == 0 {
			c.Version = old.Version
		}
		if c.OwnerID == "" {
			c.OwnerID = old.OwnerID
		}
		return nil
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) campaignResults(ctx context.Context, in *IDInput) (out *one[CampaignResultsView], err error) {
	err = s.DB.View(ctx, func(q sqldb.Querier) error {
		r, err := crm.ResultsOf(ctx, q, accessFrom(ctx), in.ID)
		out = &one[CampaignResultsView]{CampaignResultsView{r, FeedbackRow{r.Leads, ""}}}
		return err
	})
	return out, err
}

func (s *Server) openHook(ctx context.Context, in *stepInput) (*versioned[CampaignHookView], error) {
	return made(ctx, s, recordAt{crm.RecordCampaign, in.ID, in.Expectation}, func(tx *sqldb.Tx) (CampaignHookView, error) {
		h, secret, err := crm.OpenHook(ctx, tx, s.change(ctx, ""), s.secretBox, in.ID)
		v := hookView(&h)
		v.Secret = secret
		return *v, err
	})
}

func (s *Server) closeHook(ctx context.Context, in *stepInput) (*moved, error) {
	tag, err := s.changeAround(ctx, recordAt{crm.RecordCampaign, in.ID, in.Expectation}, func(tx *sqldb.Tx) error {
		return crm.CloseHook(ctx, tx, s.change(ctx, ""), in.ID)
	})
	return &moved{tag}, err
}
