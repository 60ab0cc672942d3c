package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Limits of responses that come in one request.
const (
	maxResponses      = 200 // in one delivery
	maxDelivery       = 256 << 10
	maxResponseFile   = 4 << 20
	maxResponseRows   = 5000
	maxIdempotencyKey = 200
)

// ResponseBody is a response to a campaign, as a person or another system tells it.
type ResponseBody struct {
	Response  string    `json:"response,omitempty" enum:",sent,opened,clicked,replied,registered,attended,requested,declined,unsubscribed" doc:"How they responded; empty: replied. sent makes them a member, no more."`
	Channel   string    `json:"channel,omitempty" enum:",e-mail,portal,event,phone,letter,advertisement,social,form,other" doc:"By which way it came; empty: other."`
	At        time.Time `json:"at,omitzero" doc:"When; now, when it is left out."`
	Key       string    `json:"key,omitempty" maxLength:"200" doc:"Names it in the system that tells it: told again, it changes nothing. Left out: made of who, how and when."`
	Subject   string    `json:"subject,omitempty" maxLength:"200"`
	Text      string    `json:"text,omitempty" maxLength:"20000"`
	ContactID string    `json:"contact_id,omitempty" maxLength:"100" doc:"Who it is, where that is known."`
	LeadID    string    `json:"lead_id,omitempty" maxLength:"100"`
	Name      string    `json:"name,omitempty" maxLength:"200"`
	Email     string    `json:"email,omitempty" maxLength:"254"`
	Phone     string    `json:"phone,omitempty" maxLength:"100"`
	Company   string    `json:"company,omitempty" maxLength:"200"`
	JobTitle  string    `json:"job_title,omitempty" maxLength:"200"`
	Country   string    `json:"country,omitempty" maxLength:"200"`
	City      string    `json:"city,omitempty" maxLength:"200"`
	Network   string    `json:"network,omitempty" maxLength:"200" doc:"Of their social profile."`
	Handle    string    `json:"handle,omitempty" maxLength:"200"`
	Product   string    `json:"product,omitempty" maxLength:"200" doc:"That interests them."`
	Topic     string    `json:"topic,omitempty" maxLength:"200" doc:"What they want, in a few words."`

	AllowDuplicate  bool   `json:"allow_duplicate,omitempty" doc:"Open a lead although records look like it."`
	DuplicateReason string `json:"duplicate_reason,omitempty" maxLength:"500"`
}

func (b *ResponseBody) response(campaignID string) crm.Response {
	return crm.Response{CampaignID: campaignID, Kind: b.Response, Channel: b.Channel, At: b.At, Key: b.Key, Subject: b.Subject, Text: b.Text, ContactID: b.ContactID, LeadID: b.LeadID,
		Person: crm.Lead{Name: b.Name, Email: b.Email, Phone: b.Phone, Company: b.Company, JobTitle: b.JobTitle, Country: b.Country, City: b.City, Network: b.Network, Handle: b.Handle,
			Product: b.Product, Topic: b.Topic},
		AllowDuplicate: b.AllowDuplicate, DuplicateReason: b.DuplicateReason}
}

// ResponseResult is what became of a response.
type ResponseResult struct {
	Activity crm.Activity `json:"activity"`
	Opened   bool         `json:"opened" doc:"It opened a lead."`
	Known    bool         `json:"known" doc:"It was told before, and changed nothing."`
}

// DeliveryResult is what became of one of several responses.
type DeliveryResult struct {
	Key        string `json:"key"`
	Outcome    string `json:"outcome" enum:"taken,known,refused"`
	Reason     string `json:"reason,omitempty" doc:"Why it was refused."`
	ActivityID string `json:"activity_id,omitempty"`
	Opened     bool   `json:"opened,omitempty" doc:"It opened a lead."`
}

// ResponseFile accounts for a file of responses.
type ResponseFile struct {
	crm.ResponseReport
	Errors string `json:"errors" doc:"The rows that were refused, as CSV with line, column and reason, to be corrected and sent again; formulas are neutralised."`
}

type (
	responsesInput struct {
		IDInput
		PageInput
	}
	createResponseInput struct {
		IDInput
		IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"The key, where the body has none."`
		Body           ResponseBody
	}
	importResponsesInput struct {
		IDInput
		DryRun   bool      `query:"dry_run" doc:"Check the file and change nothing."`
		Response string    `query:"response" enum:"sent,opened,clicked,replied,registered,attended,requested,declined,unsubscribed" doc:"Of rows that say none."`
		Channel  string    `query:"channel" enum:"e-mail,portal,event,phone,letter,advertisement,social,form,other" doc:"Of rows that say none."`
		At       time.Time `query:"at" doc:"Of rows that say none."`
		RawBody  []byte    `contentType:"text/csv"`
	}
)

func (s *Server) responseRoutes() {
	const tag = "campaigns"
	list := getting(tag, "list-campaign-responses", "/campaigns/{id}/responses", "List the responses to a campaign, the newest first")
	list.Description = "Without those of contacts who took their consent to marketing back: they are no members any more. Their timelines keep them."
	operate(s, needs(crm.ToRead, crm.RecordCampaign), list, s.listResponses)
	create := doing(tag, "create-campaign-response", http.MethodPost, "/campaigns/{id}/responses", "Take a response in: it is noted with the contact or the lead that it is from, or opens a lead")
	create.Description = "Refused where several on file could be who it is, until it is said which. A response that was told before changes nothing."
	operate(s, needs(crm.ToUpdate, crm.RecordCampaign), create, s.createResponse)
	file := doing(tag, "import-campaign-responses", http.MethodPost, "/campaigns/{id}/responses/import", "Take a CSV file of responses in")
	file.Description, file.MaxBodyBytes = fmt.Sprintf("With a header in English or German, at most %d rows; docs/campaigns.md names the columns. Sent again, it changes nothing.", maxResponseRows), maxResponseFile
	operate(s, needs(crm.ToUpdate, crm.RecordCampaign), file, s.importResponses)
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "deliver-campaign-responses", Extensions: map[string]any{"x-access": "public"}, Method: http.MethodPost, Path: "/campaign-responses/{key}", Tags: []string{tag},
		Security: []map[string][]string{}, Summary: "Deliver responses to a campaign, signed",
		Description: fmt.Sprintf("One response, or a list of up to %d. With the headers of Standard Webhooks, signed with the secret of the campaign's hook; webhook-id is the key of a response that has none.", maxResponses),
		Parameters:  []*huma.Param{{Name: "key", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "The key of the hook."}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {}}},
		Responses: map[string]*huma.Response{
			"200": {Description: "What became of each: taken, known or refused."}, "400": {Description: "The body cannot be read."},
			"401": {Description: "The signature is wrong or too old."}, "404": {Description: "There is no such hook."}, "413": {Description: "The body is too large."},
			"422": {Description: "There are too many."}, "429": {Description: "The signature was wrong too often."},
		},
	})
}

func (s *Server) listResponses(ctx context.Context, in *responsesInput) (*one[Page[ActivityItem]], error) {
	if _, err := crm.CampaignByID(ctx, s.DB, accessFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	list, next, err := crm.FindActivities(ctx, s.DB, accessFrom(ctx), crm.ActivityFilter{Campaign: in.ID, Members: true, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := activitiesOf(ctx, s.DB, list)
	return page(items, next), err
}

func (s *Server) createResponse(ctx context.Context, in *createResponseInput) (out *one[ResponseResult], err error) {
	r := in.Body.response(in.ID)
	if r.Key == "" {
		r.Key = in.IdempotencyKey
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		done, err := crm.Respond(ctx, tx, s.change(ctx, ""), r)
		out = &one[ResponseResult]{ResponseResult{done.Activity, done.Opened, done.Known}}
		return err
	})
	return out, err
}

func (s *Server) importResponses(ctx context.Context, in *importResponsesInput) (*one[ResponseFile], error) {
	if _, err := crm.CampaignByID(ctx, s.DB, accessFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	if err := accessFrom(ctx).Check(ctx, s.DB, crm.ToUpdate, crm.RecordCampaign, in.ID); err != nil {
		return nil, err
	}
	if rows := bytes.Count(in.RawBody, []byte{'\n'}); rows > maxResponseRows+1 {
		return nil, faultf(kindTooLarge, "the file has about %d rows: want at most %d in one request, or groundswell import responses", rows, maxResponseRows)
	}
	var wrong bytes.Buffer
	report, err := crm.ImportResponses(ctx, s.DB, bytes.NewReader(in.RawBody), crm.ResponseImport{CampaignID: in.ID, Response: in.Response, Channel: in.Channel, At: in.At,
		ImportOptions: crm.ImportOptions{DryRun: in.DryRun, Errors: &wrong, Now: s.Now(), By: userFrom(ctx).id, Access: accessFrom(ctx)}})
	if err != nil {
		return nil, err
	}
	out := &one[ResponseFile]{ResponseFile{ResponseReport: report}}
	if report.Refused > 0 {
		out.Body.Errors = wrong.String()
	}
	return out, nil
}

// takeDelivery takes responses that another system delivers. It needs no session: the signature does.
func (s *Server) takeDelivery(w http.ResponseWriter, r *http.Request) {
	items, err := s.delivered(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(Page[DeliveryResult]{Items: items}) // the client may be gone
}

func (s *Server) delivered(w http.ResponseWriter, r *http.Request) ([]DeliveryResult, error) {
	hook, err := crm.HookByKey(r.Context(), s.DB, r.PathValue("key"))
	if errors.Is(err, crm.ErrNotFound) {
		return nil, faultf(kindNotFound, "there is no such hook, or it is closed")
	}
	if err != nil {
		return nil, err
	}
	body, err := readBody(w, r, maxDelivery)
	if err != nil {
		return nil, err
	}
	// Who signs is known; each wrong signature makes the next attempt from there wait.
	address := hook.Key + " " + requestFrom(r.Context()).address
	if wait := s.hookThrottle.begin(r.Context(), address, ""); wait > 0 {
		return nil, &fault{kind: kindThrottled, detail: "the signature was wrong too often: wait before the next attempt", retry: wait}
	}
	secret, err := hook.Secret(s.secretBox)
	if err != nil {
		return nil, err
	}
	if err := s.verifySigned(r, secret, body); err != nil {
		return nil, err
	}
	s.hookThrottle.succeed(r.Context(), address, "")
	list, err := deliveredResponses(body)
	if err != nil {
		return nil, err
	}
	responses := make([]crm.Response, len(list))
	for i := range list {
		if list[i].Key == "" {
			if list[i].Key = r.Header.Get(standardwebhooks.HeaderWebhookID); len(list) > 1 {
				list[i].Key += fmt.Sprint("/", i)
			}
		}
		responses[i] = list[i].response(hook.CampaignID)
	}
	var done []crm.RespondedOne
	err = s.DB.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
		done, err = crm.RespondEach(r.Context(), tx, crm.Change{By: crm.ByHook, At: s.Now(), Access: crm.System()}, responses)
		return err
	})
	if err != nil {
		return nil, err
	}
	items := make([]DeliveryResult, len(done))
	for i, d := range done {
		items[i] = DeliveryResult{Key: list[i].Key, Outcome: "taken", ActivityID: d.Activity.ID, Opened: d.Opened}
		switch {
		case d.Refused != "":
			items[i].Outcome, items[i].Reason, items[i].ActivityID = "refused", d.Refused, ""
		case d.Known:
			items[i].Outcome = "known"
		}
	}
	return items, nil
}

// readBody reads the body of a request that stands outside the framework.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, faultf(kindTooLarge, "the body has more than %d bytes", limit)
	case err != nil:
		return nil, faultf(kindMalformed, "the body ended too early")
	}
	return body, nil
}

// deliveredResponses reads one response or a list of them.
func deliveredResponses(body []byte) (list []ResponseBody, err error) {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		body = append(append([]byte{'['}, body...), ']')
	}
	if err := jsonFormat.Unmarshal(body, &list); err != nil {
		return nil, faultf(kindMalformed, "the body is neither a response nor a list of them: %s", err)
	}
	switch {
	case len(list) == 0:
		return nil, faultf(kindInvalid, "the list is empty: want 1 to %d responses", maxResponses)
	case len(list) > maxResponses:
		return nil, faultf(kindInvalid, "there are %d responses: want at most %d in one delivery", len(list), maxResponses)
	}
	for i := range list {
		if len(list[i].Key) > maxIdempotencyKey {
			return nil, faultf(kindInvalid, "[%d].key: has more than %d bytes", i, maxIdempotencyKey)
		}
	}
	return list, nil
}
