package backtest_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/groundswell/groundswell/internal/simulate"
)

func TestReadRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"ErrEmpty":     {"", "the file is empty: want a header, timestamp,value"},
		"ErrNoRow":     {"timestamp,value\n", "there is no row after the header"},
		"ErrColumns":   {"time,count\n1,2\n", `line 1: the header is "time,count": want the columns timestamp,value`},
		"ErrTimestamp": {"timestamp,value\nyesterday,2\n", `line 2: timestamp "yesterday": want one like`},
		"ErrUnsorted":  {"timestamp,value\n2026-01-01 00:05:00,2\n2026-01-01 00:00:00,2\n", "line 3: 2026-01-01 00:00:00 comes after 2026-01-01 00:05:00: sort"},
		"ErrTwice":     {"timestamp,value\n2026-01-01 00:05:00,2\n2026-01-01 00:05:00,2\n", "line 3: 2026-01-01 00:05:00 is there twice"},
		"ErrNegative":  {"timestamp,value\n2026-01-01 00:05:00,-2\n", `line 2: value "-2": want a number from 0`},
		"ErrInfinite":  {"timestamp,value\n2026-01-01 00:05:00,inf\n", `line 2: value "inf"`},
		"ErrWord":      {"timestamp,value\n2026-01-01 00:05:00,many\n", `line 2: value "many"`},
		"ErrShort":     {"timestamp,value\n2026-01-01 00:05:00\n", "wrong number of fields"},
		"ErrClock":     {"timestamp,value\n2026-01-01 00:00:00,1\n2036-01-01 00:00:00,1\n", "line 3: 2036-01-01 00:00:00 is more than 400 days after"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := backtest.Read(strings.NewReader(tt.text), "x.csv", backtest.SeriesColumns)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.csv") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestReadAccepts(t *testing.T) {
	text := "\ufeff\"Value\", other ,timestamp\n3,x,2026-01-01T00:00:00Z\n,y,2026-01-01T00:05:00+00:00\nNaN,z,2026-01-01 00:10:00\n1.6,z,1767226500\n"
	table, err := backtest.Read(strings.NewReader(text), "x.csv", backtest.SeriesColumns)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 4 || table.Width != 5*time.Minute || !math.IsNaN(table.Rows[1].Number[0]) || !math.IsNaN(table.Rows[2].Number[0]) {
		t.Errorf("got %+v", table)
	}
	if got := table.Rows[3].At.Format(time.RFC3339); got != "2026-01-01T00:15:00Z" {
		t.Errorf("the seconds since 1970 are %s", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("timestamp,posts,negative,negative_authors\n2026-01-01 00:00:00,3,1,1\n2026-01-01 01:00:00,900,800,700\n")
	f.Add("timestamp,posts,negative,negative_authors,networks\n2026-01-01 00:00:00,3,1,1,x|y\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := backtest.Read(strings.NewReader(text), "x.csv", backtest.StormColumns)
		if err != nil {
			return
		}
		last := time.Time{}
		for _, r := range table.Rows {
			if r.At.Before(last) {
				t.Fatalf("%v after %v", r.At, last)
			}
			last = r.At
		}
	})
}

func TestReadStorms(t *testing.T) {
	header := "timestamp,posts,negative,negative_authors,top_author_share,near_duplicate_share\n"
	for name, tt := range map[string]struct{ text, want string }{
		"OKShares":     {header + "2026-01-01 00:00:00,3,1,1,1,0\n", ""},
		"ErrPerCent":   {header + "2026-01-01 00:00:00,3,1,1,,0.5\n2026-01-01 01:00:00,3,1,1,4,0.5\n", `line 3: top_author_share "4": want a part of the bin's posts, from 0 to 1: divide per cent by 100`},
		"ErrDuplicate": {header + "2026-01-01 00:00:00,3,1,1,1,1.5\n", `line 2: near_duplicate_share "1.5"`},
		"OKHours":      {header + "2026-01-01 00:00:00,3,1,1,,\n2026-01-01 01:00:00,3,1,1,,\n", ""},
		"ErrDays":      {header + "2026-01-01,3,1,1,,\n2026-01-02,3,1,1,,\n", "the rows are 24 h apart: want bins of 1 h at most"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := backtest.Read(strings.NewReader(tt.text), "x.csv", backtest.StormColumns)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-04 00:00:00+0200":  "2026-05-03T22:00:00Z",
		"2026-05-04T00:00:00-0530":  "2026-05-04T05:30:00Z",
		"2026-05-04 00:00:00+02:00": "2026-05-03T22:00:00Z",
		"1777852800":                "2026-05-04T00:00:00Z",
		"1777852800000":             "2026-05-04T00:00:00Z",
		"1777852800000000":          "0001-01-01T00:00:00Z", // refused
	} {
		if got, err := backtest.ParseTime(text); got.Format(time.RFC3339) != want || (err != nil) != got.IsZero() {
			t.Errorf("%s is %v, %v: want %s", text, got, err, want)
		}
	}
}

// spiky is a month of 20 mentions in five minutes, with a spike of ten times as many on its 20th day.
func spiky(t *testing.T, drop func(i int) bool) *backtest.Table {
	t.Helper()
	w := simulate.New(simulate.Style{Daily: 0.3, Weekend: 1, MoodHours: 8, Mood: 0.1, Negative: [2]float64{0.2, 0.2}}, 240, 30, 1).Run()
	counts := map[int64]int{}
	for _, p := range w.Posts {
		counts[(p.Minute-simulate.Start)/5]++
	}
	text := "timestamp,value\n"
	for i := range 30 * 288 {
		n := counts[int64(i)]
		if i >= 20*288+100 && i < 20*288+106 {
			n *= 10
		}
		if drop == nil || !drop(i) {
			text += fmt.Sprintf("%s,%d\n", spike.Time(simulate.Start+int64(i)*5).Format(time.DateTime), n)
		}
	}
	table, err := backtest.Read(strings.NewReader(text), "spiky.csv", backtest.SeriesColumns)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestSpikes(t *testing.T) {
	table := spiky(t, nil)
	inSpike, others := 0, 0
	for i, m := range backtest.Spikes(table) {
		if m.Alarm != (m.Score >= 0.5) || m.Score < 0 || m.Score > 1 {
			t.Fatalf("row %d: score %g, alarm %v", i, m.Score, m.Alarm)
		}
		if m.Alarm && i >= 20*288+100 && i < 20*288+106 {
			inSpike++
		} else if m.Alarm {
			others++
		}
	}
	if inSpike != 1 || others > 3 {
		t.Errorf("%d alarms in the spike, want 1; %d elsewhere, want few", inSpike, others)
	}
}

// Neither an outage nor its end is a spike.
func TestOutageIsNoSpike(t *testing.T) {
	table := spiky(t, func(i int) bool { return i >= 10*288 && i < 13*288 || i >= 20*288+100 && i < 20*288+106 })
	for i, m := range backtest.Spikes(table) {
		if at := table.Rows[i].At; m.Alarm && at.After(spike.Time(simulate.Start+10*1440)) && at.Before(spike.Time(simulate.Start+13*1440+3*60)) {
			t.Errorf("an alarm at %v", at)
		}
	}
}

func stormTable(t *testing.T, w *simulate.World, minutes int64, rows int) *backtest.Table {
	t.Helper()
	var text bytes.Buffer
	if err := w.WriteTable(&text, minutes, true); err != nil {
		t.Fatal(err)
	}
	if rows > 0 {
		lines := strings.SplitAfter(text.String(), "\n")
		text.Reset()
		text.WriteString(strings.Join(lines[:rows+1], ""))
	}
	table, err := backtest.Read(&text, "storms.csv", backtest.StormColumns)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// A file cut short gives the same incidents up to the cut.
func TestStormsAreJudgedInOrder(t *testing.T) {
	for _, minutes := range []int64{5, 15, 60} {
		w := simulate.New(simulate.Styles[1], 20, 24, 3)
		w.EventEvery(simulate.Storm, 8, 4)
		w.EventEvery(simulate.Flood, 10, 4)
		w.Run()
		whole := backtest.Storms(stormTable(t, w, minutes, 0))
		if len(whole) < 4 {
			t.Fatalf("bins of %d min: only %d incidents", minutes, len(whole))
		}
		for _, incident := range whole {
			rows := int((spike.Minute(incident.OpenedAt)-simulate.Start)/minutes) + 1
			for _, cut := range []int{rows - 1, rows, rows + 7} {
				got := backtest.Storms(stormTable(t, w, minutes, cut))
				if diff := cmp.Diff(opened(whole, cut, minutes), opened(got, cut, minutes)); diff != "" {
					t.Errorf("bins of %d min, %d rows (-whole +cut):\n%s", minutes, cut, diff)
				}
			}
		}
	}
}

// opened is what is said of the incidents when they open, up to a row.
func opened(all []backtest.Incident, rows int, minutes int64) []string {
	var out []string
	for _, i := range all {
		if spike.Minute(i.OpenedAt) < simulate.Start+int64(rows)*minutes {
			out = append(out, fmt.Sprint(i.Kind, " ", i.OpenedAt, " ", i.Reasons))
		}
	}
	return out
}

func TestWeigh(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rows := make([]backtest.Row, 1000)
	for i := range rows {
		rows[i].At = begin.Add(time.Duration(i) * time.Minute)
	}
	windows := []backtest.Window{{rows[300].At, rows[399].At}, {rows[600].At, rows[699].At}}
	for name, tt := range map[string]struct {
		alarms []int
		want   [3]float64 // by profile
	}{
		"OKNone":                 {nil, [3]float64{0, 0, 0}},
		"OKPerfect":              {[]int{300, 600}, [3]float64{100, 100, 100}},
		"OKProbation":            {[]int{149, 300, 600}, [3]float64{100, 100, 100}},
		"OKLaterOnesCostNothing": {[]int{300, 301, 399, 600}, [3]float64{100, 100, 100}},
		"OKFalse":                {[]int{150, 300, 600}, [3]float64{100 - 100*0.11/4, 100 - 100*0.22/4, 100 - 100*0.11/6}},
		"OKOneMissed":            {[]int{300}, [3]float64{50, 50, 50}},
		// 2/(1+e^−2.5)−1 = 0.8483 of 0.98661, in the middle
		"OKMiddle": {[]int{350, 600}, [3]float64{50 + 50*(1+0.859815)/2, 50 + 50*(1+0.859815)/2, 100.0 * (4 + 1.859815) / 6}},
		// far behind a window it costs all of its weight
		"OKFarBehind": {[]int{300, 600, 999}, [3]float64{100 - 100*0.11/4, 100 - 100*0.22/4, 100 - 100*0.11/6}},
	} {
		t.Run(name, func(t *testing.T) {
			alarms := make([]bool, len(rows))
			for _, i := range tt.alarms {
				alarms[i] = true
			}
			tally := backtest.Weigh(rows, alarms, windows)
			for i, p := range backtest.Profiles {
				if got := tally.Score(p); math.Abs(got-tt.want[i]) > 0.01 {
					t.Errorf("%s: got %.3f, want %.3f", p.Name, got, tt.want[i])
				}
			}
		})
	}
}
