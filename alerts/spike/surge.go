package spike

import "math"

// The bar of a monitor is the surprise that the largest of a day exceeds about once in surgeEvery
// days. It follows the days one by one, as the threshold of adaptive conformal inference does
// (Gibbs and Candès, 2021): down by a little after a day below it, up by more after a day above.
const (
	surgeEvery = 10.0
	surgeStep  = 0.1     // of the bar's logarithm
	surgeJump  = 1.0     // how much of what the day had above the bar counts besides
	surgeMost  = 3.0     // steps that one day may lift it
	surgeFirst = 3.0     // the bar before anything is known
	surgeFloor = 3.5     // once in three thousand windows is worth no more than a look
	surgePause = day     // minutes after a surge in which there is no other …
	surgeAgain = 0.7     // … and by as much of its surprise another must come up to it …
	surgeEcho  = 2 * day // … for so long
)

// A Surge says how unusual the number of people is who talk about a monitor, whatever they think,
// and how unusual it has to be to stand out among the monitor's own days: some have a peak every
// day, some never.
type Surge struct {
	Bar  float64 `json:"bar"`            // natural logarithm; 0: nothing known yet
	Top  float64 `json:"top,omitempty"`  // the largest surprise of the day
	Day  int64   `json:"day,omitempty"`  // since 1970
	At   int64   `json:"at,omitempty"`   // the minute of the last surge
	High float64 `json:"high,omitempty"` // the largest surprise of the last surge
}

// height is the surprise that is asked for.
func (s *Surge) height() float64 {
	if s.Bar == 0 {
		return surgeFirst
	}
	return math.Exp(s.Bar)
}

// see takes in the surprise of one more minute and reports whether a surge begins with it.
func (s *Surge) see(minute int64, surprise float64) bool {
	if today := minute / day; today != s.Day {
		s.turn()
		s.Day, s.Top = today, 0
	}
	s.Top = max(s.Top, surprise)
	if s.At > 0 && minute < s.At+surgePause {
		s.High = max(s.High, surprise)
		return false
	}
	if surprise < s.height() || s.At > 0 && minute < s.At+surgeEcho && surprise < surgeAgain*s.High {
		return false
	}
	s.At, s.High = minute, surprise
	return true
}

// turn moves the bar by what the day was.
func (s *Surge) turn() {
	bar := math.Log(s.height())
	steps := -1 / surgeEvery
	if above := math.Log(max(s.Top, 0.1)) - bar; above > 0 && s.Day > 0 {
		steps += min(1+surgeJump*above, surgeMost)
	}
	s.Bar = max(bar+surgeStep*steps, math.Log(surgeFloor))
}

// A Judged minute is what the detector thought of the volume of one minute: the busier, by
// surprise, of the windows that end with it.
type Judged struct {
	Minute   int64
	Surprise float64
	Bar      float64 // the surprise that makes a surge
	Surge    bool    // one begins with this minute
	// Of the last hour: people who talked and who wrote negatively, and how many are usual.
	People, Negative           int64
	UsualPeople, UsualNegative float64
}

// mark judges the volume of a minute.
func (r *run) mark(minute int64) {
	b := &r.Base
	v, began := 0.0, false
	if !b.Cold() && !anyOverlaps(r.in.Blind, minute+1-hour, minute+1) {
		v = max(b.crowding(&r.short), b.crowding(&r.long))
		began = b.Surge.see(minute, v)
	}
	if r.in.Trace == nil {
		return
	}
	j := Judged{Minute: minute, Surprise: v, Bar: b.Surge.height(), Surge: began, People: r.long.Authors, Negative: r.long.NegativeAuthors}
	j.UsualPeople, _ = b.usual(allAuthors, &r.long)
	j.UsualNegative, _ = b.usual(negativeAuthors, &r.long)
	r.in.Trace(j)
}

// crowding is how surprising the number of people in a window is; 0 within one deviation of the
// mean, where it says nothing and would cost the most.
func (b *Baseline) crowding(w *window) float64 {
	mean, spread := b.level(allAuthors, w)
	if above := float64(w.Authors) - mean; above <= 0 || above*above < mean+spread*mean*mean {
		return 0
	}
	return Surprise(w.Authors, mean, spread)
}
