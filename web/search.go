package web

import (
	"context"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

type (
	searchInput struct {
		Query string   `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words, an e-mail address, a handle, a number or an id. Every word has to begin a word of the record; case, accents and the writing of umlauts do not matter."`
		Types []string `query:"types" maxItems:"10" enum:"contact,account,lead,opportunity,quote,order,invoice,social_profile,activity,campaign" doc:"Only these types of records."`
		Limit int      `query:"limit" minimum:"1" maximum:"50" default:"5" doc:"How many of each type."`
	}
	// SearchResult is what one search found.
	SearchResult struct {
		Groups []SearchGroup `json:"groups" nullable:"false" doc:"By type; a group with an exact hit stands first."`
	}
	// SearchGroup is what was found of one type.
	SearchGroup struct {
		Type string    `json:"type"`
		Hits []crm.Hit `json:"hits" nullable:"false" doc:"The best first: named exactly so, then by title, then by what else it says."`
		More bool      `json:"more" doc:"There are more than these."`
	}
)

func (s *Server) searchRoutes() {
	operate(s, noGrant, scopeless(getting("search", "search", "/search", "Search everything at once")), s.search)
}

func (s *Server) search(ctx context.Context, in *searchInput) (*one[SearchResult], error) {
	out := SearchResult{Groups: []SearchGroup{}}
	groups, err := crm.Search(ctx, s.DB, crm.SearchQuery{Text: in.Query, Types: in.Types, Limit: in.Limit, Access: accessFrom(ctx)})
	if err != nil {
		return nil, err
	}
	if accessFrom(ctx).Can(crm.ToRead, crm.TypeMonitor) && (len(in.Types) == 0 || slices.Contains(in.Types, crm.RecordCampaign)) {
		if groups, err = s.addCampaignMonitors(ctx, in, groups); err != nil {
			return nil, err
		}
	}
	for _, g := range groups {
		out.Groups = append(out.Groups, SearchGroup{g.Type, g.Hits, g.More})
	}
	return &one[SearchResult]{out}, nil
}

// addCampaignMonitors adds the monitors of kind campaign that no campaign has, and whose names hold
// every word, to the campaigns that were found. There are few.
func (s *Server) addCampaignMonitors(ctx context.Context, in *searchInput, groups []crm.HitGroup) ([]crm.HitGroup, error) {
	monitors, err := listening.Monitors(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	taken, err := crm.CampaignMonitors(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(groups, func(g crm.HitGroup) bool { return g.Type == crm.RecordCampaign })
	for _, m := range monitors {
		if m.Kind != listening.Campaign || taken[m.ID] || !crm.Answers(in.Query, m.Name) && m.ID != in.Query {
			continue
		}
		if at < 0 {
			at, groups = len(groups), append(groups, crm.HitGroup{Type: crm.RecordCampaign})
		}
		if g := &groups[at]; len(g.Hits) < in.Limit {
			g.Hits = append(g.Hits, crm.Hit{Type: crm.RecordCampaign, ID: m.ID, Title: m.Name, OfType: crm.TypeMonitor, Of: m.ID, Exact: m.ID == in.Query || strings.EqualFold(m.Name, in.Query)})
		} else {
			g.More = true
		}
	}
	return groups, nil
}
