package listening

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// A term is one thing that a post has or has not. Its pattern is looked for in the post's words
// (appendDocument), where a blank stands before and after each.
type term struct {
	pattern string // with a blank where a word has to begin or end
	words   int    // how many words it spans
	field   bool   // about the post, not in its text
	literal string // what the raw bytes of a matching message hold, folded; empty when nothing has to
}

// newTerm reads a token of a query: a field, a phrase, a hashtag, an account or a word, which may
// begin or end with a '*'.
func newTerm(token string) (term, error) {
	if name, value, ok := strings.Cut(token, ":"); ok && name != "" && !strings.HasPrefix(value, "//") {
		return newField(name, value)
	}
	text := strings.Trim(token, opening)
	quoted := text != token
	begins, ends := !strings.HasPrefix(text, "*") || quoted, !strings.HasSuffix(text, "*") || quoted
	words := strings.Fields(string(appendWords(nil, strings.Trim(text, "*"))))
	if len(words) > 0 && (words[0][0] == '#' || words[0][0] == '@') {
		if len(words) > 1 && (words[0][0] == '#' || strings.Contains(words[0][1:], "@")) {
			words = slices.Delete(words, 1, 2) // the second form that appendWords adds
		}
		begins = true
	}
	switch {
	case len(words) == 0:
		return term{}, fmt.Errorf("%s: want letters or digits", token)
	case !begins || !ends:
		if len(strings.Join(words, "")) < 3 {
			return term{}, fmt.Errorf("%s: want three letters or more beside a *", token)
		}
	case len(words) == 1 && len(words[0]) < 2:
		return term{}, fmt.Errorf("%s: want two letters or more", token)
	}
	t := term{pattern: strings.Join(words, " "), words: len(words), literal: strings.TrimLeft(longest(words), "#@")}
	if begins {
		t.pattern = " " + t.pattern
	}
	if ends {
		t.pattern += " "
	}
	return t, nil
}

// newField reads a term about the post itself.
func newField(name, value string) (term, error) {
	value = strings.Trim(value, opening)
	t := term{words: 1, field: true}
	switch name {
	case "lang", "network", "kind":
		value = strings.ToLower(value)
		if strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || value == "" {
			return term{}, fmt.Errorf("%s:%s: want one word, such as %s:%s", name, value, name, map[string]string{"lang": "de", "network": "mastodon", "kind": "reply"}[name])
		}
		if name == "kind" && !slices.Contains([]string{"post", "reply", "share", "quote", "comment", "review", "private"}, value) {
			return term{}, fmt.Errorf("kind:%s: want post, reply, share, quote, comment, review or private", value)
		}
	case "from":
		value = foldHandle(value)
		t.literal = value
	case "link":
		value = foldHost(value)
		t.literal = value
	default:
		return term{}, fmt.Errorf("%s: want lang, network, kind, from or link; a word with a colon stands in quotes", name)
	}
	if value == "" {
		return term{}, fmt.Errorf("%s: want a value", name)
	}
	t.pattern = " " + name + ":" + value + " "
	return t, nil
}

func longest(words []string) string {
	return slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
}

// foldHandle folds an account's handle, without '@' at its ends.
func foldHandle(handle string) string {
	word, _, _ := strings.Cut(string(appendWords(nil, "@"+strings.TrimLeft(handle, "@"))), " ")
	return strings.TrimPrefix(word, "@")
}

// foldHost is the host of an address or a host itself, in lower case, without www.
func foldHost(address string) string {
	if strings.Contains(address, "//") {
		u, err := url.Parse(address)
		if err != nil {
			return ""
		}
		address = u.Hostname()
	}
	host := strings.TrimPrefix(strings.ToLower(address), "www.")
	if strings.ContainsAny(host, " /?#@:") {
		return ""
	}
	return host
}

// appendDocument appends what terms are looked for in: the words of the post's text, hashtags and
// mentions, and from fieldsAt on what is known about it.
func appendDocument(dst []byte, p *post.Post) (doc []byte, fieldsAt int) {
	dst = append(dst, ' ')
	dst = appendWords(dst, p.Text)
	for _, tag := range p.Hashtags[:min(len(p.Hashtags), maxList)] {
		dst = appendWords(append(dst, ' '), "#"+tag)
	}
	for _, handle := range p.Mentions[:min(len(p.Mentions), maxList)] {
		dst = appendWords(append(dst, ' '), "@"+handle)
	}
	fieldsAt = len(dst)
	dst = appendField(dst, "network", p.Network)
	dst = appendField(dst, "kind", string(p.Kind))
	language, _, _ := strings.Cut(strings.ToLower(p.Language), "-")
	dst = appendField(dst, "lang", language)
	handle := foldHandle(p.Author.Handle)
	dst = appendField(dst, "from", handle)
	if name, _, hasHost := strings.Cut(handle, "@"); hasHost {
		dst = appendField(dst, "from", name)
	}
	for _, link := range p.Links[:min(len(p.Links), maxList)] {
		for host := foldHost(link); host != ""; {
			dst = appendField(dst, "link", host)
			_, parent, ok := strings.Cut(host, ".")
			if !ok || !strings.Contains(parent, ".") {
				break
			}
			host = parent
		}
	}
	return dst, fieldsAt
}

// maxList bounds how many hashtags, mentions and links of a post are looked at.
const maxList = 100

func appendField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(append(dst, ' '), name...)
	dst = append(append(dst, ':'), value...)
	return append(dst, ' ')
}
