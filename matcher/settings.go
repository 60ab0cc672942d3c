package matcher

// Settings are how sure the matcher has to be, and what it may do: per tenant.
type Settings struct {
	Automatic  float64 // least probability of a link that nobody has to look at
	Review     float64 // least probability of one that a person is shown; below it nothing is kept
	BeyondName float64 // bits that an automatic link needs beside the name
	Lead       float64 // bits by which the runner-up of an automatic link has to be behind
	// ProvenOnly are networks on which only evidence that proves may link: no probabilities.
	ProvenOnly map[string]bool
	// ProvenOnlyEverywhere says so of all networks.
	ProvenOnlyEverywhere bool
}

// DefaultSettings link automatically at a precision of 0.997 and better: of what is from 0.985 on,
// 0.998 is right, for most of it is far more probable (docs/benchmarks.md).
func DefaultSettings() Settings {
	return Settings{Automatic: 0.985, Review: 0.3, BeyondName: 3, Lead: 10}
}

func (s *Settings) provenOnly(network string) bool {
	return s.ProvenOnlyEverywhere || s.ProvenOnly[network]
}

// suggested is the most that is said of what a person has to look at for another reason.
func (s *Settings) suggested() float64 { return s.Automatic - 1e-4 }
