// Package people makes German and English contacts and authors as they are in life, for benchmarks
// and tests: common names and rare ones, companies large and small, nicknames, pseudonyms,
// namesakes, recycled handles. The same seed makes the same people. It knows no other package.
package people

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A Contact is one of the company's, with the columns of a contact file.
type Contact struct {
	ID, First, Last, Email, Phone, Company, Domain, City, Country, URL string
	Profiles                                                           []Profile
}

// A Profile is an account that is on file for a contact.
type Profile struct{ Network, NativeID, Handle string }

// An Author is an account as its network shows it.
type Author struct {
	ID, Network, NativeID, Handle, Name, URL, Bio, Location, VerifiedURL string
	Truth                                                                string // the contact's id; empty for a stranger
}

// A World makes contacts and authors. Everything about person i follows from the seed and i, so
// that a million of them need no memory.
type World struct {
	seed      uint64
	n         int
	companies int
	taken     []uint64 // a bit for each hash of a handle that some contact has
	late      []uint64 // bits of the handles, two a contact, that somebody had before
}

// New makes a world with n contacts. As on a network, who comes first gets the handle.
func New(seed uint64, n int) *World {
	w := &World{seed: seed, n: n, companies: max(8, n/14), taken: make([]uint64, 1+n), late: make([]uint64, 1+n/32)}
	for i := range n {
		for k, handle := range w.person("contact", i).handles {
			if w.take(handle) {
				w.late[(2*i+k)/64] |= 1 << ((2*i + k) % 64)
			}
		}
	}
	return w
}

// take says whether a handle is taken, and takes it. Networks tell letters and digits apart, and
// the first fifteen of them at least.
func (w *World) take(handle string) (taken bool) {
	at, bit := w.bit(handle)
	taken = w.taken[at]&bit != 0
	w.taken[at] |= bit
	return taken
}

func (w *World) bit(handle string) (at int, bit uint64) {
	h, n := uint64(14695981039346656037), 0
	for _, c := range []byte(handle) {
		if c != '.' && c != '_' && c != '-' && n < 10 {
			h, n = (h^uint64(c))*1099511628211, n+1
		}
	}
	h ^= h >> 31
	return int(h % uint64(len(w.taken))), 1 << (h >> 40 & 63)
}

// Len is the number of contacts.
func (w *World) Len() int { return w.n }

func (w *World) random(kind string, i int) *rand.Rand {
	h := w.seed*0x9e3779b97f4a7c15 + uint64(len(kind))<<56
	for _, c := range []byte(kind) {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return rand.New(rand.NewPCG(h, uint64(i)))
}

// zipf draws from a list in which the k-th is about 1/(k+shift) as common as the first.
func zipf(r *rand.Rand, list []string, shift float64) string {
	n := float64(len(list))
	x := shift*math.Pow((n+shift)/shift, r.Float64()) - shift
	return list[min(int(x), len(list)-1)]
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// person is who stands behind a contact or an author.
type person struct {
	english                       bool
	first, last, city             string
	company, domain               string
	born                          int
	handles                       [2]string // they use the same one on several networks
	personal                      string    // their own site
	mail, private, phone, country string
}

// names draws a person's; four in ten surnames are rare.
func (p *person) names(r *rand.Rand) {
	firsts, lasts, stems, tails := firstDE, lastDE, stemsDE, tailsDE
	if p.english {
		firsts, lasts, stems, tails = firstEN, lastEN, stemsEN, tailsEN
	}
	p.first = zipf(r, firsts, 12)
	switch x := r.Float64(); {
	case x < 0.30:
		p.last = zipf(r, lasts, 9)
	case x < 0.60:
		p.last = pick(r, stems) + pick(r, tails)
	default: // names that few bear
		p.last = pick(r, stems) + pick(r, []string{"el", "en", "er", "els", "le", "s", "ig", "isch", "or", "ach"}) + pick(r, tails)
	}
	switch x := r.Float64(); {
	case x < 0.02:
		p.last = pick(r, particles) + " " + p.last
	case x < 0.05 && !p.english:
		p.last += "-" + zipf(r, lasts, 9)
	case x < 0.07:
		p.first += " " + zipf(r, firsts, 12)
	}
}

func (w *World) person(kind string, i int) person {
	r := w.random(kind, i)
	p := person{english: r.IntN(6) == 0, born: 1950 + r.IntN(56)}
	p.names(r)
	p.city, p.country = zipf(r, citiesDE, 6), "Germany"
	if p.english {
		p.city, p.country = zipf(r, citiesEN, 4), "United Kingdom"
	}
	p.company, p.domain = w.company(int(math.Pow(r.Float64(), 2.2) * float64(w.companies)))
	ascii := Plain(p.first)
	last := strings.ReplaceAll(Plain(p.last), " ", "")
	p.handles = [2]string{handleOf(r, ascii, last, p.born), handleOf(r, ascii, last, p.born)}
	if r.IntN(25) == 0 {
		p.personal = "https://" + strings.ReplaceAll(ascii, " ", "") + "-" + last
		if kind != "contact" || r.IntN(3) == 0 {
			p.personal += fmt.Sprint(i)
		}
		p.personal += pick(r, []string{".de", ".com", ".net", ".org"})
	}
	p.mail = strings.ReplaceAll(ascii, " ", "-") + "." + last + "@" + p.domain
	if r.IntN(3) == 0 {
		p.mail = ascii[:1] + "." + last + "@" + p.domain
	}
	p.private = strings.ReplaceAll(handleOf(r, ascii, last, p.born), "_", ".") + "@" + pick(r, []string{"gmx.de", "web.de", "gmail.com", "t-online.de", "outlook.com"})
	p.phone = fmt.Sprintf("+49 %d %07d", 151+r.IntN(40), r.IntN(1e7))
	return p
}

// company is the k-th company; those with small k are large.
func (w *World) company(k int) (name, domain string) {
	r := w.random("company", k)
	owner := zipf(r, lastDE, 20)
	if r.IntN(2) == 0 {
		owner = pick(r, stemsDE) + pick(r, tailsDE)
	}
	branch, form := pick(r, branchesDE), pick(r, formsDE)
	tld := ".de"
	if r.IntN(6) == 0 {
		owner, branch, form, tld = pick(r, stemsEN)+pick(r, tailsEN), pick(r, branchesEN), pick(r, formsEN), ".co.uk"
	}
	if r.IntN(5) == 0 {
		return owner + " " + form, Plain(owner) + tld
	}
	return owner + " " + branch + " " + form, Plain(owner) + "-" + Plain(branch) + tld
}

// Contact is the i-th contact, i in [0, Len()).
func (w *World) Contact(i int) Contact {
	p, r := w.person("contact", i), w.random("file", i)
	c := Contact{ID: fmt.Sprintf("c%07d", i), First: p.first, Last: p.last, Country: p.country, Phone: p.phone, URL: p.personal}
	if r.IntN(10) < 8 {
		c.Company, c.Domain = p.company, p.domain
	}
	if r.IntN(10) < 8 {
		c.City = p.city
	}
	if c.Email = p.mail; c.Company == "" || r.IntN(4) == 0 {
		c.Email = p.private
	}
	for k, network := range networksOf(r) {
		if r.IntN(9) == 0 {
			c.Profiles = append(c.Profiles, w.account("contact", i, k, network, &p))
		}
	}
	return c
}

// networksOf are the one or two networks a person is on.
func networksOf(r *rand.Rand) []string {
	all := []string{"bluesky", "mastodon", "x"}
	k := r.IntN(3)
	if r.IntN(3) == 0 {
		return []string{all[k], all[(k+1)%3]}
	}
	return all[k : k+1]
}

// account is a person's k-th account.
func (w *World) account(kind string, i, k int, network string, p *person) Profile {
	r := w.random("account "+kind+network, i)
	handle := w.handle(kind, i, k%2, p)
	a := Profile{Network: network, NativeID: fmt.Sprint(1_000_000_000 + r.Int64N(1<<50)), Handle: handle}
	switch network {
	case "bluesky":
		a.NativeID = "did:plc:" + base32(r, 24)
		a.Handle = strings.Trim(strings.NewReplacer("_", "-", ".", "-").Replace(handle), "-") + ".bsky.social"
		if p.personal != "" && r.IntN(3) == 0 {
			a.Handle = strings.TrimPrefix(p.personal, "https://")
		}
	case "mastodon":
		host := pick(r, []string{"mastodon.social", "norden.social", "chaos.social", "mas.to", "troet.cafe"})
		a.Handle = strings.ReplaceAll(handle, ".", "_") + "@" + host
		a.NativeID = "https://" + host + "/users/" + strings.ReplaceAll(handle, ".", "_")
	default:
		a.Handle = strings.ReplaceAll(handle, ".", "_")
		a.Handle = a.Handle[:min(15, len(a.Handle))]
	}
	return a
}

// handle is a person's own: where another had it before, a number of theirs stands behind it.
func (w *World) handle(kind string, i, k int, p *person) string {
	var late bool
	if kind == "contact" {
		late = w.late[(2*i+k)/64]&(1<<((2*i+k)%64)) != 0
	} else {
		at, bit := w.bit(p.handles[k])
		late = w.taken[at]&bit != 0
	}
	if !late {
		return p.handles[k]
	}
	number := strconv.FormatInt(int64(i), 36)
	if kind != "contact" {
		number = "x" + number
	}
	return p.handles[k][:min(len(p.handles[k]), 14-len(number))] + "_" + number
}

func base32(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz234567"[r.IntN(32)]
	}
	return string(b)
}

// handleOf is a handle that somebody of this name might take.
func handleOf(r *rand.Rand, first, last string, born int) string {
	first, _, _ = strings.Cut(strings.ReplaceAll(first, "-", ""), " ")
	last = strings.NewReplacer("-", "", "'", "").Replace(last)
	switch r.IntN(13) {
	case 0:
		return first + last
	case 1:
		return first + "." + last
	case 2:
		return first + "_" + last
	case 3:
		return first[:1] + last
	case 4:
		return last + "_" + first
	case 5:
		return first + fmt.Sprint(born%100)
	case 6:
		return first + last + fmt.Sprint(born%100)
	case 7:
		return last + fmt.Sprint(r.IntN(1000))
	case 8:
		return first + last[:1] + fmt.Sprint(born)
	case 9:
		return first[:1] + "_" + last
	default:
		return strings.ToLower(Plain(pick(r, pseudonyms))) + fmt.Sprint(r.IntN(3000))
	}
}

var plain = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ş", "s", "ı", "i", "ć", "c", "'", "", " ", " ")

// Plain is a name in lower case with umlauts written out.
func Plain(s string) string { return plain.Replace(strings.ToLower(s)) }
