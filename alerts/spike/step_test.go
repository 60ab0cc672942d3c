package spike_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/alerts/spike"
)

// begin is the minute at which the tables' stories begin: a month of quiet lies behind it.
const begin = int64(29_000_160)

// quiet is ordinary talk: one post every twenty minutes, each fifth negative, by ten accounts.
func quiet(from, until int64) []spike.Cell {
	var cells []spike.Cell
	rng := rand.New(rand.NewPCG(1, 1))
	for m := from; m < until; m++ {
		if rng.IntN(20) != 0 {
			continue
		}
		c := spike.Cell{Minute: m, Posts: 1, Authors: 1}
		switch rng.IntN(5) {
		case 0:
			c.Negative, c.NegativeAuthors = 1, 1
		case 1:
			c.Positive, c.PositiveAuthors = 1, 1
		default:
			c.Neutral = 1
		}
		cells = append(cells, c)
	}
	return cells
}

// with adds what each does to a minute, from `from` for so many minutes.
func with(cells []spike.Cell, from, minutes int64, each spike.Cell) []spike.Cell {
	cells = slices.Clone(cells)
	for m := from; m < from+minutes; m++ {
		c := each
		c.Minute = m
		i, found := slices.BinarySearchFunc(cells, m, func(c spike.Cell, m int64) int { return int(c.Minute - m) })
		if !found {
			cells = slices.Insert(cells, i, c)
			continue
		}
		o := &cells[i]
		o.Posts, o.Authors = o.Posts+c.Posts, o.Authors+c.Authors
		o.Negative, o.NegativeAuthors = o.Negative+c.Negative, o.NegativeAuthors+c.NegativeAuthors
		o.Positive, o.PositiveAuthors = o.Positive+c.Positive, o.PositiveAuthors+c.PositiveAuthors
		o.Neutral += c.Neutral
	}
	return cells
}

var (
	angry   = spike.Cell{Posts: 2, Authors: 2, Negative: 2, NegativeAuthors: 2}
	fan     = spike.Cell{Posts: 2, Authors: 2, Positive: 2, PositiveAuthors: 2}
	neutral = spike.Cell{Posts: 4, Authors: 4, Neutral: 4}
	bots    = spike.Cell{Posts: 10, Authors: 1, Negative: 10, NegativeAuthors: 1}
)

// watch steps through the minutes [begin, until), a step every so many minutes.
func watch(t *testing.T, cells []spike.Cell, until, every int64, look func(spike.Kind, int64, int64) (spike.Evidence, bool)) []spike.Change {
	t.Helper()
	from := begin - 30*day
	s := spike.State{At: begin - 1, Base: spike.Learn(cells, from, begin-60, nil)}
	var changes []spike.Change
	for now := begin; now <= until; now += every {
		first, _ := slices.BinarySearchFunc(cells, s.From(), func(c spike.Cell, m int64) int { return int(c.Minute - m) })
		last, _ := slices.BinarySearchFunc(cells, now, func(c spike.Cell, m int64) int { return int(c.Minute - m) })
		var news []spike.Change
		s, news = spike.Step(s, spike.Input{Now: spike.Time(now), Cells: cells[first:last], Look: look})
		changes = append(changes, news...)
	}
	return changes
}

// lines writes each change as "kind phase".
func lines(changes []spike.Change) []string {
	var out []string
	for _, c := range changes {
		out = append(out, string(c.Kind)+" "+string(c.Phase))
	}
	return out
}

func found(ev spike.Evidence) func(spike.Kind, int64, int64) (spike.Evidence, bool) {
	return func(spike.Kind, int64, int64) (spike.Evidence, bool) { return ev, true }
}

func TestStep(t *testing.T) {
	calm := quiet(begin-30*day, begin+3*day)
	for name, tt := range map[string]struct {
		cells []spike.Cell
		look  func(spike.Kind, int64, int64) (spike.Evidence, bool)
		want  []string
	}{
		"OKQuiet": {cells: calm},
		"OKFirestorm": {
			cells: with(calm, begin+100, 90, angry),
			want: []string{"firestorm open", "firestorm escalating", "firestorm escalating", "firestorm escalating", "firestorm escalating",
				"firestorm subsiding", "firestorm resolved"},
		},
		"OKPraise": {
			cells: with(calm, begin+100, 10, fan),
			want:  []string{"praise open", "praise escalating", "praise subsiding", "praise resolved"},
		},
		"OKVolume": {
			cells: with(calm, begin+100, 12, neutral),
			want:  []string{"volume open", "volume escalating", "volume subsiding", "volume resolved"},
		},
		"OKFewAccounts": {
			cells: with(calm, begin+100, 20, bots),
			want: []string{"coordinated open", "coordinated escalating", "coordinated escalating", "coordinated escalating",
				"coordinated subsiding", "coordinated resolved"},
		},
		"OKOneTextManyAccounts": {
			cells: with(calm, begin+100, 12, angry),
			look:  found(spike.Evidence{Mentions: 20, NegativeAuthors: 2, NearDuplicateShare: 0.9, TopAuthorShare: 0.05}),
			want:  []string{"coordinated open", "coordinated subsiding", "coordinated resolved"},
		},
		"OKSharesAreNoFlood": {
			cells: with(calm, begin+100, 12, angry),
			look:  found(spike.Evidence{Mentions: 24, NegativeAuthors: 24}),
			want:  []string{"firestorm open", "firestorm escalating", "firestorm subsiding", "firestorm resolved"},
		},
		"OKReopened": {
			cells: with(with(calm, begin+100, 8, angry), begin+500, 8, angry),
			want: []string{"firestorm open", "firestorm escalating", "firestorm subsiding", "firestorm resolved",
				"firestorm open", "firestorm escalating", "firestorm subsiding", "firestorm resolved"},
		},
		"OKStormDuringFlood": {
			cells: with(with(calm, begin+100, 20, bots), begin+110, 30, angry),
			look: func(_ spike.Kind, from, until int64) (spike.Evidence, bool) {
				genuine := int(2 * max(0, until-max(from, begin+110)))
				return spike.Evidence{Mentions: 100, NegativeAuthors: 1 + genuine, NearDuplicateShare: 0.7, TopAuthorShare: 0.1}, true
			},
			want: nil, // checked below: a flood first, a firestorm of its own
		},
	} {
		t.Run(name, func(t *testing.T) {
			changes := watch(t, tt.cells, begin+1*day, 1, tt.look)
			if name == "OKStormDuringFlood" {
				got := lines(changes)
				if !slices.Contains(got, "coordinated open") || !slices.Contains(got, "firestorm open") {
					t.Fatalf("got %v, want a flood and a firestorm", got)
				}
				return
			}
			if diff := cmp.Diff(tt.want, lines(changes)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
				for _, c := range changes {
					t.Logf("%d %s %s severity %d: %v", c.At-begin, c.Kind, c.Phase, c.Severity, c.Reasons)
				}
			}
		})
	}
}

// The same cells give the same incidents, however often one looks and whatever is restarted.
func TestStepIsDeterministic(t *testing.T) {
	cells := with(quiet(begin-30*day, begin+3*day), begin+100, 90, angry)
	want := watch(t, cells, begin+day, 1, nil)
	if len(want) == 0 {
		t.Fatal("the storm was not seen")
	}
	for _, every := range []int64{2, 10, 60, day} {
		if diff := cmp.Diff(want, watch(t, cells, begin+day, every, nil)); diff != "" {
			t.Errorf("a step every %d minutes (-want +got):\n%s", every, diff)
		}
	}
	t.Run("RestartEachMinute", func(t *testing.T) {
		s := spike.State{At: begin - 1, Base: spike.Learn(cells, begin-30*day, begin-60, nil)}
		var got []spike.Change
		for now := begin; now <= begin+day; now++ {
			saved, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			s = spike.State{}
			if err := json.Unmarshal(saved, &s); err != nil {
				t.Fatal(err)
			}
			var news []spike.Change
			s, news = spike.Step(s, spike.Input{Now: spike.Time(now), Cells: cells})
			got = append(got, news...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestStepLeavesItsStateAlone(t *testing.T) {
	cells := with(quiet(begin-30*day, begin+day), begin+100, 90, angry)
	s := spike.State{At: begin - 1, Base: spike.Learn(cells, begin-30*day, begin-60, nil)}
	s, _ = spike.Step(s, spike.Input{Now: spike.Time(begin + 120), Cells: cells})
	before, _ := json.Marshal(s)
	spike.Step(s, spike.Input{Now: spike.Time(begin + 400), Cells: cells})
	if after, _ := json.Marshal(s); string(before) != string(after) {
		t.Error("Step changed the state it was given")
	}
}

func TestReasons(t *testing.T) {
	cells := with(quiet(begin-30*day, begin+day), begin+100, 30, angry)
	ev := spike.Evidence{Mentions: 40, NegativeAuthors: 60, Networks: []string{"bluesky", "mastodon"}, Terms: []string{"#acmefail"}, Contacts: 1}
	changes := watch(t, cells, begin+200, 1, found(ev))
	if len(changes) < 2 {
		t.Fatalf("got %v", lines(changes))
	}
	got := strings.Join(reason.Texts(changes[0].Reasons, "en"), "\n")
	for _, want := range []string{"people wrote negatively in 15 min, usual 0.", "% of the increase is negative", "by chance this happens less than once in a ",
		"networks: bluesky, mastodon", "driven by: #acmefail", "one contact is among the authors"} {
		if !strings.Contains(got, want) {
			t.Errorf("reasons lack %q:\n%s", want, got)
		}
	}
}

func TestSeverityFollowsThePeople(t *testing.T) {
	calm := quiet(begin-30*day, begin+day)
	for name, tt := range map[string]struct {
		people   int64 // a minute, for an hour
		networks []string
		want     int
	}{
		"OKSmall":      {1, []string{"x"}, 4}, // 60 an hour
		"OKLarger":     {4, []string{"x"}, 5},
		"OKHuge":       {20, []string{"x"}, 6},
		"OKCrossMedia": {1, []string{"x", "bluesky", "mastodon"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			each := spike.Cell{Posts: tt.people, Authors: tt.people, Negative: tt.people, NegativeAuthors: tt.people}
			changes := watch(t, with(calm, begin+100, 60, each), begin+day, 1, found(spike.Evidence{Mentions: 9, NegativeAuthors: 1 << 20, Networks: tt.networks}))
			if got := changes[len(changes)-1].Severity; got != tt.want {
				t.Errorf("got severity %d, want %d", got, tt.want)
			}
			if first := changes[0].Severity; first < 2 || first > 3 {
				t.Errorf("it opened with severity %d, want 2 or 3", first)
			}
		})
	}
}

// A monitor without history needs a real crowd, most of it negative.
func TestColdStart(t *testing.T) {
	for name, tt := range map[string]struct {
		each spike.Cell
		want bool
	}{
		"OKStorm":     {spike.Cell{Posts: 4, Authors: 4, Negative: 4, NegativeAuthors: 4}, true},
		"OKBusyTopic": {spike.Cell{Posts: 20, Authors: 20, Negative: 6, NegativeAuthors: 6, Neutral: 14}, false},
		"OKFewVoices": {spike.Cell{Posts: 1, Authors: 1, Negative: 1, NegativeAuthors: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			minutes := int64(60)
			if name == "OKFewVoices" {
				minutes = 15
			}
			cells := with(nil, begin, minutes, tt.each)
			_, changes := spike.Step(spike.State{At: begin - 1}, spike.Input{Now: spike.Time(begin + 60), Cells: cells})
			got := slices.Contains(lines(changes), "firestorm open")
			if got != tt.want {
				t.Errorf("firestorm: got %v (%v), want %v", got, lines(changes), tt.want)
			}
		})
	}
}

// What was over before the detector came opens nothing.
func TestOpenFrom(t *testing.T) {
	cells := with(quiet(begin-30*day, begin+day), begin+100, 10, angry)
	s := spike.State{At: begin - 1, Base: spike.Learn(cells, begin-30*day, begin-60, nil)}
	s, changes := spike.Step(s, spike.Input{Now: spike.Time(begin + day), Cells: cells, OpenFrom: begin + day - 60})
	if len(changes) != 0 || s.Live() {
		t.Errorf("got %v", lines(changes))
	}
}

// A level that stays is told once.
func TestLevelShift(t *testing.T) {
	w := newWorld(5, 60)
	w.start = begin
	w.run(begin + 14*day)
	cells := append(quiet(begin-30*day, begin), w.cells...)
	opened := 0
	for _, c := range watch(t, cells, begin+14*day, 10, nil) {
		if c.Phase == spike.Open {
			opened++
		}
	}
	if opened == 0 || opened > 2 {
		t.Errorf("a shift to twenty times the level opened %d incidents, want 1 or 2", opened)
	}
}

// The end of an outage is no spike, and its silence neither teaches nor ends an incident.
func TestBlindMinutes(t *testing.T) {
	cells := quiet(begin-30*day, begin)
	blind := []spike.Span{{From: begin, Until: begin + 10*day}}
	seen := spike.Learn(cells, begin-30*day, begin+10*day, nil)
	unseen := spike.Learn(cells, begin-30*day, begin+10*day, blind)
	before := spike.Learn(cells, begin-30*day, begin, nil)
	if diff := cmp.Diff(before.Hour, unseen.Hour); diff != "" {
		t.Errorf("blindness taught something (-before +after):\n%s", diff)
	}
	if seen.Hour[0].Mean > before.Hour[0].Mean/4 {
		t.Errorf("silence taught nothing: mean %g, before %g", seen.Hour[0].Mean, before.Hour[0].Mean)
	}
	storm := with(quiet(begin-30*day, begin+day), begin+100, 30, angry)
	s := spike.State{At: begin - 1, Base: spike.Learn(storm, begin-30*day, begin-60, nil)}
	_, changes := spike.Step(s, spike.Input{Now: spike.Time(begin + day/2), Cells: storm, Blind: []spike.Span{{From: begin + 130, Until: begin + day}}})
	if last := changes[len(changes)-1].Phase; last != spike.Escalating {
		t.Errorf("an outage made the incident %s", last)
	}
}

// A clock that goes back changes nothing.
func TestClockGoesBack(t *testing.T) {
	s := spike.State{At: begin}
	got, changes := spike.Step(s, spike.Input{Now: spike.Time(begin - 1000)})
	if diff := cmp.Diff(s, got); diff != "" || changes != nil {
		t.Errorf("(-want +got):\n%s, changes %v", diff, changes)
	}
}

func BenchmarkStep(b *testing.B) {
	cells := quiet(begin-30*day, begin+120)
	s := spike.State{At: begin - 1, Base: spike.Learn(cells, begin-30*day, begin-60, nil)}
	s, _ = spike.Step(s, spike.Input{Now: spike.Time(begin + 100), Cells: cells})
	first, _ := slices.BinarySearchFunc(cells, s.From(), func(c spike.Cell, m int64) int { return int(c.Minute - m) })
	in := spike.Input{Now: spike.Time(begin + 101), Cells: cells[first:]}
	b.ReportAllocs()
	for b.Loop() {
		spike.Step(s, in)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "monitors/s")
}

// A brand so large that the evidence can hold a part of an hour only, and usually more people than
// that write negatively.
func TestEvidenceOfAPart(t *testing.T) {
	from := begin - 30*day
	var cells []spike.Cell
	for m := from; m < begin+60; m++ {
		cells = append(cells, spike.Cell{Minute: m, Posts: 250, Authors: 250, Negative: 50, NegativeAuthors: 50, Neutral: 200})
	}
	cells = with(cells, begin, 60, spike.Cell{Posts: 500, Authors: 500, Negative: 500, NegativeAuthors: 500})
	for name, tt := range map[string]struct {
		ev   spike.Evidence
		want string
	}{
		"OKCrowd":   {spike.Evidence{Mentions: 2000, NegativeAuthors: 1400}, "firestorm"},
		"OKOneText": {spike.Evidence{Mentions: 2000, NegativeAuthors: 20, NearDuplicateShare: 0.9}, "coordinated"},
	} {
		t.Run(name, func(t *testing.T) {
			changes := watch(t, cells, begin+60, 1, func(spike.Kind, int64, int64) (spike.Evidence, bool) { return tt.ev, true })
			if len(changes) == 0 || string(changes[0].Kind) != tt.want {
				t.Fatalf("got %+v, want a %s", changes, tt.want)
			}
		})
	}
}

// In hours of news a few minutes are negative by chance.
func TestNewsIsNoFirestorm(t *testing.T) {
	cells := with(quiet(begin-30*day, begin+day), begin+100, 600, spike.Cell{Posts: 1, Authors: 1, Neutral: 1})
	cells = with(cells, begin+500, 8, spike.Cell{Posts: 2, Authors: 2, Negative: 2, NegativeAuthors: 2})
	got := lines(watch(t, cells, begin+day, 1, nil))
	if slices.Contains(got, "firestorm open") || !slices.Contains(got, "volume open") {
		t.Errorf("got %v, want volume and no firestorm", got)
	}
}

// What is left of a storm for days is not what is usual: the next one is seen as early.
func TestFadingStormTeachesNothing(t *testing.T) {
	cells := with(quiet(begin-30*day, begin+7*day), begin+100, 120, angry)
	for hours := range int64(60) {
		left := max(1, 12-hours/5)
		for k := range left {
			cells = with(cells, begin+220+60*hours+k*60/left, 1, spike.Cell{Posts: 1, Authors: 1, Negative: 1, NegativeAuthors: 1})
		}
	}
	second := begin + 6*day
	cells = with(cells, second, 40, spike.Cell{Posts: 1, Authors: 1, Negative: 1, NegativeAuthors: 1})
	for _, c := range watch(t, cells, begin+7*day, 1, nil) {
		if c.Kind == spike.Firestorm && c.Phase == spike.Open && c.At >= second {
			if c.At > second+10 {
				t.Errorf("seen after %d minutes", c.At-second)
			}
			return
		}
	}
	t.Error("the second storm was not seen")
}
