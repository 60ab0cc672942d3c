package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A territoryLoad is how many open leads and opportunities territories have, as far as that decides
// between equals. One goes through a whole job and sees what each record does to it, so that what is
// tried and what is done come to the same, however the records are cut into batches.
type territoryLoad struct {
	Open    map[string]int64 `json:"open"`    // by territory, of those that were measured
	Unsaved map[string]int64 `json:"unsaved"` // what came to a territory, less what left it, and the tables do not show
}

func newTerritoryLoad() territoryLoad {
	return territoryLoad{Open: map[string]int64{}, Unsaved: map[string]int64{}}
}

// moved notes that an open record goes from one territory to another; either may be the queue.
func (l *territoryLoad) moved(from, to string) {
	if from == to {
		return
	}
	for id, by := range map[string]int64{from: -1, to: 1} {
		if id == "" {
			continue
		}
		l.Unsaved[id] += by
		if _, measured := l.Open[id]; measured {
			l.Open[id] += by
		}
	}
}

// saved notes that the tables show by now what has moved.
func (l *territoryLoad) saved() { clear(l.Unsaved) }

// loads are the open records of each of some territories for each of its members.
func (p *TerritoryPlan) loads(ctx context.Context, q sqldb.Querier, l *territoryLoad, of []Claim) (map[string]float64, error) {
	all := make(map[string]float64, len(of))
	for _, c := range of {
		if _, measured := l.Open[c.TerritoryID]; !measured {
			var open int64
			err := q.QueryRow(ctx, `SELECT (SELECT count(*) FROM record_territories r JOIN leads l ON l.id = r.record_id
					WHERE r.territory_id = $1 AND r.record_type = 'lead' AND r.rank = 1 AND l.state = 'open')
				+ (SELECT count(*) FROM record_territories r JOIN opportunities o ON o.id = r.record_id
					WHERE r.territory_id = $1 AND r.record_type = 'opportunity' AND r.rank = 1 AND o.state = 'open')`, c.TerritoryID).Scan(&open)
			if err != nil {
				return nil, fmt.Errorf("count open records of territory %s: %w", c.TerritoryID, err)
			}
			l.Open[c.TerritoryID] = open + l.Unsaved[c.TerritoryID]
		}
		all[c.TerritoryID] = float64(l.Open[c.TerritoryID]) / p.heads(c.TerritoryID)
	}
	return all, nil
}

func (p *TerritoryPlan) heads(id string) float64 {
	i := slices.IndexFunc(p.territories, func(t *planned) bool { return t.ID == id })
	return float64(max(1, len(p.territories[i].Members)))
}
