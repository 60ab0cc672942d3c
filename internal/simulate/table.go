package simulate

import (
	"fmt"
	"io"

	"github.com/groundswell/groundswell/alerts/spike"
)

// WriteTable writes the world's posts as `groundswell backtest storms` reads them, in bins of so
// many minutes. full adds the optional columns.
func (w *World) WriteTable(out io.Writer, minutes int64, full bool) error {
	header := "timestamp,posts,negative,negative_authors"
	if full {
		header += ",top_author_share,near_duplicate_share,networks"
	}
	if _, err := fmt.Fprintln(out, header); err != nil {
		return err
	}
	b := bin{full: full, said: map[int32]int64{}}
	next := 0
	for b.from = Start; b.from < w.Until; b.from += minutes {
		first := next
		for next < len(w.Posts) && w.Posts[next].Minute < b.from+minutes {
			next++
		}
		if err := b.write(out, w.Posts[first:next]); err != nil {
			return err
		}
	}
	return nil
}

type bin struct {
	from int64
	full bool
	said map[int32]int64 // texts, and the minute in which each was said last
}

func (b *bin) write(out io.Writer, posts []Post) error {
	negative, angry := 0, map[int32]bool{}
	by, networks := map[int32]int{}, map[int8]bool{}
	top, copies := 0, 0
	for _, p := range posts {
		if p.Polarity < 0 {
			negative++
			angry[p.Author] = true
		}
		by[p.Author]++
		top = max(top, by[p.Author])
		networks[p.Network] = true
		if p.Text == 0 {
			continue
		}
		if at, known := b.said[p.Text]; known && p.Minute-at <= hour {
			copies++
		}
		b.said[p.Text] = p.Minute
	}
	line := fmt.Sprintf("%s,%d,%d,%d", spike.Time(b.from).Format("2006-01-02 15:04:05"), len(posts), negative, len(angry))
	if b.full {
		all := float64(max(len(posts), 1))
		line += fmt.Sprintf(",%.3f,%.3f,%d", float64(top)/all, float64(copies)/all, len(networks))
	}
	_, err := fmt.Fprintln(out, line)
	return err
}
