package crm

import (
	"slices"
	"strings"
	"time"
)

// NoticeSettings are how somebody is told: everything stands on the page of notices, and what they
// choose goes to their address as well.
type NoticeSettings struct {
	Version  int64             `json:"version"`
	Delivery map[string]string `json:"delivery"`  // by kind: page, at_once, daily; a kind that is not named: page
	Hour     int               `json:"hour"`      // of the day, at which the daily message goes out
	TimeZone string            `json:"time_zone"` // that the hour is meant in, such as Europe/Berlin
}

// How a notice is told.
const (
	NoticePage   = "page"    // it stands on the page, and nowhere else
	NoticeAtOnce = "at_once" // it is sent
	NoticeDaily  = "daily"   // it is sent with the others of a day
)

var noticeWays = []string{NoticePage, NoticeAtOnce, NoticeDaily}

// AllNoticeKinds are the kinds of everything that people are told.
var AllNoticeKinds = slices.Concat(NoticeKinds, []string{NoticeLead, NoticeWebhook})

// defaultNoticeSettings are those of who has chosen nothing.
func defaultNoticeSettings() NoticeSettings {
	return NoticeSettings{Delivery: map[string]string{}, Hour: 8, TimeZone: "UTC"}
}

func (s *NoticeSettings) check() error {
	for kind, way := range s.Delivery {
		switch {
		case !slices.Contains(AllNoticeKinds, kind):
			return invalid("delivery", "%q is no kind of notice: want %s", kind, strings.Join(AllNoticeKinds, ", "))
		case !slices.Contains(noticeWays, way):
			return invalid("delivery."+kind, "%q: want one of %s", way, strings.Join(noticeWays, ", "))
		}
	}
	if s.Hour < 0 || s.Hour > 23 {
		return invalid("hour", "is %d: want 0 to 23", s.Hour)
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		return invalid("time_zone", "there is no time zone %q: want a name such as Europe/Berlin or UTC", s.TimeZone)
	}
	return nil
}

// Zone is the time zone; UTC on a machine that does not know it.
func (s *NoticeSettings) Zone() *time.Location {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// SendAt is when a notice of a kind that is made at a time goes out; the zero time when it does not.
func (s *NoticeSettings) SendAt(kind string, made time.Time) time.Time {
	switch s.Delivery[kind] {
	case NoticeAtOnce:
		return made
	case NoticeDaily:
		zone := s.Zone()
		local := made.In(zone)
		at := time.Date(local.Year(), local.Month(), local.Day(), s.Hour, 0, 0, 0, zone)
		if !at.After(made) {
			at = time.Date(local.Year(), local.Month(), local.Day()+1, s.Hour, 0, 0, 0, zone)
		}
		return at
	}
	return time.Time{}
}
