package people

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A Mix says who the authors are.
type Mix struct {
	Known     float64 // share who are contacts
	Namesakes float64 // share of strangers who bear a contact's name, beside those who do by chance
	Recycled  float64 // share of strangers who took over a handle that is on file
}

// Usual is a mix as a company with many contacts might meet it.
var Usual = Mix{Known: 0.3, Namesakes: 0.03, Recycled: 0.001}

// Author is the j-th author.
func (w *World) Author(j int, mix Mix) Author {
	r := w.random("author", j)
	if w.n > 0 && r.Float64() < mix.Known {
		return w.known(r, j)
	}
	return w.stranger(r, j, mix)
}

// known is an author who is a contact: the contact's person, as they show themselves.
func (w *World) known(r *rand.Rand, j int) Author {
	i := r.IntN(w.n)
	p := w.person("contact", i)
	networks := networksOf(w.random("file", i))
	k := r.IntN(len(networks))
	a := w.show(r, &p, w.account("contact", i, k, networks[k], &p))
	a.ID, a.Truth = fmt.Sprintf("a%07d", j), fmt.Sprintf("c%07d", i)
	if r.IntN(60) == 0 { // they took another handle since
		a.Handle = strings.Replace(a.Handle, w.handle("contact", i, k%2, &p), handleOf(r, Plain(p.first), strings.ReplaceAll(Plain(p.last), " ", ""), p.born)+strconv.Itoa(j), 1)
	}
	if p.personal != "" {
		switch r.IntN(3) {
		case 0:
			a.URL = p.personal
		case 1:
			a.URL, a.VerifiedURL = p.personal, p.personal
		}
	}
	return a
}

func (w *World) stranger(r *rand.Rand, j int, mix Mix) Author {
	p := w.person("stranger", j)
	if w.n > 0 && r.Float64() < mix.Namesakes {
		same := w.person("contact", r.IntN(w.n))
		p.first, p.last = same.first, same.last
	}
	network := pick(r, []string{"bluesky", "mastodon", "x"})
	account := w.account("stranger", j, 0, network, &p)
	if w.n > 0 && r.Float64() < mix.Recycled {
		for i := r.IntN(w.n); i < w.n; i++ {
			if c := w.Contact(i); len(c.Profiles) > 0 && c.URL == "" {
				account.Network, account.Handle = c.Profiles[0].Network, c.Profiles[0].Handle
				break
			}
		}
	}
	a := w.show(r, &p, account)
	a.ID = fmt.Sprintf("a%07d", j)
	if p.personal != "" && r.IntN(2) == 0 {
		a.URL, a.VerifiedURL = p.personal, p.personal
	}
	return a
}

// show is a person's account as others see it.
func (w *World) show(r *rand.Rand, p *person, account Profile) Author {
	a := Author{Network: account.Network, NativeID: account.NativeID, Handle: account.Handle, Name: displayName(r, p)}
	pastimes, roles, at := pastimesDE, rolesDE, " bei "
	if p.english {
		pastimes, roles, at = pastimesEN, rolesEN, " at "
	}
	var bio []string
	if r.IntN(2) == 0 {
		bio = append(bio, pick(r, pastimes))
	}
	switch x := r.Float64(); {
	case x < 0.17:
		bio = append(bio, pick(r, roles)+at+shortCompany(r, p.company))
	case x < 0.20:
		bio = append(bio, pick(r, roles)+" @"+shortCompany(r, p.company))
	case x < 0.22:
		a.URL = "https://www." + p.domain
	case x < 0.23:
		a.VerifiedURL = "https://" + p.domain
	case x < 0.24:
		a.Name += " | " + shortCompany(r, p.company)
	case x < 0.27: // they have moved on
		other, _ := w.company(r.IntN(w.companies))
		bio = append(bio, pick(r, roles)+at+shortCompany(r, other))
	case x < 0.30:
		bio = append(bio, p.city)
	}
	a.Bio = strings.Join(bio, pick(r, []string{". ", " | ", ", "}))
	switch x := r.Float64(); {
	case x < 0.42:
		a.Location = p.city
	case x < 0.48:
		a.Location = p.city + ", " + p.country
	case x < 0.52:
		a.Location = zipf(r, citiesDE, 6)
	case x < 0.62:
		a.Location = pick(r, nowhere)
	}
	return a
}

func shortCompany(r *rand.Rand, company string) string {
	if words := strings.Fields(company); r.IntN(3) > 0 && len(words) > 1 {
		return strings.Join(words[:len(words)-1], " ")
	}
	return company
}

// displayName is what somebody calls themselves: most by name.
func displayName(r *rand.Rand, p *person) string {
	first, _, _ := strings.Cut(p.first, " ")
	switch x := r.Float64(); {
	case x < 0.50:
		return first + " " + p.last
	case x < 0.53:
		return Plain(first) + " " + Plain(p.last)
	case x < 0.56:
		return pick(r, []string{"Dr. ", "Prof. ", "Dipl.-Ing. "}) + p.first + " " + p.last
	case x < 0.58:
		return p.last + ", " + first
	case x < 0.62:
		if short := nicks[first]; len(short) > 0 {
			first = pick(r, short)
		}
		return first + " " + p.last
	case x < 0.67:
		return first + " " + string([]rune(p.last)[:1]) + "."
	case x < 0.69:
		return string([]rune(first)[:1]) + ". " + p.last
	case x < 0.72:
		return first + " " + p.last + " " + pick(r, []string{"🌻", "🇺🇦", "🏳️‍🌈", "(er/ihm)", "(she/her)", "⚽"})
	case x < 0.80:
		return first
	case x < 0.81:
		return first + " " + misspelt(r, p.last)
	case x < 0.82: // they have married
		return first + " " + zipf(r, lastDE, 9)
	default:
		return pick(r, pseudonyms)
	}
}

// misspelt swaps two letters or leaves one out.
func misspelt(r *rand.Rand, s string) string {
	letters := []rune(s)
	if len(letters) < 4 {
		return s
	}
	i := 1 + r.IntN(len(letters)-2)
	if r.IntN(2) == 0 {
		letters[i], letters[i+1] = letters[i+1], letters[i]
		return string(letters)
	}
	return string(append(letters[:i:i], letters[i+1:]...))
}
