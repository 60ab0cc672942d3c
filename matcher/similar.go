package matcher

import (
	"github.com/xrash/smetrics"
)

// similar says that two folded words are one name written or typed in two ways: a letter left out,
// added, changed or swapped with its neighbour, or the same sound; and alike on the whole
// (Jaro–Winkler; Winkler, "String Comparator Metrics and Enhanced Decision Rules", 1990).
func similar(a, b string) bool {
	if len(a) < 4 || len(b) < 4 || len(a)-len(b) > 3 || len(b)-len(a) > 3 {
		return false
	}
	if oneEdit(a, b) {
		return len(a) >= 5 || a[0] == b[0]
	}
	return a[0] == b[0] && koelner(a) == koelner(b) && jaroWinkler(a, b) >= 0.88
}

func jaroWinkler(a, b string) float64 { return smetrics.JaroWinkler(a, b, 0.7, 4) }

// oneEdit says that one letter left out, added, changed or swapped makes b of a.
func oneEdit(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return a[i+1:] == b[i:]
	}
	switch {
	case i == len(a):
		return true
	case a[i+1:] == b[i+1:]:
		return true
	default:
		return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
}
