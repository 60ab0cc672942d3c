package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Merge is one contact having become part of another.
type Merge struct {
	ID         string            `json:"id"`
	Winner     ContactRef        `json:"winner" doc:"The contact the other is part of; without a name where it is gone."`
	Loser      ContactRef        `json:"loser" doc:"The contact that was merged, as it was called."`
	Filled     map[string]Filled `json:"filled" nullable:"false" doc:"What the winner took over."`
	Reason     string            `json:"reason"`
	MergedAt   time.Time         `json:"merged_at"`
	MergedBy   string            `json:"merged_by" doc:"The user's name."`
	UnmergedAt *time.Time        `json:"unmerged_at" doc:"null: it stands."`
	UnmergedBy string            `json:"unmerged_by"`
}

// Filled is a field of the winner before and after a merge.
type Filled struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// MergePreview is what a merge would come to.
type MergePreview struct {
	Winner    Contact           `json:"winner"`
	Loser     Contact           `json:"loser"`
	Merged    Contact           `json:"merged" doc:"The winner afterwards."`
	Filled    map[string]Filled `json:"filled" nullable:"false"`
	Differing []string          `json:"differing" nullable:"false" doc:"Fields in which both say something, and not the same: the winner's stays unless it is taken."`
	Moves     map[string]int64  `json:"moves" nullable:"false" doc:"How many of the loser's records go over."`
	Proposed  bool              `json:"proposed" doc:"The direction is the proposed one: the older contact wins, unless the other says much more."`
}

// Duplicate is two contacts that may be one person.
type Duplicate struct {
	Winner      Contact   `json:"winner" doc:"Proposed to win: the older contact, unless the other says much more."`
	Loser       Contact   `json:"loser"`
	Probability float64   `json:"probability" minimum:"0" maximum:"1"`
	Evidence    []any     `json:"evidence" nullable:"false"`
	FoundAt     time.Time `json:"found_at"`
}

type (
	mergeContactInput struct {
		IDInput
		Expectation
		Body struct {
			LoserID      string   `json:"loser_id" minLength:"1" maxLength:"100" doc:"The contact that becomes part of this one."`
			LoserVersion int64    `json:"loser_version,omitempty" minimum:"0" doc:"Its version that was looked at; any, when left out."`
			Take         []string `json:"take,omitempty" maxItems:"20" doc:"Fields to take from the loser though the winner has them."`
			Reason       string   `json:"reason,omitempty" maxLength:"500"`
		}
	}
	previewMergeInput struct {
		IDInput
		Loser string   `query:"loser" required:"true" minLength:"1" maxLength:"100" doc:"Id of the contact that would become part of this one."`
		Take  []string `query:"take" maxItems:"20" doc:"Fields to take from the loser though the winner has them."`
	}
	mergesInput struct {
		PageInput
		Contact string `query:"contact" maxLength:"100" doc:"Id of a contact, on either side."`
	}
	unmergeInput struct {
		IDInput
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"500"`
		}
	}
	duplicatesInput struct {
		PageInput
		Contact string `query:"contact" maxLength:"100" doc:"Id of a contact, on either side."`
	}
	dismissInput struct {
		Body struct {
			AID    string `json:"a_id" minLength:"1" maxLength:"100"`
			BID    string `json:"b_id" minLength:"1" maxLength:"100"`
			Reason string `json:"reason,omitempty" maxLength:"500"`
		}
	}
)

func (s *Server) mergeRoutes() {
	tags := []string{"merges"}
	operate(s, needs(crm.ToMerge, crm.RecordContact), huma.Operation{OperationID: "preview-merge", Method: http.MethodGet, Path: "/contacts/{id}/merge", Tags: tags,
		Summary: "What merging another contact into this one would come to", Errors: []int{404}}, s.previewMerge)
	operate(s, needs(crm.ToMerge, crm.RecordContact), huma.Operation{OperationID: "merge-contact", Method: http.MethodPost, Path: "/contacts/{id}/merge", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary:     "Merge another contact into this one",
		Description: "What is empty is filled; profiles, links, touches, leads and whatever else refers to the other contact go over. POST /merges/{id}/unmerge takes it back.",
		Errors:      []int{404, 409, 412}}, s.mergeContact)
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "list-merges", Method: http.MethodGet, Path: "/merges", Tags: tags, Summary: "List merges, the newest first"}, s.listMerges)
	operate(s, needs(crm.ToMerge, crm.RecordContact), huma.Operation{OperationID: "unmerge-contact", Method: http.MethodPost, Path: "/merges/{id}/unmerge", Tags: tags,
		Summary:     "Take a merged contact out again",
		Description: "Both become what they were. What came in since goes where it belongs, and what people changed since stays: docs/review.md.",
		Errors:      []int{404, 409}}, s.unmerge)
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "list-duplicates", Method: http.MethodGet, Path: "/duplicates", Tags: tags,
		Summary: "Contacts that may be one person, the most probable first", Description: "Found by the job duplicates of POST /matching/jobs."}, s.listDuplicates)
	operate(s, needs(crm.ToMerge, crm.RecordContact), huma.Operation{OperationID: "dismiss-duplicate", Method: http.MethodPost, Path: "/duplicates/dismiss", Tags: tags,
		Summary: "Say that two contacts are two people", Errors: []int{404}}, s.dismissDuplicate)
}

func filledOf(filled map[string]crm.FilledField) map[string]Filled {
	out := make(map[string]Filled, len(filled))
	for name, f := range filled {
		out[name] = Filled(f)
	}
	return out
}

func (s *Server) previewMerge(ctx context.Context, in *previewMergeInput) (*one[MergePreview], error) {
	p, err := crm.PreviewMerge(ctx, s.DB, accessFrom(ctx), crm.MergeOrder{WinnerID: in.ID, LoserID: in.Loser, Take: in.Take})
	if err != nil {
		return nil, err
	}
	var none crm.TouchCount
	return &one[MergePreview]{MergePreview{contactOf(&p.Winner, none), contactOf(&p.Loser, none), contactOf(&p.Merged, none), filledOf(p.Filled),
		some(p.Differing), p.Moves, p.Proposed}}, nil
}

func (s *Server) mergeContact(ctx context.Context, in *mergeContactInput) (*one[Merge], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	var out Merge
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		m, err := crm.MergeContacts(ctx, tx, crm.MergeOrder{WinnerID: in.ID, LoserID: in.Body.LoserID, Take: in.Body.Take, WinnerVersion: expected,
			LoserVersion: in.Body.LoserVersion}, s.change(ctx, in.Body.Reason))
		if err != nil {
			return err
		}
		out, err = mergeOf(ctx, tx, m)
		return err
	})
	if err != nil {
		return nil, changed(err, crm.ErrConflict, expected+in.Body.LoserVersion)
	}
	return &one[Merge]{out}, nil
}

func mergeOf(ctx context.Context, q sqldb.Querier, m crm.Merge) (Merge, error) {
	items, err := mergesOf(ctx, q, []crm.Merge{m})
	if err != nil {
		return Merge{}, err
	}
	return items[0], nil
}

func mergesOf(ctx context.Context, q sqldb.Querier, merges []crm.Merge) ([]Merge, error) {
	var ids []string
	for _, m := range merges {
		ids = append(ids, m.WinnerID)
	}
	contacts, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordContact, ids)
	if err != nil {
		return nil, err
	}
	users, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]Merge, len(merges))
	for i, m := range merges {
		items[i] = Merge{ID: m.ID, Winner: ContactRef{m.WinnerID, contacts[m.WinnerID]}, Loser: ContactRef{m.LoserID, m.Loser.NameWithout(accessFrom(ctx).Hidden(crm.RecordContact))}, Filled: filledOf(m.Filled),
			Reason: m.Reason, MergedAt: instant(m.MergedAt), MergedBy: nameOr(users, m.MergedBy), UnmergedAt: maybe(m.UnmergedAt), UnmergedBy: nameOr(users, m.UnmergedBy)}
	}
	return items, nil
}

func (s *Server) listMerges(ctx context.Context, in *mergesInput) (*one[Page[Merge]], error) {
	merges, next, err := crm.FindMerges(ctx, s.DB, accessFrom(ctx), in.Contact, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	items, err := mergesOf(ctx, s.DB, merges)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

func (s *Server) unmerge(ctx context.Context, in *unmergeInput) (*one[Merge], error) {
	var out Merge
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		m, err := crm.UnmergeContacts(ctx, tx, in.ID, s.change(ctx, in.Body.Reason))
		if err != nil {
			return err
		}
		out, err = mergeOf(ctx, tx, m)
		return err
	})
	return &one[Merge]{out}, err
}

func (s *Server) listDuplicates(ctx context.Context, in *duplicatesInput) (*one[Page[Duplicate]], error) {
	found, next, err := crm.FindDuplicates(ctx, s.DB, accessFrom(ctx), in.Contact, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]Duplicate, len(found))
	for i, d := range found {
		a, err := crm.ContactByID(ctx, s.DB, accessFrom(ctx), d.AID)
		if err != nil {
			return nil, err
		}
		b, err := crm.ContactByID(ctx, s.DB, accessFrom(ctx), d.BID)
		if err != nil {
			return nil, err
		}
		winner, loser := crm.Direction(&a, &b)
		var none crm.TouchCount
		items[i] = Duplicate{Winner: contactOf(winner, none), Loser: contactOf(loser, none), Probability: d.Probability, FoundAt: instant(d.FoundAt)}
		if err := json.Unmarshal(d.Evidence, &items[i].Evidence); err != nil || items[i].Evidence == nil {
			items[i].Evidence = []any{}
		}
	}
	return page(items, next), nil
}

func (s *Server) dismissDuplicate(ctx context.Context, in *dismissInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return crm.DismissDuplicate(ctx, tx, in.Body.AID, in.Body.BID, s.change(ctx, in.Body.Reason))
	})
}
