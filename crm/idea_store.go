package crm

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An IdeaGroup are ideas that say nearly the same, the first one first, with their support together.
// Those that were taken back stand last, and their support counts no more.
type IdeaGroup struct {
	ID      string
	Ideas   []Idea
	Support Support
}

// An IdeaFilter chooses groups of ideas by their first idea; an empty field does not restrict.
type IdeaFilter struct {
	CampaignID string
	Status     string
	Kind       string
	Newest     bool // first, not those with the most support
	Cursor     string
	Limit      int
}

// IdeaBoard lists the ideas of a campaign in groups, those with the most support first, a page at a
// time, and says how many groups are in each status.
func IdeaBoard(ctx context.Context, q sqldb.Querier, a *Access, f IdeaFilter) (groups []IdeaGroup, statuses map[string]int, next string, err error) {
	if _, err := CampaignByID(ctx, q, a, f.CampaignID); err != nil {
		return nil, nil, "", err
	}
	if !a.Can(ToRead, RecordIdea) {
		return nil, nil, "", a.refuse(ToRead, RecordIdea, "", LevelOwn)
	}
	all, err := ideas.find(ctx, q, "WHERE campaign_id = $1 ORDER BY id DESC LIMIT $2", f.CampaignID, maxIdeas)
	if err != nil {
		return nil, nil, "", err
	}
	supports, err := supportsOf(ctx, q, f.CampaignID)
	if err != nil {
		return nil, nil, "", err
	}
	statuses = make(map[string]int)
	for _, g := range grouped(all, supports) {
		first := &g.Ideas[0]
		statuses[first.Status]++
		if (f.Status == "" || first.Status == f.Status) && (f.Kind == "" || first.Kind == f.Kind) {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b IdeaGroup) int {
		if f.Newest {
			return cmp.Or(b.Ideas[0].PostedAt.Compare(a.Ideas[0].PostedAt), strings.Compare(b.ID, a.ID))
		}
		return cmp.Or(cmp.Compare(b.Support.Score, a.Support.Score), strings.Compare(a.ID, b.ID))
	})
	at := 0
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 1)
		if err != nil {
			return nil, nil, "", err
		}
		if at, err = strconv.Atoi(fields[0]); err != nil || at < 0 {
			return nil, nil, "", invalid("cursor", "is not one this list gave out: start again without it")
		}
	}
	groups = groups[min(at, len(groups)):]
	if limit := pageSize(f.Limit); len(groups) > limit {
		groups, next = groups[:limit], encodeCursor(strconv.Itoa(at+limit))
	}
	return groups, statuses, next, nil
}

// grouped puts ideas into their groups.
func grouped(all []Idea, supports map[string]Support) []IdeaGroup {
	byID := make(map[string]*IdeaGroup)
	var order []*IdeaGroup
	for _, i := range all {
		g := byID[i.GroupID]
		if g == nil {
			g = &IdeaGroup{ID: i.GroupID}
			byID[i.GroupID], order = g, append(order, g)
		}
		g.Ideas = append(g.Ideas, i)
		if i.PostID != "" {
			heard := supports[i.ID]
			g.Support.add(SupportOf(&i, heard.Shares, heard.Replies, heard.Against))
		}
	}
	groups := make([]IdeaGroup, len(order))
	for n, g := range order {
		slices.SortFunc(g.Ideas, func(a, b Idea) int {
			if (a.PostID == "") != (b.PostID == "") {
				return strings.Compare(b.PostID, a.PostID)
			}
			return cmp.Or(a.PostedAt.Compare(b.PostedAt), strings.Compare(a.ID, b.ID))
		})
		groups[n] = *g
	}
	return groups
}

// supportsOf is what was heard of the ideas of a campaign: by how many authors each was shared,
// answered, and spoken against.
func supportsOf(ctx context.Context, q sqldb.Querier, campaignID string) (map[string]Support, error) {
	heard := make(map[string]Support)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var id string
		var s Support
		err := rows.Scan(&id, &s.Shares, &s.Replies, &s.Against)
		heard[id] = s
		return err
	}, `SELECT s.idea_id, COUNT(DISTINCT CASE WHEN s.kind = 'share' THEN s.author_id END), COUNT(DISTINCT CASE WHEN s.kind = 'reply' THEN s.author_id END),
		COUNT(DISTINCT CASE WHEN s.kind = 'reply' AND s.against THEN s.author_id END)
		FROM idea_support s JOIN ideas i ON i.id = s.idea_id WHERE i.campaign_id = $1 GROUP BY s.idea_id`, campaignID)
	if err != nil {
		return nil, fmt.Errorf("load the support of ideas: %w", err)
	}
	return heard, nil
}

// IdeaByID loads an idea.
func IdeaByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Idea, error) {
	return ideas.byID(ctx, q, a, id, 0)
}

// An IdeaChange is what a person does with an idea; nil leaves it as it is.
type IdeaChange struct {
	Status *string
	Reason string // of a rejection
	Kind   *string
	Title  *string
	Alone  bool // it does not say the same as the others of its group
}

// ChangeIdea applies what a person does with an idea. Its status is that of all ideas that say nearly
// the same, except that each author is thanked by themselves. version is the one the caller loaded, or
// 0 for any.
func ChangeIdea(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, c IdeaChange) (Idea, error) {
	ch = ch.Begin()
	ch.Why = tidy(c.Reason)
	i, err := ideas.change(ctx, tx, ch, id, version, "update", func(i *Idea) error {
		if c.Kind != nil {
			i.Kind = *c.Kind
		}
		if c.Title != nil {
			i.Title = *c.Title
		}
		if c.Status == nil {
			return nil
		}
		return i.Move(*c.Status, c.Reason, ch.At)
	})
	if err != nil {
		return i, err
	}
	if c.Alone {
		if err := aloneIdea(ctx, tx, &i); err != nil {
			return i, err
		}
		if i, err = ideas.change(ctx, tx, ch, id, 0, "ungroup", func(i *Idea) error { i.GroupID = i.ID; return nil }); err != nil {
			return i, err
		}
	}
	if c.Status == nil || *c.Status == IdeaThanked {
		return i, nil
	}
	return i, moveSame(ctx, tx, ch, &i, *c.Status, c.Reason)
}

// moveSame gives the ideas that say nearly the same the status, where they may take it.
func moveSame(ctx context.Context, tx *sqldb.Tx, ch Change, i *Idea, to, reason string) error {
	same, err := ideas.find(ctx, tx, "WHERE campaign_id = $1 AND group_id = $2 AND id <> $3 ORDER BY id", i.CampaignID, i.GroupID, i.ID)
	if err != nil {
		return err
	}
	for n := range same {
		after := same[n]
		if after.Move(to, reason, ch.At) != nil {
			continue
		}
		if err := ideas.save(ctx, tx, ch, "update", &same[n], &after); err != nil {
			return err
		}
	}
	return nil
}

// aloneIdea gives the group of an idea that leaves it another name, where it has the idea's.
func aloneIdea(ctx context.Context, tx *sqldb.Tx, i *Idea) error {
	if i.GroupID != i.ID {
		return nil
	}
	others, err := sqldb.Strings(ctx, tx, "SELECT id FROM ideas WHERE campaign_id = $1 AND group_id = $2 AND id <> $2 ORDER BY id LIMIT 1", i.CampaignID, i.ID)
	if err == nil && len(others) > 0 {
		_, err = tx.Exec(ctx, "UPDATE ideas SET group_id = $1, version = version + 1 WHERE campaign_id = $2 AND group_id = $3 AND id <> $3", others[0], i.CampaignID, i.ID)
	}
	if err != nil {
		return fmt.Errorf("take idea %s out of its group: %w", i.ID, err)
	}
	return nil
}

// forgetIdeas takes what posts, or authors, that are gone left in ideas and recommendations: what was
// said, by whom, how it was called, and what it supported. column is post_id or author_id.
func forgetIdeas(ctx context.Context, tx *sqldb.Tx, column string, ids []string) error {
	for part := range chunks(ids) {
		condition, args := sqldb.In(column, 1, len(part)), sqldb.Anys(part)
		for _, table := range []string{"ideas", "recommendations"} {
			gone, err := sqldb.Strings(ctx, tx, "SELECT id FROM "+table+" WHERE "+condition, args...)
			if err == nil {
				err = redactAudit(ctx, tx, "record_id", gone)
			}
			if err != nil {
				return fmt.Errorf("forget %s: %w", table, err)
			}
		}
		for _, statement := range []string{
			"UPDATE ideas SET post_id = '', author_id = '', title = '', reason = '', posted_at = 0, likes = 0, shares = 0, replies = 0, version = version + 1 WHERE ",
			"UPDATE recommendations SET post_id = '', author_id = '', note = '', version = version + 1 WHERE ",
			"DELETE FROM idea_support WHERE ",
		} {
			if _, err := tx.Exec(ctx, statement+condition, args...); err != nil {
				return fmt.Errorf("forget ideas: %w", err)
			}
		}
	}
	return nil
}

// ForgetPosts takes the words and names of posts that were deleted out of ideas and recommendations.
func ForgetPosts(ctx context.Context, tx *sqldb.Tx, postIDs []string) error {
	return forgetIdeas(ctx, tx, "post_id", postIDs)
}

// ideaCounts says how many ideas of campaigns are in each status.
func ideaCounts(ctx context.Context, q sqldb.Querier, campaignIDs []string) (map[string]int, error) {
	counts := make(map[string]int)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var status string
		var n int
		err := rows.Scan(&status, &n)
		counts[status] = n
		return err
	}, "SELECT status, count(*) FROM ideas WHERE "+sqldb.In("campaign_id", 1, len(campaignIDs))+" GROUP BY status", sqldb.Anys(campaignIDs)...)
	if err != nil {
		return nil, fmt.Errorf("count ideas: %w", err)
	}
	return counts, nil
}
