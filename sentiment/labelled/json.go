package labelled

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// object is a labelled text as JSON: flat, a post or an event with a label beside it, or a message
// of the topic of mentions (docs/wire-format.md).
type object struct {
	Text      string `json:"text"`
	Language  string `json:"language"`
	Lang      string `json:"lang"`
	Polarity  any    `json:"polarity"`
	Label     any    `json:"label"`
	Sentiment any    `json:"sentiment"`
	Post      struct {
		Text     string `json:"text"`
		Language string `json:"language"`
		Polarity any    `json:"polarity"`
	} `json:"post"`
	Reading struct {
		Polarity any    `json:"polarity"`
		Language string `json:"language"`
	} `json:"reading"`
	Mentions []struct {
		Polarity any    `json:"polarity"`
		Language string `json:"language"`
	} `json:"mentions"`
	Event *object `json:"event"`
}

// addJSON reads objects one after another, or a list of them.
func (s *Set) addJSON(name string, data []byte) error {
	var objects []object
	d := json.NewDecoder(bytes.NewReader(data))
	if strings.HasPrefix(strings.TrimSpace(string(data[:min(len(data), 100)])), "[") {
		if err := d.Decode(&objects); err != nil {
			return fmt.Errorf("%s, byte %d: %w", name, d.InputOffset(), err)
		}
	} else {
		for {
			var o object
			err := d.Decode(&o)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return fmt.Errorf("%s, object %d, byte %d: %w", name, len(objects)+1, d.InputOffset(), err)
			}
			objects = append(objects, o)
		}
	}
	labels := make([]string, len(objects))
	for i := range objects {
		labels[i] = objects[i].label()
	}
	read := reader(labels)
	for i := range objects {
		polarity, ok := read(labels[i])
		if !ok {
			return fmt.Errorf("%s, object %d: polarity %q: want negative, neutral or positive", name, i+1, labels[i])
		}
		text, language := objects[i].text()
		s.add(polarity, labels[i], language, text)
	}
	return nil
}

func (o *object) label() string {
	choices := []any{o.Polarity, o.Label, o.Sentiment, o.Reading.Polarity, o.Post.Polarity}
	if len(o.Mentions) > 0 {
		choices = append(choices, o.Mentions[0].Polarity)
	}
	for _, v := range choices {
		if v != nil {
			return fmt.Sprint(v)
		}
	}
	if o.Event != nil {
		return o.Event.label()
	}
	return ""
}

func (o *object) text() (text, language string) {
	choices := []string{o.Language, o.Lang, o.Reading.Language, o.Post.Language}
	if len(o.Mentions) > 0 {
		choices = append(choices, o.Mentions[0].Language)
	}
	for _, l := range choices {
		if language == "" {
			language = l
		}
	}
	switch {
	case o.Text != "":
		return o.Text, language
	case o.Post.Text != "":
		return o.Post.Text, language
	case o.Event != nil:
		text, inner := o.Event.text()
		if language == "" {
			language = inner
		}
		return text, language
	}
	return "", language
}
