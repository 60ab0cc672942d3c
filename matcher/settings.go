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

// DefaultSettings link automatically at a precision of 0.997 and better (docs/benchmarks.md).
func DefaultSettings() Settings {
	return Settings{Automatic: 0.999, Review: 0.3, BeyondName: 3, Lead: 10}
}

func (s *Settings) provenOnly(network string) bool {
	return s.ProvenOnlyEverywhere || s.ProvenOnly[network]
}
