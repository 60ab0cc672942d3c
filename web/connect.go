package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// connectPage is where an invitation leads a contact. Looking at it changes nothing.
var connectPage = template.Must(template.New("connect").Parse(`<!doctype html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">{{with .Leave}}<meta http-equiv="refresh" content="0;url={{.}}">{{end}}<title>{{.Title}}</title>
<style>` + pageStyle + `</style></head><body><main>
<h1>{{.Title}}</h1>
{{range .Text}}<p>{{.}}</p>
{{end}}{{with .Leave}}<p><a href="{{.}}">{{$.LeaveText}}</a></p>
{{end}}{{if .Choices}}<form method="post">{{range .Choices}}<p>{{.Consent}}</p>
<p><button type="submit" name="provider" value="{{.Provider}}">{{.Button}}</button></p>
{{end}}</form>{{end}}{{with .Withdraw}}<form method="post"><button type="submit" name="withdraw" value="yes">{{.}}</button></form>{{end}}
</main></body></html>
`))

type connectData struct {
	Language, Title  string
	Text             []string
	Choices          []connectChoice
	Leave, LeaveText string // where the contact goes to sign in
	Withdraw         string // the button; empty: there is nothing to take back
}

type connectChoice struct{ Provider, Consent, Button string }

// connectWords are the words of the pages; %s are the provider, the handle, or a day.
var connectWords = map[string]struct {
	title, ask, record, consent, button, leaveTitle, leave       string
	done, doneText, keep, withdraw, withdrawn, withdrawnText     string
	bad, badText, wait, declined, declinedText, failed, failText string
}{
	"en": {"Is this account yours?",
		"You were asked to show which account on a social network is yours. If you would rather not, close this page: nothing is recorded.",
		"You sign in there, not here. We record the id and the handle of the account, that you signed in and when, and the words above the button. We do not see your password, post nothing and keep no access.",
		"I agree that my account on %s is put on my file and that what I say in public with it is shown there. I can take this back at any time on this page, for the time to come.",
		"Agree and sign in with %s", "One moment", "Go on to %s",
		"Thank you", "We have recorded that you signed in with %s as %s on %s and agreed to this:", "Keep the address of this page: here you can take it back at any time.",
		"Take my consent back", "It is taken back", "The account is off your file, and what you said with it is no longer shown there.",
		"This link is not valid", "It has expired, was used or was taken back. Ask whoever sent it for a new one.", "Too many attempts. Try again in a minute.",
		"Nothing was recorded", "You did not sign in. You can try again with the link that you were sent.",
		"That did not work", "The network did not say which account is yours. Nothing was recorded. Try again with the link that you were sent."},
	"de": {"Ist das Ihr Konto?",
		"Sie wurden gebeten zu zeigen, welches Konto in einem sozialen Netzwerk Ihnen gehört. Wenn Sie das nicht möchten, schließen Sie diese Seite: Es wird nichts gespeichert.",
		"Sie melden sich dort an, nicht hier. Wir speichern die Kennung und den Namen des Kontos, dass und wann Sie sich angemeldet haben, und den Text über dem Knopf. Ihr Passwort sehen wir nicht, wir veröffentlichen nichts und behalten keinen Zugang.",
		"Ich bin einverstanden, dass mein Konto bei %s in meine Kundendaten eingetragen wird und dort erscheint, was ich damit öffentlich sage. Das kann ich jederzeit auf dieser Seite für die Zukunft widerrufen.",
		"Einverstanden, mit %s anmelden", "Einen Augenblick", "Weiter zu %s",
		"Danke", "Wir haben gespeichert, dass Sie sich mit %s als %s am %s angemeldet und dem zugestimmt haben:", "Bewahren Sie die Adresse dieser Seite auf: Hier können Sie jederzeit widerrufen.",
		"Zustimmung widerrufen", "Sie haben widerrufen", "Das Konto ist aus Ihren Kundendaten entfernt, und was Sie damit gesagt haben, erscheint dort nicht mehr.",
		"Dieser Link gilt nicht mehr", "Er ist abgelaufen, schon benutzt oder zurückgenommen. Bitten Sie um einen neuen, wer ihn geschickt hat.", "Zu viele Versuche. In einer Minute geht es weiter.",
		"Es wurde nichts gespeichert", "Sie haben sich nicht angemeldet. Mit dem Link, den Sie bekommen haben, können Sie es noch einmal versuchen.",
		"Das hat nicht geklappt", "Das Netzwerk hat nicht gesagt, welches Konto Ihnen gehört. Es wurde nichts gespeichert. Versuchen Sie es mit dem Link, den Sie bekommen haben, noch einmal."},
}

// connectCookie ties the way back from a network to the browser that went there.
const connectCookie = "groundswell_connect"

func (s *Server) connectRoutes() {
	if s.Links == nil || len(s.SignIn.Providers) == 0 {
		return
	}
	s.serve("GET /connect/{token}", s.askToConnect)
	s.serve("POST /connect/{token}", s.connect)
	s.serve("GET /connect/callback", s.connected)
}

// admitted sets the headers of these pages, and slows down who guesses.
func (s *Server) admitted(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin") // no network learns the link
	h.Set("Content-Type", "text/html; charset=utf-8")
	address := requestFrom(r.Context()).address
	if wait := s.linkThrottle.begin(r.Context(), address, address); wait > 0 {
		words := connectWords[language(r)]
		s.showConnect(w, r, http.StatusTooManyRequests, connectData{Title: words.bad, Text: []string{words.wait}})
		return false
	}
	return true
}

func (s *Server) known(r *http.Request) {
	address := requestFrom(r.Context()).address
	s.linkThrottle.succeed(r.Context(), address, address)
}

// invited loads the invitation of the address, or answers.
func (s *Server) invited(w http.ResponseWriter, r *http.Request) (i crm.Invitation, ok bool) {
	if !s.admitted(w, r) {
		return i, false
	}
	id := s.openInvitation(r.PathValue("token"))
	if id == "" {
		s.refuseConnect(w, r, crm.ErrNotFound)
		return i, false
	}
	s.known(r)
	i, err := crm.InvitationByID(r.Context(), s.DB, id)
	if err != nil {
		s.refuseConnect(w, r, err)
		return i, false
	}
	return i, true
}

// refuseConnect says that a link or a way back is not good, or that we made a mistake.
func (s *Server) refuseConnect(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, crm.ErrNotFound) && !errors.Is(err, crm.ErrConflict) {
		s.fail(w, r, err)
		return
	}
	words := connectWords[language(r)]
	s.showConnect(w, r, http.StatusNotFound, connectData{Title: words.bad, Text: []string{words.badText}})
}

func (s *Server) askToConnect(w http.ResponseWriter, r *http.Request) {
	i, ok := s.invited(w, r)
	if !ok {
		return
	}
	s.showInvitation(w, r, &i)
}

func (s *Server) showInvitation(w http.ResponseWriter, r *http.Request, i *crm.Invitation) {
	words := connectWords[language(r)]
	switch {
	case i.Good(s.Clock()):
		data := connectData{Title: words.title, Text: []string{words.ask, words.record}}
		for _, p := range s.SignIn.Providers {
			data.Choices = append(data.Choices, connectChoice{p.Name, fmt.Sprintf(words.consent, p.Name), fmt.Sprintf(words.button, p.Name)})
		}
		s.showConnect(w, r, http.StatusOK, data)
	case i.State == crm.InvitationUsed:
		s.showConnect(w, r, http.StatusOK, connectData{Title: words.done, Withdraw: words.withdraw,
			Text: []string{fmt.Sprintf(words.doneText, i.Provider, i.Handle, i.UsedAt.UTC().Format("2006-01-02 15:04 UTC")), i.Consent, words.keep}})
	case i.State == crm.InvitationWithdrawn:
		s.showConnect(w, r, http.StatusOK, connectData{Title: words.withdrawn, Text: []string{words.withdrawnText}})
	default:
		s.refuseConnect(w, r, crm.ErrConflict)
	}
}

// connect sends the contact to the network they chose, or takes their consent back.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	i, ok := s.invited(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if r.PostFormValue("withdraw") != "" && i.State != crm.InvitationOpen {
		err := s.DB.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
			i, err = crm.EndInvitation(r.Context(), tx, i.ID, crm.Change{By: crm.ByContact, At: s.Now(), Access: crm.System()})
			return err
		})
		if err != nil {
			s.refuseConnect(w, r, err)
			return
		}
		s.showInvitation(w, r, &i)
		return
	}
	p := s.provider(r.PostFormValue("provider"))
	if p == nil {
		s.showInvitation(w, r, &i)
		return
	}
	words := connectWords[language(r)]
	a := crm.Attempt{InvitationID: i.ID, Provider: p.Name, State: rand.Text(), Verifier: signin.NewVerifier(), Consent: fmt.Sprintf(words.consent, p.Name)}
	err := s.DB.Update(r.Context(), func(tx *sqldb.Tx) error { return crm.BeginSignIn(r.Context(), tx, a, s.Clock()) })
	if err != nil {
		s.refuseConnect(w, r, err)
		return
	}
	s.setConnectCookie(w, a.State)
	// A page, not a redirect: browsers hold form-action against every address that a form leads to.
	s.showConnect(w, r, http.StatusOK, connectData{Title: words.leaveTitle, Leave: p.Address(a.State, a.Verifier), LeaveText: fmt.Sprintf(words.leave, p.Name)})
}

func (s *Server) provider(name string) *signin.Provider {
	for _, p := range s.SignIn.Providers {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func (s *Server) setConnectCookie(w http.ResponseWriter, state string) {
	c := &http.Cookie{Name: connectCookie, Value: state, Path: "/connect", HttpOnly: true, Secure: s.SecureCookies, SameSite: http.SameSiteLaxMode, MaxAge: 900}
	if state == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// connected is where the network sends the contact back to.
func (s *Server) connected(w http.ResponseWriter, r *http.Request) {
	if !s.admitted(w, r) {
		return
	}
	state := r.URL.Query().Get("state")
	cookie, err := r.Cookie(connectCookie)
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(state)) != 1 {
		s.refuseConnect(w, r, crm.ErrNotFound) // another browser began it, or nobody did
		return
	}
	s.setConnectCookie(w, "")
	var a crm.Attempt
	err = s.DB.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
		a, err = crm.TakeAttempt(r.Context(), tx, state, s.Clock())
		return err
	})
	p := s.provider(a.Provider)
	if err == nil && p == nil {
		err = crm.ErrNotFound // the configuration has changed
	}
	if err != nil {
		s.refuseConnect(w, r, err)
		return
	}
	s.known(r)
	words := connectWords[language(r)]
	code := r.URL.Query().Get("code")
	if code == "" {
		s.showConnect(w, r, http.StatusOK, connectData{Title: words.declined, Text: []string{words.declinedText}})
		return
	}
	i, err := s.signedIn(r.Context(), p, a, code)
	var failed *signInError
	switch {
	case errors.As(err, &failed):
		s.Logger.Warn("a contact could not sign in", "request_id", requestFrom(r.Context()).id, "network", p.Network, "err", err)
		s.showConnect(w, r, http.StatusBadGateway, connectData{Title: words.failed, Text: []string{words.failText}})
	case err != nil:
		s.refuseConnect(w, r, err)
	default:
		http.Redirect(w, r, s.invitationLink(i.ID), http.StatusSeeOther)
	}
}

// A signInError is the network's, not ours.
type signInError struct{ error }

// signedIn asks the network whose account it is, and records it.
func (s *Server) signedIn(ctx context.Context, p *signin.Provider, a crm.Attempt, code string) (i crm.Invitation, err error) {
	account, err := p.Account(ctx, code, a.Verifier)
	if err != nil {
		return i, &signInError{err}
	}
	// Contacts do not come back: what the network said is saved although they may have gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		i, err = crm.SignedIn(ctx, tx, a, account, crm.Change{By: crm.ByVerifier, At: s.Now(), Access: crm.System(), Why: "signed in with " + p.Name + " by invitation " + a.InvitationID})
		return err
	})
	return i, err
}

func (s *Server) showConnect(w http.ResponseWriter, r *http.Request, status int, data connectData) {
	data.Language = language(r)
	w.WriteHeader(status)
	_ = connectPage.Execute(w, data) // the client may be gone
}
