package crm

import (
	"slices"
	"time"
)

// An Activity is something a person does, or has to do, about a record: a call, a meeting, a task.
type Activity struct {
	Meta
	Kind       string    `json:"kind"`        // call, e-mail, meeting, note, task, campaign-response
	RecordType string    `json:"record_type"` // what it is about
	RecordID   string    `json:"record_id"`
	Subject    string    `json:"subject"`
	Text       string    `json:"text"`
	OwnerID    string    `json:"owner_id"`   // who does it; empty: nobody yet
	ProcessID  string    `json:"process_id"` // that it came with; empty: none
	Stage      string    `json:"stage"`
	DueAt      time.Time `json:"due_at,omitzero"`
	DoneAt     time.Time `json:"done_at,omitzero"` // zero: it is to be done
	CampaignID string    `json:"campaign_id"`      // that it responds to; empty: none
	Response   string    `json:"response"`         // how, one of ResponseKinds
	Channel    string    `json:"channel"`          // by which way it came, one of ResponseChannels

	responseKey string // a campaign takes each once; empty: it may come again
}

func (a *Activity) owner() string { return a.OwnerID }

// ActivityKinds are the kinds of activities.
var ActivityKinds = []string{"call", "e-mail", "meeting", "note", "task", KindResponse}

// KindResponse is the kind of activities that respond to a campaign.
const KindResponse = "campaign-response"

const maxActivityText = 20_000

func (a *Activity) check() error {
	a.Subject = tidy(a.Subject)
	switch {
	case !slices.Contains(ActivityKinds, a.Kind):
		return invalid("kind", "%q: want one of %v", a.Kind, ActivityKinds)
	case a.Subject == "":
		return invalid("subject", "is empty: say what it is about")
	case len(a.Text) > maxActivityText:
		return invalid("text", "has %d bytes: at most %d are kept", len(a.Text), maxActivityText)
	case a.RecordID == "":
		return invalid("record_id", "is empty: an activity is about a record")
	case a.Kind != KindResponse && a.CampaignID+a.Response+a.Channel != "":
		return invalid("campaign_id", "belongs to a %s, and this is a %s", KindResponse, a.Kind)
	case a.Response != "" && !slices.Contains(ResponseKinds, a.Response):
		return invalid("response", "%q: want one of %v", a.Response, ResponseKinds)
	case a.Channel != "" && !slices.Contains(ResponseChannels, a.Channel):
		return invalid("channel", "%q: want one of %v", a.Channel, ResponseChannels)
	}
	return checkText("subject", a.Subject, maxName)
}

// tasksOf are the tasks that come with a stage.
func tasksOf(p *Process, s *Stage, o *Opportunity, now time.Time) []Activity {
	tasks := make([]Activity, len(s.Tasks))
	for i, t := range s.Tasks {
		tasks[i] = Activity{Kind: "task", RecordType: RecordOpportunity, RecordID: o.ID, Subject: t.Subject, Text: t.Guidance,
			OwnerID: o.OwnerID, ProcessID: p.ID, Stage: s.Name, DueAt: now.AddDate(0, 0, t.DueDays)}
	}
	return tasks
}
