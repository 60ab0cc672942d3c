package backtest

import (
	"math"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
)

// StormColumns are those of a table of storms. negative_authors are the people with a negative
// post; the shares are parts of the bin's posts.
var StormColumns = Columns{
	Required: []string{"posts", "negative", "negative_authors"},
	Optional: []string{"top_author_share", "near_duplicate_share", "networks"},
	Shares:   []string{"top_author_share", "near_duplicate_share"},
	Widest:   time.Hour,
}

// An Incident is one that the detector opened. Its times are those of bins.
type Incident struct {
	Kind       spike.Kind `json:"kind"`
	OpenedAt   time.Time  `json:"opened_at"`   // of the bin whose data decided
	PeakAt     time.Time  `json:"peak_at"`     // of the busiest hour so far
	ResolvedAt *time.Time `json:"resolved_at"` // null: it is on when the file ends
	Severity   int        `json:"severity"`
	Reasons    []string   `json:"reasons"` // why it was opened
}

// Storms finds the incidents of a table, each row judged when it has come.
func Storms(t *Table) []Incident {
	bins := t.bins(t.stormCell)
	at := func(minute int64) time.Time {
		i, found := slices.BinarySearchFunc(bins, minute, func(b bin, m int64) int { return int(b.from - m) })
		if !found {
			i = max(i-1, 0)
		}
		return t.Rows[i].At
	}
	var all []Incident
	place := map[spike.Kind]int{} // of the last one of each kind, in all
	on := replay(bins, func(i int) func(spike.Kind, int64, int64) (spike.Evidence, bool) {
		return func(_ spike.Kind, from, until int64) (spike.Evidence, bool) {
			return t.evidence(bins[:i+1], from, until)
		}
	}, func(_ int, changes []spike.Change, _ []spike.Judged) {
		for k := range changes {
			note(&all, place, &changes[k], at)
		}
	})
	peaks(all, place, on, at)
	return all
}

// stormCell is what is counted of a row. Of the posts that are not negative nobody says how many
// people wrote them: each is taken for another's.
func (t *Table) stormCell(r *Row) (spike.Cell, bool) {
	posts, negative, authors := t.number(r, "posts"), t.number(r, "negative"), t.number(r, "negative_authors")
	if math.IsNaN(posts) || math.IsNaN(negative) || math.IsNaN(authors) {
		return spike.Cell{}, false
	}
	c := spike.Cell{Posts: whole(posts), Negative: whole(negative), NegativeAuthors: whole(authors)}
	c.Negative = min(c.Negative, c.Posts)
	c.NegativeAuthors = min(c.NegativeAuthors, c.Negative)
	c.Neutral = c.Posts - c.Negative
	c.Authors = c.Neutral + c.NegativeAuthors
	return c, true
}

// evidence is what the bins of the minutes tell beyond their counts, by the posts of each: how
// many people there are behind the bins' authors, and what the optional columns say.
func (t *Table) evidence(bins []bin, from, until int64) (spike.Evidence, bool) {
	var ev spike.Evidence
	var posts, authors []float64 // negative ones, of each bin
	beyondOne := 0.0             // posts of the busiest author of each bin after the first
	for i := len(bins) - 1; i >= 0 && bins[i].until > from; i-- {
		b := &bins[i]
		if b.from >= until || b.blind {
			continue
		}
		weighted := func(column string) float64 {
			if x := t.number(&t.Rows[i], column); !math.IsNaN(x) {
				return x * float64(b.counts.Posts)
			}
			return 0
		}
		ev.Mentions += int(b.counts.Posts)
		beyondOne += max(0, weighted("top_author_share")-1)
		ev.NearDuplicateShare += weighted("near_duplicate_share")
		if n := t.number(&t.Rows[i], "networks"); !math.IsNaN(n) {
			ev.NetworkCount = max(ev.NetworkCount, int(n))
		}
		posts = append(posts, float64(b.counts.Negative))
		authors = append(authors, float64(b.counts.NegativeAuthors))
	}
	if ev.Mentions == 0 {
		return ev, false
	}
	ev.NearDuplicateShare /= float64(ev.Mentions)
	if t.Has("top_author_share") {
		ev.TopAuthorShare = (1 + beyondOne) / float64(ev.Mentions)
	}
	// Copies of one text are of one mind: where much is copied, it is what the flood says.
	negative := 0.0
	for _, n := range posts {
		negative += n
	}
	copied := min(1, ev.NearDuplicateShare*float64(ev.Mentions)/max(negative, 1))
	ev.NegativeAuthors = int(math.Ceil(people(posts, authors, t.doubt(bins, until)) * (1 - copied)))
	return ev, true
}
