package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/web"
)

// marker stands in every record that the stranger may not see.
const marker = "Geheimrat"

// ofNobody are the nouns of paths behind which no record of somebody stands, and why.
var ofNobody = map[string]string{
	"authors": "given as one", "monitors": "given as one", "incidents": "given as one", "mention-rules": "given as one", "corrections": "given as one",
	"deliveries": "given as one", "channels": "given as one", "models": "given as one", "dimensions": "given as one", "territories": "given as one",
	"territory-drafts": "given as one", "fields": "given as one", "goals": "given as one", "ideal-profiles": "given as one", "proposals": "given as one",
	"lead-forms": "given as one", "price-lists": "given as one", "products": "given as one", "quote-templates": "given as one",
	"reasons": "given as one", "roles": "given as one", "teams": "given as one", "units": "given as one", "users": "given as one",
	"retention": "given as one", "runs": "given as one",
	"records": "stands for the type: the id that follows is a contact's", "identities": "one's own, by the name of a provider",
}

// A stranger may do everything with what is their own, and owns nothing. Whatever the document offers,
// nothing of the others' records comes out of it and none is changed. A route with a record in it that
// guarded does not make, or a filter by one that values does not know, fails the test.
func TestStrangerReachesNothing(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	stranger := s.stranger()
	doc := s.document()
	before := s.auditCount()
	for path, item := range doc.Paths {
		for method, op := range item {
			if op.Access == "public" || op.OperationID == "join-record" || op.OperationID == "live" {
				continue
			}
			ids.covers(t, path, op)
			for _, body := range ids.bodies(&doc, op) {
				for _, query := range ids.queries(op) {
					strangerTries(t, stranger, attempt{op, strings.ToUpper(method), path, ids.fill(path), query, body})
				}
			}
		}
	}
	if after := s.auditCount(); after != before {
		t.Errorf("others' records were changed: %d entries in the log before, %d after", before, after)
	}
}

// An attempt is a request of the stranger.
type attempt struct {
	op                          operation
	method, path, filled, query string
	body                        any
}

func strangerTries(t *testing.T, stranger *site, a attempt) {
	t.Helper()
	got := stranger.do(a.method, api+a.filled+a.query, a.body)
	said := fmt.Sprintf("%s %s with %v: got %d", a.method, a.filled+a.query, a.body, got.code)
	foreign := strings.Contains(a.path, "{")
	switch {
	case got.code >= http.StatusInternalServerError:
		t.Errorf("%s: %s", said, got.body)
	case strings.Contains(string(got.body), marker) && !strings.Contains(string(got.body), "q="+marker):
		t.Errorf("%s leaks: %s", said, got.body)
	case foreign && got.code < 300:
		t.Errorf("%s for somebody else's record: %s", said, got.body)
	case foreign && a.method == http.MethodGet && got.code != http.StatusNotFound && got.code != http.StatusForbidden && got.code != http.StatusUnprocessableEntity:
		t.Errorf("%s, want 404 or 403: %s", said, got.body)
	}
}

// known are the ids of the others' records, by the noun that stands before them in a path.
type known map[string]string

// variable is a noun of a path with what stands for the id behind it.
var variable = regexp.MustCompile(`([a-z-]+)/\{([a-z_]+)\}`)

// covers demands a record for each noun of a path, and that those without are given as one.
func (k known) covers(t *testing.T, path string, op operation) {
	t.Helper()
	kind, action, _ := strings.Cut(op.Access, ":")
	for _, m := range variable.FindAllStringSubmatch(path, -1) {
		noun := m[1]
		switch {
		case k[noun] != "":
		case ofNobody[noun] == "":
			t.Errorf("%s (%s) names one of the %s: make one of them in guarded(), or say in ofNobody why none is anybody's", path, op.OperationID, noun)
		case ofNobody[noun] == "given as one" && !givenAsOne(kind, crm.Action(action)):
			t.Errorf("%s (%s) takes %s, which is given record by record: make one of the %s in guarded()", path, op.OperationID, op.Access, noun)
		}
	}
	for _, p := range op.Parameters {
		if p.In == "query" && namesRecord.MatchString(p.Description) && k.value(p.Name) == "" {
			t.Errorf("%s (%s) is asked by %s (%s): say in value() whose record it is tried with", path, op.OperationID, p.Name, p.Description)
		}
	}
}

// givenAsOne says whether a grant is of all records of a type or of none.
func givenAsOne(kind string, action crm.Action) bool {
	for _, g := range crm.GovernedTypes() {
		if g.Name == kind {
			return slices.Contains(g.Actions, action) && !slices.Contains(g.Levels, crm.LevelTeam)
		}
	}
	return false
}

// fill puts ids into a path.
func (k known) fill(path string) string {
	filled := variable.ReplaceAllStringFunc(strings.Replace(path, "{type}/{id}", "contact/"+k["contacts"], 1), func(part string) string {
		m := variable.FindStringSubmatch(part)
		id := k[m[1]]
		if id == "" {
			id = "x"
		}
		return m[1] + "/" + id
	})
	return strings.ReplaceAll(filled, "{code}", "x")
}

// namesRecord tells a filter that names a record of somebody by what the document says of it.
var namesRecord = regexp.MustCompile(`Id of (?:the )?(?:a |an )?(?:contact|account|lead|opportunity|record|campaign|quote|order|invoice|activity)|contact:ID`)

// value is what a list is asked by: words of the others' records, or one of them.
func (k known) value(parameter string) string {
	return map[string]string{"q": marker, "query": marker, "contact": k["contacts"], "account": k["accounts"], "opportunity": k["opportunities"], "campaign": k["campaigns"],
		"lead": k["leads"], "parent": k["campaigns"], "record": k["contacts"], "record_type": "contact", "record_id": k["contacts"], "loser": k["contacts"],
		"view": "contact:" + k["contacts"], "user": web.AdminName}[parameter]
}

// queries are ways to ask a list: as it is, and by every filter that names a record or words of one.
func (k known) queries(op operation) []string {
	all := []string{""}
	required := url.Values{}
	for _, p := range op.Parameters {
		value := k.value(p.Name)
		if p.In != "query" || value == "" {
			continue
		}
		if p.Required {
			required.Set(p.Name, value)
		}
		q := url.Values{p.Name: {value}}
		if p.Name == "record" {
			q.Set("type", "contact")
		}
		all = append(all, "?"+q.Encode())
		if p.Name == "view" {
			all = append(all, "?view=account:"+k["accounts"])
		}
	}
	if len(required) > 0 {
		all = append(all, "?"+required.Encode())
	}
	return all
}

// bodies are the least body that an operation takes, and that with each of the others' records that it
// may name besides.
func (k known) bodies(doc *document, op operation) []any {
	content, ok := op.RequestBody.Content["application/json"]
	if !ok {
		return []any{nil}
	}
	least := k.body(doc, content.Schema, 0)
	all := []any{least}
	fields, ok := least.(map[string]any)
	if !ok {
		return all
	}
	s := content.Schema
	if s.Ref != "" {
		s = doc.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	for name := range s.Properties {
		if id := k.named(name); id != "" && fields[name] == nil {
			more := maps.Clone(fields)
			more[name] = id
			all = append(all, more)
		}
	}
	return all
}

// nounOfField are the nouns of fields that name a record, where the plural is another.
var nounOfField = map[string]string{"opportunity": "opportunities", "activity": "activities", "loser": "contacts", "record": "contacts", "a": "contacts", "b": "contacts", "parent": "accounts"}

// named is the record that a field of a body names; empty: it names none.
func (k known) named(field string) string {
	noun, ok := strings.CutSuffix(field, "_id")
	if !ok {
		return ""
	}
	if plural := nounOfField[noun]; plural != "" {
		return k[plural]
	}
	return k[noun+"s"]
}

// body makes the least body that a schema takes, with the others' records in it.
func (k known) body(doc *document, s schema, depth int) any {
	if s.Ref != "" {
		return k.body(doc, doc.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")], depth)
	}
	kind, _ := s.Type.(string)
	switch {
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case depth > 5:
		return nil
	case kind == "object" || len(s.Properties) > 0:
		fields := map[string]any{}
		for _, name := range s.Required {
			if fields[name] = k.named(name); fields[name] == "" {
				fields[name] = k.body(doc, s.Properties[name], depth+1)
			}
		}
		return fields
	case kind == "integer" || kind == "number":
		return 50
	case kind == "boolean":
		return false
	case kind == "string":
		return "stranger"
	case s.Items != nil:
		return []any{k.body(doc, *s.Items, depth+1)}
	}
	return []any{}
}

// guarded makes one record of each type that somebody has or that is about somebody, with the marker in it.
func (s *site) guarded() known {
	s.t.Helper()
	post := func(path string, body any) string {
		s.t.Helper()
		return s.post(path, body)["id"].(string)
	}
	k := known{}
	k["accounts"] = post("/accounts", object{"name": marker + " AG"})
	k["contacts"] = post("/contacts", object{"last_name": marker, "account_id": k["accounts"]})
	k["leads"] = post("/leads", object{"name": "Lead " + marker, "topic": marker, "company": "Other " + marker})
	sale := s.post("/opportunities", object{"name": marker, "contact_id": k["contacts"], "account_id": k["accounts"], "amount": object{"amount": 4711, "currency": "EUR"}})
	k["opportunities"], k["processes"] = sale["id"].(string), sale["process_id"].(string)
	k["activities"] = post("/activities", object{"kind": "note", "record_type": "contact", "record_id": k["contacts"], "subject": marker})
	s.guardedSales(k, post)
	s.guardedPerson(k, post)
	k["campaigns"] = post("/campaigns", object{"name": "Campaign of " + marker, "kind": "idea", "hashtag": "#secret"})
	s.post("/campaigns/"+k["campaigns"]+"/responses", object{"contact_id": k["contacts"], "subject": marker})
	k["ideas"], k["recommendations"] = "idea-1", "recommendation-1"
	s.exec(`INSERT INTO ideas (id, version, created_at, updated_at, campaign_id, post_id, author_id, group_id, kind, status, title, reason, posted_at, likes, shares, replies, chosen_at, thanked_at)
		VALUES ('idea-1', 1, 0, 0, $1, '', '', 'idea-1', 'name', 'new', $2, '', 0, 0, 0, 0, 0, 0)`, k["campaigns"], marker)
	s.exec(`INSERT INTO recommendations (id, version, created_at, updated_at, post_id, author_id, campaign_id, contact_id, lead_id, task_id, became, state, note)
		VALUES ('recommendation-1', 1, 0, 0, '', '', '', $1, '', '', 'reference', 'open', $2)`, k["contacts"], marker)
	k["imports"] = s.do(http.MethodPost, api+"/imports?type=contact&file="+marker+".csv", "last_name\nX\n", "Content-Type", "text/csv").want(http.StatusAccepted).object()["id"].(string)
	k["webhooks"] = post("/webhooks", object{"name": marker, "url": "https://erp.example/hook"})
	k["handovers"] = post("/handovers", object{"user_id": s.userID(web.AdminName), "reason": marker})
	k["tokens"], k["sessions"] = "token-1", "session-1"
	s.exec("INSERT INTO tokens (id, user_id, name, hash, created_at, expires_at, scopes, used_at) VALUES ('token-1', $1, $2, 'h', 0, 0, '', 0)", s.userID(web.AdminName), marker)
	s.exec("INSERT INTO sessions (token, data, expiry, id, user_id, began_at, used_at, address, agent) VALUES ('t', '', 9999999999, 'session-1', $1, 0, 0, '', $2)", s.userID(web.AdminName), marker)
	return k
}

// guardedSales makes the way from a quote to the money.
func (s *site) guardedSales(k known, post func(string, any) string) {
	s.t.Helper()
	line := object{"opportunity_id": k["opportunities"], "currency": "EUR", "notes": marker, "lines": []object{{"text": marker, "quantity": 1000, "price": 4711}}}
	sold := post("/quotes", line)
	s.post("/quotes/"+sold+"/send", nil)
	s.post("/quotes/"+sold+"/decide", object{"accepted": true})
	k["quotes"] = post("/quotes", line)
	k["orders"] = post("/orders", object{"quote_id": sold})
	k["invoices"] = post("/invoices", object{"order_id": k["orders"]})
	k["payments"] = post("/invoices/"+k["invoices"]+"/payments", object{"amount": object{"amount": 50, "currency": "EUR"}, "reference": marker})
}

// guardedPerson makes what hangs on a contact, and what becomes of one.
func (s *site) guardedPerson(k known, post func(string, any) string) {
	s.t.Helper()
	contact := "/contacts/" + k["contacts"]
	k["shares"] = post(contact+"/shares", object{"subject_type": "user", "subject_id": s.userID(web.AdminName), "reason": marker})
	k["profiles"] = post(contact+"/profiles", object{"profile": "x:" + marker})
	k["consents"] = post(contact+"/consents", object{"purpose": "marketing", "source": "form", "evidence": marker})
	k["invitations"], k["acquaintances"] = "invitation-1", "acquaintance-1"
	s.exec(`INSERT INTO acquaintances (id, contact_id, user_id, file_kind, origin, connected_on, basis, evidence, created, profiles, at)
		VALUES ('acquaintance-1', $1, $2, 'csv', $3, 0, 'consent', '', '', '[]', 0)`, k["contacts"], s.userID(web.AdminName), marker)
	s.exec(`INSERT INTO invitations (id, contact_id, state, created_by, created_at, expires_at, provider, attempt, verifier, attempt_ends, consent, used_at, author_id, network, native_id, handle, filed, ended_at)
		VALUES ('invitation-1', $1, 'open', '', 0, 9999999999999, '', '', '', 0, $2, 0, '', '', '', '', false, 0)`, k["contacts"], marker)
	k["merges"] = post("/contacts/"+k["contacts"]+"/merge", object{"loser_id": post("/contacts", object{"last_name": marker + " again"})})
	k["lead-merges"] = post("/leads/"+k["leads"]+"/merge", object{"loser_id": post("/leads", object{"name": marker + " again", "topic": marker})})
	k["account-merges"] = post("/accounts/"+k["accounts"]+"/merge", object{"loser_id": post("/accounts", object{"name": marker + " GmbH"})})
	k["erasures"] = post("/privacy/erasures", object{"contact_id": post("/contacts", object{"last_name": marker + " who goes"}), "reason": marker})
}
