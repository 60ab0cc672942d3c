package backtest

// A Report says how detectors did on a corpus.
type Report struct {
	Detectors []Result `json:"detectors"`
	Series    []Result `json:"series"` // by this detector
}

// A Result is a score with what it is made of. Scores are by profile.
type Result struct {
	Name    string             `json:"name"`
	Scores  map[string]float64 `json:"scores"`
	Windows int                `json:"windows"`
	Caught  int                `json:"caught"`
	False   int                `json:"false_alarms"`
}

func result(name string, t Tally) Result {
	r := Result{Name: name, Scores: make(map[string]float64, len(Profiles)), Windows: t.Windows, Caught: t.Caught, False: t.False}
	for _, p := range Profiles {
		r.Scores[p.Name] = t.Score(p)
	}
	return r
}

// Own is the name of this detector in a report.
const Own = "groundswell"

// Compare scores this detector and the rules of others on the same series.
func Compare(corpus []Series) Report {
	gaussian := func(t *Table) []bool { return WindowedGaussian(t, "value") }
	vendor := func(t *Table) []bool { return VendorRule(t, "value") }
	paused := func(rule func(*Table) []bool) func(*Table) []bool {
		return func(t *Table) []bool { return WithPause(t, rule(t)) }
	}
	var r Report
	for _, d := range []struct {
		name string
		rule func(*Table) []bool
	}{
		{Own, func(t *Table) []bool { return alarms(Spikes(t)) }},
		{"windowed Gaussian", gaussian},
		{"windowed Gaussian, one a day", paused(gaussian)},
		{"hour > 3 × seven-day mean", vendor},
		{"hour > 3 × seven-day mean, one a day", paused(vendor)},
	} {
		var sum Tally
		for i := range corpus {
			s := &corpus[i]
			t := Weigh(s.Table.Rows, d.rule(s.Table), s.Windows)
			sum.add(t)
			if d.name == Own {
				r.Series = append(r.Series, result(s.Name, t))
			}
		}
		r.Detectors = append(r.Detectors, result(d.name, sum))
	}
	return r
}

func alarms(marks []Mark) []bool {
	out := make([]bool, len(marks))
	for i := range marks {
		out[i] = marks[i].Alarm
	}
	return out
}
