package web

import (
	"context"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
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
	operate(s, noGrant, getting("search", "search", "/search", "Search everything at once"), s.search)
}

func (s *Server) search(ctx context.Context, in *searchInput) (*one[SearchResult], error) {
	out := SearchResult{Groups: []SearchGroup{}}
	groups, err := crm.Search(ctx, s.DB, crm.SearchQuery{Text: in.Query, Types: in.Types, Limit: in.Limit, Access: accessFrom(ctx)})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		out.Groups = append(out.Groups, SearchGroup{g.Type, g.Hits, g.More})
	}
	if accessFrom(ctx).Can(crm.ToRead, crm.TypeMonitor) && (len(in.Types) == 0 || slices.Contains(in.Types, "campaign")) {
		campaigns, err := campaignsNamed(ctx, s.DB, in.Query, in.Limit)
		if err != nil {
			return nil, err
		}
		if len(campaigns.Hits) > 0 {
			out.Groups = append(out.Groups, campaigns)
		}
	}
	return &one[SearchResult]{out}, nil
}

// campaignsNamed are the monitors of campaigns whose names hold every word. There are few.
func campaignsNamed(ctx context.Context, q sqldb.Querier, text string, limit int) (SearchGroup, error) {
	monitors, err := listening.Monitors(ctx, q)
	if err != nil {
		return SearchGroup{}, err
	}
	g := SearchGroup{Type: "campaign", Hits: []crm.Hit{}}
	for _, m := range monitors {
		if m.Kind != listening.Campaign || !crm.Answers(text, m.Name) && m.ID != text {
			continue
		}
		if len(g.Hits) == limit {
			g.More = true
			break
		}
		g.Hits = append(g.Hits, crm.Hit{Type: "campaign", ID: m.ID, Title: m.Name, Exact: m.ID == text || strings.EqualFold(m.Name, text)})
	}
	return g, nil
}
