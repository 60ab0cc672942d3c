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
	next := 0
	for from := Start; from < w.Until; from += minutes {
		first := next
		for next < len(w.Posts) && w.Posts[next].Minute < from+minutes {
			next++
		}
		if err := writeBin(out, from, w.Posts[first:next], full); err != nil {
			return err
		}
	}
	return nil
}

func writeBin(out io.Writer, from int64, posts []Post, full bool) error {
	negative, angry := 0, map[int32]bool{}
	by, texts, networks := map[int32]int{}, map[int32]int{}, map[int8]bool{}
	top, copies := 0, 0
	for _, p := range posts {
		if p.Polarity < 0 {
			negative++
			angry[p.Author] = true
		}
		by[p.Author]++
		top = max(top, by[p.Author])
		networks[p.Network] = true
		if p.Text != 0 {
			texts[p.Text]++
		}
	}
	for _, n := range texts {
		if n > 1 {
			copies += n
		}
	}
	line := fmt.Sprintf("%s,%d,%d,%d", spike.Time(from).Format("2006-01-02 15:04:05"), len(posts), negative, len(angry))
	if full {
		all := float64(max(len(posts), 1))
		line += fmt.Sprintf(",%.3f,%.3f,%d", float64(top)/all, float64(copies)/all, len(networks))
	}
	_, err := fmt.Fprintln(out, line)
	return err
}
