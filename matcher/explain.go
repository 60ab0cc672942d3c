package matcher

import (
	"fmt"
	"strings"
)

// An Explanation says why a match was made, as data: a waterfall starts at Prior, each piece of
// evidence adds its bits, and what they come to is Bits. It is what is kept with a link.
type Explanation struct {
	Model       string     `json:"model"`
	Prior       float64    `json:"prior_bits"`
	Evidence    []Evidence `json:"evidence"`
	Bits        float64    `json:"bits"`
	BeyondName  float64    `json:"beyond_name_bits"`
	RunnerUp    *RunnerUp  `json:"runner_up,omitempty"`
	LeftOut     int        `json:"left_out,omitempty"` // contacts of the same name who were too many to look at
	Probability float64    `json:"probability"`
	Decision    string     `json:"decision"`
	Proven      bool       `json:"proven"`
	Sentence    string     `json:"sentence"`
}

// Explanation is the match's own.
func (m *Match) Explanation() Explanation {
	e := Explanation{Model: m.Model, Prior: m.Prior, Evidence: m.Evidence, Bits: m.Bits, BeyondName: m.BeyondName, LeftOut: m.LeftOut,
		Probability: m.Probability, Decision: m.Decision, Proven: m.Proven, Sentence: Explain(*m)}
	if m.RunnerUp.ContactID != "" {
		e.RunnerUp = &m.RunnerUp
	}
	return e
}

// Explain says in one sentence why a match was made.
func Explain(m Match) string {
	var b strings.Builder
	if m.Decision == Confirmed {
		b.WriteString("Confirmed")
	} else {
		b.WriteString("Suggested")
	}
	fmt.Fprintf(&b, ", probability %.4g %%: ", m.Probability*100)
	for i, e := range m.Evidence {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s (", e.Field, e.Level)
		if e.AuthorValue != "" {
			fmt.Fprintf(&b, "%q, ", e.AuthorValue)
		}
		if e.ContactValue != "" {
			fmt.Fprintf(&b, "on file %q, ", e.ContactValue)
		}
		fmt.Fprintf(&b, "%+.1f bits)", e.Bits)
	}
	switch n := len(m.Rivals); {
	case n > 0:
		fmt.Fprintf(&b, "; not confirmed, because %d more %s the same author", n, map[bool]string{true: "contact claims", false: "contacts claim"}[n == 1])
	case m.RunnerUp.ContactID != "":
		fmt.Fprintf(&b, "; the next contact is %.1f bits behind", m.RunnerUp.Behind)
	}
	if m.LeftOut > 0 {
		fmt.Fprintf(&b, "; %d contacts of the same name are left out, and share the probability", m.LeftOut)
	}
	b.WriteByte('.')
	return b.String()
}
