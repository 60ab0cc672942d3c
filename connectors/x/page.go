package x

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

// Network is the name that posts of X bear.
const Network = "x"

// MaxPage is the largest page that DecodePage takes, in bytes.
const MaxPage = 32 << 20

// A Refusal is one object of a page that is no post, and why. A page whose objects are all of
// another sort (accounts, lists, counts …) is refused once, with Index −1.
type Refusal struct {
	Index  int // place in the page's data, from 0
	Reason string
}

// page is one response, stream line or flattened tweet.
type page struct {
	Data     json.RawMessage `json:"data"`
	Includes struct {
		Users  []user  `json:"users"`
		Tweets []tweet `json:"tweets"`
	} `json:"includes"`
	Meta   json.RawMessage `json:"meta"`
	Errors []problem       `json:"errors"`

	// A response that is a problem has its fields at the top.
	Title  string `json:"title"`
	Detail string `json:"detail"`

	// A flattened tweet has its fields at the top.
	ID   string `json:"id"`
	Text string `json:"text"`
}

type problem struct {
	Title   string `json:"title"`
	Detail  string `json:"detail"`
	Message string `json:"message"`
}

// DecodePage reads one object: a page of tweets, one tweet with its expansions (a lookup or a line
// of a stream), or a flattened tweet that holds its author and the tweets it refers to. Each tweet
// of data gives one event or one refusal, in order; included tweets are context and give none. The
// error says that the object as a whole cannot be read.
func DecodePage(raw []byte) (events []post.Event, refused []Refusal, err error) {
	if len(raw) > MaxPage {
		return nil, nil, fmt.Errorf("%d bytes: a page has at most %d", len(raw), MaxPage)
	}
	var p page
	if err := connectors.Unmarshal(raw, &p); err != nil {
		return nil, nil, err
	}
	data, err := p.objects(raw)
	if err != nil {
		return nil, nil, err
	}
	context := newExpansions(p.Includes.Users, p.Includes.Tweets)
	kinds := make(map[string]int)
	for i, object := range data {
		e, reason := decodeObject(object, context, kinds)
		if reason != "" {
			refused = append(refused, Refusal{i, reason})
			continue
		}
		events = append(events, e)
	}
	if len(data) > 1 && len(events) == 0 && len(kinds) == 1 {
		for kind, n := range kinds {
			if n == len(data) {
				return nil, []Refusal{{-1, fmt.Sprintf("a page of %d objects, each %s", n, kind)}}, nil
			}
		}
	}
	return events, refused, nil
}

// objects returns what the page's data holds: none, one or many.
func (p *page) objects(raw []byte) ([]json.RawMessage, error) {
	data := bytes.TrimSpace(p.Data)
	switch {
	case len(data) > 0 && data[0] == '[':
		var list []json.RawMessage
		if err := connectors.Unmarshal(data, &list); err != nil {
			return nil, err
		}
		return list, nil
	case len(data) > 0 && data[0] == '{':
		return []json.RawMessage{data}, nil
	case len(data) > 0 && !bytes.Equal(data, []byte("null")):
		return nil, errors.New("data: want an object or an array of objects")
	case p.ID != "" && p.Text != "":
		return []json.RawMessage{raw}, nil
	case len(p.Errors) > 0:
		return nil, fmt.Errorf("an error response of X, not a post: %s", p.Errors[0])
	case p.Title != "" || p.Detail != "":
		return nil, fmt.Errorf("an error response of X, not a post: %s", problem{Title: p.Title, Detail: p.Detail})
	case p.Meta != nil:
		return nil, nil // an empty page
	}
	return nil, errors.New("no page of X's API: it has neither data nor meta")
}

func (p problem) String() string {
	switch {
	case p.Detail != "" && p.Title != "":
		return fmt.Sprintf("%.80s: %.200s", p.Title, p.Detail)
	case p.Detail != "":
		return fmt.Sprintf("%.200s", p.Detail)
	case p.Message != "":
		return fmt.Sprintf("%.200s", p.Message)
	}
	return fmt.Sprintf("%.80s", p.Title)
}

// decodeObject reads one object of data, or says what it is instead of a tweet.
func decodeObject(raw json.RawMessage, context *expansions, kinds map[string]int) (post.Event, string) {
	var t tweet
	if err := connectors.Unmarshal(raw, &t); err != nil {
		return post.Event{}, err.Error()
	}
	if kind := t.otherKind(); kind != "" {
		kinds[kind]++
		return post.Event{}, kind
	}
	e, err := t.event(context)
	if err != nil {
		return post.Event{}, err.Error()
	}
	return e, ""
}
