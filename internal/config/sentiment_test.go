package config_test

import (
	"strings"
	"testing"
)

func TestSentiment(t *testing.T) {
	for name, test := range map[string]struct{ yaml, want string }{
		"ErrRescore":   {"rescore: -1", "sentiment.rescore -1"},
		"ErrBelow":     {"deep: {below: 1.5}", "sentiment.deep.below 1.5"},
		"ErrShare":     {"deep: {share: 0}", "sentiment.deep.share 0"},
		"ErrBatch":     {"deep: {batch: 0}", "sentiment.deep.batch 0"},
		"ErrTimeout":   {"deep: {timeout: 1ms}", "sentiment.deep.timeout 1ms"},
		"ErrQueue":     {"deep: {queue: 0}", "sentiment.deep.queue 0"},
		"ErrLanguages": {"deep: {languages: [English]}", `"English": want codes of two letters`},
		"ErrUnknown":   {"deep: {fodler: x}", "sentiment.deep.fodler: did you mean folder?"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(t, "sentiment: {"+test.yaml+"}\n"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	c, err := load(t, "sentiment: {rescore: 0, deep: {folder: f, labels: {LABEL_0: negative}, languages: [en]}}\n", "GROUNDSWELL_SENTIMENT_DEEP_BELOW=0.5")
	if err != nil || c.Sentiment.Deep.Below != 0.5 || c.Sentiment.Deep.Labels["LABEL_0"] != "negative" || c.Sentiment.Rescore != 0 {
		t.Errorf("%+v, %v", c.Sentiment, err)
	}
}
