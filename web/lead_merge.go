package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// LeadMerge is one lead, the loser, having become part of another, the winner.
type LeadMerge struct {
	ID         string           `json:"id"`
	WinnerID   string           `json:"winner_id"`
	LoserID    string           `json:"loser_id"`
	LoserName  string           `json:"loser_name" masked:"lead.name"`
	Filled     []string         `json:"filled" nullable:"false" doc:"Fields of the winner that were taken from the loser."`
	Moved      map[string]int64 `json:"moved" doc:"How many records went over; only the merge itself tells."`
	MergedAt   time.Time        `json:"merged_at"`
	MergedBy   string           `json:"merged_by"`
	Reason     string           `json:"reason"`
	UnmergedAt *time.Time       `json:"unmerged_at" doc:"Null: it stands."`
	UnmergedBy string           `json:"unmerged_by"`
}

func leadMergeOf(m crm.LeadMerge) LeadMerge {
	return LeadMerge{m.ID, m.WinnerID, m.LoserID, m.Loser.Name, orEmpty(m.Filled), m.Moved, instant(m.MergedAt), m.MergedBy, m.Reason, maybe(m.UnmergedAt), m.UnmergedBy}
}

type mergeLeadInput struct {
	IDInput
	Expectation
	Body struct {
		LoserID string `json:"loser_id" minLength:"1" maxLength:"100" doc:"The lead that becomes part of this one; one that opened an opportunity does not."`
		Reason  string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (s *Server) leadMergeRoutes() {
	const tag = "leads"
	operate(s, needs(crm.ToMerge, crm.RecordLead), doing(tag, "merge-lead", http.MethodPost, "/leads/{id}/merge", "Make another lead part of this one"), s.mergeLead)
	operate(s, needs(crm.ToMerge, crm.RecordLead), doing(tag, "unmerge-lead", http.MethodPost, "/lead-merges/{id}/undo", "Take a merge of leads apart"), s.unmergeLead)
	operate(s, needs(crm.ToRead, crm.RecordLead), getting(tag, "list-lead-merges", "/leads/{id}/merges", "Which leads became part of this one"), s.leadMerges)
}

func (s *Server) mergeLead(ctx context.Context, in *mergeLeadInput) (*versioned[LeadMerge], error) {
	return made(ctx, s, recordAt{crm.RecordLead, in.ID, in.Expectation}, func(tx *sqldb.Tx) (LeadMerge, error) {
		m, err := crm.MergeLeads(ctx, tx, in.ID, in.Body.LoserID, s.change(ctx, in.Body.Reason))
		return leadMergeOf(m), err
	})
}

func (s *Server) unmergeLead(ctx context.Context, in *IDInput) (out *one[LeadMerge], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		m, err := crm.UnmergeLeads(ctx, tx, in.ID, s.change(ctx, ""))
		out = &one[LeadMerge]{leadMergeOf(m)}
		return err
	})
	return out, err
}

func (s *Server) leadMerges(ctx context.Context, in *IDInput) (*one[Page[LeadMerge]], error) {
	list, err := crm.LeadMerges(ctx, s.DB, accessFrom(ctx), in.ID)
	return views(list, "", err, leadMergeOf)
}
