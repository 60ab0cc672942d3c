package mastodon

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
)

const (
	maxStreams           = 60 // each costs a request or two whenever the connection is made anew
	defaultBackfillPages = 40
)

// settings is the source's section of the configuration; docs/networks/mastodon.md says more.
type settings struct {
	Server        string        `yaml:"server"`
	Token         config.Secret `yaml:"token"`
	Streams       []string      `yaml:"streams"`
	Hashtags      []string      `yaml:"hashtags"`
	BackfillPages int           `yaml:"backfill_pages"`
}

func (s *settings) base() (*url.URL, error) {
	if s.Server == "" {
		return nil, fmt.Errorf("server is missing: give the server's address, such as https://mastodon.example: %w", connectors.ErrConfig)
	}
	u, err := url.Parse(s.Server)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, fmt.Errorf("server is no address such as https://mastodon.example: %w", connectors.ErrConfig)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("server holds more than scheme, host and path: give https://%s: %w", u.Host, connectors.ErrConfig)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

func (s *settings) check() error {
	switch {
	case s.Token == "":
		return fmt.Errorf("token is missing: Mastodon streams to signed-in users only; give a user token with the scope read: %w", connectors.ErrConfig)
	case strings.ContainsFunc(s.Token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("token holds a space or a character that no token has: %w", connectors.ErrConfig)
	case s.BackfillPages < 0 || s.BackfillPages > 1000:
		return fmt.Errorf("backfill_pages %d: want 1 to 1000: %w", s.BackfillPages, connectors.ErrConfig)
	}
	return nil
}

// A stream is one timeline: how to subscribe to it and how to read it over REST.
type stream struct {
	key       string // in the cursor and, joined by colons and in lower case, in the stream's messages
	subscribe map[string]string
	live      string     // path of server-sent events, with its query
	path      string     // path of the timeline
	query     url.Values // of the timeline
	notices   bool       // the timeline holds notifications; its events come with the stream user
}

// mentionsKey is the stream of notifications that somebody mentioned the account. It is not
// subscribed to: the stream user carries it.
const mentionsKey = "user:mentions"

func (s *settings) streams() ([]stream, error) {
	names := s.Streams
	for _, name := range s.Hashtags {
		names = append(names, "hashtag:"+strings.TrimPrefix(name, "#"))
	}
	if len(names) == 0 {
		names = []string{"public"}
	}
	var all []stream
	seen := make(map[string]bool)
	for _, name := range names {
		st, err := parseStream(name)
		if err != nil {
			return nil, err
		}
		if seen[st.key] {
			continue
		}
		seen[st.key] = true
		all = append(all, st)
		if st.key == "user" {
			all = append(all, stream{key: mentionsKey, path: "/api/v1/notifications", query: url.Values{"types[]": {"mention"}}, notices: true})
		}
	}
	if len(all) > maxStreams {
		return nil, fmt.Errorf("%d streams and hashtags: at most %d a source; make a second one: %w", len(all), maxStreams, connectors.ErrConfig)
	}
	return all, nil
}

func parseStream(name string) (stream, error) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(name), ":")
	switch kind {
	case "public":
		return publicStream(name, rest)
	case "user":
		if rest == "" {
			return stream{key: "user", subscribe: map[string]string{"stream": "user"}, live: "/user", path: "/api/v1/timelines/home", query: url.Values{}}, nil
		}
	case "list":
		if rest != "" && !strings.ContainsFunc(rest, notWord) {
			return stream{key: "list:" + strings.ToLower(rest), subscribe: map[string]string{"stream": "list", "list": rest},
				live: "/list?list=" + rest, path: "/api/v1/timelines/list/" + rest, query: url.Values{}}, nil
		}
	case "hashtag":
		return hashtagStream(name, rest)
	}
	return stream{}, fmt.Errorf("stream %.60q: want public, public:local, public:remote, hashtag:NAME, hashtag:local:NAME, list:ID or user: %w", name, connectors.ErrConfig)
}

func publicStream(name, rest string) (stream, error) {
	st := stream{key: "public", live: "/public", path: "/api/v1/timelines/public", query: url.Values{}}
	switch rest {
	case "":
	case "local", "remote":
		st.key, st.live = "public:"+rest, "/public/"+rest
		st.query.Set(rest, "true")
	default:
		return stream{}, fmt.Errorf("stream %.60q: want public, public:local or public:remote: %w", name, connectors.ErrConfig)
	}
	st.subscribe = map[string]string{"stream": st.key}
	return st, nil
}

func hashtagStream(name, rest string) (stream, error) {
	kind, live, query := "hashtag", "/hashtag", url.Values{}
	if tag, ok := strings.CutPrefix(rest, "local:"); ok {
		rest, kind, live = tag, "hashtag:local", "/hashtag/local"
		query.Set("local", "true")
	}
	tag := strings.ToLower(strings.TrimPrefix(rest, "#"))
	if tag == "" || len(tag) > 200 || strings.ContainsFunc(tag, notWord) {
		return stream{}, fmt.Errorf("stream %.60q: want hashtag:NAME, the name in letters, digits and '_': %w", name, connectors.ErrConfig)
	}
	return stream{
		key: kind + ":" + tag, subscribe: map[string]string{"stream": kind, "tag": tag},
		live: live + "?" + url.Values{"tag": {tag}}.Encode(), path: "/api/v1/timelines/tag/" + tag, query: query,
	}, nil
}

// notWord tells what cannot stand in a hashtag or in an id.
func notWord(r rune) bool {
	return r != '_' && r != '·' && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}
