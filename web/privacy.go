package web

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
)

// Subject says who is asked about, in one of three ways. It travels in a body: addresses are logged.
type Subject struct {
	ContactID string `json:"contact_id,omitempty" maxLength:"100"`
	Email     string `json:"email,omitempty" maxLength:"320"`
	Network   string `json:"network,omitempty" maxLength:"50" doc:"With handle."`
	Handle    string `json:"handle,omitempty" maxLength:"300" doc:"Or the network's id of the account."`
}

func (s *Subject) question() privacy.Question {
	return privacy.Question{ContactID: s.ContactID, Email: s.Email, Network: s.Network, Handle: s.Handle}
}

// barred is the subject as a block knows them: the handle may be the network's id of the account.
func (s *Subject) barred() (crm.Barred, error) {
	switch {
	case s.Email != "" && s.Handle == "":
		return crm.Barred{Emails: []string{s.Email}}, nil
	case s.Email == "" && s.Handle != "" && s.Network != "":
		handle := strings.TrimPrefix(strings.TrimSpace(s.Handle), "@")
		return crm.Barred{Handles: []string{crm.HandleOf(s.Network, handle)}, Authors: []string{post.Key{Network: s.Network, ID: handle}.Short(),
			post.Key{Network: s.Network, ID: "@" + handle}.Short()}}, nil
	}
	return crm.Barred{}, faultf(kindInvalid, "name an e-mail address, or a network and a handle")
}

// PersonFound is how much is held about a person.
type PersonFound struct {
	Contacts []ContactRef     `json:"contacts" nullable:"false"`
	Authors  []string         `json:"authors" nullable:"false" doc:"Ids of their accounts in networks."`
	Leads    []string         `json:"leads" nullable:"false"`
	Records  map[string]int64 `json:"records" nullable:"false" doc:"How many there are, by table."`
	Total    int64            `json:"total"`
}

// Erasure is the removal of a person: a job, and afterwards what proves it.
type Erasure struct {
	ID          string           `json:"id"`
	State       string           `json:"state" enum:"requested,approved,done"`
	Progress    float64          `json:"progress" minimum:"0" maximum:"1"`
	Removed     map[string]int64 `json:"removed" nullable:"false" doc:"Rows that went or were emptied, by table; name.text: texts of others' rows that named the person."`
	Blocked     int64            `json:"blocked" doc:"Accounts and addresses that are not collected again."`
	Reason      string           `json:"reason"`
	Problem     string           `json:"problem" doc:"Why the last attempt stopped; it is tried again."`
	RequestedBy string           `json:"requested_by" doc:"The user's name."`
	RequestedAt time.Time        `json:"requested_at"`
	ApprovedBy  string           `json:"approved_by"`
	ApprovedAt  *time.Time       `json:"approved_at"`
	FinishedAt  *time.Time       `json:"finished_at"`
}

// Blocks is how many accounts and addresses are not collected again.
type Blocks struct {
	Count int64 `json:"count"`
}

// BlockState says whether somebody is not collected again.
type BlockState struct {
	Blocked bool  `json:"blocked"`
	Lifted  int64 `json:"lifted" doc:"Blocks that went just now: all of the erasure."`
}

// ReasonedSubject is a Subject with the reason why they are asked about.
type ReasonedSubject struct {
	Subject
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"It is kept: name nobody in it."`
}

type (
	subjectInput      struct{ Body Subject }
	exportPersonInput struct {
		Format string `query:"format" enum:"json,pdf" default:"json"`
		Body   ReasonedSubject
	}
	liftBlockInput struct{ Body ReasonedSubject }
	erasureInput   struct{ Body ReasonedSubject }
)

func (s *Server) privacyRoutes() {
	const tag = "privacy"
	find := doing(tag, "find-person", http.MethodPost, "/privacy/person", "How much is held about a person, found by a contact's id, an e-mail address or a handle")
	operate(s, needs(crm.ToExport, crm.TypePrivacy), find, s.findPerson)
	export := doing(tag, "export-person", http.MethodPost, "/privacy/export", "Everything that is held about a person (GDPR Art. 15)")
	export.Responses = fileResponse("application/json", "What is held, by table.")
	export.Responses["200"].Content["application/json"].Schema = &huma.Schema{Type: huma.TypeObject}
	export.Responses["200"].Content["application/pdf"] = fileResponse("application/pdf", "")["200"].Content["application/pdf"]
	operate(s, needs(crm.ToExport, crm.TypePrivacy), export, s.exportPerson)
	request := doing(tag, "erase-person", http.MethodPost, "/privacy/erasures", "Erase a person (GDPR Art. 17)")
	request.Description = "A job: it goes through all tables and goes on where it was interrupted. Where four eyes are demanded it waits until a second person approves it. docs/privacy.md says what goes and what stays."
	operate(s, needs(crm.ToDelete, crm.TypePrivacy), request, s.erasePerson)
	operate(s, needs(crm.ToRead, crm.TypePrivacy), getting(tag, "list-erasures", "/privacy/erasures", "The last hundred erasures, the newest first"), s.listErasures)
	operate(s, needs(crm.ToRead, crm.TypePrivacy), getting(tag, "get-erasure", "/privacy/erasures/{id}", "An erasure: how far it is, or what proves it"), s.getErasure)
	operate(s, needs(crm.ToRead, crm.TypePrivacy), getting(tag, "count-blocks", "/privacy/blocks", "How many accounts and addresses are not collected again"), s.countBlocks)
	operate(s, needs(crm.ToDelete, crm.TypePrivacy), doing(tag, "check-block", http.MethodPost, "/privacy/blocks/check", "Whether an e-mail address or an account is not collected again"), s.checkBlock)
	operate(s, needs(crm.ToDelete, crm.TypePrivacy), doing(tag, "lift-block", http.MethodPost, "/privacy/blocks/lift", "Let somebody be collected again who asks to come back"), s.liftBlock)
	operate(s, needs(crm.ToApprove, crm.TypePrivacy), doing(tag, "approve-erasure", http.MethodPost, "/privacy/erasures/{id}/approve", "Let an erasure begin that somebody else asked for"), s.approveErasure)
}

func (s *Server) findPerson(ctx context.Context, in *subjectInput) (*one[PersonFound], error) {
	p, err := privacy.Find(ctx, s.DB, in.Body.question())
	if err != nil {
		return nil, err
	}
	export, err := privacy.Collect(ctx, s.DB, p, s.Now())
	if err != nil {
		return nil, err
	}
	out := PersonFound{Contacts: []ContactRef{}, Authors: some(p.IDs(privacy.Author)), Leads: some(p.IDs(privacy.Lead)), Records: make(map[string]int64)}
	names, err := crm.NamesOf(ctx, s.DB, accessFrom(ctx), crm.RecordContact, p.IDs(privacy.Contact))
	if err != nil {
		return nil, err
	}
	for _, id := range p.IDs(privacy.Contact) {
		out.Contacts = append(out.Contacts, ContactRef{id, names[id]})
	}
	for _, t := range export.Tables {
		out.Records[t.Table] = int64(len(t.Rows))
		out.Total += int64(len(t.Rows))
	}
	return &one[PersonFound]{out}, nil
}

func (s *Server) countBlocks(ctx context.Context, _ *struct{}) (*one[Blocks], error) {
	n, err := crm.CountBlocks(ctx, s.DB)
	return &one[Blocks]{Blocks{n}}, err
}

func (s *Server) checkBlock(ctx context.Context, in *subjectInput) (*one[BlockState], error) {
	who, err := in.Body.barred()
	if err != nil {
		return nil, err
	}
	is, err := crm.IsBlocked(ctx, s.DB, who)
	return &one[BlockState]{BlockState{Blocked: is}}, err
}

func (s *Server) liftBlock(ctx context.Context, in *liftBlockInput) (*one[BlockState], error) {
	who, err := in.Body.barred()
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Body.Reason) == "" {
		return nil, invalidField("reason", "is empty: say how they asked to come back")
	}
	var lifted int64
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if lifted, err = crm.Unblock(ctx, tx, who); err != nil {
			return err
		}
		return crm.Notes(ctx, tx, s.change(ctx, in.Body.Reason), crm.Note{Action: "unblock", Type: crm.RecordErasure, After: map[string]int64{"lifted": lifted}})
	})
	return &one[BlockState]{BlockState{Lifted: lifted}}, err
}

func (s *Server) exportPerson(ctx context.Context, in *exportPersonInput) (*pdfOutput, error) {
	var export *privacy.Export
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := privacy.Find(ctx, tx, in.Body.question())
		if err != nil {
			return err
		}
		if export, err = privacy.Collect(ctx, tx, p, s.Now()); err != nil {
			return err
		}
		return privacy.NoteExport(ctx, tx, p, export, in.Format, s.change(ctx, in.Body.Reason))
	})
	if err != nil {
		return nil, err
	}
	if in.Format == "pdf" {
		file, err := export.PDF()
		return &pdfOutput{"application/pdf", `attachment; filename="personal-data.pdf"`, file}, err
	}
	var b bytes.Buffer
	if err := export.JSON(&b); err != nil {
		return nil, err
	}
	return &pdfOutput{"application/json", `attachment; filename="personal-data.json"`, b.Bytes()}, nil
}

func (s *Server) erasePerson(ctx context.Context, in *erasureInput) (*one[Erasure], error) {
	var e privacy.Erasure
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		e, err = privacy.Request(ctx, tx, privacy.Order{Question: in.Body.question(), FourEyes: s.FourEyes}, s.change(ctx, in.Body.Reason))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.erasure(ctx, e)
}

func (s *Server) approveErasure(ctx context.Context, in *IDInput) (*one[Erasure], error) {
	var e privacy.Erasure
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		e, err = privacy.Approve(ctx, tx, in.ID, s.change(ctx, ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.erasure(ctx, e)
}

func (s *Server) getErasure(ctx context.Context, in *IDInput) (*one[Erasure], error) {
	e, err := privacy.ErasureByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return s.erasure(ctx, e)
}

func (s *Server) listErasures(ctx context.Context, _ *struct{}) (*one[Page[Erasure]], error) {
	all, err := privacy.Erasures(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]Erasure, len(all))
	for i := range all {
		items[i] = erasureOf(&all[i], names)
	}
	return page(items, ""), nil
}

func (s *Server) erasure(ctx context.Context, e privacy.Erasure) (*one[Erasure], error) {
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return &one[Erasure]{erasureOf(&e, names)}, nil
}

func erasureOf(e *privacy.Erasure, names map[string]string) Erasure {
	return Erasure{ID: e.ID, State: e.State, Progress: e.Progress, Removed: e.Removed, Blocked: e.Blocked, Reason: e.Reason, Problem: e.Problem,
		RequestedBy: nameOr(names, e.RequestedBy), RequestedAt: instant(e.RequestedAt), ApprovedBy: nameOr(names, e.ApprovedBy),
		ApprovedAt: maybe(e.ApprovedAt), FinishedAt: maybe(e.FinishedAt)}
}
