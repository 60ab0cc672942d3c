package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the machine may know no time zones

	"github.com/groundswell/groundswell/internal/config"
)

// Hours are a part of the week: stretches of local time that come again on some days.
type Hours []stretch

type stretch struct {
	days        [7]bool       // by time.Weekday: those on which it begins
	from, until time.Duration // since midnight, by the clock on the wall; until may be on the next day
	zone        *time.Location
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// readHours checks hours and joins those of one name.
func readHours(list []config.Hours, zone *time.Location) (map[string]Hours, error) {
	named := make(map[string]Hours)
	for i, h := range list {
		s, err := readStretch(&h, zone)
		if err != nil {
			return nil, fmt.Errorf("alerts.hours[%d].%w", i, err)
		}
		named[h.Name] = append(named[h.Name], s)
	}
	return named, nil
}

func readStretch(h *config.Hours, zone *time.Location) (s stretch, err error) {
	if h.Name == "" {
		return s, fmt.Errorf("name: want one, by which routes call the hours")
	}
	if s.zone, err = readZone(h.TimeZone, zone); err != nil {
		return s, err
	}
	if s.from, err = readClock(h.From); err != nil {
		return s, fmt.Errorf("from: %w", err)
	}
	if s.until, err = readClock(h.Until); err != nil {
		return s, fmt.Errorf("until: %w", err)
	}
	if s.until <= s.from {
		s.until += 24 * time.Hour
	}
	if len(h.Days) == 0 {
		h.Days = []string{"sun-sat"}
	}
	for _, word := range h.Days {
		first, last, found := strings.Cut(strings.ToLower(word), "-")
		if !found {
			last = first
		}
		from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if from < 0 || to < 0 {
			return s, fmt.Errorf("days: %q: want mon, tue, wed, thu, fri, sat, sun, or from one to another, such as mon-fri", word)
		}
		for d := from; ; d = (d + 1) % 7 {
			s.days[d] = true
			if d == to {
				break
			}
		}
	}
	return s, nil
}

// readZone is the zone of a name; the other where there is none.
func readZone(name string, other *time.Location) (*time.Location, error) {
	if name == "" {
		return other, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("time_zone: %q is not known: want a name such as Europe/Berlin", name)
	}
	return zone, nil
}

func readClock(text string) (time.Duration, error) {
	if text == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q: want a time such as 08:00", text)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// wall is the moment when a clock on the wall shows a time of a day. A time that the clock leaves
// out when it is put forward is taken for one an hour away, as package time has it.
func wall(day time.Time, clock time.Duration) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, int(clock/time.Minute), 0, 0, day.Location())
}

// end is when the stretch ends that a time is in.
func (s *stretch) end(t time.Time) (time.Time, bool) {
	local := t.In(s.zone)
	for back := range 2 { // it may have begun yesterday
		day := time.Date(local.Year(), local.Month(), local.Day()-back, 0, 0, 0, 0, s.zone)
		if !s.days[day.Weekday()] {
			continue
		}
		if from, until := wall(day, s.from), wall(day, s.until); !t.Before(from) && t.Before(until) {
			return until, true
		}
	}
	return time.Time{}, false
}

// Contain says whether a time is within the hours.
func (h Hours) Contain(t time.Time) bool {
	return slices.ContainsFunc(h, func(s stretch) bool { _, in := s.end(t); return in })
}

// End is when the hours that contain a time are over: where one stretch ends in another, when that
// one does. Hours without end are taken to end in a week.
func (h Hours) End(t time.Time) time.Time {
	limit := t.Add(7 * 24 * time.Hour)
	for t.Before(limit) {
		latest := t
		for i := range h {
			if end, in := h[i].end(t); in && end.After(latest) {
				latest = end
			}
		}
		if latest.Equal(t) {
			return t
		}
		t = latest
	}
	return limit
}
