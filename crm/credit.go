package crm

import (
	"fmt"
	"slices"
	"time"
)

// CreditRules say how revenue is credited to everyone who took part in it. They are data: saving
// them makes a new version, and every entry names the one it was made by.
type CreditRules struct {
	Version   int64        `json:"version"`
	Parts     []CreditPart `json:"parts"`
	CreatedAt time.Time    `json:"created_at"`
	CreatedBy string       `json:"created_by"`
}

// A CreditPart is a share of the revenue for those who took part in one way.
type CreditPart struct {
	Name    string `json:"name"`
	Share   int64  `json:"share"`             // basis points; those of all parts that are no overlay add up to 10,000
	Overlay bool   `json:"overlay,omitempty"` // counted on top, and shown apart
	To      string `json:"to"`                // one of CreditWays
	Role    string `json:"role,omitempty"`    // only people who have it; empty: all
	When    string `json:"when,omitempty"`    // CEL: the opportunities it is for; empty: all
}

// CreditWays are the ways to take part that rules can credit.
var CreditWays = map[string]string{
	"source":      "where the lead came from: its monitor, campaign or other source",
	"lead":        "people who led the lead through its milestones, by how often",
	"owner":       "who owns the opportunity",
	"team":        "the teams of who owns the opportunity",
	"activities":  "people who did activities about the lead or the opportunity, by how many",
	"quotes":      "people who made and sent its quotes",
	"approvals":   "people who approved a stage",
	"joined":      "people who joined it, with a reason",
	"territory":   "people and teams of the primary territory",
	"territories": "people and teams of the other territories that own it",
}

// Types of those who get credit.
const (
	TakerUser    = "user"
	TakerTeam    = "team"
	TakerSource  = "source"
	TakerCompany = "company" // nobody took part
)

// A CreditTaker gets credit. Weight is their part of what those of one way get.
type CreditTaker struct {
	Type   string
	ID     string
	Weight int64
	Roles  []string // of a user
}

// DefaultCreditRules are those in force until somebody says otherwise.
func DefaultCreditRules() CreditRules {
	return CreditRules{Version: 0, Parts: []CreditPart{
		{Name: "Marketing source", Share: 2000, To: "source"},
		{Name: "Lead", Share: 1500, To: "lead"},
		{Name: "Owner", Share: 4000, To: "owner"},
		{Name: "Work on the case", Share: 1500, To: "activities"},
		{Name: "Territory", Share: 1000, To: "territory"},
	}}
}

const (
	maxCreditParts = 30
	wholeShare     = 1_000_000 // shares are in millionths
)

// Check says what of the rules cannot work. roles are those there are.
func (r *CreditRules) Check(roles []string) error {
	if len(r.Parts) == 0 || len(r.Parts) > maxCreditParts {
		return invalid("parts", "has %d: want 1 to %d", len(r.Parts), maxCreditParts)
	}
	total, seen := int64(0), map[string]bool{}
	for i := range r.Parts {
		p, at := &r.Parts[i], fmt.Sprintf("parts[%d]", i)
		p.Name = tidy(p.Name)
		if err := checkText(at+".name", p.Name, maxName); err != nil {
			return err
		}
		switch {
		case p.Name == "" || seen[p.Name]:
			return invalid(at+".name", "%q: want one of its own", p.Name)
		case p.Share < 1 || p.Share > allBasisPoints:
			return invalid(at+".share", "is %d: want 1 to 10000 basis points", p.Share)
		case CreditWays[p.To] == "":
			return invalid(at+".to", "%q is no way to take part", p.To)
		case p.Role != "" && !slices.Contains(roles, p.Role):
			return invalid(at+".role", "there is no role %q: nobody would get it", p.Role)
		}
		if err := checkCondition(at+".when", p.When); err != nil {
			return err
		}
		seen[p.Name] = true
		if !p.Overlay {
			total += p.Share
		}
	}
	if total != allBasisPoints {
		return invalid("parts", "that are no overlay add up to %d basis points: want 10000, all of the revenue", total)
	}
	return nil
}

// A CreditShare is what one taker gets of an amount.
type CreditShare struct {
	Part    string
	Overlay bool
	Taker   CreditTaker
	Share   int64 // millionths of the whole
	Amount  int64
}

// Split divides an amount by the rules over those who took part, by the way they did. The shares that
// are no overlay add up to 1,000,000 and to the amount exactly (largest remainder): a part that finds
// nobody leaves its share to the others in proportion, and where no part does, it is the company's.
// Overlay is reckoned apart, each part of the whole amount.
func (r *CreditRules) Split(amount int64, takers map[string][]CreditTaker, f Facts) []CreditShare {
	var base, overlay []creditGroup
	for _, p := range r.Parts {
		g, holds := creditGroup{part: p}, holds(p.When, f)
		for _, t := range takers[p.To] {
			if holds && t.Weight > 0 && (p.Role == "" || slices.Contains(t.Roles, p.Role)) {
				g.takers = append(g.takers, t)
			}
		}
		switch {
		case len(g.takers) == 0:
		case p.Overlay:
			overlay = append(overlay, g)
		default:
			base = append(base, g)
		}
	}
	if len(base) == 0 {
		base = []creditGroup{{CreditPart{Name: "Nobody took part", Share: allBasisPoints}, []CreditTaker{{Type: TakerCompany, Weight: 1}}}}
	}
	weight := func(g creditGroup) int64 { return g.part.Share }
	amounts, shares := split(amount, base, weight), split(wholeShare, base, weight)
	var all []CreditShare
	for i, g := range base {
		all = g.divide(all, amounts[i], shares[i])
	}
	for _, g := range overlay {
		all = g.divide(all, Money{Amount: amount}.share(g.part.Share).Amount, wholeShare*g.part.Share/allBasisPoints)
	}
	return all
}

// A creditGroup is a part with those who took part in its way.
type creditGroup struct {
	part   CreditPart
	takers []CreditTaker
}

func (g *creditGroup) divide(all []CreditShare, amount, share int64) []CreditShare {
	weight := func(t CreditTaker) int64 { return t.Weight }
	amounts, shares := split(amount, g.takers, weight), split(share, g.takers, weight)
	for i, t := range g.takers {
		all = append(all, CreditShare{g.part.Name, g.part.Overlay, t, shares[i], amounts[i]})
	}
	return all
}

// lineNets are what each line of an invoice comes to, the discount on the whole taken off: together
// the invoice's net.
func lineNets(i *Invoice) []int64 {
	s := i.Sums()
	off := split(s.Discount, s.Lines, func(net int64) int64 { return max(0, net) })
	nets := make([]int64, len(s.Lines))
	for n := range s.Lines {
		nets[n] = s.Lines[n] - off[n]
	}
	return nets
}

// paidNets are what of each line is paid when so much of the invoice's gross amount is: the whole
// once all of it is.
func paidNets(i *Invoice, paid int64) []int64 {
	nets, gross := lineNets(i), i.Sums().Gross
	for n := range nets {
		if gross != 0 {
			nets[n] = scale(nets[n], paid, gross)
		}
	}
	return nets
}

// creditMonth is the period of a time.
func creditMonth(at time.Time) string { return at.UTC().Format("2006-01") }
