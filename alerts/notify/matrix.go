package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type matrixConfig struct {
	Server     string        `yaml:"server"` // https://matrix.example.org
	Token      config.Secret `yaml:"token"`  // of the user that writes
	Room       string        `yaml:"room"`   // !id:server
	httpConfig `yaml:",inline"`
}

// matrix sends to a room (https://spec.matrix.org/v1.11/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid).
// The transaction's id is made of the delivery's key, so the server takes a message once.
type matrix struct {
	*target
	token config.Secret
	room  string
}

func newMatrix(section *yaml.Node) (Notifier, error) {
	var cfg matrixConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	switch {
	case cfg.Token == "":
		return nil, errors.New("token: want the access token of the user that writes")
	case !strings.HasPrefix(cfg.Room, "!"):
		return nil, fmt.Errorf("room: %q: want the room's id, such as !abcdef:example.org", cfg.Room)
	}
	t, err := newTarget("server", config.Secret(cfg.Server), &cfg.httpConfig, cfg.Token)
	return &matrix{t, cfg.Token, cfg.Room}, err
}

// Pace keeps to what a home server lets a user send by default (rc_message of Synapse: one in five seconds).
func (*matrix) Pace() time.Duration { return 5 * time.Second }

// Notify sends one message, as text and as HTML. It mentions nobody, whatever it holds.
func (m *matrix) Notify(ctx context.Context, n Notification) error {
	words := n.message()
	text, formatted := words.Title+"\n\n"+words.Text, "<h4>"+html.EscapeString(words.Title)+"</h4>"+words.HTML
	for _, l := range n.Links() {
		text += "\n" + l.Label + ": " + l.URL
		formatted += `<p><a href="` + html.EscapeString(l.URL) + `">` + html.EscapeString(l.Label) + "</a></p>"
	}
	if len(formatted) > 40_000 { // of 64 KB that an event may have
		formatted = ""
	}
	content := map[string]any{"msgtype": "m.text", "body": short(text, 10_000), "m.mentions": map[string]any{}}
	if formatted != "" {
		content["format"], content["formatted_body"] = "org.matrix.custom.html", formatted
	}
	body, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encode notification: %w", err)
	}
	sum := sha256.Sum256([]byte(n.Key))
	_, err = m.do(ctx, call{method: http.MethodPut, header: bearer(m.token), body: body,
		path: "/_matrix/client/v3/rooms/" + url.PathEscape(m.room) + "/send/m.room.message/" + hex.EncodeToString(sum[:16])})
	return err
}

// Check says whether the token is known and its user is in the room.
func (m *matrix) Check(ctx context.Context) error {
	answer, err := m.do(ctx, call{method: http.MethodGet, path: "/_matrix/client/v3/joined_rooms", header: bearer(m.token)})
	if err != nil {
		return err
	}
	var in struct {
		Rooms []string `json:"joined_rooms"`
	}
	if err := json.Unmarshal(answer, &in); err == nil {
		for _, room := range in.Rooms {
			if room == m.room {
				return nil
			}
		}
	}
	return fmt.Errorf("reach %s: the token's user is not in the room: invite it, and join", m.url.Host)
}
