package pipeline

import (
	"context"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// collectIdeas hands what was heard to the idea campaigns: posts under their hashtags are ideas, and
// what shares or answers those supports them.
func (p *Pipeline) collectIdeas(ctx context.Context, tx *sqldb.Tx, w *work) error {
	var heard []crm.HeardPost
	for _, h := range w.heard() {
		if len(h.Mentions) == 0 {
			continue
		}
		said := crm.HeardPost{Post: &h.Event.Post, PostID: h.PostID, AuthorID: h.AuthorID, Fresh: h.Fresh(), Fingerprint: uint64(listening.FingerprintOf(h.Event.Post.Text))}
		for i := range h.Mentions {
			said.MonitorIDs = append(said.MonitorIDs, h.Mentions[i].MonitorID)
			said.Negative = said.Negative || h.Mentions[i].Polarity == post.Negative
		}
		heard = append(heard, said)
	}
	return crm.CollectIdeas(ctx, tx, heard, listening.NearPrints, p.Now())
}
