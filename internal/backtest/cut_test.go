package backtest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/backtest"
)

// irregular is a table with a storm whose rows are not evenly apart: by so many seconds, at random.
func irregular(seed uint64, apart []int) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	at := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	storm := 400 + rng.IntN(50)
	rows := make([]string, 600)
	for i := range rows {
		at = at.Add(time.Duration(apart[rng.IntN(len(apart))]) * time.Second)
		posts, negative := 3+rng.IntN(7), rng.IntN(2)
		if i >= storm && i < storm+25 {
			negative = 2 + rng.IntN(13) + i - storm
		}
		rows[i] = fmt.Sprintf("%s,%d,%d,%d\n", at.Format(time.DateTime), posts+negative, negative, negative)
	}
	return rows
}

// What is said of a bin does not hang on those behind it, however far apart they are.
func TestStormsOfAnIrregularTableCutShort(t *testing.T) {
	for name, apart := range map[string][]int{
		"OKQuarters": {780, 840, 900, 900, 900, 900, 960, 1020, 120},
		"OKHours":    {3600, 3600, 3600, 3600, 3600, 420, 10800},
		"OKSeconds":  {300, 300, 300, 20, 40, 300, 600},
	} {
		t.Run(name, func(t *testing.T) {
			found := 0
			for seed := range uint64(2) {
				rows := irregular(seed, apart)
				read := func(n int) (*backtest.Table, []backtest.Incident) {
					table, err := backtest.Read(strings.NewReader("timestamp,posts,negative,negative_authors\n"+strings.Join(rows[:n], "")), "x.csv", backtest.StormColumns)
					if err != nil {
						t.Fatal(err)
					}
					return table, backtest.Storms(table)
				}
				_, whole := read(len(rows))
				found += len(whole)
				for cut := 10; cut < len(rows); cut += 3 + cut%11 {
					if cut > 20 && cut < 398 || cut > 480 { // little happens there
						continue
					}
					table, got := read(cut)
					var want, have []string
					for _, i := range whole {
						if !i.OpenedAt.After(table.Rows[cut-1].At) {
							want = append(want, fmt.Sprint(i.Kind, i.OpenedAt, i.Reasons))
						}
					}
					for _, i := range got {
						have = append(have, fmt.Sprint(i.Kind, i.OpenedAt, i.Reasons))
					}
					if diff := cmp.Diff(want, have); diff != "" {
						t.Fatalf("seed %d, %d rows (-whole +cut):\n%s", seed, cut, diff)
					}
				}
			}
			if found < 2 {
				t.Errorf("only %d incidents", found)
			}
		})
	}
}

// While a storm is on, its peak is that of the busiest hour so far.
func TestPeakOfAStormThatIsOn(t *testing.T) {
	text := "timestamp,posts,negative,negative_authors\n"
	at := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	negative := []int{3, 6, 9, 15, 15, 15, 16, 15} // by quarter hours, after ten days
	for i := range 10*96 + len(negative) {
		n := 0
		if i >= 10*96 {
			n = negative[i-10*96]
		}
		text += fmt.Sprintf("%s,%d,%d,%d\n", at.Add(time.Duration(i)*15*time.Minute).Format(time.DateTime), 3+i%5+n, n, n)
	}
	table, err := backtest.Read(strings.NewReader(text), "x.csv", backtest.StormColumns)
	if err != nil {
		t.Fatal(err)
	}
	got := backtest.Storms(table)
	if len(got) != 1 || got[0].ResolvedAt != nil || got[0].PeakAt.Format("15:04") < "01:30" || got[0].Severity != 4 {
		t.Errorf("got %+v, want one that is on, of severity 4, with its peak in the hour that ends with the seventh quarter", got)
	}
}
