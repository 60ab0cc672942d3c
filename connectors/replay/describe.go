package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// others are objects that are no posts, told by fields that all of them have. The first that fits
// names the object in the refusal.
var others = []struct {
	format string
	fields string
	what   string
}{
	{TwitterV11, "id_str screen_name", "a Twitter account, not a post"},
	{TwitterV11, "id_str slug", "a Twitter list, not a post"},
	{TwitterV11, "users next_cursor", "a list of Twitter accounts, not posts"},
	{TwitterV11, "lists next_cursor", "a list of Twitter lists, not posts"},
	{TwitterV11, "ids next_cursor", "a list of ids, not posts"},
	{TwitterV11, "relationship", "a relation between two accounts, not a post"},
	{TwitterV11, "place_type", "a place, not a post"},
	{TwitterV11, "result query", "an answer about places, not a post"},
	{TwitterV11, "html author_name", "an oEmbed answer, not a post"},
	{TwitterV11, "scrub_geo", "a scrub_geo notice, not a post"},
	{TwitterV11, "limit", "a limit notice: the stream left posts out"},
	{TwitterV11, "disconnect", "a disconnect notice, not a post"},
	{TwitterV11, "warning", "a stall warning, not a post"},
	{TwitterV11, "status_withheld", "a status_withheld notice, not a post"},
	{TwitterV11, "user_withheld", "a user_withheld notice, not a post"},
	{TwitterV11, "friends", "a list of friends, not a post"},
	{TwitterV11, "code local_name", "a language that Twitter supports, not a post"},

	{Mastodon, "acct", "a Mastodon account, not a status"},
	{Mastodon, "account content", "an entry of a status's edit history, without id and uri"},
	{Mastodon, "account type", "a notification without a status"},
	{Mastodon, "scheduled_at", "a scheduled status, which is not posted yet"},
	{Mastodon, "text spoiler_text", "the source text of a status, without author and time"},
	{Mastodon, "title version domain", "a description of a Mastodon server, not a status"},
	{Mastodon, "title version uri", "a description of a Mastodon server, not a status"},
	{Mastodon, "votes_count", "a poll, not a status"},
	{Mastodon, "name url history", "a hashtag, not a status"},
	{Mastodon, "name url statuses_count", "a featured hashtag, not a status"},
	{Mastodon, "id status_id", "a filter's reference to a status, not a status"},
	{Mastodon, "for_not_following", "a policy for notifications, not a status"},
	{Mastodon, "merged", "the state of notification requests, not a status"},
	{Mastodon, "software protocols", "a description of a server (NodeInfo), not a status"},

	{Bluesky, "uri notFound", "a post that cannot be found any more"},
	{Bluesky, "uri blocked", "a post behind a block"},
	{Bluesky, "subject follows", "a list of accounts, not posts"},
	{Bluesky, "subject followers", "a list of accounts, not posts"},
	{Bluesky, "did handle", "a Bluesky account, not a post"},
	{Bluesky, "did", "an account id, not a post"},
	{Bluesky, "$type", "a record alone: without its at:// address it has neither id nor author"},

	{XV2, "title detail", "an error response of X, not a post"},
	{XV2, "action id", "a compliance result, which does not say whether its id is a post's or an account's"},

	{"", "objectType", "an ActivityStreams 1 object, not a post of a network"},
	{"", "error", "an error response, not a post"},
	{"", "links", "a list of links, not posts"},
	{"", "count", "a count, not a post"},
}

// describe says what an object is that has no shape, and the format that holds such objects.
func describe(raw []byte) (format string, err error) {
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		return "", fmt.Errorf("malformed JSON: %w", err)
	}
	has := make(map[string]bool)
	var names []string
	fields(raw, func(name string, _ int, _ []byte) {
		has[name] = true
		if len(names) < 6 {
			names = append(names, fmt.Sprintf("%.30q", name))
		}
	})
	if len(names) == 0 {
		return "", errors.New("an empty object, not a post")
	}
	for _, other := range others {
		fits := true
		for field := range strings.FieldsSeq(other.fields) {
			fits = fits && has[field]
		}
		if fits {
			return other.format, errors.New(other.what)
		}
	}
	return "", fmt.Errorf("an object of no known format, with the fields %s", strings.Join(names, ", "))
}
