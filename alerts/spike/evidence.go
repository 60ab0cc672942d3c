package spike

import (
	"cmp"
	"maps"
	"slices"
)

// Evidence is what the mentions of a window tell beyond their counts. It is looked up only when
// an incident is about to open, to escalate or to reopen.
type Evidence struct {
	Mentions           int      `json:"mentions"`
	NegativeAuthors    int      `json:"negative_authors"`        // near-duplicate texts, and bots, count as one author
	PositiveAuthors    int      `json:"positive_authors"`        // likewise
	NearDuplicateShare float64  `json:"near_duplicate_share"`    // of the posts that are not shares
	TopAuthorShare     float64  `json:"top_author_share"`        // of all posts
	YoungShare         float64  `json:"young_share,omitempty"`   // of the accounts whose age is known: opened within a month
	RegularShare       float64  `json:"regular_share,omitempty"` // of the posts: at regular intervals
	Networks           []string `json:"networks,omitempty"`      // most mentions first
	NetworkCount       int      `json:"network_count,omitempty"` // where only their number is known
	Terms              []string `json:"terms,omitempty"`         // what is said more than usual; who looks the evidence up adds them
	FirstPost          string   `json:"first_post,omitempty"`    // id of the earliest negative post (praise: positive)
	TopPost            string   `json:"top_post,omitempty"`      // id of the post with the most engagement
	Contacts           int      `json:"contacts,omitempty"`      // contacts of the CRM among the authors
	Customers          int      `json:"customers,omitempty"`     // those of them who are customers
}

// A Mention is what Summarise needs to know of one post.
type Mention struct {
	PostID     string
	AuthorID   string
	Network    string
	Text       string
	Minute     int64
	Millis     int64 // when it was posted, since 1970; 0: only the minute is known
	Opened     int64 // the minute in which the author's account was opened; 0: unknown
	Engagement int64
	Polarity   int  // −1, 0, 1
	Share      bool // hands on another's text
	Contact    bool // the author is a contact
	Customer   bool // and a customer
}

// Summarise makes the evidence of a window's mentions. FirstPost follows the kind.
func Summarise(kind Kind, mentions []Mention) Evidence {
	ev := Evidence{Mentions: len(mentions)}
	if len(mentions) == 0 {
		return ev
	}
	clusters := cluster(mentions)
	ev.NearDuplicateShare = duplicateShare(mentions, clusters)
	ev.accounts(mentions, clusters)
	ev.NegativeAuthors = independent(mentions, clusters, -1)
	ev.PositiveAuthors = independent(mentions, clusters, 1)

	byAuthor, byNetwork, contacts, customers := map[string]int{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	for i := range mentions {
		m := &mentions[i]
		byAuthor[m.AuthorID]++
		byNetwork[m.Network]++
		if m.Contact {
			contacts[m.AuthorID] = true
		}
		if m.Customer {
			customers[m.AuthorID] = true
		}
	}
	ev.TopAuthorShare = float64(slices.Max(slices.Collect(maps.Values(byAuthor)))) / float64(len(mentions))
	ev.Networks = byCount(byNetwork, 1)
	ev.Contacts, ev.Customers = len(contacts), len(customers)
	ev.FirstPost, ev.TopPost = outstanding(mentions, kind)
	return ev
}

// independent counts the authors of a polarity, all those of one cluster as one.
func independent(mentions []Mention, clusters []uint64, polarity int) int {
	authors, texts := map[string]bool{}, map[uint64]bool{}
	for i := range mentions {
		switch {
		case mentions[i].Polarity != polarity:
		case clusters[i] != 0:
			texts[clusters[i]] = true
		default:
			authors[mentions[i].AuthorID] = true
		}
	}
	return len(authors) + len(texts)
}

func ofKind(m *Mention, kind Kind) bool { return kind.Polarity() == 0 || m.Polarity == kind.Polarity() }

// Polarity is that of the posts that make an incident of the kind: −1, 1, or 0 for any.
func (k Kind) Polarity() int {
	switch k {
	case Firestorm:
		return -1
	case Praise:
		return 1
	default:
		return 0
	}
}

// outstanding finds the post that came first and the one with the most engagement.
func outstanding(mentions []Mention, kind Kind) (first, top string) {
	var earliest, loudest *Mention
	for i := range mentions {
		m := &mentions[i]
		if !ofKind(m, kind) || m.Share {
			continue
		}
		if earliest == nil || m.Minute < earliest.Minute || m.Minute == earliest.Minute && m.PostID < earliest.PostID {
			earliest = m
		}
		if loudest == nil || m.Engagement > loudest.Engagement || m.Engagement == loudest.Engagement && m.PostID < loudest.PostID {
			loudest = m
		}
	}
	if earliest == nil {
		return "", ""
	}
	return earliest.PostID, loudest.PostID
}

// byCount lists the keys that count at least least, the largest first.
func byCount(counts map[string]int, least int) []string {
	keys := make([]string, 0, len(counts))
	for k, n := range counts {
		if n >= least {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return keys
}
