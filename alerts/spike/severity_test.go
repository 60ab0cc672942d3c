package spike_test

import (
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
)

// A storm that stays on its level is as severe as its busiest hour while it is on, not once it ebbs,
// and each new severity is told once.
func TestSeverityOfAPlateau(t *testing.T) {
	one := spike.Cell{Posts: 1, Authors: 1, Negative: 1, NegativeAuthors: 1}
	cells := quiet(begin-30*day, begin+day)
	for m := begin + 100; m < begin+400; m++ { // 50 people or more in an hour come slowly, by less than twice of what was told
		if m < begin+150 && m%2 == 0 || m >= begin+150 {
			cells = with(cells, m, 1, one)
		}
	}
	for name, tt := range map[string]struct {
		genuine int // people, of each hour
		want    int
	}{"OKCrowd": {1 << 20, 4}, "OKFewerThanTheyLookLike": {40, 3}} {
		t.Run(name, func(t *testing.T) {
			looks := 0
			changes := watch(t, cells, begin+400, 1, func(spike.Kind, int64, int64) (spike.Evidence, bool) {
				looks++
				return spike.Evidence{Mentions: 60, NegativeAuthors: tt.genuine}, true
			})
			severity := 0
			for i, c := range changes {
				if c.Severity > severity && i > 0 && c.Phase != spike.Escalating {
					t.Errorf("severity %d is told by %s", c.Severity, c.Phase)
				}
				severity = c.Severity
			}
			if severity != tt.want || changes[len(changes)-1].At > begin+220 {
				t.Errorf("severity %d, last told after %d minutes; want %d, while it is on", severity, changes[len(changes)-1].At-begin, tt.want)
			}
			if len(changes) > 5 || looks > 20 {
				t.Errorf("told %d times, looked up %d times: %v", len(changes), looks, lines(changes))
			}
		})
	}
}
