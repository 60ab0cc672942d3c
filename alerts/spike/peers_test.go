package spike_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/spike"
)

// talks is the baseline of a monitor that so many people talk about in an hour, one in so many of
// them negatively.
func talks(people, oneIn, days int64) *spike.Baseline {
	var cells []spike.Cell
	for h := int64(0); h < days*24; h++ {
		for i := range people {
			c := spike.Cell{Minute: begin + h*60 + i*60/people, Posts: 1, Authors: 1}
			if (h*people+i)%oneIn == 0 {
				c.Negative, c.NegativeAuthors = 1, 1
			}
			cells = append(cells, c)
		}
	}
	b := spike.Learn(cells, begin, begin+days*24*60, nil)
	return &b
}

func TestPeers(t *testing.T) {
	all := []*spike.Baseline{talks(2, 4, 10), talks(4, 4, 10), talks(30, 10, 10), talks(50, 10, 10), talks(60, 10, 10)}
	p := spike.NewPeers(all)
	if p == nil || p.People < 29 || p.People > 31 {
		t.Fatalf("got %+v, want 30 people in the median", p)
	}
	small, large := p.Classes[3].Part[0], p.Classes[5].Part[0]
	if !(large > 0.09 && large < 0.12 && small > large && small < 0.2) {
		t.Errorf("parts that are negative: %.3f and %.3f, want a tenth of the large ones, and of the small ones more, but less than a quarter", small, large)
	}
	slices.Reverse(all)
	if diff := cmp.Diff(p, spike.NewPeers(all)); diff != "" {
		t.Errorf("the order matters:\n%s", diff)
	}
	text, err := json.Marshal(spike.State{Base: spike.Baseline{Peers: p}})
	var back spike.State
	if err != nil || json.Unmarshal(text, &back) != nil || cmp.Diff(p, back.Base.Peers) != "" {
		t.Errorf("%v: got %+v back", err, back.Base.Peers)
	}
	if p := spike.NewPeers([]*spike.Baseline{talks(30, 10, 10), talks(30, 10, 10), talks(30, 10, 6), {}}); p != nil {
		t.Errorf("got %+v of two, want none", p)
	}
}

// A monitor that is known for two weeks is measured by itself alone.
func TestPeersAreForgotten(t *testing.T) {
	p := spike.NewPeers([]*spike.Baseline{talks(30, 10, 10), talks(30, 10, 10), talks(30, 10, 10)})
	cells := quiet(begin, begin+16*day)
	s := spike.State{At: begin - 1, Base: spike.Baseline{Peers: p}}
	for _, tt := range []struct {
		days int64
		kept bool
	}{{13, true}, {15, false}} {
		s, _ = spike.Step(s, spike.Input{Now: spike.Time(begin + tt.days*day), Cells: cells})
		if (s.Base.Peers != nil) != tt.kept {
			t.Errorf("after %d days: peers %v", tt.days, s.Base.Peers)
		}
	}
}
