package web

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Limits of what comes through a public form.
const (
	maxForm       = 64 << 10
	formTolerance = 5 * time.Minute // of the time of a signature
	formTrap      = "website"       // a field that people do not see: who fills it in is a machine
)

// byForm slows down who sends a form again and again.
var byForm = allowance{free: 5, first: 10 * time.Second, most: 15 * time.Minute}

// LeadFormBody is what people enter of a form.
type LeadFormBody struct {
	Name     string   `json:"name" minLength:"1" maxLength:"200"`
	Campaign string   `json:"campaign,omitempty" maxLength:"200"`
	Product  string   `json:"product,omitempty" maxLength:"200"`
	OwnerID  string   `json:"owner_id,omitempty" maxLength:"100" doc:"Who works on its leads."`
	Origins  []string `json:"origins,omitempty" maxItems:"50" doc:"Sites whose pages may send it, such as https://example.com; none: any."`
	Thanks   string   `json:"thanks,omitempty" maxLength:"2000" doc:"The page shown after it was sent."`
	Signed   bool     `json:"signed,omitempty" doc:"Deliveries are signed (Standard Webhooks): for systems, not for pages."`
	Active   bool     `json:"active"`
}

func (b *LeadFormBody) form(id string, version int64) crm.LeadForm {
	f := crm.LeadForm{Name: b.Name, Campaign: b.Campaign, Product: b.Product, OwnerID: b.OwnerID, Origins: b.Origins, Thanks: b.Thanks, Active: b.Active}
	f.ID, f.Version = id, version
	return f
}

// LeadFormView is a form.
type LeadFormView struct {
	crm.LeadForm
	Origins []string `json:"origins" nullable:"false"`
	Signed  bool     `json:"signed"`
	Path    string   `json:"path" doc:"Where it is sent to."`
	Secret  string   `json:"secret,omitempty" doc:"Of the signature; told once, in the answer to the request that makes it."`
}

func leadFormView(f crm.LeadForm) LeadFormView {
	return LeadFormView{LeadForm: f, Origins: orEmpty(f.Origins), Signed: f.Sealed != "", Path: base + "/forms/" + f.Key}
}

// NewSecretView is a new secret, which is worth something at once.
type NewSecretView struct {
	Secret string `json:"secret" doc:"It is not shown again."`
}

type (
	createFormInput struct{ Body LeadFormBody }
	saveFormInput   struct {
		IDInput
		Expectation
		Body LeadFormBody
	}
)

func (s *Server) leadFormRoutes() {
	const tag = "leads"
	operate(s, needs(crm.ToRead, crm.RecordLeadForm), getting(tag, "list-lead-forms", "/lead-forms", "List the forms that let leads in"), s.listLeadForms)
	operate(s, needs(crm.ToCreate, crm.RecordLeadForm), doing(tag, "create-lead-form", http.MethodPost, "/lead-forms", "Create a form"), s.createLeadForm)
	operate(s, needs(crm.ToUpdate, crm.RecordLeadForm), doing(tag, "save-lead-form", http.MethodPut, "/lead-forms/{id}", "Change a form; it keeps its key and its secret"), s.saveLeadForm)
	operate(s, needs(crm.ToUpdate, crm.RecordLeadForm), doing(tag, "rotate-lead-form-secret", http.MethodPost, "/lead-forms/{id}/secret", "Give a signed form a new secret; the old one is worth nothing at once"), s.rotateFormSecret)
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "submit-form", Extensions: map[string]any{"x-access": "public"}, Method: http.MethodPost, Path: "/forms/{key}", Tags: []string{tag}, Security: []map[string][]string{},
		Summary: "Send a form: it becomes a lead",
		Description: "From a page (application/x-www-form-urlencoded) or a system (application/json), with the fields of a lead. The field " + formTrap +
			" has to stay empty. A signed form takes the headers of Standard Webhooks. docs/lead-to-cash.md has an example.",
		Parameters:  []*huma.Param{{Name: "key", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "The key of the form."}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {}, "application/x-www-form-urlencoded": {}}},
		Responses: map[string]*huma.Response{
			"204": {Description: "It was taken."}, "303": {Description: "It was taken; the page to show."}, "400": {Description: "The body cannot be read."},
			"401": {Description: "The signature is wrong or too old."}, "403": {Description: "The form does not take what this site sends."},
			"404": {Description: "There is no such form."}, "413": {Description: "The body is too large."}, "415": {Description: "The body is neither a form nor JSON."},
			"422": {Description: "A field cannot be taken."}, "429": {Description: "It was sent too often."},
		},
	})
}

func (s *Server) listLeadForms(ctx context.Context, in *listInput) (*one[Page[LeadFormView]], error) {
	list, next, err := crm.LeadForms(ctx, s.DB, accessFrom(ctx), in.Cursor, in.Limit)
	return views(list, next, err, leadFormView)
}

func (s *Server) createLeadForm(ctx context.Context, in *createFormInput) (*versioned[LeadFormView], error) {
	return s.putLeadForm(ctx, Expectation{}, "", &in.Body)
}

func (s *Server) saveLeadForm(ctx context.Context, in *saveFormInput) (*versioned[LeadFormView], error) {
	return s.putLeadForm(ctx, in.Expectation, in.ID, &in.Body)
}

func (s *Server) putLeadForm(ctx context.Context, expect Expectation, id string, b *LeadFormBody) (*versioned[LeadFormView], error) {
	var secret string // where one is made
	view := func(f crm.LeadForm) LeadFormView {
		v := leadFormView(f)
		v.Secret = secret
		return v
	}
	return saved(ctx, s, expect, view, func(tx *sqldb.Tx, ch crm.Change, version int64) (f crm.LeadForm, err error) {
		f, secret, err = crm.SaveLeadForm(ctx, tx, ch, s.secretBox, b.form(id, version), b.Signed)
		return f, err
	})
}

func (s *Server) rotateFormSecret(ctx context.Context, in *IDInput) (*one[NewSecretView], error) {
	out := &one[NewSecretView]{}
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		out.Body.Secret, err = crm.RotateFormSecret(ctx, tx, s.change(ctx, ""), s.secretBox, in.ID)
		return err
	})
	return out, err
}

// submitForm takes what a page or a system sends. It needs no session: the key lets it in.
func (s *Server) submitForm(w http.ResponseWriter, r *http.Request) {
	form, err := crm.LeadFormByKey(r.Context(), s.DB, r.PathValue("key"))
	if errors.Is(err, crm.ErrNotFound) {
		err = faultf(kindNotFound, "there is no such form, or it is switched off")
	}
	if err == nil {
		err = form.Admits(r.Header.Get("Origin"))
	}
	if errors.Is(err, crm.ErrNotLetIn) {
		err = faultf(kindCrossOrigin, "%s: add it to the form's origins", err)
	}
	if err == nil {
		err = s.takeForm(w, r, &form)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if form.Thanks != "" {
		http.Redirect(w, r, form.Thanks, http.StatusSeeOther)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) takeForm(w http.ResponseWriter, r *http.Request, form *crm.LeadForm) error {
	if form.Sealed == "" { // who can sign is known, and may send as much as it likes
		if wait := s.formThrottle.begin(r.Context(), form.Key+" "+requestFrom(r.Context()).address, ""); wait > 0 {
			return &fault{kind: kindThrottled, detail: "the form was sent too often from there: wait before the next", retry: wait}
		}
	}
	body, err := readBody(w, r, maxForm)
	if err != nil {
		return err
	}
	if form.Sealed != "" {
		secret, err := form.Secret(s.secretBox)
		if err != nil {
			return err
		}
		if err := s.verifySigned(r, secret, body); err != nil {
			return err
		}
	}
	fields, err := formFields(r, body)
	if err != nil {
		return err
	}
	if fields[formTrap] != "" {
		return nil // a machine; it need not know that it was noticed
	}
	l, err := leadOfForm(fields)
	if err != nil {
		return err
	}
	return s.DB.Update(r.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.SubmitForm(r.Context(), tx, s.change(r.Context(), ""), form, l)
		return err
	})
}

// verifySigned checks the signature of what another system sends.
func (s *Server) verifySigned(r *http.Request, secret string, body []byte) error {
	hook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(r.Header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	off := s.Clock().Sub(time.Unix(seconds, 0))
	if err != nil || off > formTolerance || off < -formTolerance || hook.VerifyIgnoringTimestamp(body, r.Header) != nil {
		return faultf(kindSignature, "want the headers webhook-id, webhook-timestamp (not more than %s off) and webhook-signature, made with the secret", formTolerance)
	}
	return nil
}

// formFields reads the fields of a form, from a page or as JSON.
func formFields(r *http.Request, body []byte) (map[string]string, error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, faultf(kindMedia, "Content-Type is missing: want application/x-www-form-urlencoded or application/json")
	}
	fields := make(map[string]string)
	switch mediaType {
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, faultf(kindMalformed, "the form cannot be read: %s", err)
		}
		for name := range values {
			fields[name] = values.Get(name)
		}
	case "application/json":
		var values map[string]any
		if err := json.Unmarshal(body, &values); err != nil {
			return nil, faultf(kindMalformed, "the body is no JSON object: %s", err)
		}
		for name, v := range values {
			switch v := v.(type) {
			case string:
				fields[name] = v
			case float64:
				fields[name] = strconv.FormatFloat(v, 'f', -1, 64)
			case nil:
			default:
				return nil, invalidField(name, "is neither a text nor a number")
			}
		}
	default:
		return nil, faultf(kindMedia, "%s: want application/x-www-form-urlencoded or application/json", mediaType)
	}
	for name, v := range fields {
		if !cleanText(name) || !cleanText(v) {
			return nil, faultf(kindMalformed, "the form holds a character that is not UTF-8, or zero")
		}
	}
	return fields, nil
}

// leadOfForm makes a lead of the fields of a form. Those it does not know are fields of your own.
func leadOfForm(fields map[string]string) (l crm.Lead, err error) {
	texts := map[string]*string{"name": &l.Name, "email": &l.Email, "phone": &l.Phone, "company": &l.Company, "job_title": &l.JobTitle, "industry": &l.Industry,
		"country": &l.Country, "postal_code": &l.PostalCode, "city": &l.City, "topic": &l.Topic, "need": &l.Need, "time_frame": &l.TimeFrame, "product": &l.Product,
		"campaign": &l.Campaign, "network": &l.Network, "handle": &l.Handle}
	for name, value := range fields {
		switch text := texts[name]; {
		case text != nil:
			*text = value
		case name == "employees":
			if l.Employees, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil && value != "" {
				return l, invalidField("employees", "is no whole number")
			}
		case name == formTrap || value == "":
		case len(name) > 100 || len(value) > 2000:
			return l, invalidField(name[:min(len(name), 100)], "is longer than 2000 bytes, or its name than 100")
		default:
			if l.Fields == nil {
				l.Fields = make(map[string]any)
			}
			l.Fields[name] = value
		}
	}
	return l, nil
}
