package notify

import (
	"context"
	"errors"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type telegramConfig struct {
	Token      config.Secret `yaml:"token"`  // of the bot
	Chat       string        `yaml:"chat"`   // id, or @name of a channel
	Thread     int64         `yaml:"thread"` // of a group with topics; 0: none
	Server     string        `yaml:"server"` // of the Bot API
	httpConfig `yaml:",inline"`
}

// telegram sends messages by the Bot API (https://core.telegram.org/bots/api#sendmessage).
type telegram struct {
	*target
	path, chat string
	thread     int64
}

func newTelegram(section *yaml.Node) (Notifier, error) {
	cfg := telegramConfig{Server: "https://api.telegram.org"}
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	switch {
	case !strings.Contains(cfg.Token.Reveal(), ":"):
		return nil, errors.New("token: want the bot's token, NUMBER:LETTERS, as BotFather gave it")
	case cfg.Chat == "":
		return nil, errors.New("chat: want the chat's id, or the @name of a channel")
	}
	_, secret, _ := strings.Cut(cfg.Token.Reveal(), ":")
	t, err := newTarget("server", config.Secret(cfg.Server), &cfg.httpConfig, cfg.Token, config.Secret(secret))
	return &telegram{t, "/bot" + cfg.Token.Reveal(), cfg.Chat, cfg.Thread}, err
}

// Pace is that of a group, twenty messages a minute (https://core.telegram.org/bots/faq#broadcasting-to-users).
func (*telegram) Pace() time.Duration { return 3 * time.Second }

// Notify sends one message. A message may have 4,096 characters.
func (t *telegram) Notify(ctx context.Context, n Notification) error {
	m := n.message()
	text := "<b>" + html.EscapeString(short(m.Title, 300)) + "</b>\n" + html.EscapeString(short(m.Text, 3000))
	for _, l := range n.Links() {
		text += "\n<a href=\"" + html.EscapeString(l.URL) + "\">" + html.EscapeString(l.Label) + "</a>"
	}
	body := map[string]any{"chat_id": t.chat, "text": text, "parse_mode": "HTML", "link_preview_options": map[string]any{"is_disabled": true}}
	if t.thread != 0 {
		body["message_thread_id"] = t.thread
	}
	return t.post(ctx, t.path+"/sendMessage", nil, body)
}

// Check says whether the bot is known.
func (t *telegram) Check(ctx context.Context) error {
	return t.reach(ctx, call{method: http.MethodGet, path: t.path + "/getMe"})
}
