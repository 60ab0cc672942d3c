package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// HandoverView is a hand-over with what it comes to.
type HandoverView struct {
	crm.Handover
	State      string              `json:"state" enum:"collecting,open,giving,done,returning,returned,dropped" doc:"collecting, giving and returning go on in the background until handled is total."`
	User       string              `json:"user"`
	Counts     []HandoverCountView `json:"counts" nullable:"false"`
	Links      map[string]int64    `json:"links" doc:"Links under review, by receiver: they go with their contacts."`
	OutOfReach map[string]int64    `json:"out_of_reach" doc:"By type: what the person has beside, and you may not give."`
}

// HandoverCountView is how many records of a type somebody receives.
type HandoverCountView struct {
	crm.HandoverCount
	State    string `json:"state" enum:"proposed,given,kept,returned"`
	Receiver string `json:"receiver" doc:"Empty: nobody yet."`
}

// HandoverRecordView is a record that is handed over.
type HandoverRecordView struct {
	crm.HandoverRecord
	State    string `json:"state" enum:"proposed,given,kept,returned"`
	Receiver string `json:"receiver" doc:"Empty: it stays."`
	Why      string `json:"why" enum:"record,territory,team,load,chosen,none"`
	Because  string `json:"because" doc:"The same in words."`
}

type (
	beginHandoverInput struct {
		Body struct {
			UserID string `json:"user_id" minLength:"1" maxLength:"100" doc:"Who leaves."`
			Reason string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	handoverRecordsInput struct {
		IDInput
		PageInput
		Type     string `query:"type" maxLength:"50"`
		State    string `query:"state" enum:"proposed,given,kept,returned"`
		Receiver string `query:"receiver" maxLength:"100" doc:"Id of a user, or nobody."`
	}
	receiveInput struct {
		IDInput
		Expectation
		Body struct {
			ReceiverID string          `json:"receiver_id,omitempty" maxLength:"100" doc:"Who receives them; left out: they stay."`
			Type       string          `json:"type,omitempty" maxLength:"50" doc:"Only those of a type."`
			From       *string         `json:"from,omitempty" maxLength:"100" doc:"Only those that somebody was to receive; empty: nobody."`
			Records    []crm.RecordRef `json:"records,omitempty" maxItems:"500" doc:"Only these."`
		}
	}
	giveHandoverInput struct {
		IDInput
		Expectation
		Body struct {
			Disable bool `json:"disable,omitempty" doc:"They can sign in no more once all is given."`
		}
	}
)

func (s *Server) handoverRoutes() {
	const tag = "handovers"
	operate(s, needs(crm.ToRead, crm.RecordHandover), getting(tag, "list-handovers", "/handovers", "List hand-overs, the newest first"), s.listHandovers)
	operate(s, needs(crm.ToCreate, crm.RecordHandover), doing(tag, "begin-handover", http.MethodPost, "/handovers", "Look up what somebody has who leaves, and propose who receives it"), s.beginHandover)
	operate(s, needs(crm.ToRead, crm.RecordHandover), getting(tag, "get-handover", "/handovers/{id}", "Get a hand-over, with what it comes to"), s.getHandover)
	operate(s, needs(crm.ToRead, crm.RecordHandover), getting(tag, "list-handover-records", "/handovers/{id}/records", "List what is handed over, with the reason for each receiver"), s.listHandoverRecords)
	operate(s, needs(crm.ToUpdate, crm.RecordHandover), doing(tag, "choose-receiver", http.MethodPut, "/handovers/{id}/receivers", "Change who receives a type, what somebody was to receive, or single records"), s.chooseReceiver)
	step := func(id, path, summary string) huma.Operation {
		return doing(tag, id, http.MethodPost, "/handovers/{id}/"+path, summary)
	}
	operate(s, needs(crm.ToUpdate, crm.RecordHandover), step("give-handover", "give", "Give everything to its receivers"), s.giveHandover)
	operate(s, needs(crm.ToUpdate, crm.RecordHandover), step("undo-handover", "undo", "Take everything back, while nobody has changed any of it"), s.undoHandover)
}

// handoverView shows a hand-over with its counts.
func (s *Server) handoverView(ctx context.Context, h *crm.Handover) (HandoverView, error) {
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return HandoverView{}, err
	}
	v := HandoverView{Handover: *h, State: h.State, User: nameOr(names, h.UserID), Counts: []HandoverCountView{}}
	summary, err := crm.SummaryOf(ctx, s.DB, accessFrom(ctx), h)
	v.Links, v.OutOfReach = summary.Links, summary.OutOfReach
	for _, c := range summary.Counts {
		v.Counts = append(v.Counts, HandoverCountView{c, c.State, nameOr(names, c.ReceiverID)})
	}
	return v, err
}

func (s *Server) listHandovers(ctx context.Context, in *listInput) (*one[Page[HandoverView]], error) {
	list, next, err := crm.Handovers(ctx, s.DB, accessFrom(ctx), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]HandoverView, len(list))
	for i := range list {
		if items[i], err = s.handoverView(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return page(items, next), nil
}

// settledHandover shows a hand-over after the first batches of its step: where there are few records, all.
func (s *Server) settledHandover(ctx context.Context, id string) (*versioned[HandoverView], error) {
	if _, err := crm.WorkHandover(ctx, s.DB, id, crm.HandoverWork{Now: s.Now(), Alive: s.Clock(), Batches: atOnce, Switch: SwitchUser, Assign: AssignIncident}); err != nil {
		return nil, err
	}
	return s.getHandover(ctx, &IDInput{id})
}

func (s *Server) getHandover(ctx context.Context, in *IDInput) (*versioned[HandoverView], error) {
	h, err := crm.HandoverByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.handoverView(ctx, &h)
	return &versioned[HandoverView]{etag(h.Version), v}, err
}

func (s *Server) beginHandover(ctx context.Context, in *beginHandoverInput) (*versioned[HandoverView], error) {
	var id string
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		h, err := crm.BeginHandover(ctx, tx, s.change(ctx, in.Body.Reason), in.Body.UserID, in.Body.Reason)
		id = h.ID
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.settledHandover(ctx, id)
}

func (s *Server) chooseReceiver(ctx context.Context, in *receiveInput) (*versioned[HandoverView], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := crm.Receive(ctx, tx, s.change(ctx, ""), in.ID, crm.Reception{Version: expected, ReceiverID: in.Body.ReceiverID, Type: in.Body.Type, From: in.Body.From, Records: in.Body.Records})
		return err
	})
	if err != nil {
		return nil, changed(err, crm.ErrConflict, expected)
	}
	return s.getHandover(ctx, &in.IDInput)
}

func (s *Server) giveHandover(ctx context.Context, in *giveHandoverInput) (*versioned[HandoverView], error) {
	return s.stepOfHandover(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx, version int64) error {
		_, err := crm.GiveHandover(ctx, tx, s.change(ctx, ""), in.ID, version, in.Body.Disable)
		return err
	})
}

func (s *Server) undoHandover(ctx context.Context, in *stepInput) (*versioned[HandoverView], error) {
	return s.stepOfHandover(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx, version int64) error {
		_, err := crm.UndoHandover(ctx, tx, s.change(ctx, ""), in.ID, version)
		return err
	})
}

func (s *Server) stepOfHandover(ctx context.Context, id string, expect Expectation, begin func(*sqldb.Tx, int64) error) (*versioned[HandoverView], error) {
	expected, err := expect.version()
	if err != nil {
		return nil, err
	}
	if err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return begin(tx, expected) }); err != nil {
		return nil, changed(err, crm.ErrConflict, expected)
	}
	return s.settledHandover(ctx, id)
}

func (s *Server) listHandoverRecords(ctx context.Context, in *handoverRecordsInput) (*one[Page[HandoverRecordView]], error) {
	f := crm.HandoverFilter{HandoverID: in.ID, Type: in.Type, State: in.State, Cursor: in.Cursor, Limit: in.Limit}
	if in.Receiver != "" {
		receiver := in.Receiver
		if receiver == "nobody" {
			receiver = ""
		}
		f.Receiver = &receiver
	}
	list, next, err := crm.HandoverRecords(ctx, s.DB, accessFrom(ctx), f)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	teams, err := crm.Teams(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	territories, err := crm.Territories(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	called := map[string]string{}
	for _, t := range teams {
		called[t.ID] = t.Name
	}
	for _, t := range territories {
		called[t.ID] = t.Name
	}
	return views(list, next, nil, func(r crm.HandoverRecord) HandoverRecordView {
		return HandoverRecordView{r, r.State, nameOr(names, r.ReceiverID), r.Why, because(&r, names, called)}
	})
}

// because is why somebody receives a record, in words.
func because(r *crm.HandoverRecord, names, called map[string]string) string {
	switch r.Why {
	case crm.BecauseRecord:
		return "goes with the record it belongs to"
	case crm.BecauseTerritory:
		return "works in its territory, " + nameOr(called, r.About)
	case crm.BecauseTeam:
		return "is in the same team, " + nameOr(called, r.About)
	case crm.BecauseLoad:
		return "has the same role, and the least to do"
	case crm.BecauseChosen:
		return "chosen by " + nameOr(names, r.About)
	}
	return "nobody else may have it"
}
