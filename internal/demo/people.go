package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
)

// known is how many of the people are contacts of the company.
const known = 24

type person struct {
	network, language string
	first, last       string
	author            post.Author
}

var firstNames = strings.Fields("Anna Ben Clara David Emma Felix Greta Hannes Ida Jonas Katrin Lars Mia Nils Ole Petra Quirin Rosa Sven Tilda Uwe Vera Wiebke Yasmin Aylin Mehmet Olga Piotr James Sarah Emily Tom Grace Liam Chloe Jack")
var lastNames = strings.Fields("Ahrens Bergmann Claasen Dietrich Ehlers Falk Gerdes Hansen Ihlenfeld Jessen Kruse Lorenz Matthiesen Nissen Otto Petersen Quast Reimers Schuster Thomsen Ulrich Voss Wegener Zander Yilmaz Nowak Walker Bennett Carter Doyle Ellis Foster")
var cities = strings.Fields("Kiel Hamburg Bremen Berlin Köln Leipzig München Lübeck Flensburg Rostock London Bristol")
var companies = []string{"Gasthof Förde", "Campingpark Ostsee", "Baumarkt Reimers", "Eventküche Nord", "Hotel Seeblick", "Smokehouse Kiel"}

// crowd makes people with accounts; the first few are the ones the company knows.
func (s *Scenario) crowd(n int) []person {
	people := make([]person, n)
	for i := range people {
		first, last := firstNames[s.random.IntN(len(firstNames))], lastNames[s.random.IntN(len(lastNames))]
		network := networks[s.random.IntN(Networks)]
		language := "de"
		if s.random.IntN(4) == 0 {
			language = "en"
		}
		handle := fmt.Sprintf("%s.%s%d", fold(first), fold(last), i)
		if network == "x" { // at most fifteen characters, no dots
			handle = fmt.Sprintf("%s_%d", fold(last), i)
		}
		a := post.Author{ID: fmt.Sprintf("acct-%d", i), Handle: handle, Name: first + " " + last, Location: cities[s.random.IntN(len(cities))],
			Followers: int64(20 + s.random.ExpFloat64()*400), CreatedAt: time.Date(2012+s.random.IntN(12), 1+time.Month(s.random.IntN(12)), 1, 0, 0, 0, 0, time.UTC)}
		switch network {
		case "bluesky":
			a.ID, a.Handle = "did:plc:demo"+fmt.Sprint(i), strings.ReplaceAll(handle, ".", "-")+".bsky.example"
		case "mastodon":
			a.Handle = strings.ReplaceAll(handle, ".", "_") + "@social.example"
			a.ID = "https://social.example/users/" + strings.ReplaceAll(handle, ".", "_")
			if i < known && i%2 == 0 {
				a.VerifiedLinks = []string{site(first, last, i)}
			}
		}
		a.URL = "https://" + network + ".example/@" + a.Handle
		people[i] = person{network, language, first, last, a}
	}
	return people
}

// botnet makes a few young accounts without followers.
func (s *Scenario) botnet(n int) []person {
	bots := make([]person, n)
	for i := range bots {
		handle := fmt.Sprintf("deal_alert_%04d", s.random.IntN(10000))
		bots[i] = person{network: "x", language: "de", author: post.Author{ID: fmt.Sprintf("bot-%d", i), Handle: handle, Name: handle,
			Followers: int64(s.random.IntN(4)), URL: "https://x.example/@" + handle}}
	}
	return bots
}

// someone speaks: a few often, most rarely (Zipf's law), and anyone may.
func (s *Scenario) someone() person {
	if s.random.IntN(3) == 0 {
		x := s.random.Float64()
		return s.people[known+int(x*x*float64(len(s.people)-known))]
	}
	return s.people[known+s.random.IntN(len(s.people)-known)]
}

// ContactsCSV is the company's contacts as a CRM would export them. Most have a social profile on
// file; some can be told by a verified link only.
func (s *Scenario) ContactsCSV() string {
	var b strings.Builder
	b.WriteString("id,first name,last name,email,company,city,country,website,profiles\n")
	for i, p := range s.people[:known] {
		profile := p.network + ":" + p.author.Handle
		if len(p.author.VerifiedLinks) > 0 {
			profile = ""
		}
		fmt.Fprintf(&b, "K-%04d,%s,%s,%s.%s@example.com,%s,%s,Germany,%s,%s\n", i+1, p.first, p.last, fold(p.first), fold(p.last),
			companies[i%len(companies)], p.author.Location, site(p.first, p.last, i), profile)
	}
	return b.String()
}

func site(first, last string, i int) string {
	return fmt.Sprintf("https://%s-%s%d.example", fold(first), fold(last), i)
}

var folding = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

func fold(s string) string { return folding.Replace(strings.ToLower(s)) }
