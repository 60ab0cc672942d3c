package spike_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/spike"
)

// talkAt is a month of people by the hour.
func talkAt(people func(hour int64) int64) []spike.Cell {
	var cells []spike.Cell
	for h := range int64(30 * 24) {
		n := people(h)
		for q := range int64(4) {
			part := n*(q+1)/4 - n*q/4
			cells = append(cells, spike.Cell{Minute: begin - 30*day + h*60 + q*15, Posts: part, Authors: part, Neutral: part})
		}
	}
	return cells
}

// A rhythm is used only where it foretells.
func TestRhythm(t *testing.T) {
	for name, tt := range map[string]struct {
		people func(hour int64) int64
		gains  bool
	}{
		"OKFlat": {func(h int64) int64 { return 20 + h*7919%5 }, false},
		"OKDaily": {func(h int64) int64 {
			if h%24 < 8 {
				return 2
			}
			return 40 + h*7919%5
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			cells := talkAt(tt.people)
			r := spike.Learn(cells, begin-30*day, begin, nil).Rhythm
			if gains := r.Gain[1] > 20; gains != tt.gains {
				t.Errorf("hour of day foretells by %v", r.Gain)
			}
			text, err := r.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			var back spike.Rhythm
			if err := back.UnmarshalText(text); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r, back); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
		})
	}
}

func FuzzRhythm(f *testing.F) {
	f.Add([]byte(""))
	text, _ := spike.Learn(talkAt(func(h int64) int64 { return h % 24 }), begin-30*day, begin, nil).Rhythm.MarshalText()
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		var r spike.Rhythm
		if r.UnmarshalText(text) != nil {
			return
		}
		if _, err := r.MarshalText(); err != nil {
			t.Error(err)
		}
	})
}
