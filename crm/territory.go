package crm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Territory is a part of the market: a set of criteria over dimensions, those of the territories
// above it included. Territories may overlap, and they are a guideline, never a wall: anybody may
// join a record, with a reason.
type Territory struct {
	Meta
	Name     string            `json:"name"`
	ParentID string            `json:"parent_id"` // empty: it stands at the top
	Priority int64             `json:"priority"`  // of equally specific territories the higher one is primary
	Enabled  bool              `json:"enabled"`
	Criteria []Criterion       `json:"criteria"` // all of them have to hold; none: it takes everything
	Members  []TerritoryMember `json:"members"`
}

// A Criterion asks for values of a dimension: one of Values holds, and none of Except.
type Criterion struct {
	DimensionID string   `json:"dimension_id"`
	Values      []string `json:"values"`
	Except      []string `json:"except,omitempty"`
}

// A TerritoryMember works in a territory.
type TerritoryMember struct {
	Type string `json:"type"` // user, team
	ID   string `json:"id"`
}

// Types of members.
const (
	MemberUser = "user"
	MemberTeam = "team"
)

const (
	maxTerritories = 2000
	maxCriteria    = 50
	maxMembers     = 500
	maxTreeDepth   = 12
)

func (t *Territory) check() error {
	t.Name = tidy(t.Name)
	if err := checkText("name", t.Name, maxName); err != nil {
		return err
	}
	switch {
	case t.Name == "":
		return invalid("name", "is empty: a territory needs one")
	case t.Priority < -1000 || t.Priority > 1000:
		return invalid("priority", "is %d: want -1000 to 1000", t.Priority)
	case len(t.Criteria) > maxCriteria:
		return invalid("criteria", "has %d: at most %d", len(t.Criteria), maxCriteria)
	case len(t.Members) > maxMembers:
		return invalid("members", "has %d: at most %d; make a team of them", len(t.Members), maxMembers)
	}
	seen := make(map[TerritoryMember]bool)
	for i, m := range t.Members {
		if m.Type != MemberUser && m.Type != MemberTeam || m.ID == "" || seen[m] {
			return invalid(fmt.Sprintf("members[%d]", i), "wants the type user or team and an id, each once")
		}
		seen[m] = true
	}
	return nil
}

// A TerritoryPlan is all territories and dimensions, ready to assign records.
type TerritoryPlan struct {
	dimensions  map[string]*dimensionIndex
	territories []*planned
	paths       []string // of all fields that are looked at
	stamp       string   // of the versions it was made from
}

// A planned territory has its criteria with those of the territories above it.
type planned struct {
	Territory
	demands []demand
}

type demand struct {
	index          *dimensionIndex
	values, except []int
}

// NewTerritoryPlan makes territories ready, or says which of them cannot be: a criterion that names
// what is not there, criteria that contradict each other, a circle of territories.
func NewTerritoryPlan(dims []Dimension, all []Territory) (*TerritoryPlan, error) {
	p := &TerritoryPlan{dimensions: make(map[string]*dimensionIndex, len(dims))}
	for i := range dims {
		p.dimensions[dims[i].ID] = newDimensionIndex(&dims[i])
		for _, f := range dims[i].Fields {
			p.paths = append(p.paths, f.From...)
		}
	}
	slices.Sort(p.paths)
	p.paths = slices.Compact(p.paths)
	byID := make(map[string]*Territory, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	for i := range all {
		t := &planned{Territory: all[i]}
		if err := p.demand(t, byID); err != nil {
			return nil, err
		}
		p.territories = append(p.territories, t)
	}
	return p, nil
}

// demand gathers what a territory asks for, itself and through those above it.
func (p *TerritoryPlan) demand(t *planned, byID map[string]*Territory) error {
	at, seen := &t.Territory, 0
	for {
		for i, c := range at.Criteria {
			d, err := p.demandOf(&c, fmt.Sprintf("criteria[%d]", i))
			if err != nil {
				return t.blame(err)
			}
			for _, other := range t.demands {
				if err := other.contradicts(&d); err != nil {
					return t.blame(err)
				}
			}
			t.demands = append(t.demands, d)
		}
		if at.ParentID == "" {
			return nil
		}
		if at = byID[at.ParentID]; at == nil {
			return t.blame(invalid("parent_id", "there is no such territory"))
		}
		if seen++; seen > maxTreeDepth {
			return t.blame(invalid("parent_id", "leads in a circle, or more than %d levels up", maxTreeDepth))
		}
	}
}

// blame names the territory in an error about one of its fields.
func (t *planned) blame(err error) error {
	var inv *Invalid
	if errors.As(err, &inv) && t.Name != "" {
		return invalid(inv.Field, "of territory %s %s", t.Name, inv.Reason)
	}
	return err
}

func (p *TerritoryPlan) demandOf(c *Criterion, at string) (d demand, err error) {
	if d.index = p.dimensions[c.DimensionID]; d.index == nil {
		return d, invalid(at+".dimension_id", "there is no dimension %q", c.DimensionID)
	}
	if len(c.Values) == 0 {
		return d, invalid(at+".values", "is empty: nothing of %s would match", d.index.Name)
	}
	if len(c.Values)+len(c.Except) > maxMatches {
		return d, invalid(at, "names more than %d values", maxMatches)
	}
	places := func(field string, ids []string) (all []int, err error) {
		for i, id := range ids {
			v, ok := d.index.at[id]
			if !ok {
				return nil, invalid(fmt.Sprintf("%s.%s[%d]", at, field, i), "%s has no value %q", d.index.Name, id)
			}
			all = append(all, v)
		}
		return all, nil
	}
	if d.values, err = places("values", c.Values); err != nil {
		return d, err
	}
	if d.except, err = places("except", c.Except); err != nil {
		return d, err
	}
	if !slices.ContainsFunc(d.values, func(v int) bool { return d.index.possible(v) && !d.excluded(v) }) {
		return d, invalid(at+".values", "can match nothing: no value of %s that is named says what it matches, or all are excepted", d.index.Name)
	}
	return d, nil
}

// excluded says that whatever a value holds of is excepted.
func (d *demand) excluded(value int) bool {
	return slices.ContainsFunc(d.except, func(e int) bool { return d.index.covers(e, value) })
}

// contradicts says why no record can satisfy both.
func (d *demand) contradicts(o *demand) error {
	if d.index != o.index {
		return nil
	}
	for _, v := range d.values {
		for _, w := range o.values {
			if d.index.together(v, w) && !d.excluded(w) && !o.excluded(v) {
				return nil
			}
		}
	}
	return invalid("criteria", "contradict each other: nothing is both %s and %s", d.labels(), o.labels())
}

func (d *demand) labels() string {
	names := make([]string, len(d.values))
	for i, v := range d.values {
		names[i] = d.index.Values[v].Label
	}
	if len(names) > 5 {
		names = append(names[:5], "…")
	}
	return strings.Join(names, " or ")
}

// level is how much of its dimension a satisfied demand leaves out: the depth of the deepest value
// that holds, as a share of the depth of the dimension, in hundredths. 0: it is not satisfied.
func (d *demand) level(holds []bool) (level, value int) {
	for _, e := range d.except {
		if holds[e] {
			return 0, -1
		}
	}
	value = -1
	for _, v := range d.values {
		if holds[v] && (value < 0 || d.index.depth[v] > d.index.depth[value]) {
			value = v
		}
	}
	if value < 0 {
		return 0, -1
	}
	return max(1, 100*d.index.depth[value]/d.index.deep), value
}

// A Claim is a territory that takes a record.
type Claim struct {
	TerritoryID string
	Name        string
	Specificity int    // the sum of the levels over its dimensions, in hundredths
	Reason      string // what holds
	priority    int64
}

// Claims are the territories that take a record, the most specific first, then by priority, then by
// name. Specificity is how deep a territory's criteria reach: for each dimension that it asks about,
// the depth of the value that holds divided by the depth of the dimension's tree, added up. nearest
// says, when none takes it, which came closest and what it misses.
func (p *TerritoryPlan) Claims(traits Traits) (claims []Claim, nearest string) {
	holds := make(map[*dimensionIndex][]bool, len(p.dimensions))
	closest := -1.0
	for _, t := range p.territories {
		if !t.Enabled {
			continue
		}
		c := Claim{TerritoryID: t.ID, Name: t.Name, priority: t.Priority}
		levels := make(map[*dimensionIndex]int)
		var reasons []string
		met, misses := 0, ""
		for i := range t.demands {
			d := &t.demands[i]
			if holds[d.index] == nil {
				holds[d.index] = d.index.holds(traits)
			}
			level, value := d.level(holds[d.index])
			if value < 0 {
				misses = fmt.Sprintf("%s misses %s: %s", t.Name, d.labels(), d.index.said(traits))
				continue
			}
			met++
			if level > levels[d.index] {
				levels[d.index] = level
			}
			reasons = append(reasons, fmt.Sprintf("%s is %s (level %d of %d)", d.index.Name, d.index.Values[value].Label, d.index.depth[value], d.index.deep))
		}
		if misses != "" {
			if share := float64(met) / float64(len(t.demands)); share > closest {
				closest, nearest = share, misses
			}
			continue
		}
		for _, level := range levels {
			c.Specificity += level
		}
		if c.Reason = strings.Join(reasons, ", "); c.Reason == "" {
			c.Reason = "it takes everything"
		}
		claims = append(claims, c)
	}
	slices.SortStableFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(b.Specificity, a.Specificity), cmp.Compare(b.priority, a.priority), cmp.Compare(a.Name, b.Name))
	})
	if len(claims) > 0 {
		nearest = ""
	}
	return claims, nearest
}

// said is what a record says where a dimension looks.
func (x *dimensionIndex) said(traits Traits) string {
	var said []string
	for i := range x.Fields {
		f := &x.Fields[i]
		text := "is not filled in"
		if got := x.read(f, traits); len(got) > 0 {
			text = fmt.Sprintf("is %q", cut(strings.Join(got, ", "), 50))
		}
		said = append(said, f.Name+" "+text)
	}
	return strings.Join(said, ", ")
}

// tied are the first claims that neither specificity nor priority tells apart.
func tied(claims []Claim) []Claim {
	n := 1
	for n < len(claims) && claims[n].Specificity == claims[0].Specificity && claims[n].priority == claims[0].priority {
		n++
	}
	return claims[:min(n, len(claims))]
}

// An Assignment is a territory of a record: the primary one has rank 1, the others own it with it.
type Assignment struct {
	TerritoryID string `json:"territory_id"`
	Rank        int64  `json:"rank"`
	Reason      string `json:"reason"`
}

// Standing is what decides between claims besides themselves.
type Standing struct {
	Primary string             // the territory the record has already: it stays among equals
	Load    map[string]float64 // open records of each tied territory for each of its members
	Pin     *Pin               // somebody chose
}

// A Pin puts a record into a territory by hand.
type Pin struct{ TerritoryID, Reason, By string }

// Assign puts claims into the order in which they own a record: the most specific is primary, of
// equals the one of the highest priority, of equals the one that has the record already, or else the
// one with the fewest open records a member. A pin goes before all.
func Assign(claims []Claim, s Standing) []Assignment {
	order := slices.Clone(claims)
	equal := tied(order)
	slices.SortStableFunc(equal, func(a, b Claim) int {
		return cmp.Or(boolFirst(a.TerritoryID == s.Primary, b.TerritoryID == s.Primary), cmp.Compare(s.Load[a.TerritoryID], s.Load[b.TerritoryID]))
	})
	list := make([]Assignment, 0, len(order)+1)
	for i, c := range order {
		why := "owns it with the primary one"
		switch {
		case i > 0:
		case len(order) == 1:
			why = "the only one that takes it"
		case len(equal) > 1 && c.TerritoryID == s.Primary:
			why = "as specific and as high as others, and it has the record already"
		case len(equal) > 1:
			why = fmt.Sprintf("as specific and as high as others, and fewest open records: %.1f a member", s.Load[c.TerritoryID])
		case order[1].Specificity == c.Specificity:
			why = fmt.Sprintf("as specific as %s, and of higher priority", order[1].Name)
		default:
			why = "the most specific"
		}
		list = append(list, Assignment{c.TerritoryID, int64(i + 1), fmt.Sprintf("%s; specificity %d.%02d, %s", c.Reason, c.Specificity/100, c.Specificity%100, why)})
	}
	if s.Pin == nil {
		return list
	}
	list = slices.DeleteFunc(list, func(a Assignment) bool { return a.TerritoryID == s.Pin.TerritoryID })
	list = slices.Insert(list, 0, Assignment{TerritoryID: s.Pin.TerritoryID, Reason: "set by hand: " + s.Pin.Reason})
	for i := range list {
		list[i].Rank = int64(i + 1)
	}
	return list
}

// boolFirst orders true before false.
func boolFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
