package crm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Merge is one contact, the loser, having become part of another, the winner.
type Merge struct {
	ID         string                 `json:"id"`
	WinnerID   string                 `json:"winner_id"`
	LoserID    string                 `json:"loser_id"`
	Loser      Contact                `json:"loser"`  // as it was
	Filled     map[string]FilledField `json:"filled"` // what the winner took over
	MergedAt   time.Time              `json:"merged_at"`
	MergedBy   string                 `json:"merged_by"`
	Reason     string                 `json:"reason"`
	UnmergedAt time.Time              `json:"unmerged_at"` // zero: it stands
	UnmergedBy string                 `json:"unmerged_by"`
}

// A FilledField is a field of the winner before and after the merge.
type FilledField struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// mergedFields are the fields that a merge may take from the loser. The account goes with the company.
var mergedFields = []string{"external_id", "first_name", "last_name", "display_name", "email", "phone", "company", "account_id", "job_title",
	"city", "postal_code", "country", "url", "relationship"}

// mergeFields fills what is empty in the winner from the loser, and takes over what take names.
// The loser's first name never stands beside the winner's last name: a name is taken whole.
func mergeFields(winner, loser Contact, take []string) (Contact, map[string]FilledField, error) {
	merged, filled := winner, make(map[string]FilledField)
	for _, name := range take {
		if !slices.Contains(mergedFields, name) {
			return Contact{}, nil, invalid("take", "%q is no field that a merge takes over", name)
		}
	}
	nameless := winner.FirstName == "" && winner.LastName == ""
	for _, name := range mergedFields {
		to, from := merged.field(name), loser.field(name)
		wanted := slices.Contains(take, name)
		switch {
		case *from == "" || *to == *from:
			continue
		case wanted:
		case *to != "":
			continue
		case (name == "first_name" || name == "last_name") && !nameless && foldKey(other(&winner, name)) != foldKey(other(&loser, name)):
			continue
		case name == "account_id" && foldKey(merged.Company) != foldKey(loser.Company):
			continue
		}
		filled[name] = FilledField{*to, *from}
		*to = *from
	}
	var names []string
	merged.Fields, names = fillFields(winner.Fields, loser.Fields)
	for _, name := range names {
		filled[name] = FilledField{After: fmt.Sprint(loser.Fields[strings.TrimPrefix(name, "fields.")])}
	}
	return merged, filled, merged.Check()
}

// other is the other part of a name.
func other(c *Contact, part string) string {
	if part == "first_name" {
		return c.LastName
	}
	return c.FirstName
}

// unmergeFields gives back what a merge filled. A field that was changed since keeps its value.
func unmergeFields(winner, loser Contact, filled map[string]FilledField) Contact {
	winner.Fields = emptyFields(winner.Fields, loser.Fields, slices.Collect(maps.Keys(filled)))
	for name, f := range filled {
		if value := winner.field(name); value != nil && *value == f.After {
			*value = f.Before
		}
	}
	return winner
}

// muchMore is how many more fields the younger of two contacts must have to win a merge.
const muchMore = 3

// Direction proposes which of two contacts wins a merge: the older one, unless the other says much
// more.
func Direction(a, b *Contact) (winner, loser *Contact) {
	if b.CreatedAt.Before(a.CreatedAt) || b.CreatedAt.Equal(a.CreatedAt) && b.ID < a.ID {
		a, b = b, a
	}
	if b.said() >= a.said()+muchMore {
		return b, a
	}
	return a, b
}

// said is how many fields are filled.
func (c *Contact) said() (n int) {
	for _, name := range mergedFields {
		if *c.field(name) != "" {
			n++
		}
	}
	return n
}

// stronger is the link that stands when the same account was linked to both contacts: a person's
// decision before a program's, a confirmation before a refusal before a suggestion, then the more
// probable one.
func stronger(a, b *Link) *Link {
	rank := func(l *Link) int {
		n := map[Decision]int{Confirmed: 4, Rejected: 3, Unsure: 2, Ignored: 1}[l.Decision]
		if l.Human() {
			n += 10
		}
		return n
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		if ra > rb {
			return a
		}
		return b
	}
	if b.Probability > a.Probability {
		return b
	}
	return a
}

// A moved is a link that a merge moved: the loser's, and the winner's of the same account where
// there was one, as they were; or the winner's alone, which the merge rejected.
type moved struct{ loser, winner *Link }

// mergedVersion is the version the merge gave the link.
func (m moved) mergedVersion() int64 {
	if m.winner != nil {
		return m.winner.Version + 1
	}
	return m.loser.Version + 1
}

// apart says what becomes of a moved link when the contacts are taken apart; current is what the
// account's link to the winner is now, nil when there is none.
//
// Where nobody touched it, both links become what they were. A decision made since about the merged
// contact stays with the contact the account came from; where it came from both, the winner keeps
// it. Where the link is gone, only what a person had decided comes back.
func (m moved) apart(current *Link) (toLoser, toWinner *Link) {
	switch {
	case current == nil:
		return onlyHuman(m.loser), onlyHuman(m.winner)
	case current.Version == m.mergedVersion():
		return m.loser, m.winner
	case m.loser == nil:
		return nil, current
	case m.winner == nil:
		l := *current
		l.ContactID = m.loser.ContactID
		return &l, nil
	}
	l := *m.loser
	if l.Decision == Confirmed && current.Decision == Confirmed {
		l.Decision, l.Reason = Suggested, reasonApart
	}
	return &l, current
}

func onlyHuman(l *Link) *Link {
	if l == nil || !l.Human() {
		return nil
	}
	return l
}

// reasonApart is why a link waits for a person after an unmerge.
const reasonApart = "the contacts were taken apart, and a decision made meanwhile stayed with the other"
