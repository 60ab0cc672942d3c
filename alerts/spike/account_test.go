package spike_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
)

// crowd is sixty posts, each in its own words. by says who writes the i-th post,
// when, in milliseconds, and how many days ago the account was opened (0: unknown).
func crowd(by func(i int) (author string, millis int64, days int64)) []spike.Mention {
	var all []spike.Mention
	for i := range 60 {
		author, millis, days := by(i)
		m := spike.Mention{PostID: fmt.Sprintf("p%02d", i), AuthorID: author, Network: "x", Polarity: -1, Minute: begin + millis/60_000, Millis: begin*60_000 + millis,
			Text: fmt.Sprintf("%c%c of acme again %c%c", 'a'+i%26, 'a'+i/3, 'a'+i/5, 'a'+i%7)}
		if days > 0 {
			m.Opened = m.Minute - days*day
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b spike.Mention) int { return int(a.Millis - b.Millis) })
	return all
}

// Accounts opened for the purpose, and accounts that write as a clock strikes, are no crowd however many they are.
func TestAccounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	people := func(i int) string { return fmt.Sprint("person", i) }
	anytime := func() int64 { return random.Int64N(30 * 60_000) }
	for name, tt := range map[string]struct {
		by             func(i int) (string, int64, int64)
		least, most    int // independent people
		young, regular bool
	}{
		"OKPeople":       {func(i int) (string, int64, int64) { return people(i), anytime(), 40 + 20*int64(i) }, 60, 60, false, false},
		"OKAgesUnknown":  {func(i int) (string, int64, int64) { return people(i), anytime(), 0 }, 60, 60, false, false},
		"OKSomeAreNew":   {func(i int) (string, int64, int64) { return people(i), anytime(), 5 + 10*int64(i) }, 60, 60, false, false},
		"OKFewAreKnown":  {func(i int) (string, int64, int64) { return people(i), anytime(), int64(max(0, 9-i)) }, 60, 60, false, false},
		"OKWholeSeconds": {func(i int) (string, int64, int64) { return people(i), anytime() / 1000 * 1000, 400 }, 60, 60, false, false},
		"OKWholeMinutes": {func(i int) (string, int64, int64) { return people(i), anytime() / 60_000 * 60_000, 400 }, 60, 60, false, false},
		"OKAllAtOnce":    {func(i int) (string, int64, int64) { return people(i), 5, 400 }, 60, 60, false, false},
		"OKAccountsNew":  {func(i int) (string, int64, int64) { return people(i), anytime(), 2 + int64(i%40) }, 10, 20, true, false},
		"OKEvenlySpaced": {func(i int) (string, int64, int64) { return people(i), int64(i) * 20, 400 }, 60, 60, false, false},
		"OKClockOfEach":  {func(i int) (string, int64, int64) { return people(i % 5), int64(i/5)*120_000 + int64(i%5)*1_000, 400 }, 1, 1, false, true},
		"OKClockAndCrowd": {func(i int) (string, int64, int64) {
			return people(max(i, 10)), map[bool]int64{true: int64(i) * 60_000, false: anytime()}[i < 11], 400
		}, 50, 50, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			ev := spike.Summarise(spike.Firestorm, crowd(tt.by))
			if ev.NegativeAuthors < tt.least || ev.NegativeAuthors > tt.most || ev.YoungShare >= 0.6 != tt.young || ev.RegularShare >= 0.5 != tt.regular {
				t.Errorf("got %+v, want %d to %d people, young %v, regular %v", ev, tt.least, tt.most, tt.young, tt.regular)
			}
		})
	}
}

// What the cells take for a crowd is coordinated by its accounts alone, and says why.
func TestAccountsMakeItCoordinated(t *testing.T) {
	for name, tt := range map[string]struct {
		by     func(i int) (string, int64, int64)
		people int64 // by whom the posts are, each minute, as the cells see it
		kind   spike.Kind
		reason string
	}{
		"OKPeople": {func(i int) (string, int64, int64) { return fmt.Sprint(i), int64(i*i) * 100, 400 }, 10, spike.Firestorm, ""},
		"OKNew":    {func(i int) (string, int64, int64) { return fmt.Sprint(i), int64(i*i) * 100, 3 }, 10, spike.Coordinated, "100 % of the accounts are less than a month old"},
		"OKClock":  {func(i int) (string, int64, int64) { return fmt.Sprint(i % 12), int64(i) * 1_000, 400 }, 12, spike.Coordinated, "100 % of the posts come at regular intervals"},
	} {
		t.Run(name, func(t *testing.T) {
			all := crowd(tt.by)
			cells := with(quiet(begin-30*day, begin+day), begin, 6, spike.Cell{Posts: tt.people, Authors: tt.people, Negative: tt.people, NegativeAuthors: tt.people})
			changes := watch(t, cells, begin+60, 1, func(kind spike.Kind, from, until int64) (spike.Evidence, bool) {
				var in []spike.Mention
				for _, m := range all {
					if m.Minute >= from && m.Minute < until {
						in = append(in, m)
					}
				}
				return spike.Summarise(kind, in), len(in) > 0
			})
			if len(changes) == 0 || changes[0].Kind != tt.kind {
				t.Fatalf("got %+v, want a %s", changes, tt.kind)
			}
			said := false
			for _, r := range changes[0].Reasons {
				said = said || r.String() == tt.reason
			}
			if tt.reason != "" && !said {
				t.Errorf("reasons %v lack %q", changes[0].Reasons, tt.reason)
			}
		})
	}
}
