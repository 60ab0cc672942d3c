package alerts_test

import (
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// A monitor that was made this morning is measured by its peers, also after a restart: a storm is
// seen that would be too small for one of which nothing is known.
func TestNewMonitorAmongPeers(t *testing.T) {
	for name, tt := range map[string]struct {
		others []string
		first  bool // it is watched from the same minute as the others, when none is known yet
		want   int
	}{"OKAmongPeers": {[]string{"A", "B", "C"}, false, 1}, "OKBegunTogether": {[]string{"A", "B", "C"}, true, 1}, "OKAlone": {nil, false, 0}} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				talk := newTalk(tt.others...)
				for _, other := range tt.others {
					talk.ordinary("id-" + other)
				}
				if tt.first {
					talk.monitors[acme] = "ACME"
				}
				s := newScene(db, talk)
				w := s.watch("a", "crm")
				s.until(t, w, time.Hour, time.Hour)
				talk.monitors[acme] = "ACME"
				talk.say(acme, start.Add(time.Hour), 24*60, 20./60, 0, "")
				talk.say(acme, start.Add(time.Hour), 24*60, 2./60, -1, "")
				talk.say(acme, start.Add(12*time.Hour), 60, 22./60, -1, "")
				s.until(t, w, 6*time.Hour, time.Minute)
				s.until(t, s.watch("a", "crm"), 14*time.Hour, time.Minute)
				peers, err := alerts.PeersOf(t.Context(), db, acme)
				if err != nil || (peers != nil) != (tt.want > 0) {
					t.Errorf("peers %v, %v", peers, err)
				}
				found := incidents(t, db, alerts.Filter{})
				if len(found) != tt.want || tt.want > 0 && (found[0].Kind != spike.Firestorm || found[0].MonitorID != acme) {
					t.Errorf("%d incidents, want %d: %+v", len(found), tt.want, found)
				}
			})
		})
	}
}
