package spike_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
)

// A storm of one network escalates when it reaches a second one, and when somebody whom many hear
// joins, and not again by the same.
func TestEscalatesByNetworkAndReach(t *testing.T) {
	const begin = 40 * 24 * 60
	var cells []spike.Cell
	for m := int64(begin - 30*24*60); m < begin; m += 15 {
		cells = append(cells, spike.Cell{Minute: m, Posts: 2, Neutral: 2, Authors: 2})
	}
	for m := int64(begin); m < begin+180; m++ { // as many every minute: no growth after the first hour
		cells = append(cells, spike.Cell{Minute: m, Posts: 4, Negative: 4, Authors: 4, NegativeAuthors: 4})
	}
	spread := func(_ spike.Kind, _, until int64) ([]spike.Arrival, bool) {
		arrivals := []spike.Arrival{{Network: "x", People: 200, Reach: 900}}
		if until > begin+100 {
			arrivals = append(arrivals, spike.Arrival{Network: "mastodon", People: 2 + int(min(1, (until-begin)/120)), Reach: 10})
		}
		if until > begin+140 {
			arrivals[0].Reach = 60_000
		}
		if until > begin+150 {
			arrivals[0].Reach = 100_000 // less than twice as many
		}
		return arrivals, true
	}
	run := func(step int64) (news []string) {
		state := spike.State{At: begin - 1, Base: spike.Learn(cells, begin-30*24*60, (begin-60)/15*15, nil)}
		for now := int64(begin); now < begin+180; now += step {
			var changes []spike.Change
			state, changes = spike.Step(state, spike.Input{Now: spike.Time(now + step), Cells: cells, Spread: spread})
			for _, c := range changes {
				if c.Kind == spike.Firestorm && c.Phase == spike.Escalating && !strings.Contains(c.Reasons[0].String(), "wrote negatively") {
					news = append(news, c.Reasons[0].String())
				}
			}
		}
		return news
	}
	want := []string{"it has reached mastodon, where 3 people write", "up to 60,000 people may have seen one post on x"}
	for _, step := range []int64{1, 60} {
		if got := run(step); !slices.Equal(got, want) {
			t.Errorf("in steps of %d minutes: %q, want %q", step, got, want)
		}
	}
}
