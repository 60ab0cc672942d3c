package privacy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// Errors of this package, beside those of the database.
var (
	ErrNobody   = errors.New("nobody is on file under it")
	ErrQuestion = errors.New("name a contact's id, an e-mail address, or a network and a handle")
)

// A Question says who is asked about, in one of three ways.
type Question struct {
	ContactID string
	Email     string
	Network   string // with Handle
	Handle    string // or the network's id of the account
}

// A Person is what somebody is known as here: ids by kind, and what text may name them by.
type Person struct {
	ids   map[Kind]map[string]bool
	Names Names // what is searched for in free text
}

// IDs are the person's ids of a kind, sorted.
func (p *Person) IDs(k Kind) []string { return slices.Sorted(maps.Keys(p.ids[k])) }

func (p *Person) add(k Kind, ids ...string) (grew bool) {
	for _, id := range ids {
		if id != "" && !p.ids[k][id] {
			p.ids[k][id], grew = true, true
		}
	}
	return grew
}

// Find says who is asked about. One person may have several contacts, leads and accounts in
// networks: what is found leads to more, until nothing new comes. Only confirmed links and given
// profiles are followed: a suggestion may be of somebody else.
func Find(ctx context.Context, q sqldb.Querier, ask Question) (*Person, error) {
	p := nobody()
	if err := p.begin(ctx, q, ask); err != nil {
		return nil, fmt.Errorf("find person: %w", err)
	}
	if len(p.ids[Contact])+len(p.ids[Author])+len(p.ids[Lead]) == 0 {
		return nil, fmt.Errorf("find person: %w", ErrNobody)
	}
	for grew := true; grew; {
		var err error
		if grew, err = p.follow(ctx, q, paths); err != nil {
			return nil, fmt.Errorf("find person: %w", err)
		}
	}
	if err := p.toEnds(ctx, q); err != nil {
		return nil, fmt.Errorf("find person: %w", err)
	}
	return p, p.collectNames(ctx, q)
}

// toEnds finds what hangs on what is found.
func (p *Person) toEnds(ctx context.Context, q sqldb.Querier) error {
	for _, k := range []Kind{Contact, Lead, Merge} {
		p.add(Own, p.IDs(k)...)
	}
	p.add(Case, p.IDs(Contact)...)
	p.add(Case, p.IDs(Lead)...)
	_, err := p.follow(ctx, q, ends)
	return err
}

// begin takes the question's own answers: the ids it names.
func (p *Person) begin(ctx context.Context, q sqldb.Querier, ask Question) error {
	handle := strings.TrimPrefix(strings.TrimSpace(ask.Handle), "@")
	email := strings.ToLower(strings.TrimSpace(ask.Email))
	type start struct {
		to    Kind
		query string
		args  []any
	}
	var starts []start
	switch {
	case ask.ContactID != "" && email == "" && handle == "":
		starts = []start{{Contact, "SELECT id FROM contacts WHERE id = $1", []any{ask.ContactID}},
			{Contact, "SELECT winner_id FROM contact_merges WHERE loser_id = $1 AND unmerged_at = 0", []any{ask.ContactID}}}
	case email != "" && ask.ContactID == "" && handle == "":
		starts = []start{{Contact, "SELECT id FROM contacts WHERE lower(email) = $1", []any{email}}, {Lead, "SELECT id FROM leads WHERE lower(email) = $1", []any{email}}}
	case handle != "" && ask.Network != "" && ask.ContactID == "" && email == "":
		low := strings.ToLower(handle)
		starts = []start{
			{Author, "SELECT id FROM authors WHERE network = $1 AND (lower(handle) = $2 OR native_id = $3)", []any{ask.Network, low, handle}},
			{Contact, "SELECT contact_id FROM social_profiles WHERE network = $1 AND (lower(handle) = $2 OR native_id = $3)", []any{ask.Network, low, handle}},
			{Lead, "SELECT id FROM leads WHERE network = $1 AND lower(handle) = $2", []any{ask.Network, low}}}
	default:
		return ErrQuestion
	}
	for _, s := range starts {
		found, err := sqldb.Strings(ctx, q, s.query, s.args...)
		if err != nil {
			return err
		}
		p.add(s.to, found...)
	}
	return nil
}

// A path leads from ids of one kind to ids of another.
type path struct {
	from, to Kind
	query    string // up to the condition
	by       string // the column that the ids of from stand in
}

// paths are followed again and again; ends once, after them, in their order. What was done about
// an opportunity is about its contact; without one, about whom its lead is about.
var (
	paths = []path{
		{Contact, Contact, "SELECT loser_id FROM contact_merges WHERE unmerged_at = 0 AND ", "winner_id"},
		{Contact, Merge, "SELECT id FROM contact_merges WHERE ", "winner_id"},
		{Contact, Merge, "SELECT id FROM contact_merges WHERE ", "loser_id"},
		{Contact, Author, "SELECT author_id FROM links WHERE decision = 'confirmed' AND ", "contact_id"},
		{Author, Contact, "SELECT contact_id FROM links WHERE decision = 'confirmed' AND ", "author_id"},
		{Contact, Author, "SELECT a.id FROM social_profiles s JOIN authors a ON a.network = s.network AND a.native_id = s.native_id WHERE s.native_id <> '' AND ", "s.contact_id"},
		{Contact, Lead, "SELECT id FROM leads WHERE ", "contact_id"},
		{Lead, Contact, "SELECT contact_id FROM leads WHERE ", "id"},
		{Author, Lead, "SELECT id FROM leads WHERE ", "author_id"},
		{Lead, Author, "SELECT author_id FROM leads WHERE ", "id"},
	}
	ends = []path{
		{Author, Post, "SELECT id FROM posts WHERE ", "author_id"},
		{Contact, Own, "SELECT id FROM social_profiles WHERE ", "contact_id"},
		{Contact, Opportunity, "SELECT id FROM opportunities WHERE ", "contact_id"},
		{Lead, Opportunity, "SELECT id FROM opportunities WHERE ", "lead_id"},
		{Post, Alert, "SELECT id FROM mention_alerts WHERE ", "post_id"},
		{Opportunity, Invoice, "SELECT id FROM invoices WHERE ", "opportunity_id"},
		{Contact, Case, "SELECT id FROM opportunities WHERE ", "contact_id"},
		{Lead, Case, "SELECT id FROM opportunities WHERE contact_id = '' AND ", "lead_id"},
		done,
	}
	done = path{Case, Own, "SELECT id FROM activities WHERE ", "record_id"}
)

func (p *Person) follow(ctx context.Context, q sqldb.Querier, ways []path) (grew bool, err error) {
	for _, w := range ways {
		for some := range slices.Chunk(p.IDs(w.from), perQuery) {
			found, err := sqldb.Strings(ctx, q, w.query+w.by+" <> '' AND "+sqldb.In(w.by, 1, len(some)), sqldb.Anys(some)...)
			if err != nil {
				return false, err
			}
			grew = p.add(w.to, found...) || grew
		}
	}
	return grew, nil
}

// perQuery bounds the values of one query.
const perQuery = 200

// collectNames gathers what text may call the person by.
func (p *Person) collectNames(ctx context.Context, q sqldb.Querier) error {
	type source struct {
		kind    Kind
		query   string
		id      string
		account bool // network and handle, native id, URL
	}
	for _, s := range []source{
		{Contact, "SELECT first_name, last_name, display_name, email, phone, url FROM contacts WHERE ", "id", false},
		{Lead, "SELECT '', '', name, email, phone, '' FROM leads WHERE ", "id", false},
		{Author, "SELECT network, native_id, handle, url, name FROM authors WHERE ", "id", true},
		{Contact, "SELECT network, native_id, handle, url, '' FROM social_profiles WHERE ", "contact_id", true},
		{Lead, "SELECT network, '', handle, '', '' FROM leads WHERE ", "id", true},
	} {
		for some := range slices.Chunk(p.IDs(s.kind), perQuery) {
			rows, err := q.Query(ctx, s.query+sqldb.In(s.id, 1, len(some)), sqldb.Anys(some)...)
			if err != nil {
				return err
			}
			err = eachText(rows, func(v []string) {
				if s.account {
					p.Names.account(v[0], v[1], v[2], v[3], v[4])
				} else {
					p.Names.person(v[0], v[1], v[2], v[3], v[4], v[5])
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// AuthorIDs are the hashes by which the person's accounts are known, those not heard yet included.
func (n *Names) AuthorIDs() []string {
	var ids []string
	for _, k := range n.accounts {
		ids = append(ids, k.Short())
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// barred is the person as a block knows them.
func (p *Person) barred() crm.Barred {
	return crm.Barred{Authors: append(p.IDs(Author), p.Names.AuthorIDs()...), Emails: p.Names.Emails, Handles: p.Names.handles}
}

// Names are what text may call a person by.
type Names struct {
	Full      []string // first and last name, display name, at least two words
	Addresses []string // e-mail addresses, handles with their @, ids and addresses in networks
	Emails    []string
	phones    []string // as they stand on file; text may spell them otherwise
	accounts  []post.Key
	handles   []string        // as crm.HandleOf writes them
	words     map[string]bool // of all full names
}

func (n *Names) person(first, last, display, email, phone, url string) {
	for _, name := range []string{first + " " + last, last + " " + first, last + ", " + first, display} {
		n.full(name)
	}
	if email = strings.ToLower(strings.TrimSpace(email)); email != "" {
		n.Emails = insert(n.Emails, email)
		n.Addresses = insert(n.Addresses, email)
	}
	if _, ok := readPhone(phone); ok {
		n.phones = insert(n.phones, strings.TrimSpace(phone))
	}
	n.address(url)
}

func (n *Names) account(network, native, handle, url, name string) {
	n.full(name)
	if native != "" && network != "" {
		n.accounts = append(n.accounts, post.Key{Network: network, ID: native})
	}
	if h := crm.HandleOf(network, handle); h != "" {
		n.handles = insert(n.handles, h)
	}
	n.address(native)
	n.address(url)
	if len(handle) >= 2 {
		n.Addresses = insert(n.Addresses, "@"+handle)
	}
	n.address(handle)
}

// full takes a name of at least two words: half of one would take everybody of that name.
func (n *Names) full(name string) {
	if words := strings.Fields(strings.Trim(name, ", ")); len(words) >= 2 {
		n.Full = insert(n.Full, strings.Join(words, " "))
	}
}

// shortest is how short an address may be that stands for itself. A shorter one is found with its @ alone.
const shortest = 6

func (n *Names) address(s string) {
	if s = strings.TrimSpace(s); len(s) >= shortest {
		n.Addresses = insert(n.Addresses, s)
	}
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func insert(list []string, s string) []string {
	if slices.ContainsFunc(list, func(t string) bool { return strings.EqualFold(s, t) }) {
		return list
	}
	return append(list, s)
}
