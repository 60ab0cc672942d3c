package x

import (
	"strconv"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

// expansions are the objects that a page includes beside its data, by id.
type expansions struct {
	users  map[string]*user
	tweets map[string]*tweet
}

func newExpansions(users []user, tweets []tweet) *expansions {
	context := &expansions{users: make(map[string]*user, len(users)), tweets: make(map[string]*tweet, len(tweets))}
	for i := range users {
		context.users[users[i].ID] = &users[i]
	}
	for i := range tweets {
		if tweets[i].Text != nil {
			context.tweets[tweets[i].ID] = &tweets[i]
		}
	}
	return context
}

// user is the part of an account object that an author keeps.
type user struct {
	ID          string `json:"id"`
	Username    string `json:"username"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Location    string `json:"location"`
	CreatedAt   string `json:"created_at"`
	Metrics     struct {
		Followers int64 `json:"followers_count"`
	} `json:"public_metrics"`
}

func (u *user) author() post.Author {
	a := post.Author{
		ID: u.ID, Handle: u.Username, Name: PlainText(u.Name), Bio: PlainText(u.Description),
		Location: PlainText(u.Location), Followers: max(0, u.Metrics.Followers),
	}
	if u.Username != "" {
		a.URL = "https://x.com/" + u.Username
	}
	if at, err := time.Parse(time.RFC3339, u.CreatedAt); err == nil {
		a.CreatedAt = at.UTC()
	}
	return a
}

type entities struct {
	Hashtags []struct {
		Tag string `json:"tag"`
	} `json:"hashtags"`
	Mentions []struct {
		Username string `json:"username"`
	} `json:"mentions"`
	URLs []struct {
		URL      string `json:"url"`
		Expanded string `json:"expanded_url"`
		Unwound  string `json:"unwound_url"`
		MediaKey string `json:"media_key"`
	} `json:"urls"`
}

// copyTo sets the post's hashtags, mentions and links, each once. The address of a post's own
// picture is no link.
func (e *entities) copyTo(p *post.Post) {
	if e == nil {
		return
	}
	for _, h := range e.Hashtags {
		p.Hashtags = connectors.AppendOnce(p.Hashtags, PlainText(h.Tag))
	}
	for _, m := range e.Mentions {
		p.Mentions = connectors.AppendOnce(p.Mentions, PlainText(m.Username))
	}
	for _, u := range e.URLs {
		if u.MediaKey != "" {
			continue
		}
		for _, address := range []string{u.Expanded, u.Unwound, u.URL} {
			if connectors.IsWebURL(address) {
				p.Links = connectors.AppendOnce(p.Links, address)
				break
			}
		}
	}
}

// Ids made since 4 November 2010 hold their time: milliseconds since the epoch below in the bits
// above the lowest 22 (X developer documentation, "Snowflake ids").
const (
	snowflakeEpoch = 1288834974657
	firstSnowflake = 29700859247
)

func idTime(id string) (time.Time, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < firstSnowflake {
		return time.Time{}, false
	}
	return time.UnixMilli(n>>22 + snowflakeEpoch).UTC(), true
}
