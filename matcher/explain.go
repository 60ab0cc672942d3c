package matcher

import (
	"fmt"
	"strings"
)

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
		fmt.Fprintf(&b, "%s: %s (%q, on file %q, %+.1f bits)", e.Field, e.Level, e.AuthorValue, e.ContactValue, e.Bits)
	}
	if n := len(m.Rivals); n > 0 {
		fmt.Fprintf(&b, "; not confirmed, because %d more %s the same author", n, map[bool]string{true: "contact claims", false: "contacts claim"}[n == 1])
	}
	b.WriteByte('.')
	return b.String()
}
