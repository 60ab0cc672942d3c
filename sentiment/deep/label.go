package deep

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// labelWords are the names that classifiers give their classes.
var labelWords = map[string]post.Polarity{
	"negative": post.Negative, "neg": post.Negative, "negativ": post.Negative,
	"neutral": post.Neutral, "neu": post.Neutral,
	"positive": post.Positive, "pos": post.Positive, "positiv": post.Positive,
}

// numbered are the classes of a model whose labels are numbers only, by how many it has: the order
// in which models of two, three and five classes are trained.
var numbered = map[int][]post.Polarity{
	2: {post.Negative, post.Positive},
	3: {post.Negative, post.Neutral, post.Positive},
	5: {post.Negative, post.Negative, post.Neutral, post.Positive, post.Positive},
}

// polarities says what each class means: by the labels the configuration explains, else by name
// (negative, neu, POSITIVE …), by stars (1 star … 5 stars), or by number (LABEL_0 …).
func polarities(labels []string, explained map[string]string) ([]post.Polarity, error) {
	for _, label := range slices.Sorted(maps.Keys(explained)) {
		if !slices.Contains(labels, label) {
			return nil, fmt.Errorf("sentiment.deep.labels names %q, which is none of the model's: %s", label, strings.Join(labels, ", "))
		}
		if labelWords[explained[label]] == "" {
			return nil, fmt.Errorf("sentiment.deep.labels says that %s is %q: want negative, neutral or positive", label, explained[label])
		}
	}
	classes := make([]post.Polarity, len(labels))
	for i, label := range labels {
		classes[i] = labelWords[explained[label]]
		if classes[i] == "" {
			classes[i] = polarity(label, i, len(labels))
		}
		if classes[i] == "" {
			return nil, fmt.Errorf("its label %q is no polarity: want negative, neutral and positive, pos and neg, 1 star to 5 stars, or LABEL_0 to LABEL_%d "+
				"of two, three or five; say what it means under sentiment.deep.labels", label, max(1, len(labels)-1))
		}
	}
	if !slices.Contains(classes, post.Negative) || !slices.Contains(classes, post.Positive) {
		return nil, fmt.Errorf("its labels %s lack a negative or a positive one: take a model of sentiment, or say what they mean under sentiment.deep.labels",
			strings.Join(labels, ", "))
	}
	return classes, nil
}

// polarity is what the label at a place means; empty when it cannot be told.
func polarity(label string, place, of int) post.Polarity {
	name := strings.ToLower(strings.TrimSpace(label))
	if p := labelWords[name]; p != "" {
		return p
	}
	if n, ok := strings.CutPrefix(name, "label_"); ok && n == strconv.Itoa(place) && numbered[of] != nil {
		return numbered[of][place]
	}
	stars, ok := strings.CutSuffix(strings.TrimSuffix(name, "s"), "star")
	if n, err := strconv.Atoi(strings.TrimSpace(stars)); ok && err == nil && n >= 1 && n <= 5 {
		return numbered[5][n-1]
	}
	return ""
}
