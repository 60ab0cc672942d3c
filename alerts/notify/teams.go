package notify

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type teamsConfig struct {
	URL        config.Secret `yaml:"url"` // of a workflow "when a Teams webhook request is received"
	httpConfig `yaml:",inline"`
}

// teams posts an adaptive card to a workflow of Microsoft Teams
// (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook,
// https://adaptivecards.io/explorer/AdaptiveCard.html). The connectors of Office 365 are retired.
type teams struct{ *target }

func newTeams(section *yaml.Node) (Notifier, error) {
	var cfg teamsConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	t, err := newTarget("url", cfg.URL, &cfg.httpConfig)
	return teams{t}, err
}

// Pace keeps to four messages a second.
func (teams) Pace() time.Duration { return time.Second / 4 }

// Notify posts one card. What is dynamic is plain text: a TextRun knows no markup.
func (t teams) Notify(ctx context.Context, n Notification) error {
	m := n.message()
	type object = map[string]any
	run := func(text string, more object) object {
		inline := object{"type": "TextRun", "text": text}
		for k, v := range more {
			inline[k] = v
		}
		return object{"type": "RichTextBlock", "inlines": []object{inline}}
	}
	body := []object{run(short(m.Title, 300), object{"weight": "Bolder", "size": "Medium"})}
	if m.Text != "" {
		body = append(body, run(short(m.Text, 15_000), nil)) // of 28 KB that a message may have
	}
	card := object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body,
		"msteams": object{"width": "Full"}}
	var actions []object
	for _, l := range n.Links() {
		actions = append(actions, object{"type": "Action.OpenUrl", "title": l.Label, "url": l.URL})
	}
	if actions != nil {
		card["actions"] = actions
	}
	return t.post(ctx, "", nil, object{"type": "message", "summary": short(m.Title, 300), "attachments": []object{
		{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card}}})
}
