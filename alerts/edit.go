package alerts

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

const (
	longestComment = 4000                // characters
	longestSilence = 30 * 24 * time.Hour // then it is to be thought over
)

// An Edit is a person's change of an incident: who makes it, when, and which version they saw.
// Each of its methods makes the change in the caller's transaction, enters it into the history and
// returns the incident as it is then. What is so already is entered no second time.
type Edit struct {
	IncidentID string
	By         string // a user's name
	At         time.Time
	Version    int64 // 0: any
}

// Acknowledge notes that somebody takes care. Who was first stays.
func (e Edit) Acknowledge(ctx context.Context, tx *sqldb.Tx) (Incident, error) {
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		switch {
		case !i.AcknowledgedAt.IsZero():
			return Entry{}, nil
		case i.State == spike.Resolved:
			return Entry{}, conflict("the incident is resolved: comment on it, or label it")
		}
		i.AcknowledgedAt, i.AcknowledgedBy = e.At, e.By
		return Entry{Action: Acknowledged}, nil
	})
}

// Assign gives the incident to a user, or takes it from everybody when the name is empty. That
// there is such a user the caller knows.
func (e Edit) Assign(ctx context.Context, tx *sqldb.Tx, user string) (Incident, error) {
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		before := i.Assignee
		i.Assignee = user
		switch user {
		case before:
			return Entry{}, nil
		case "":
			return Entry{Action: Unassigned, Value: before}, nil
		}
		return Entry{Action: Assigned, Value: user}, nil
	})
}

// Comment adds a person's words to the history.
func (e Edit) Comment(ctx context.Context, tx *sqldb.Tx, text string) (Incident, error) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return Incident{}, invalid("text", "want some words")
	case n > longestComment:
		return Incident{}, invalid("text", "has %d characters: want %d at most", n, longestComment)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }):
		return Incident{}, invalid("text", "holds a control character: want words, line breaks and tabs")
	}
	return e.change(ctx, tx, func(*Incident) (Entry, error) { return Entry{Action: Commented, Text: text}, nil })
}

// Silence keeps everybody from being told of the incident until a time; judging goes on.
func (e Edit) Silence(ctx context.Context, tx *sqldb.Tx, until time.Time) (Incident, error) {
	switch {
	case !until.After(e.At):
		return Incident{}, invalid("until", "%s is not in the future", until.UTC().Format(time.RFC3339))
	case until.Sub(e.At) > longestSilence:
		return Incident{}, invalid("until", "want a time within %d days", int(longestSilence.Hours()/24))
	}
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		switch {
		case i.State == spike.Resolved:
			return Entry{}, conflict("the incident is resolved: nobody is told of it any more")
		case i.SilencedUntil.Equal(until):
			return Entry{}, nil
		}
		i.SilencedUntil = until
		return Entry{Action: Silenced, Value: until.UTC().Format(time.RFC3339)}, nil
	})
}

// Unsilence ends the silence.
func (e Edit) Unsilence(ctx context.Context, tx *sqldb.Tx) (Incident, error) {
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		if i.SilencedUntil.IsZero() {
			return Entry{}, nil
		}
		i.SilencedUntil = time.Time{}
		return Entry{Action: Unsilenced}, nil
	})
}

// SetLabel says what the incident was; the empty label takes back what was said.
func (e Edit) SetLabel(ctx context.Context, tx *sqldb.Tx, label Label) (Incident, error) {
	if label != Right && label != FalseAlarm && label != "" {
		return Incident{}, invalid("label", "%q: want right or false_alarm", label)
	}
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		before := i.Label
		switch label {
		case before:
			return Entry{}, nil
		case "":
			i.Label, i.LabelledAt, i.LabelledBy = "", time.Time{}, ""
			return Entry{Action: Unlabelled, Value: string(before)}, nil
		}
		i.Label, i.LabelledAt, i.LabelledBy = label, e.At, e.By
		return Entry{Action: Labelled, Value: string(label)}, nil
	})
}

// RenameAssignee has incidents be somebody's still whose name is another now. No two users have one name.
func RenameAssignee(ctx context.Context, tx *sqldb.Tx, before, after string) error {
	if _, err := tx.Exec(ctx, "UPDATE incidents SET assignee = $1, version = version + 1 WHERE assignee = $2 AND assignee <> ''", after, before); err != nil {
		return fmt.Errorf("rename the assignee of incidents: %w", err)
	}
	return nil
}

// change loads the incident, lets do change it, and saves it with its entry. An entry without an
// action says that nothing changed.
func (e Edit) change(ctx context.Context, tx *sqldb.Tx, do func(i *Incident) (Entry, error)) (Incident, error) {
	i, err := e.load(ctx, tx)
	if err != nil {
		return Incident{}, err
	}
	entry, err := do(&i)
	if err != nil {
		return Incident{}, fmt.Errorf("change incident %s: %w", e.IncidentID, err)
	}
	if entry.Action == "" {
		return i, nil
	}
	i.Version++
	if err := saveCare(ctx, tx, &i); err != nil {
		return Incident{}, err
	}
	return i, saveEntries(ctx, tx, e.entry(entry))
}

// load locks and loads the incident, so that of two people one is first.
func (e Edit) load(ctx context.Context, tx *sqldb.Tx) (Incident, error) {
	if _, err := tx.Exec(ctx, "UPDATE incidents SET version = version WHERE id = $1", e.IncidentID); err != nil {
		return Incident{}, fmt.Errorf("lock incident %s: %w", e.IncidentID, err)
	}
	i, err := IncidentByID(ctx, tx, e.IncidentID)
	if err == nil && e.Version != 0 && e.Version != i.Version {
		err = fmt.Errorf("change incident %s: %w", e.IncidentID, ErrChanged)
	}
	return i, err
}

func (e Edit) entry(entry Entry) Entry {
	entry.ID, entry.At, entry.By = newID(e.At), e.At, e.By
	if entry.IncidentID == "" {
		entry.IncidentID = e.IncidentID
	}
	return entry
}

// saveCare writes what people did to an incident.
func saveCare(ctx context.Context, tx *sqldb.Tx, i *Incident) error {
	_, err := tx.Exec(ctx, `UPDATE incidents SET acknowledged_at = $1, acknowledged_by = $2, assignee = $3, silenced_until = $4, merged_into = $5,
		label = $6, labelled_at = $7, labelled_by = $8, version = $9 WHERE id = $10`,
		sqldb.Millis(i.AcknowledgedAt), i.AcknowledgedBy, i.Assignee, sqldb.Millis(i.SilencedUntil), i.MergedInto,
		string(i.Label), sqldb.Millis(i.LabelledAt), i.LabelledBy, i.Version, i.ID)
	if err != nil {
		return fmt.Errorf("save incident %s: %w", i.ID, err)
	}
	return nil
}
