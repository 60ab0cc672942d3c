package listening

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Kind says whose talk a monitor follows.
type Kind = string

// The kinds.
const (
	Own        Kind = "own"        // the own brand
	Competitor Kind = "competitor" //
	Campaign   Kind = "campaign"   //
	Market     Kind = "market"     // a topic of the market
)

// A Monitor is something to listen for.
type Monitor struct {
	ID        string    // a ULID
	Name      string    // unique
	Kind      Kind      //
	Query     string    // docs/queries.md
	Enabled   bool      // a disabled one hears nothing and keeps what it heard
	CreatedAt time.Time //
	UpdatedAt time.Time //
	Version   int64     // grows with each change; whoever changes a monitor names the one that was loaded, or 0
}

// ErrNotFound says that there is no record of that id.
var ErrNotFound = errors.New("there is no such record")

// ErrChanged says that a monitor is not in the version that the caller believes it to have.
var ErrChanged = errors.New("the monitor is not as it was when it was loaded: load it again and repeat the change")

// Invalid says which field of a record cannot be taken, and what would be right. It is returned as
// a pointer.
type Invalid struct{ Field, Reason string }

func (e *Invalid) Error() string { return e.Field + ": " + e.Reason }

const maxName = 100

// Validate checks a monitor that is to be saved; the error is an *Invalid.
func (m *Monitor) Validate() error {
	name := strings.TrimSpace(m.Name)
	switch {
	case name == "" || name != m.Name:
		return &Invalid{"name", "want a name without blanks at its ends"}
	case utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }):
		return &Invalid{"name", fmt.Sprintf("want at most %d characters on one line", maxName)}
	case !slices.Contains([]Kind{Own, Competitor, Campaign, Market}, m.Kind):
		return &Invalid{"kind", fmt.Sprintf("%q: want own, competitor, campaign or market", m.Kind)}
	}
	if _, err := ParseQuery(m.Query); err != nil {
		return &Invalid{"query", err.Error()}
	}
	return nil
}

func compareText(a, b string) int { return strings.Compare(a, b) }
