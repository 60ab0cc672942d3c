package sentiment

import "strings"

// negators turn what follows in their clause, in English and German.
const negators = `no not never none nobody nothing nowhere neither nor cannot without hardly barely scarcely lack lacks lacking
	dont doesnt didnt isnt arent wasnt werent wont wouldnt cant couldnt shouldnt aint havent hasnt hadnt
	nicht ned nich nit net kein keine keinen keiner keinem keines nie niemals niemand nirgends ohne nix nichts weder kaum`

// turners begin a clause that a negation before does not reach.
const turners = "but however although though yet except because aber sondern doch jedoch sonst weil obwohl trotzdem außer"

// reach is how many words of its clause a negation turns.
const reach = 5

// negate marks the words in the scope of a negation. German also denies what stands before: "das
// gefällt mir nicht"; features takes care of that.
func (t *tokens) negate() {
	scope := 0
	for i, w := range t.words {
		role := t.lexemes[i].role
		if scope > 0 && role&roleTurns == 0 {
			t.marks[i] |= markNegated
			scope--
		}
		switch {
		case role&roleNegates != 0 || denies(w):
			scope = reach
		case role&roleTurns != 0:
			scope = 0
		}
		if t.marks[i]&markEnd != 0 {
			scope = 0
		}
	}
}

func negates(w string) bool { return embeddedWords().find(w).role&roleNegates != 0 || denies(w) }

// denies says that a word has its negation at the end.
func denies(w string) bool { return strings.HasSuffix(w, "n't") }

func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
