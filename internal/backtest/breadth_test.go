package backtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/groundswell/groundswell/internal/simulate"
)

// A table without the optional columns: what tells a handful of accounts from a crowd is that they
// repeat themselves within a bin.
func TestBreadth(t *testing.T) {
	for name, tt := range map[string]struct {
		authors int // of seven posts in five minutes
		want    spike.Kind
	}{"OKHandful": {4, spike.Coordinated}, "OKCrowd": {7, spike.Firestorm}} {
		t.Run(name, func(t *testing.T) {
			text := strings.Builder{}
			text.WriteString("timestamp,posts,negative,negative_authors\n")
			const days, bins = 15, 288
			for i := range days * bins {
				posts, negative, authors := 0, 0, 0
				if i%4 == 0 {
					posts = 1
				}
				if i%20 == 0 {
					negative, authors = 1, 1
				}
				if i >= 14*bins && i < 14*bins+18 {
					posts, negative, authors = 7, 7, tt.authors
				}
				fmt.Fprintf(&text, "%s,%d,%d,%d\n", spike.Time(simulate.Start+int64(i)*5).Format("2006-01-02 15:04:05"), posts, negative, authors)
			}
			table, err := backtest.Read(strings.NewReader(text.String()), "flood.csv", backtest.StormColumns)
			if err != nil {
				t.Fatal(err)
			}
			var kinds []spike.Kind
			for _, i := range backtest.Storms(table) {
				kinds = append(kinds, i.Kind)
			}
			if !slices.Equal(kinds, []spike.Kind{tt.want}) {
				t.Errorf("got %v, want %v", kinds, tt.want)
			}
		})
	}
}
