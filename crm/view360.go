package crm

import "time"

// A Part is the beginning of a list in a view, and how long the list is.
type Part[T any] struct {
	Items []T  `json:"items"`
	Count int  `json:"count"` // at most maxCount
	More  bool `json:"more"`  // there are more than Count
}

const (
	partSize = 10     // of each list in a view
	maxCount = 10_000 // nobody needs to know more exactly how many there are
)

// A View360 is all the company knows of a contact, or of an account over all its contacts and the
// accounts below it. Contact is empty in an account's view.
type View360 struct {
	Contact       Contact
	Account       Account   // a contact's, or the one that is looked at; empty: none
	Above         []Account // what the account belongs to, the nearest first
	Below         []Account // the accounts that belong to it, at most maxTree
	Contacts      Part[Contact]
	Owners        []ViewOwner
	Territories   []InTerritory
	Profiles      []SocialProfile
	Links         []Link
	Consents      []Consent
	Acquaintances []Acquaintance // who knows the contact, and where it comes from
	People        ViewPeople     // of an account's contacts; a contact has Profiles, Links and Consents
	Touches       Part[Touch]
	Sentiment     Sentiment
	Activities    Part[Activity]
	Tasks         Part[Activity] // to be done, the first due first
	Leads         Part[Lead]
	Opportunities Part[Opportunity]
	Quotes        Part[Quote]
	Orders        Part[Order]
	Invoices      Part[Invoice]
	Payments      Part[Payment]
	Campaigns     []CampaignInvolvement
	Pipeline      []RollUp // open and won, by currency
	Look          Look
	News          News
}

// A InTerritory is a territory that takes a record.
type InTerritory struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Rank   int64  `json:"rank"` // 1: the primary one
	Reason string `json:"reason"`
}

// Sentiment is what the tone of somebody's last touches was.
type Sentiment struct {
	Negative int      `json:"negative"`
	Neutral  int      `json:"neutral"`
	Positive int      `json:"positive"`
	Unknown  int      `json:"unknown"`
	Index    *float64 `json:"index"` // 10·(positive − negative)/(positive + negative); nil when there is neither
	Trend    string   `json:"trend"` // improving, steady, declining, not-enough
}

// A tone is what was said at a time.
type tone struct {
	at       time.Time
	polarity string
	score    float64
}

const (
	lastTones  = 200                 // that a sentiment is made of
	toneWindow = 90 * 24 * time.Hour // what is new
	fewTones   = 3                   // below which a mean says nothing
	toneStep   = 0.2                 // of scores from −1 to 1: what a change is
)

// sentimentOf adds tones up. The trend compares the mean score of the last 90 days with that of the
// tones before; either needs three whose language was known.
func sentimentOf(tones []tone, now time.Time) Sentiment {
	var s Sentiment
	var sum [2]float64 // new, old
	var n [2]int
	for _, t := range tones {
		switch t.polarity {
		case "negative":
			s.Negative++
		case "neutral":
			s.Neutral++
		case "positive":
			s.Positive++
		default:
			s.Unknown++
			continue
		}
		old := 0
		if now.Sub(t.at) > toneWindow {
			old = 1
		}
		sum[old] += t.score
		n[old]++
	}
	if loud := s.Positive + s.Negative; loud > 0 {
		index := 10 * float64(s.Positive-s.Negative) / float64(loud)
		s.Index = &index
	}
	s.Trend = "not-enough"
	if n[0] < fewTones || n[1] < fewTones {
		return s
	}
	switch change := sum[0]/float64(n[0]) - sum[1]/float64(n[1]); {
	case change >= toneStep:
		s.Trend = "improving"
	case change <= -toneStep:
		s.Trend = "declining"
	default:
		s.Trend = "steady"
	}
	return s
}
