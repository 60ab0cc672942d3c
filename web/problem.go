package web

import (
	"html/template"
	"net/http"
	"regexp"
	"strings"
)

// problemType leads the type of a problem, which is the address of its page: RFC 9457, section 3.1.1.
const problemType = "/problems/"

// A kind is what may be wrong: its name, its status, its title, and what to do about it, in Markdown,
// as docs/problems.md has it.
type kind struct {
	name   string
	status int
	title  string
	remedy string
}

var (
	kindMalformed = kind{"malformed", http.StatusBadRequest, "The request cannot be read",
		"Send valid JSON in UTF-8 without the character zero; escape the address."}
	kindSignedOut = kind{"signed-out", http.StatusUnauthorized, "Sign in first",
		"`POST /api/v1/session`, or send a token that is valid: `Authorization: Bearer gsw_…`."}
	kindCode = kind{"second-factor", http.StatusUnauthorized, "A code is asked for",
		"The password, or the provider, was right. `POST /api/v1/session/code` with the code of the authenticator app, or with a recovery code, within 15 minutes ([sign-in.md](sign-in.md))."}
	kindSignature = kind{"signature", http.StatusUnauthorized, "The signature does not fit",
		"Of a delivery to a hook or to a signed form: check the secret, the headers and the sender's clock."}
	kindCrossOrigin = kind{"cross-origin", http.StatusForbidden, "Another site sent this request",
		"Send it from Groundswell's own page, or with a token. Behind a proxy, pass the `Host` header on."}
	kindFactorMissing = kind{"second-factor-missing", http.StatusForbidden, "Set up a second factor first",
		"A role demands one: set it up under *Your account*, or by `POST /api/v1/me/second-factor` ([sign-in.md](sign-in.md))."}
	kindForbidden = kind{"forbidden", http.StatusForbidden, "None of your roles allows this",
		"`errors` names the grant that is missing, as `TYPE:ACTION:LEVEL`, or the field that a mask keeps. Ask an administrator; [access.md](access.md) explains roles."}
	kindNotFound = kind{"not-found", http.StatusNotFound, "There is no such thing",
		"The record is gone, or the address is wrong."}
	kindMethod = kind{"method", http.StatusMethodNotAllowed, "This cannot be done here",
		"`Allow` names the methods."}
	kindTimeout = kind{"timeout", http.StatusRequestTimeout, "The request came too slowly",
		"A body has to arrive within 30 seconds."}
	kindGate = kind{"gate-closed", http.StatusConflict, "More is demanded first",
		"Of a stage, of a lead's milestone, or before a quote is sent. `errors` lists all that is missing: fields, tasks, approvals, activities, a role. Complete it, and go on again."}
	kindDuplicate = kind{"duplicate", http.StatusConflict, "It may be on file already",
		"`errors` lists the leads, contacts and accounts that look like it, with the reasons; `value` is the record. Name the `contact_id` or `account_id` that it is, or send `allow_duplicate` with a `duplicate_reason`."}
	kindConflict = kind{"conflict", http.StatusConflict, "The record is not as you believe",
		"A name is taken, a profile is on file, or another decision stands: `detail` says which."}
	kindBlocked = kind{"blocked", http.StatusConflict, "They were erased and are not collected again",
		"The e-mail address, handle or profile that `errors` names is of somebody who was erased ([privacy.md](privacy.md)). Where they ask to come back, somebody who may erase lifts the block first."}
	kindNoConsent = kind{"no-consent", http.StatusConflict, "The contact took the consent back",
		"Of a link, an invitation, or something sent by a campaign: `detail` says since when. Put a new consent on file first, given since, with its evidence: `POST /contacts/{id}/consents`."}
	kindChanged = kind{"changed", http.StatusPreconditionFailed, "Somebody else changed the record",
		"`If-Match` is old: load the record, repeat the change, send the new `ETag`."}
	kindTooLarge = kind{"too-large", http.StatusRequestEntityTooLarge, "The request is too large",
		"A body has 1 MiB at most, a delivery to a hook 8 MiB or what its source allows."}
	kindMedia = kind{"media-type", http.StatusUnsupportedMediaType, "The body is not JSON",
		"Send `Content-Type: application/json`."}
	kindInvalid = kind{"invalid", http.StatusUnprocessableEntity, "Some fields cannot be taken",
		"`errors` names each field and what would be right."}
	kindThrottled = kind{"throttled", http.StatusTooManyRequests, "Too many attempts",
		"Wait as long as `Retry-After` says (seconds)."}
	kindInternal = kind{"internal", http.StatusInternalServerError, "Groundswell made a mistake",
		"Look into the log for the id in `instance`."}
	kindBusy = kind{"busy", http.StatusServiceUnavailable, "Groundswell is busy",
		"Try again, after `Retry-After` where there is one."}
	kindFull = kind{"disk-full", http.StatusInsufficientStorage, "The disk is full",
		"Free space on the disk that holds the database. Nothing of the request was saved."}
)

var kinds = []kind{kindMalformed, kindCode, kindSignature, kindSignedOut, kindCrossOrigin, kindFactorMissing, kindForbidden, kindNotFound, kindMethod, kindTimeout, kindGate, kindDuplicate, kindConflict, kindBlocked, kindNoConsent,
	kindChanged, kindTooLarge, kindMedia, kindInvalid, kindThrottled, kindInternal, kindBusy, kindFull}

// A ProblemKind is a kind of problem, as docs/problems.md documents it.
type ProblemKind struct {
	Name   string
	Status int
	Title  string
	Remedy string // Markdown
}

// ProblemKinds lists every kind of problem there is.
func ProblemKinds() []ProblemKind {
	list := make([]ProblemKind, len(kinds))
	for i, k := range kinds {
		list[i] = ProblemKind{k.name, k.status, k.title, k.remedy}
	}
	return list
}

// problemPage is where the type of a problem leads: what it is and what to do.
var problemPage = template.Must(template.New("problem").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>` + pageStyle + `</style></head><body><main>
<h1>{{.Title}}</h1>
<p><code>{{.Name}}</code>, status {{.Status}}</p>
<p>{{range .Remedy}}{{if .Code}}<code>{{.Text}}</code>{{else}}{{.Text}}{{end}}{{end}}</p>
</main></body></html>
`))

type problemPart struct {
	Text string
	Code bool
}

var markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// partsOf divides Markdown of one paragraph into text and code; of a link its text stays.
func partsOf(markdown string) (parts []problemPart) {
	for i, text := range strings.Split(markdownLink.ReplaceAllString(markdown, "docs/$1"), "`") {
		parts = append(parts, problemPart{strings.ReplaceAll(text, "*", ""), i%2 == 1})
	}
	return parts
}

// showProblem shows the page of a kind of problem, to everybody: it says nothing of what is held.
func (s *Server) showProblem(w http.ResponseWriter, r *http.Request) {
	for _, k := range kinds {
		if k.name != r.PathValue("name") {
			continue
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		h.Set("Content-Type", "text/html; charset=utf-8")
		_ = problemPage.Execute(w, map[string]any{"Title": k.title, "Name": k.name, "Status": k.status, "Remedy": partsOf(k.remedy)}) // the client may be gone
		return
	}
	s.fail(w, r, faultf(kindNotFound, "there is no such kind of problem"))
}
