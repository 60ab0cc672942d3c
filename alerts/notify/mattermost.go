package notify

import (
	"context"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type mattermostConfig struct {
	URL        config.Secret `yaml:"url"`     // of an incoming webhook
	Channel    string        `yaml:"channel"` // in place of the webhook's own
	httpConfig `yaml:",inline"`
}

// mattermost posts to an incoming webhook (https://developers.mattermost.com/integrate/webhooks/incoming/)
// a message with an attachment (https://developers.mattermost.com/integrate/reference/message-attachments/).
type mattermost struct {
	*target
	channel string
}

func newMattermost(section *yaml.Node) (Notifier, error) {
	var cfg mattermostConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	t, err := newTarget("url", cfg.URL, &cfg.httpConfig)
	return mattermost{t, cfg.Channel}, err
}

// Pace is one message a second.
func (mattermost) Pace() time.Duration { return time.Second }

// markdown escapes what Markdown takes for control (https://spec.commonmark.org/0.31.2/#backslash-escapes),
// and keeps names that begin with @ from calling anybody.
var markdown = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`,
	"~", `\~`, "!", `\!`, "@", "@\u200b")

var colours = [7]string{"#2f9e44", "#2f9e44", "#fab005", "#fab005", "#fd7e14", "#e03131", "#a61e4d"}

func (n *Notification) colour() string { return colours[min(max(n.Severity, 0), 6)] }

// Notify posts one message.
func (m mattermost) Notify(ctx context.Context, n Notification) error {
	words := n.message()
	var text strings.Builder
	text.WriteString(markdown.Replace(short(words.Text, 12_000)))
	for i, l := range n.Links() {
		if i == 0 {
			text.WriteString("\n\n")
		} else {
			text.WriteString(" · ")
		}
		text.WriteString("[" + markdown.Replace(l.Label) + "](" + linkTarget(l.URL) + ")")
	}
	body := map[string]any{"attachments": []map[string]any{{"fallback": short(words.Title, 300), "color": n.colour(),
		"title": markdown.Replace(short(words.Title, 300)), "title_link": n.URL, "text": text.String()}}}
	if m.channel != "" {
		body["channel"] = m.channel
	}
	return m.post(ctx, "", nil, body)
}

// linkTarget is an address that ends no Markdown link before its end.
func linkTarget(address string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "\n", "%0A", "\r", "%0D", "<", "%3C", ">", "%3E").Replace(address)
}
