package crm

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"
)

// A Message tells other programs that a record was changed: the topic of the CRM and the webhooks
// carry it (docs/wire-format.md). It names what changed and holds nothing about a person: of the
// values only those in toldValues.
type Message struct {
	V        int       `json:"v"`
	ID       string    `json:"id"`    // of the entry in the audit log; a message that comes again has the same
	Event    string    `json:"event"` // what changed together bears one
	Type     string    `json:"type"`
	Action   string    `json:"action"`
	RecordID string    `json:"record_id"`
	About    string    `json:"about,omitempty"`   // another record that the change concerns
	Version  int64     `json:"version,omitempty"` // of the record after the change, where it has versions
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Fields   []string  `json:"fields"` // what was changed; of a new record, what it holds

	Before map[string]any `json:"before,omitempty"`
	After  map[string]any `json:"after,omitempty"`
}

// toldValues are the fields whose values a message holds: ids that Groundswell made up, which say
// nothing once their record is gone, and where a record stands. An id of another system
// (external_id, native_id) says who somebody is, and so does author_id, a hash of what a network
// calls them: they are not among these.
var toldValues = map[string]bool{
	"owner_id": true, "account_id": true, "contact_id": true, "lead_id": true, "opportunity_id": true, "parent_id": true, "campaign_id": true, "quote_id": true,
	"order_id": true, "invoice_id": true, "process_id": true, "territory_id": true, "user_id": true, "winner_id": true, "loser_id": true,
	"subject_id": true, "record_id": true, "record_type": true, "subject_type": true, "milestone": true, "state": true, "stage": true, "forecast": true, "decision": true,
}

// message is what a change tells. id is that of its entry in the audit log.
func (r *changedRecord) message(c *Change, id string) Message {
	before, after := plainFields(r.before), plainFields(r.after)
	m := Message{V: 1, ID: id, Event: c.Event, Type: r.kind, Action: r.action, RecordID: r.id, About: r.about, At: c.At.UTC().Truncate(time.Millisecond), By: c.By,
		Fields: changedFields(before, after), Before: told(before), After: told(after)}
	if version, ok := after["version"].(float64); ok {
		m.Version = int64(version)
	}
	if r.kind == RecordLink || r.kind == RecordProfile { // what is part of a contact is known by the contact
		m.RecordID, m.About, m.Version = r.about, "", 0
	}
	return m
}

// key keeps the changes of a record in order: the log orders what has the same.
func (m *Message) key() string {
	kind := m.Type
	if kind == RecordLink || kind == RecordProfile {
		kind = RecordContact
	}
	return kind + ":" + m.RecordID
}

// plainFields are the fields of a record as the audit log has it; none where it is no object.
func plainFields(v any) map[string]any {
	var fields map[string]any
	if v == nil || json.Unmarshal([]byte(auditText(v)), &fields) != nil {
		return nil
	}
	if own, ok := fields["fields"].(map[string]any); ok { // the company's own, one by one
		delete(fields, "fields")
		for name, value := range own {
			fields["fields."+name] = value
		}
	}
	return fields
}

// changedFields are the names of the fields in which two records differ, sorted. What is empty on
// both sides did not change.
func changedFields(before, after map[string]any) []string {
	names := make(map[string]bool)
	for _, fields := range []map[string]any{before, after} {
		for name := range fields {
			same := reflect.DeepEqual(before[name], after[name]) || isZero(before[name]) && isZero(after[name])
			if !same && name != "id" && name != "version" && name != "created_at" && name != "updated_at" {
				names[name] = true
			}
		}
	}
	list := slices.Sorted(maps.Keys(names))
	if list == nil {
		list = []string{}
	}
	return list
}

// told are the values that a message may hold.
func told(fields map[string]any) map[string]any {
	var values map[string]any
	for name, value := range fields {
		if text, ok := value.(string); ok && toldValues[name] && text != "" {
			if values == nil {
				values = make(map[string]any)
			}
			values[name] = text
		}
	}
	return values
}
