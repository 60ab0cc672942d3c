package crm

import (
	"slices"
	"time"
)

// A Purpose is what a contact's data is used for.
type Purpose string

// The purposes, and what ends with each.
const (
	PurposeRecord    Purpose = "record"    // being on file as a contact
	PurposeLink      Purpose = "link"      // being recognised in social networks
	PurposeMarketing Purpose = "marketing" // being written to in campaigns
)

// Purposes are all there are.
var Purposes = []Purpose{PurposeRecord, PurposeLink, PurposeMarketing}

// ConsentSources are where a consent, or another ground, may come from.
var ConsentSources = []string{"form", "invitation", "e-mail", "letter", "telephone", "meeting", "contract", "import", "other"}

// A Consent is what makes it lawful to use a contact's data for a purpose: that they agreed, or
// another ground that somebody put on file with its reason. Taken back, it stays as what was.
type Consent struct {
	ID          string    `json:"id"`
	ContactID   string    `json:"contact_id"`
	AuthorID    string    `json:"author_id"` // of the one link it is about; empty: all of the purpose
	Purpose     Purpose   `json:"purpose"`
	Basis       Basis     `json:"basis"`
	Source      string    `json:"source"`
	Evidence    string    `json:"evidence"` // the words they agreed to, or where the proof lies
	GivenAt     time.Time `json:"given_at"`
	RecordedBy  string    `json:"recorded_by"` // a user's id, or ByContact
	RecordedAt  time.Time `json:"recorded_at"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"` // zero: it stands
	WithdrawnBy string    `json:"withdrawn_by,omitempty"`
	Withdrawal  string    `json:"withdrawal,omitempty"` // how they took it back
}

// Stands says that it was not taken back.
func (c *Consent) Stands() bool { return c.WithdrawnAt.IsZero() }

const maxEvidence = 4000

func (c *Consent) check(now time.Time) error {
	if c.Basis == "" {
		c.Basis = BasisConsent
	}
	if c.GivenAt.IsZero() {
		c.GivenAt = now
	}
	c.Evidence = tidy(c.Evidence)
	switch {
	case !slices.Contains(Purposes, c.Purpose):
		return invalid("purpose", "%q is not one of record, link, marketing", c.Purpose)
	case !slices.Contains(ConsentSources, c.Source):
		return invalid("source", "%q: want one of %v", c.Source, ConsentSources)
	case c.AuthorID != "" && c.Purpose != PurposeLink:
		return invalid("author_id", "is for the purpose link: leave it out")
	case c.Evidence == "":
		return invalid("evidence", "is empty: give the words they agreed to, or say where the proof lies")
	case c.GivenAt.After(now.Add(time.Minute)):
		return invalid("given_at", "lies in the future")
	}
	if _, err := ParseBasis(string(c.Basis)); err != nil {
		return err
	}
	return checkText("evidence", c.Evidence, maxEvidence)
}

// ended says, of all that is on file of a purpose and of one link or of all (authorID is empty), whether
// it was taken back and not given again since. What was given before it was taken back does not count,
// wherever it stands: a consent that another record of the same person had, or an older one that was
// put on file later.
func ended(consents []Consent, purpose Purpose, authorID string) (at time.Time, yes bool) {
	of := func(c *Consent) bool { return c.Purpose == purpose && c.AuthorID == authorID }
	for i := range consents {
		if c := &consents[i]; of(c) && !c.Stands() && c.WithdrawnAt.After(at) {
			at, yes = c.WithdrawnAt, true
		}
	}
	again := slices.ContainsFunc(consents, func(c Consent) bool { return of(&c) && c.Stands() && !c.GivenAt.Before(at) })
	if again {
		return time.Time{}, false
	}
	return at, yes
}
