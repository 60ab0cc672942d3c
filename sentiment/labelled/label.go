package labelled

import (
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// words are the labels that are understood. The empty polarity leaves a text out.
var words = map[string]post.Polarity{
	"negative": post.Negative, "neg": post.Negative, "negativ": post.Negative, "-1": post.Negative, "-2": post.Negative, "0": post.Negative,
	"neutral": post.Neutral, "neu": post.Neutral, "objective": post.Neutral, "objective-or-neutral": post.Neutral, "1": post.Neutral,
	"positive": post.Positive, "pos": post.Positive, "positiv": post.Positive, "2": post.Positive,
	"mixed": "", "unknown": "", "both": "", "not available": "", "none": "", "": "",
}

// maxRating bounds the ratings from negative to positive that are understood: SemEval has −2 to 2,
// VADER's raters −4 to 4.
const maxRating = 4

// tame is the rating below which a text is neutral.
const tame = 0.5

// weight says how far a column's value speaks for it being the labels: a word more than a number.
func weight(value string) int {
	value = strings.ToLower(strings.TrimSpace(value))
	if words[value] != "" && len(value) > 2 {
		return 2
	}
	if n, err := strconv.ParseFloat(value, 64); err == nil && n >= -maxRating && n <= maxRating || words[value] != "" {
		return 1
	}
	return 0
}

// reader understands one set's labels. Numbers are 0, 1, 2, or ratings on both sides of zero where
// one is negative.
func reader(labels []string) func(string) (post.Polarity, bool) {
	signed := false
	for _, label := range labels {
		if n, err := strconv.ParseFloat(strings.TrimSpace(label), 64); err == nil && n < 0 {
			signed = true
			break
		}
	}
	return func(label string) (post.Polarity, bool) {
		label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
		if n, err := strconv.ParseFloat(label, 64); err == nil {
			switch {
			case !signed && (n == 0 || n == 1 || n == 2):
				return words[strconv.Itoa(int(n))], true
			case !signed || n < -maxRating || n > maxRating:
				return "", false
			case n <= -tame:
				return post.Negative, true
			case n >= tame:
				return post.Positive, true
			}
			return post.Neutral, true
		}
		polarity, ok := words[label]
		return polarity, ok
	}
}
