package matcher

import (
	"strings"
)

// Levels of agreement of two values; 0 says that one is missing.
const (
	dupSame = iota + 1
	dupClose
	dupNear
	dupSwapped
	dupOther
	dupLevels
)

var dupLevelNames = [dupLevels]string{"", "the same", "close", "near", "in each other's column", "different"}

// An agreement holds the levels of up to sixteen fields.
type agreement uint64

func (l agreement) at(field int) uint8 { return uint8(l >> (4 * field) & 15) }

func (l *agreement) set(field int, level uint8) {
	*l = *l&^(15<<(4*field)) | agreement(level)<<(4*field)
}

// compare compares two rows.
func (t *Records) compare(a, b uint32) (l agreement) {
	for i := range t.fields {
		f := &t.fields[i]
		va, vb := f.rows[a], f.rows[b]
		switch {
		case f.same[va] == 0 || f.same[vb] == 0:
		case f.same[va] == f.same[vb]:
			l.set(i, dupSame)
		default:
			l.set(i, f.role.level(f.form[va], f.form[vb]))
		}
	}
	for i := range t.fields {
		if j := t.fields[i].swap; j > i && l.at(i) >= dupNear && l.at(j) >= dupNear && t.swapped(i, j, a, b) {
			l.set(i, dupSwapped)
			l.set(j, dupSwapped)
		}
	}
	return l
}

// swapped says that what one row has in one column the other has in another.
func (t *Records) swapped(i, j int, a, b uint32) bool {
	f, g := &t.fields[i], &t.fields[j]
	fa, fb, ga, gb := f.form[f.rows[a]], f.form[f.rows[b]], g.form[g.rows[a]], g.form[g.rows[b]]
	return fa != "" && ga != "" && fa == gb && (ga == fb || oneEdit(ga, fb)) || ga != "" && fa != "" && ga == fb && oneEdit(fa, gb)
}

// level compares two different values.
func (r role) level(a, b string) uint8 {
	switch r {
	case roleDate:
		return dateLevel(a, b)
	case roleCode, rolePhone:
		return codeLevel(a, b)
	case roleMail:
		return mailLevel(a, b)
	}
	if oneEdit(a, b) && min(len(a), len(b)) >= 3 {
		return dupClose
	}
	like := jaroWinkler(a, b)
	switch {
	case like >= 0.93:
		return dupClose
	case like >= 0.85:
		return dupNear
	case (r == roleGiven || r == roleSurname) && (sameOrigin(a, b) || initialOf(a, b) || koelnerAlike(a, b)):
		return dupNear
	case sharesWord(a, b):
		return dupNear
	}
	return dupOther
}

// initialOf says that one value is the other's first letter.
func initialOf(a, b string) bool { return (len(a) == 1 || len(b) == 1) && a[0] == b[0] }

func koelnerAlike(a, b string) bool {
	return a[0] == b[0] && len(a) > 3 && len(b) > 3 && koelner(a) == koelner(b)
}

// sharesWord says that two values of several words share one that tells.
func sharesWord(a, b string) bool {
	if strings.IndexByte(a, ' ') < 0 && strings.IndexByte(b, ' ') < 0 {
		return false
	}
	for w := range strings.FieldsSeq(a) {
		if len(w) < 4 {
			continue
		}
		for v := range strings.FieldsSeq(b) {
			if w == v {
				return true
			}
		}
	}
	return false
}

// dateLevel: a digit wrong, two swapped, or day and month; then two of year, month and day.
func dateLevel(a, b string) uint8 {
	if oneEdit(a, b) {
		return dupClose
	}
	if len(a) != 8 || len(b) != 8 {
		return dupOther
	}
	year, month, day := a[:4] == b[:4], a[4:6] == b[4:6], a[6:] == b[6:]
	switch {
	case year && a[4:6] == b[6:] && a[6:] == b[4:6]:
		return dupClose
	case year && month, year && day, month && day, year && (oneEdit(a[4:], b[4:]) || a[4:6] == "01" && a[6:] == "01" || b[4:6] == "01" && b[6:] == "01"):
		return dupNear
	case differing(a, b) <= 2:
		return dupNear
	}
	return dupOther
}

func differing(a, b string) (n int) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func codeLevel(a, b string) uint8 {
	switch {
	case len(a) >= 3 && oneEdit(a, b):
		return dupClose
	case len(a) >= 5 && len(a) == len(b) && differing(a, b) <= 2:
		return dupNear
	case len(a) >= 4 && len(b) >= 4 && a[:3] == b[:3]:
		return dupNear
	}
	return dupOther
}

func mailLevel(a, b string) uint8 {
	localA, hostA, _ := strings.Cut(a, "@")
	localB, hostB, _ := strings.Cut(b, "@")
	switch {
	case oneEdit(a, b), localA == localB && localA != "":
		return dupClose
	case hostA == hostB && jaroWinkler(localA, localB) >= 0.85, oneEdit(localA, localB), jaroWinkler(a, b) >= 0.93:
		return dupNear
	}
	return dupOther
}
