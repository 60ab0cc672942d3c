package crm

import (
	"slices"
	"time"
)

// MatchSettings are how sure the matcher has to be, and what it may do: one record a tenant, and
// today there is one tenant.
type MatchSettings struct {
	Automatic  float64 `json:"automatic"`   // least probability of a link that nobody has to look at
	Review     float64 `json:"review"`      // least probability of one that a person is shown; below it nothing is kept
	BeyondName float64 `json:"beyond_name"` // bits that an automatic link needs beside the name
	RunnerUp   float64 `json:"runner_up"`   // bits by which the runner-up of an automatic link has to be behind
	// ProbabilityOff switches matching by probability off: only what proves links.
	ProbabilityOff bool `json:"probability_off"`
	// ProbabilityOffOn are the networks on which it is off.
	ProbabilityOffOn []string  `json:"probability_off_on"`
	Version          int64     `json:"version"`
	UpdatedBy        string    `json:"updated_by"`
	UpdatedAt        time.Time `json:"updated_at"`
}

// DefaultMatchSettings hold until somebody changes them; they are the matcher's own. On X, matching with what stands off X needs
// consent, or data that the person gave or made public. What is on file of a contact may be neither,
// so there only what proves links, until somebody says that it is (docs/review.md).
func DefaultMatchSettings() MatchSettings {
	return MatchSettings{Automatic: 0.985, Review: 0.3, BeyondName: 3, RunnerUp: 10, ProbabilityOffOn: []string{"x"}}
}

// Check says what cannot be taken.
func (s *MatchSettings) Check() error {
	switch {
	case !(s.Review >= 0.05 && s.Review <= 0.99):
		return invalid("review", "%v is not between 0.05 and 0.99", s.Review)
	case !(s.Automatic >= 0.9 && s.Automatic <= 1):
		return invalid("automatic", "%v is not between 0.9 and 1: what is less probable is for a person", s.Automatic)
	case !(s.BeyondName >= 0 && s.BeyondName <= 40):
		return invalid("beyond_name", "%v is not between 0 and 40 bits", s.BeyondName)
	case !(s.RunnerUp >= 0 && s.RunnerUp <= 40):
		return invalid("runner_up", "%v is not between 0 and 40 bits", s.RunnerUp)
	case len(s.ProbabilityOffOn) > 100:
		return invalid("probability_off_on", "names %d networks: at most 100", len(s.ProbabilityOffOn))
	}
	for i, n := range s.ProbabilityOffOn {
		s.ProbabilityOffOn[i] = tidy(n)
		if err := checkText("probability_off_on", n, 100); err != nil {
			return err
		}
		if s.ProbabilityOffOn[i] == "" {
			return invalid("probability_off_on", "names an empty network")
		}
	}
	slices.Sort(s.ProbabilityOffOn)
	s.ProbabilityOffOn = slices.Compact(s.ProbabilityOffOn)
	return nil
}
