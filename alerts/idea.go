package alerts

import (
	"strings"
	"unicode"
)

// ideaCues are words with which people begin an idea, by language. A cue is found at word borders.
var ideaCues = map[string][]string{
	"de": {
		"idee für", "eine idee", "meine idee", "mein vorschlag", "vorschlag an", "vorschlag zur", "vorschlag für", "verbesserungsvorschlag", "wunsch an", "ich wünsche mir", "ich würde mir wünschen",
		"wünsche mir noch", "wäre toll wenn", "wäre super wenn", "wäre schön wenn", "wäre cool wenn", "wäre klasse wenn", "fände es toll wenn", "fände ich toll", "könntet ihr nicht", "könntet ihr bitte",
		"warum gibt es nicht", "warum gibt es keine", "warum gibt es keinen", "gibt es das auch", "ihr solltet", "man sollte", "fehlt noch", "fehlt nur noch", "was noch fehlt", "bitte auch in", "bitte auch mit",
	},
	"en": {
		"idea for", "an idea", "my idea", "my suggestion", "suggestion for", "i suggest", "feature request", "i wish it", "i wish you", "i wish they", "would be great if", "would be nice if", "would be cool if",
		"would be awesome if", "would love to see", "would love it if", "would love if", "could you add", "can you add", "please add", "please make a", "please bring", "you should add", "you should make", "you should offer",
		"they should add", "they should make", "why is there no", "why don't you", "how about a", "how about adding", "if only it had", "all it needs is", "only thing missing", "what's missing", "next version should",
	},
}

// HasIdea says whether a text proposes something, by simple cues in German and English. Other
// languages have none.
func HasIdea(text, language string) bool {
	cues := ideaCues[language]
	if cues == nil {
		return false
	}
	if len(text) > ideaBytes {
		text = text[:ideaBytes]
	}
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
	joined := " " + strings.Join(words, " ") + " "
	for _, cue := range cues {
		if strings.Contains(joined, " "+cue+" ") {
			return true
		}
	}
	return false
}

// ideaBytes is how much of a text is looked at.
const ideaBytes = 4000
