package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

const readyTimeout = 5 * time.Second

// health is what a supervisor asks for.
type health struct {
	Status  string `json:"status"` // ok or unavailable
	Version string `json:"version"`
	Reason  string `json:"reason,omitempty"`
}

// healthz says that the process lives.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, health{Status: "ok", Version: s.version()})
}

// readyz says whether the process can work, and if not, why.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	ready := s.Ready
	if ready == nil {
		ready = s.DB.Ping
	}
	if err := ready(ctx); err != nil {
		writeHealth(w, http.StatusServiceUnavailable, health{Status: "unavailable", Version: s.version(), Reason: err.Error()})
		return
	}
	writeHealth(w, http.StatusOK, health{Status: "ok", Version: s.version()})
}

func writeHealth(w http.ResponseWriter, code int, h health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(h) // the client may be gone
}
