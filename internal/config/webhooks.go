package config

import (
	"fmt"
	"net/netip"
	"time"
)

// Webhooks says how long webhooks that do not answer are put up with, and where they may be.
type Webhooks struct {
	GiveUp     time.Duration `yaml:"give_up"`
	PauseAfter time.Duration `yaml:"pause_after"`
	Private    []string      `yaml:"private"` // networks that are not public and may be told
}

// Networks are those that are not public and may be told.
func (w *Webhooks) Networks() ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(w.Private))
	for i, text := range w.Private {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("webhooks.private: %q: want a network such as 10.20.0.0/16 or fd00::/8", text)
		}
		networks[i] = p.Masked()
	}
	return networks, nil
}

func (w *Webhooks) validate(fail func(format string, args ...any)) {
	if w.GiveUp < time.Hour || w.GiveUp > 14*24*time.Hour {
		fail("webhooks.give_up %s: want 1h to 336h", w.GiveUp)
	}
	if w.PauseAfter < time.Minute || w.PauseAfter > w.GiveUp {
		fail("webhooks.pause_after %s: want 1m to webhooks.give_up (%s)", w.PauseAfter, w.GiveUp)
	}
	if _, err := w.Networks(); err != nil {
		fail("%s", err)
	}
}
