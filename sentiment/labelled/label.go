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

// reader understands one set's labels. Numbers are 0, 1, 2, or from −2 to 2 where one is negative.
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
			case signed && n >= -4 && n <= 4 && n < 0:
				return post.Negative, true
			case signed && n >= -4 && n <= 4 && n > 0:
				return post.Positive, true
			case signed && n == 0:
				return post.Neutral, true
			}
			return "", false
		}
		polarity, ok := words[label]
		return polarity, ok
	}
}
