package crm

import (
	"slices"
	"strings"
	"time"
)

// A Handover gives what somebody has who leaves to others: first as a proposal that people look
// through and change, then in one step, which can be taken back while nobody has changed any of it.
type Handover struct {
	Meta
	UserID  string    `json:"user_id"` // who leaves
	State   string    `json:"state"`
	Reason  string    `json:"reason"`
	Disable bool      `json:"disable"` // they can sign in no more once all is given
	MadeBy  string    `json:"made_by"`
	GivenBy string    `json:"given_by"` // or took back
	GivenAt time.Time `json:"given_at,omitzero"`
	Handled int64     `json:"handled"` // records that the step under way is done with
	Total   int64     `json:"total"`
	Problem string    `json:"problem"` // why it cannot go on

	recordType, cursor string
	scopes             string // of the token by which the step under way was begun; empty: it was in a session
	seenAt             time.Time
}

// States of a hand-over.
const (
	HandoverCollecting = "collecting" // what they have is looked up, and receivers are proposed
	HandoverOpen       = "open"       // people look through it
	HandoverGiving     = "giving"
	HandoverDone       = "done"
	HandoverReturning  = "returning"
	HandoverReturned   = "returned"
	HandoverDropped    = "dropped" // another one was begun in its place
)

func (h *Handover) check() error {
	if h.Reason = tidy(h.Reason); h.Reason == "" {
		return invalid("reason", "is empty: say why they hand over")
	}
	return checkText("reason", h.Reason, maxReason)
}

// works says that the hand-over has a step under way.
func (h *Handover) works() bool {
	return h.State == HandoverCollecting || h.State == HandoverGiving || h.State == HandoverReturning
}

// A HandoverRecord is something that is handed over.
type HandoverRecord struct {
	RecordType string `json:"record_type"`
	RecordID   string `json:"record_id"`
	Name       string `json:"name"`
	ReceiverID string `json:"receiver_id"` // empty: it stays
	Why        string `json:"why"`
	About      string `json:"about"` // the record (type:id), the territory or the team that decided, or who chose
	State      string `json:"state"`
	Note       string `json:"note"` // why it was kept

	became string
}

// States of what is handed over.
const (
	HandedProposed = "proposed"
	HandedGiven    = "given"
	HandedKept     = "kept" // it could not be given
	HandedReturned = "returned"
)

// Why somebody receives a record.
const (
	BecauseRecord    = "record"    // they receive, or have, what it belongs to
	BecauseTerritory = "territory" // they work in its primary territory
	BecauseTeam      = "team"      // they are in a team of who leaves
	BecauseLoad      = "load"      // of all with a role of who leaves they have the least to do
	BecauseChosen    = "chosen"    // by a person
	BecauseNone      = "none"      // there is nobody
)

// A successor is somebody who could receive records.
type successor struct {
	id    string
	teams []string // of who leaves, that they are in as well
	role  bool     // they have a role of who leaves
	reads map[string]bool
	load  int64 // open leads, opportunities and tasks, and what was proposed to them so far
}

// succession proposes who receives what. It counts what it proposes, so that it spreads.
type succession struct{ people []successor }

// A bequest is a record that needs a receiver.
type bequest struct {
	kind      string
	of        string   // the record it belongs to, as type:id; empty: none, or one that decides nothing
	ofHolder  string   // who receives that one, or has it
	territory string   // its primary one; empty: none
	members   []string // of that
}

// propose names the receiver of a record: of whom comes first in the order record, territory, team,
// role, the one with the least to do; of those the first by id.
func (s *succession) propose(b *bequest) (receiver, why, about string) {
	for _, by := range []struct {
		why, about string
		takes      func(*successor) bool
	}{
		{BecauseRecord, b.of, func(p *successor) bool { return b.of != "" && p.id == b.ofHolder }},
		{BecauseTerritory, b.territory, func(p *successor) bool { return slices.Contains(b.members, p.id) }},
		{BecauseTeam, "", func(p *successor) bool { return len(p.teams) > 0 }},
		{BecauseLoad, "", func(p *successor) bool { return p.role }},
	} {
		best := s.least(func(p *successor) bool { return p.reads[b.kind] && by.takes(p) })
		if best == nil {
			continue
		}
		best.load++
		if by.why == BecauseTeam {
			by.about = best.teams[0]
		}
		return best.id, by.why, by.about
	}
	return "", BecauseNone, ""
}

func (s *succession) least(takes func(*successor) bool) (best *successor) {
	for i := range s.people {
		if p := &s.people[i]; takes(p) && (best == nil || p.load < best.load || p.load == best.load && strings.Compare(p.id, best.id) < 0) {
			best = p
		}
	}
	return best
}
