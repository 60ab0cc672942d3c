package matcher

// koelner is the Kölner Phonetik of a folded word (Postel, "Die Kölner Phonetik", IBM-Nachrichten
// 19, 1969), its digits in one number; 0 for a word without letters of the alphabet. Names that
// sound alike in German have the same: Meier, Mayr, Maier.
func koelner(word string) uint64 {
	code, last := uint64(0), byte(0xff)
	for i := 0; i < len(word); i++ {
		c, before, after := word[i], byte(0), byte(0)
		if i > 0 {
			before = word[i-1]
		}
		if i+1 < len(word) {
			after = word[i+1]
		}
		digits := koelnerLetter(c, before, after, i == 0)
		for _, d := range []byte(digits) {
			if d != last && (d != '0' || code == 0) && code < 1e17 {
				code = code*10 + uint64(d-'0') + 1
			}
			last = d
		}
	}
	return code
}

// koelnerLetter is the code of one letter between its neighbours; empty for h and what is no letter.
func koelnerLetter(c, before, after byte, first bool) string {
	switch c {
	case 'a', 'e', 'i', 'j', 'o', 'u', 'y':
		return "0"
	case 'b':
		return "1"
	case 'p':
		if after == 'h' {
			return "3"
		}
		return "1"
	case 'd', 't':
		if after == 'c' || after == 's' || after == 'z' {
			return "8"
		}
		return "2"
	case 'f', 'v', 'w':
		return "3"
	case 'g', 'k', 'q':
		return "4"
	case 'c':
		return koelnerC(before, after, first)
	case 'x':
		if before == 'c' || before == 'k' || before == 'q' {
			return "8"
		}
		return "48"
	case 'l':
		return "5"
	case 'm', 'n':
		return "6"
	case 'r':
		return "7"
	case 's', 'z':
		return "8"
	}
	return ""
}

func koelnerC(before, after byte, first bool) string {
	hard := false
	switch after {
	case 'a', 'h', 'k', 'o', 'q', 'u', 'x':
		hard = true
	case 'l', 'r':
		hard = first
	}
	if before == 's' || before == 'z' || !hard {
		return "8"
	}
	return "4"
}
