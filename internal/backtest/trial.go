package backtest

import (
	"bytes"
	"fmt"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/simulate"
)

// A Trial is a number of simulated brands with events of one class, an event every six days after
// two weeks.
type Trial struct {
	Styles  []simulate.Style
	Rate    float64 // ordinary posts an hour
	Kind    simulate.Kind
	Brands  int   // of each style
	Days    int   // with the first two weeks
	Minutes int64 // width of a bin; 0: the cells of a daemon
	Full    bool  // with the optional columns
	Seed    uint64
}

// A Detector finds the incidents of a table.
type Detector func(t *Table) []Incident

// Run judges the trial's brands. Worlds are the same for every detector.
func (t Trial) Run(detectors map[string]Detector) (map[string]Outcome, error) {
	all := make(map[string]Outcome, len(detectors))
	for s, style := range t.Styles {
		for brand := range t.Brands {
			w := simulate.New(style, t.Rate, t.Days, t.Seed+uint64(brand*100+s))
			if t.Kind != "" {
				w.EventEvery(t.Kind, 14, 6)
			}
			w.Run()
			for name, detect := range detectors {
				incidents, width, err := t.find(w, detect)
				if err != nil {
					return nil, fmt.Errorf("judge brand %d of style %s: %w", brand, style.Name, err)
				}
				sum := all[name]
				sum.Add(Judge(w, incidents, width))
				all[name] = sum
			}
		}
	}
	return all, nil
}

func (t Trial) find(w *simulate.World, detect Detector) ([]Incident, int64, error) {
	if t.Minutes == 0 {
		return WatchCells(w.Cells(), simulate.Start, w.Until), 1, nil
	}
	var text bytes.Buffer
	if err := w.WriteTable(&text, t.Minutes, t.Full); err != nil {
		return nil, 0, err
	}
	table, err := Read(&text, "simulation", StormColumns)
	if err != nil {
		return nil, 0, err
	}
	return detect(table), t.Minutes, nil
}

// AsFirestorms makes a rule that knows no kinds comparable: each of its alarms is called a
// firestorm, as who uses it does.
func AsFirestorms(rule func(*Table) []bool) Detector {
	return func(t *Table) []Incident {
		var all []Incident
		for i, alarm := range WithPause(t, rule(t)) {
			if alarm {
				all = append(all, Incident{Kind: spike.Firestorm, OpenedAt: t.Rows[i].At})
			}
		}
		return all
	}
}
