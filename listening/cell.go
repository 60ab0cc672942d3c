package listening

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A Cell counts the mentions of a monitor in one minute (or in a longer step that begins with
// Minute). The author columns count authors where their first post of the hour was, so that over a
// whole hour they sum up to its number of different authors.
type Cell struct {
	Minute          int64 // minutes since 1970 (UTC)
	Posts           int64
	Negative        int64
	Neutral         int64
	Positive        int64
	Unknown         int64
	Authors         int64
	NegativeAuthors int64 // with a negative post
	PositiveAuthors int64
	Reach           int64
}

const cellColumns = "posts, negative, neutral, positive, unknown, authors, negative_authors, positive_authors, reach"

type cellKey struct {
	monitor string
	minute  int64
	part    int
}

type cellAuthorKey struct {
	monitor string
	hour    int64
	author  string
}

// cellAuthor is what an author said about a monitor in an hour.
type cellAuthor struct {
	posts, negative, positive int64
	cell                      cellKey // where a change of the author's columns is counted
}

// counts collects what mentions add to the cells, or take from them.
type counts struct {
	cells   map[cellKey]*Cell
	authors map[cellAuthorKey]*cellAuthor
}

func newCounts() *counts {
	return &counts{make(map[cellKey]*Cell), make(map[cellAuthorKey]*cellAuthor)}
}

// add counts a mention, sign times.
func (c *counts) add(m *Mention, sign int64) {
	minute := sqldb.Millis(m.PostedAt) / time.Minute.Milliseconds()
	key := cellKey{m.MonitorID, minute, m.Part}
	cell := c.cells[key]
	if cell == nil {
		cell = &Cell{}
		c.cells[key] = cell
	}
	author := c.authors[cellAuthorKey{m.MonitorID, minute / 60, m.AuthorID}]
	if author == nil {
		author = &cellAuthor{cell: key}
		c.authors[cellAuthorKey{m.MonitorID, minute / 60, m.AuthorID}] = author
	}
	if minute < author.cell.minute {
		author.cell = key
	}
	cell.Posts += sign
	cell.Reach += sign * m.Reach
	author.posts += sign
	switch m.Polarity {
	case post.Negative:
		cell.Negative += sign
		author.negative += sign
	case post.Positive:
		cell.Positive += sign
		author.positive += sign
	case post.Neutral:
		cell.Neutral += sign
	default:
		cell.Unknown += sign
	}
}

// save adds what was collected to the database. Rows are written in one order by everybody, so
// that no two pipelines wait for each other in a ring.
func (c *counts) save(ctx context.Context, tx *sqldb.Tx) error {
	if err := c.saveAuthors(ctx, tx); err != nil {
		return err
	}
	rows := make([][]any, 0, len(c.cells))
	for key, n := range c.cells {
		rows = append(rows, []any{key.monitor, key.minute, key.part, n.Posts, n.Negative, n.Neutral, n.Positive, n.Unknown,
			n.Authors, n.NegativeAuthors, n.PositiveAuthors, n.Reach})
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(int64), b[1].(int64)), cmp.Compare(a[2].(int), b[2].(int)))
	})
	return tx.Upsert(ctx, sqldb.Upsert{Table: "cells", Key: []string{"monitor_id", "minute", "part"},
		Columns: []string{"monitor_id", "minute", "part", "posts", "negative", "neutral", "positive", "unknown", "authors", "negative_authors", "positive_authors", "reach"},
		Set: `posts = cells.posts + excluded.posts, negative = cells.negative + excluded.negative, neutral = cells.neutral + excluded.neutral,
			positive = cells.positive + excluded.positive, unknown = cells.unknown + excluded.unknown, authors = cells.authors + excluded.authors,
			negative_authors = cells.negative_authors + excluded.negative_authors, positive_authors = cells.positive_authors + excluded.positive_authors,
			reach = cells.reach + excluded.reach`}, rows, nil)
}

// saveAuthors counts posts by author and hour, and learns from what stands there afterwards whether
// an author is new in the hour, or gone from it.
func (c *counts) saveAuthors(ctx context.Context, tx *sqldb.Tx) error {
	rows := make([][]any, 0, len(c.authors))
	for key, n := range c.authors {
		rows = append(rows, []any{key.monitor, key.hour, key.author, n.posts, n.negative, n.positive})
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(int64), b[1].(int64)), cmp.Compare(a[2].(string), b[2].(string)))
	})
	var emptied [][]any
	err := tx.Upsert(ctx, sqldb.Upsert{Table: "cell_authors", Key: []string{"monitor_id", "hour", "author_id"},
		Columns: []string{"monitor_id", "hour", "author_id", "posts", "negative", "positive"},
		Set: `posts = cell_authors.posts + excluded.posts, negative = cell_authors.negative + excluded.negative,
			positive = cell_authors.positive + excluded.positive`,
		Returning: []string{"monitor_id", "hour", "author_id", "posts", "negative", "positive"}}, rows,
		func(back *sql.Rows) error {
			var key cellAuthorKey
			var posts, negative, positive int64
			if err := back.Scan(&key.monitor, &key.hour, &key.author, &posts, &negative, &positive); err != nil {
				return err
			}
			n := c.authors[key]
			cell := c.cells[n.cell]
			cell.Authors += appeared(posts, n.posts)
			cell.NegativeAuthors += appeared(negative, n.negative)
			cell.PositiveAuthors += appeared(positive, n.positive)
			if posts == 0 {
				emptied = append(emptied, []any{key.monitor, key.hour, key.author})
			}
			return nil
		})
	if err != nil {
		return err
	}
	return tx.ExecMany(ctx, "DELETE FROM cell_authors WHERE monitor_id = $1 AND hour = $2 AND author_id = $3", emptied)
}

// appeared is 1 when a count rose from 0, −1 when it fell to 0.
func appeared(after, change int64) int64 {
	is, was := min(max(after, 0), 1), min(max(after-change, 0), 1)
	return is - was
}

// Cells returns the cells of the monitors in the minutes from up to, and without, until, parts
// added up, in order.
func Cells(ctx context.Context, q sqldb.Querier, monitorIDs []string, from, until int64) (map[string][]Cell, error) {
	all := make(map[string][]Cell, len(monitorIDs))
	for some := range slices.Chunk(monitorIDs, perQuery) {
		rows, err := q.Query(ctx, `SELECT monitor_id, minute, `+cellColumns+` FROM cells
			WHERE minute >= $1 AND minute < $2 AND `+sqldb.In("monitor_id", 3, len(some))+` ORDER BY monitor_id, minute, part`,
			append([]any{from, until}, sqldb.Anys(some)...)...)
		if err != nil {
			return nil, fmt.Errorf("load cells: %w", err)
		}
		if err := scanCells(rows, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func scanCells(rows *sql.Rows, all map[string][]Cell) error {
	defer rows.Close()
	for rows.Next() {
		var monitor string
		var c Cell
		if err := rows.Scan(&monitor, &c.Minute, &c.Posts, &c.Negative, &c.Neutral, &c.Positive, &c.Unknown,
			&c.Authors, &c.NegativeAuthors, &c.PositiveAuthors, &c.Reach); err != nil {
			return fmt.Errorf("load cells: %w", err)
		}
		list := all[monitor]
		if n := len(list); n > 0 && list[n-1].Minute == c.Minute {
			list[n-1].merge(&c)
			continue
		}
		all[monitor] = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("load cells: %w", err)
	}
	return nil
}

// merge adds another cell of the same minute.
func (c *Cell) merge(other *Cell) {
	c.Posts += other.Posts
	c.Negative += other.Negative
	c.Neutral += other.Neutral
	c.Positive += other.Positive
	c.Unknown += other.Unknown
	c.Authors += other.Authors
	c.NegativeAuthors += other.NegativeAuthors
	c.PositiveAuthors += other.PositiveAuthors
	c.Reach += other.Reach
}
