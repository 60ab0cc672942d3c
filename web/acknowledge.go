package web

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// pageStyle is how the pages look that people reach by a link, without the UI.
const pageStyle = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
main { max-width: 34rem; margin: 10vh auto; padding: 0 1rem }
button { font: inherit; font-weight: 600; padding: .7rem 1.4rem; border: 0; border-radius: .5rem; background: #1864ab; color: #fff; cursor: pointer }
button:focus-visible { outline: 3px solid #74c0fc; outline-offset: 2px }
`

// acknowledgePage is where the link in a notification leads. Looking at it changes nothing: mail
// servers and chats follow links to see what they are. A press of the button acknowledges.
var acknowledgePage = template.Must(template.New("acknowledge").Parse(`<!doctype html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{.Title}}</title>
<style>` + pageStyle + `</style></head><body><main>
<h1>{{.Title}}</h1>
{{with .Headline}}<p><b>{{.}}</b></p>
{{end}}{{range .Reasons}}<p>{{.}}</p>
{{end}}<p>{{.Text}}</p>
{{with .Button}}<form method="post"><button type="submit">{{.}}</button></form>{{end}}
</main></body></html>
`))

type acknowledgeData struct {
	Language, Title, Headline, Text, Button string
	Reasons                                 []string
}

// acknowledgeWords are the words of the page.
var acknowledgeWords = map[string]struct {
	title, ask, button, done, doneText, taken, over, bad, badText, wait string
}{
	"en": {"Take care of it?", "The others are told no more that nobody does.", "Acknowledge", "Thank you", "The incident is acknowledged: %s.",
		"It is acknowledged already: %s.", "The incident is over.", "This link is not valid", "It has expired, or the incident has begun anew. Open Groundswell to see what is going on.",
		"Too many attempts. Try again in a minute."},
	"de": {"Darum kümmern?", "Die anderen werden nicht mehr daran erinnert.", "Übernehmen", "Danke", "Der Vorfall ist übernommen: %s.",
		"Er ist schon übernommen: %s.", "Der Vorfall ist vorbei.", "Dieser Link gilt nicht mehr", "Er ist abgelaufen, oder der Vorfall hat von Neuem begonnen. Groundswell zeigt, was los ist.",
		"Zu viele Versuche. In einer Minute geht es weiter."},
}

func (s *Server) acknowledgeRoutes() {
	if s.Routing == nil || s.Links == nil {
		return
	}
	s.serve("GET /ack/{token}", s.askToAcknowledge)
	s.serve("POST /ack/{token}", s.acknowledgeByLink)
}

// pass reads the link, and slows down who guesses.
func (s *Server) pass(w http.ResponseWriter, r *http.Request) (pass alerts.Pass, ok bool) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin") // no-referrer would make the form's origin unknown
	address := requestFrom(r.Context()).address
	if wait := s.linkThrottle.begin(r.Context(), address, address); wait > 0 {
		words := acknowledgeWords[language(r)]
		s.showAcknowledge(w, r, http.StatusTooManyRequests, acknowledgeData{Title: words.bad, Text: words.wait})
		return pass, false
	}
	pass, err := s.Links.Open(r.PathValue("token"), s.Clock())
	if err != nil {
		s.refuseLink(w, r)
		return pass, false
	}
	s.linkThrottle.succeed(r.Context(), address, address)
	return pass, true
}

func (s *Server) refuseLink(w http.ResponseWriter, r *http.Request) {
	words := acknowledgeWords[language(r)]
	s.showAcknowledge(w, r, http.StatusNotFound, acknowledgeData{Title: words.bad, Text: words.badText})
}

func (s *Server) askToAcknowledge(w http.ResponseWriter, r *http.Request) {
	pass, ok := s.pass(w, r)
	if !ok {
		return
	}
	i, err := alerts.IncidentByID(r.Context(), s.DB, pass.IncidentID)
	if err == nil && i.Detail.Reopened != pass.Reopened {
		err = alerts.ErrBadLink
	}
	s.showIncident(w, r, &i, err, false)
}

func (s *Server) acknowledgeByLink(w http.ResponseWriter, r *http.Request) {
	pass, ok := s.pass(w, r)
	if !ok {
		return
	}
	var i alerts.Incident
	err := s.DB.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
		i, err = pass.Acknowledge(r.Context(), tx, s.Now())
		return err
	})
	if errors.Is(err, alerts.ErrConflict) { // over meanwhile
		i, err = alerts.IncidentByID(r.Context(), s.DB, pass.IncidentID)
	}
	s.showIncident(w, r, &i, err, true)
}

// showIncident says how it stands with the incident, and asks where nobody has acknowledged.
func (s *Server) showIncident(w http.ResponseWriter, r *http.Request, i *alerts.Incident, err error, done bool) {
	switch {
	case errors.Is(err, alerts.ErrNotFound), errors.Is(err, alerts.ErrBadLink):
		s.refuseLink(w, r)
		return
	case err != nil:
		s.fail(w, r, err)
		return
	}
	monitors, err := monitorNames(r.Context(), s.DB)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	words := acknowledgeWords[language(r)]
	n := alerts.NotificationOf(i, monitors[i.MonitorID], "", "")
	n.Language = language(r)
	data := acknowledgeData{Title: words.title, Headline: n.Headline(), Reasons: reason.Texts(i.Reasons[:min(len(i.Reasons), 3)], language(r)), Text: words.ask, Button: words.button}
	switch {
	case !i.AcknowledgedAt.IsZero() && done:
		data.Title, data.Text, data.Button = words.done, strings.Replace(words.doneText, "%s", i.AcknowledgedBy, 1), ""
	case !i.AcknowledgedAt.IsZero():
		data.Text, data.Button = strings.Replace(words.taken, "%s", i.AcknowledgedBy, 1), ""
	case i.State == "resolved":
		data.Text, data.Button = words.over, ""
	}
	s.showAcknowledge(w, r, http.StatusOK, data)
}

func (s *Server) showAcknowledge(w http.ResponseWriter, r *http.Request, status int, data acknowledgeData) {
	data.Language = language(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = acknowledgePage.Execute(w, data) // the client may be gone
}

// language is de where the browser asks for it first, and en for all others.
func language(r *http.Request) string {
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "de") {
		return "de"
	}
	return "en"
}
