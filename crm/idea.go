package crm

import (
	"slices"
	"strings"
	"time"
)

// An Idea is a post under the hashtag of an idea campaign. It holds no text: the post does, and when
// the post is taken back the idea says nothing any more.
type Idea struct {
	Meta
	CampaignID string    `json:"campaign_id"`
	PostID     string    `json:"post_id"` // empty: it was taken back
	AuthorID   string    `json:"author_id"`
	GroupID    string    `json:"group_id"` // the first idea that says nearly the same; its own id: it says it first
	Kind       string    `json:"kind"`     // one of IdeaKinds
	Status     string    `json:"status"`   // one of IdeaStatuses
	Title      string    `json:"title"`    // what the company calls it
	Reason     string    `json:"reason"`   // why it was rejected
	PostedAt   time.Time `json:"posted_at"`
	Likes      int64     `json:"likes"`  // as the network told last
	Shares     int64     `json:"shares"` // quotes included
	Replies    int64     `json:"replies"`
	ChosenAt   time.Time `json:"chosen_at,omitzero"`
	ThankedAt  time.Time `json:"thanked_at,omitzero"`
}

// Kinds of ideas.
const (
	IdeaSlogan  = "slogan"
	IdeaProduct = "product"
	IdeaName    = "name"
	IdeaOther   = "other"
)

// IdeaKinds are all there are.
var IdeaKinds = []string{IdeaSlogan, IdeaProduct, IdeaName, IdeaOther}

// Statuses of an idea.
const (
	IdeaNew         = "new"
	IdeaShortlisted = "shortlisted"
	IdeaChosen      = "chosen"
	IdeaThanked     = "thanked" // its author was
	IdeaRejected    = "rejected"
)

// ideaSteps are where an idea may go from each status.
var ideaSteps = map[string][]string{
	IdeaNew:         {IdeaShortlisted, IdeaThanked, IdeaRejected},
	IdeaShortlisted: {IdeaNew, IdeaChosen, IdeaThanked, IdeaRejected},
	IdeaChosen:      {IdeaShortlisted, IdeaThanked},
	IdeaThanked:     {IdeaShortlisted, IdeaChosen},
	IdeaRejected:    {IdeaNew, IdeaShortlisted, IdeaThanked},
}

// IdeaStatuses are all there are, in the order of the board.
var IdeaStatuses = []string{IdeaNew, IdeaShortlisted, IdeaChosen, IdeaThanked, IdeaRejected}

func (i *Idea) check() error {
	i.Title, i.Reason = tidy(i.Title), tidy(i.Reason)
	if !slices.Contains(IdeaKinds, i.Kind) {
		return invalid("kind", "%q: want one of %s", i.Kind, strings.Join(IdeaKinds, ", "))
	}
	if err := checkText("title", i.Title, maxName); err != nil {
		return err
	}
	return checkText("reason", i.Reason, maxReason)
}

// Move gives an idea another status. Who rejects it says why. That it was chosen, and its author
// thanked, stays known.
func (i *Idea) Move(to, reason string, now time.Time) error {
	if !slices.Contains(IdeaStatuses, to) {
		return invalid("status", "%q: want one of %s", to, strings.Join(IdeaStatuses, ", "))
	}
	if !slices.Contains(ideaSteps[i.Status], to) {
		return invalid("status", "an idea that is %s becomes %s, not %s", i.Status, strings.Join(ideaSteps[i.Status], " or "), to)
	}
	i.Reason = ""
	switch to {
	case IdeaRejected:
		if i.Reason = tidy(reason); i.Reason == "" {
			return invalid("reason", "is empty: say why it is rejected, its author may ask")
		}
	case IdeaChosen:
		if i.ChosenAt.IsZero() {
			i.ChosenAt = now
		}
	case IdeaShortlisted, IdeaNew:
		i.ChosenAt = time.Time{}
	case IdeaThanked:
		if i.ThankedAt.IsZero() {
			i.ThankedAt = now
		}
	}
	i.Status = to
	return nil
}

// Support is how much an idea was taken up.
type Support struct {
	Likes   int64 `json:"likes"`
	Shares  int64 `json:"shares"` // quotes included
	Replies int64 `json:"replies"`
	Against int64 `json:"against"` // of the replies, those heard that speak negatively of it
	Score   int64 `json:"score"`
}

// What a share and a reply count beside a like: a like is a click, a reply is words, and who shares an
// idea puts a name to it.
const (
	replyWeight = 2
	shareWeight = 3
)

// SupportOf is likes + 2 · replies + 3 · shares, without replies that speak against the idea. Of
// shares and replies the larger figure counts: the network's, or how many were heard.
func SupportOf(i *Idea, shares, replies, against int64) Support {
	s := Support{Likes: i.Likes, Shares: max(i.Shares, shares), Replies: max(i.Replies, replies), Against: against}
	s.Score = s.Likes + replyWeight*max(0, s.Replies-s.Against) + shareWeight*s.Shares
	return s
}

// add adds the support of an idea that says nearly the same.
func (s *Support) add(o Support) {
	s.Likes, s.Shares, s.Replies, s.Against, s.Score = s.Likes+o.Likes, s.Shares+o.Shares, s.Replies+o.Replies, s.Against+o.Against, s.Score+o.Score
}

// thanksWords answer an idea where the campaign has no words of its own; English where the language
// has none.
var thanksWords = map[string]string{
	"en": "{handle} Thank you for your idea for {campaign}! We have read it and are glad that you took part.",
	"de": "{handle} Danke für deine Idee zu {campaign}! Wir haben sie gelesen und freuen uns, dass du mitmachst.",
	"fr": "{handle} Merci pour ton idée pour {campaign} ! Nous l'avons lue et sommes ravis de ta participation.",
	"es": "{handle} ¡Gracias por tu idea para {campaign}! La hemos leído y nos alegra que participes.",
	"it": "{handle} Grazie per la tua idea per {campaign}! L'abbiamo letta e siamo felici che tu partecipi.",
}

var chosenWords = map[string]string{"en": " We chose it.", "de": " Wir haben sie ausgewählt.", "fr": " Nous l'avons choisie.", "es": " La hemos elegido.", "it": " L'abbiamo scelta."}

// ThanksText is the reply that a person may send to the author of an idea: in the campaign's words,
// where {name}, {handle}, {campaign} and {idea} are filled in, or else in Groundswell's.
func ThanksText(c *Campaign, i *Idea, name, handle, language string) string {
	text := c.Thanks
	if text == "" {
		if thanksWords[language] == "" {
			language = "en"
		}
		text = thanksWords[language]
		if !i.ChosenAt.IsZero() {
			text += chosenWords[language]
		}
	}
	at := ""
	if handle != "" {
		at = "@" + strings.TrimPrefix(handle, "@")
	}
	if name == "" {
		name = at
	}
	return strings.TrimSpace(strings.NewReplacer("{name}", name, "{handle}", at, "{campaign}", c.Name, "{idea}", i.Title).Replace(text))
}
