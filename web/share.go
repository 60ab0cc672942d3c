package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// ShareView is a share with names to show.
type ShareView struct {
	crm.Sharing
	SubjectName  string `json:"subject_name"`
	SharedByName string `json:"shared_by_name"`
}

// ParticipantView is somebody who took part in a record.
type ParticipantView struct {
	UserID string    `json:"user_id"`
	Name   string    `json:"name"`
	How    string    `json:"how" doc:"owner, activity, approval, link, joined, opportunity, lead, or merge:ID."`
	Since  time.Time `json:"since"`
}

type (
	shareInput struct {
		IDInput
		Body struct {
			SubjectType string `json:"subject_type" enum:"user,team"`
			SubjectID   string `json:"subject_id" minLength:"1" maxLength:"100"`
			Writes      bool   `json:"writes,omitempty" doc:"They may change it too."`
			Reason      string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	revokeShareInput struct {
		IDInput
		ShareID string `path:"share_id" maxLength:"100"`
	}
	assignRecordInput struct {
		IDInput
		Expectation
		Body struct {
			OwnerID string `json:"owner_id" maxLength:"100" doc:"Id of a user; empty: nobody."`
			Reason  string `json:"reason,omitempty" maxLength:"500"`
		}
	}
)

// ownedPaths are where the records stand that have an owner and can be shared.
var ownedPaths = []struct{ kind, path string }{
	{crm.RecordAccount, "accounts"}, {crm.RecordContact, "contacts"}, {crm.RecordLead, "leads"}, {crm.RecordOpportunity, "opportunities"},
}

// shareRoutes are, for each type of record with an owner: who owns it, with whom it is shared, who
// took part.
func (s *Server) shareRoutes() {
	for _, t := range ownedPaths {
		kind, at := t.kind, "/"+t.path+"/{id}/"
		operate(s, needs(crm.ToAssign, kind), doing(t.path, "assign-"+kind, http.MethodPut, at+"owner", "Give it to somebody else, who gets to see it from then on"),
			func(ctx context.Context, in *assignRecordInput) (*moved, error) {
				tag, err := s.changeAround(ctx, recordAt{kind, in.ID, in.Expectation}, func(tx *sqldb.Tx) error {
					return crm.AssignOwner(ctx, tx, s.change(ctx, in.Body.Reason), kind, in.ID, in.Body.OwnerID)
				})
				return &moved{tag}, err
			})
		operate(s, needs(crm.ToRead, kind), getting(t.path, "list-"+kind+"-shares", at+"shares", "List with whom it is shared"),
			func(ctx context.Context, in *IDInput) (*one[Page[ShareView]], error) {
				list, err := crm.SharesOf(ctx, s.DB, accessFrom(ctx), kind, in.ID)
				if err != nil {
					return nil, err
				}
				items, err := sharesOf(ctx, s.DB, list)
				return page(items, ""), err
			})
		operate(s, needs(crm.ToShare, kind), doing(t.path, "share-"+kind, http.MethodPost, at+"shares", "Show it to a person or a team beyond what their roles give"),
			func(ctx context.Context, in *shareInput) (*one[ShareView], error) {
				return s.shareRecord(ctx, kind, in)
			})
		operate(s, needs(crm.ToShare, kind), doing(t.path, "revoke-"+kind+"-share", http.MethodDelete, at+"shares/{share_id}", "Take a share back"),
			func(ctx context.Context, in *revokeShareInput) (*struct{}, error) {
				return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.RevokeShare(ctx, tx, s.change(ctx, ""), in.ShareID) })
			})
		operate(s, needs(crm.ToRead, kind), getting(t.path, "list-"+kind+"-participants", at+"participants", "List who took part in it, and how"),
			func(ctx context.Context, in *IDInput) (*one[Page[ParticipantView]], error) {
				return s.participants(ctx, kind, in.ID)
			})
	}
}

func (s *Server) shareRecord(ctx context.Context, kind string, in *shareInput) (*one[ShareView], error) {
	var items []ShareView
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		shared, err := crm.ShareRecord(ctx, tx, s.change(ctx, in.Body.Reason), crm.Sharing{RecordType: kind, RecordID: in.ID,
			SubjectType: in.Body.SubjectType, SubjectID: in.Body.SubjectID, Writes: in.Body.Writes, Reason: in.Body.Reason})
		if err != nil {
			return err
		}
		items, err = sharesOf(ctx, tx, []crm.Sharing{shared})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[ShareView]{items[0]}, nil
}

func sharesOf(ctx context.Context, q sqldb.Querier, list []crm.Sharing) ([]ShareView, error) {
	names, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	teams, err := crm.Teams(ctx, q)
	if err != nil {
		return nil, err
	}
	shown := map[string]string{}
	for _, t := range teams {
		shown[t.ID] = t.Name
	}
	items := make([]ShareView, len(list))
	for i, sh := range list {
		items[i] = ShareView{Sharing: sh, SubjectName: nameOr(names, sh.SubjectID), SharedByName: nameOr(names, sh.SharedBy)}
		if sh.SubjectType == "team" {
			items[i].SubjectName = nameOr(shown, sh.SubjectID)
		}
	}
	return items, nil
}

func (s *Server) participants(ctx context.Context, kind, id string) (*one[Page[ParticipantView]], error) {
	if err := accessFrom(ctx).Check(ctx, s.DB, crm.ToRead, kind, id); err != nil {
		return nil, err
	}
	list, err := crm.Participants(ctx, s.DB, kind, id)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]ParticipantView, len(list))
	for i, p := range list {
		items[i] = ParticipantView{p.UserID, nameOr(names, p.UserID), p.How, instant(p.Since)}
	}
	return page(items, ""), nil
}

// Explanation of access: see GET /access/explain.
type (
	// AccessExplanation says why somebody may, or may not, do something with a record.
	AccessExplanation struct {
		UserID     string          `json:"user_id"`
		User       string          `json:"user"`
		RecordType string          `json:"record_type"`
		RecordID   string          `json:"record_id"`
		Action     crm.Action      `json:"action"`
		Allowed    bool            `json:"allowed"`
		Reasons    []crm.AccessWay `json:"reasons" nullable:"false" doc:"Every way in which it is allowed."`
		Needed     string          `json:"needed" doc:"Where it is refused: the grant that would be needed, as TYPE:ACTION:LEVEL."`
		Sentence   string          `json:"sentence" doc:"All of it in words."`
	}
	explainInput struct {
		User       string `query:"user" maxLength:"100" doc:"Id or name of a user; who asks, when it is left out."`
		RecordType string `query:"record_type" required:"true" maxLength:"50"`
		RecordID   string `query:"record_id" maxLength:"200" doc:"Id of the record. A link's is that of its contact. Left out for types whose records have no owner."`
		Action     string `query:"action" maxLength:"20" default:"read"`
	}
)

func (s *Server) explainRoutes() {
	operate(s, noGrant, scopeless(huma.Operation{OperationID: "explain-access", Method: http.MethodGet, Path: "/access/explain", Tags: []string{"access"},
		Summary:     "Why somebody can, or cannot, do something with a record",
		Description: "About oneself, anybody may ask; about others, who may read users. The record must be one that whoever asks may read.",
		Errors:      []int{403, 404}}), s.explainAccess)
}
