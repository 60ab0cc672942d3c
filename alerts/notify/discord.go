package notify

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type discordConfig struct {
	URL        config.Secret `yaml:"url"` // of a webhook
	httpConfig `yaml:",inline"`
}

// discord executes a webhook (https://discord.com/developers/docs/resources/webhook#execute-webhook)
// with an embed (https://discord.com/developers/docs/resources/message#embed-object).
type discord struct{ *target }

func newDiscord(section *yaml.Node) (Notifier, error) {
	var cfg discordConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	t, err := newTarget("url", cfg.URL, &cfg.httpConfig)
	return discord{t}, err
}

// Pace is thirty messages a minute.
func (discord) Pace() time.Duration { return 2 * time.Second }

// Notify posts one message. It mentions nobody, whatever it holds.
func (d discord) Notify(ctx context.Context, n Notification) error {
	m := n.message()
	text := markdown.Replace(short(m.Text, 3000))
	for i, l := range n.Links() {
		text += []string{"\n\n", " · "}[min(i, 1)] + "[" + markdown.Replace(l.Label) + "](" + linkTarget(l.URL) + ")"
	}
	colour, _ := strconv.ParseInt(strings.TrimPrefix(n.colour(), "#"), 16, 32)
	embed := map[string]any{"title": markdown.Replace(short(m.Title, 200)), "description": short(text, 4000), "color": colour}
	if n.URL != "" {
		embed["url"] = n.URL
	}
	return d.post(ctx, "", nil, map[string]any{"username": "Groundswell", "embeds": []any{embed}, "allowed_mentions": map[string]any{"parse": []string{}}})
}

// Check says whether the webhook is known (https://discord.com/developers/docs/resources/webhook#get-webhook-with-token).
func (d discord) Check(ctx context.Context) error {
	return d.reach(ctx, call{method: http.MethodGet})
}
