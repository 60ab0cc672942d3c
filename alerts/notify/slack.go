package notify

import (
	"context"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type slackConfig struct {
	URL        config.Secret `yaml:"url"` // of an incoming webhook
	httpConfig `yaml:",inline"`
}

// slack posts to an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
// a message of blocks (https://docs.slack.dev/reference/block-kit/blocks).
type slack struct{ *target }

func newSlack(section *yaml.Node) (Notifier, error) {
	var cfg slackConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	t, err := newTarget("url", cfg.URL, &cfg.httpConfig)
	return slack{t}, err
}

// Pace is one message a second (https://docs.slack.dev/apis/web-api/rate-limits).
func (slack) Pace() time.Duration { return time.Second }

// slackText escapes what Slack takes for control: so <!channel> calls nobody.
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Notify posts one message.
func (s slack) Notify(ctx context.Context, n Notification) error {
	m := n.message()
	type object = map[string]any
	plain := func(text string, most int) object {
		return object{"type": "plain_text", "text": short(text, most), "emoji": false}
	}
	blocks := []object{{"type": "header", "text": plain(m.Title, 150)}}
	if m.Text != "" {
		blocks = append(blocks, object{"type": "section", "text": plain(m.Text, 3000)})
	}
	var buttons []object
	for _, l := range n.Links() {
		buttons = append(buttons, object{"type": "button", "text": plain(l.Label, 75), "url": l.URL})
	}
	if len(buttons) > 0 {
		blocks = append(blocks, object{"type": "actions", "elements": buttons})
	}
	return s.post(ctx, "", nil, object{"text": slackText.Replace(short(m.Title, 300)), "blocks": blocks})
}
