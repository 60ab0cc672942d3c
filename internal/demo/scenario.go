// Package demo holds the scenario that groundswell demo plays: Brennwald, a maker of grills in
// Germany that does not exist, thirty quiet days and one lively hour. The same seed gives the
// same posts.
package demo

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
)

// networks are those the scenario's posts come from; source names are the same.
var networks = []string{"bluesky", "mastodon", "x"}

// Networks is how many networks there are.
const Networks = 3

// A Monitor of the scenario.
type Monitor struct{ Name, Kind, Query string }

// Monitors are what the scenario's company listens for.
func Monitors() []Monitor {
	return []Monitor{
		{"Brennwald", "own", `brennwald OR #brennwald OR #brennwaldfail OR @brennwald`},
		{"Grillhof", "competitor", `grillhof OR @grillhof`},
		{"Grillen", "market", `(grill OR grillen OR bbq) (kaufen OR empfehl* OR buy OR recommend*)`},
	}
}

// A Scenario makes posts. It is for one goroutine.
type Scenario struct {
	random *rand.Rand
	people []person
	bots   []person
	n      int
}

// New makes the scenario of a seed.
func New(seed uint64) *Scenario {
	s := &Scenario{random: rand.New(rand.NewPCG(seed, 1))}
	s.people = s.crowd(1200)
	s.bots = s.botnet(14)
	return s
}

// Days is how many days of history come before the hour.
const Days = 30

// History is what was said in the days before until, in order: ordinary talk, more by day than by night.
func (s *Scenario) History(until time.Time) []post.Event {
	var events []post.Event
	for at := until.AddDate(0, 0, -Days); at.Before(until); at = at.Add(time.Hour) {
		rate := 1.2
		if h := at.Hour(); h >= 7 && h < 23 {
			rate = 4.5
		}
		for range s.poisson(rate) {
			by := s.someone()
			if s.random.IntN(12) == 0 {
				by = s.people[s.random.IntN(known)]
			}
			events = append(events, s.say(s.within(at, time.Hour), ordinary, by))
		}
	}
	return inOrder(events)
}

// Hour is the lively hour from start: talk, a launch with fans, people who want to buy, a bot
// flood, and a firestorm that begins in its twenty-second minute and peaks in its forty-sixth.
func (s *Scenario) Hour(start time.Time) []post.Event {
	var events []post.Event
	add := func(minute float64, texts []text, by person) {
		at := start.Add(time.Duration(minute * float64(time.Minute)))
		events = append(events, s.say(at, texts, by))
	}
	for range 12 {
		add(60*s.random.Float64(), ordinary, s.someone())
	}
	for range 38 { // the launch
		add(2+12*s.random.Float64(), fans, s.someone())
	}
	for i := range 9 { // most are strangers, some are contacts
		by := s.someone()
		if i%3 == 2 {
			by = s.people[i]
		}
		add(1.5+float64(i)*5.5, buyers, by)
	}
	for i := range known / 2 { // contacts are among the fans, and among the angry
		add(2+float64(i), fans, s.people[i])
		add(26+2*float64(i), angry, s.people[known-1-i])
	}
	for range 160 { // the flood: few accounts, one text
		add(15+4*s.random.Float64(), flood, s.bots[s.random.IntN(len(s.bots))])
	}
	for minute := 22.0; minute < 60; minute++ {
		for range s.poisson(stormRate(minute)) {
			add(minute+s.random.Float64(), angry, s.someone())
		}
	}
	return inOrder(events)
}

// stormRate is how many angry posts a minute come: from a few to 28 at the peak, then ebbing.
func stormRate(minute float64) float64 {
	const begin, peak, top = 22, 46, 28.0
	switch {
	case minute < begin:
		return 0
	case minute <= peak:
		x := (minute - begin) / (peak - begin)
		return 1.5 + (top-1.5)*x*x
	default:
		return top * (1 - 0.6*(minute-peak)/14)
	}
}

// say makes one post of some texts by a person.
func (s *Scenario) say(at time.Time, texts []text, by person) post.Event {
	s.n++
	t := texts[s.random.IntN(len(texts))]
	if by.language != "" { // people keep to their language where there is a text in it
		for range 8 {
			if t.language == by.language {
				break
			}
			t = texts[s.random.IntN(len(texts))]
		}
	}
	p := post.Post{Network: by.network, ID: fmt.Sprintf("demo-%d", s.n), Kind: post.KindPost, Author: by.author,
		Text: s.fill(s.frame(texts, t)), Language: t.language, PostedAt: at.Truncate(time.Millisecond)}
	p.URL = fmt.Sprintf("https://%s.example/%s/%d", by.network, by.author.Handle, s.n)
	p.Hashtags = tags(p.Text)
	p.Engagement = post.Engagement{Likes: int64(s.poisson(3)), Shares: int64(s.poisson(1)), Replies: int64(s.poisson(1))}
	return post.Event{Type: post.Upsert, Source: by.network, ReceivedAt: at, Post: p}
}

// frame puts words of the person's own before and after an angry or a delighted text, so that a
// crowd does not speak with one voice.
func (s *Scenario) frame(texts []text, t text) string {
	if &texts[0] != &angry[0] && &texts[0] != &fans[0] {
		return t.text
	}
	own := frames[t.language]
	out := t.text
	if s.random.IntN(3) > 0 {
		out = own.before[s.random.IntN(len(own.before))] + " " + out
	}
	if s.random.IntN(3) > 0 {
		out += " " + own.after[s.random.IntN(len(own.after))]
	}
	return out
}

// fill replaces the words in braces by one of their alternatives: {gut|schön}.
func (s *Scenario) fill(t string) string {
	for {
		open := strings.LastIndexByte(t, '{')
		if open < 0 {
			return t
		}
		end := open + strings.IndexByte(t[open:], '}')
		choices := strings.Split(t[open+1:end], "|")
		t = t[:open] + choices[s.random.IntN(len(choices))] + t[end+1:]
	}
}

func tags(t string) []string {
	var out []string
	for _, w := range strings.Fields(t) {
		if tag := strings.Trim(w, ".,!?"); strings.HasPrefix(tag, "#") && len(tag) > 1 {
			out = append(out, tag[1:])
		}
	}
	return out
}

func (s *Scenario) within(at time.Time, d time.Duration) time.Time {
	return at.Add(time.Duration(s.random.Int64N(int64(d))))
}

// poisson draws a count (Knuth 1969, algorithm Q); the rates here are small.
func (s *Scenario) poisson(rate float64) int {
	n := 0
	for p := s.random.ExpFloat64(); p < rate; p += s.random.ExpFloat64() {
		n++
	}
	return n
}

func inOrder(events []post.Event) []post.Event {
	sort.SliceStable(events, func(i, j int) bool { return events[i].Post.PostedAt.Before(events[j].Post.PostedAt) })
	return events
}
