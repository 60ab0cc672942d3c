package app_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
	"github.com/redis/go-redis/v9"
)

// onServers has a house use the servers that the tests are given, beside a database that is one:
// Kafka, with topics of its own, and Redis.
func onServers(t *testing.T, db *sqldb.DB) func(*config.Config) {
	return func(c *config.Config) {
		if db.Name() != "postgres" {
			return
		}
		if kafka := os.Getenv("GROUNDSWELL_TEST_KAFKA"); kafka != "" {
			c.Log.Brokers = strings.Split(kafka, ",")
			name := fmt.Sprintf("%s.%d", strings.ToLower(strings.ReplaceAll(t.Name(), "/", ".")), os.Getpid())
			c.Log.Group, c.Log.Topics.Posts, c.Log.Topics.Mentions, c.Log.Topics.Dead = name, name+".posts", name+".mentions", name+".dead"
		}
		c.Memory.Address = os.Getenv("GROUNDSWELL_TEST_REDIS")
	}
}

// What Greta is called, in small letters.
var gretasTraces = []string{"zwickelmann", "gretazwick", "greta@zwickel"}

// by puts an event about a post into the log, as a connector does.
func (h *house) by(kind post.EventType, id, handle, name, text string) {
	h.t.Helper()
	author := post.Author{ID: "https://social.example/users/" + handle, Handle: handle + "@social.example", Name: name, URL: "https://social.example/@" + handle, Followers: 10}
	e := post.Event{Type: kind, Source: "walk", ReceivedAt: time.Now(), Post: post.Post{Network: "mastodon", ID: "https://social.example/users/" + handle + "/" + id}}
	if kind == post.Upsert {
		e.Post.Kind, e.Post.Text, e.Post.Language, e.Post.PostedAt, e.Post.Author = post.KindPost, text, "en", time.Now(), author
		e.Post.URL = "https://social.example/@" + handle + "/" + id
	}
	if err := h.app.Entrance.Write(h.t.Context(), []post.Event{e}); err != nil {
		h.t.Fatal(err)
	}
}

// everywhere gathers all that is kept: each row of each table, each message of each topic, what Redis
// holds, and each file of the data folder, by where it is.
func (h *house) everywhere() map[string]string {
	h.t.Helper()
	all := make(map[string]string)
	for table := range privacy.Tables {
		rows, err := h.db.Query(h.t.Context(), "SELECT * FROM "+table)
		if err != nil {
			h.t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			cells, into := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				h.t.Fatal(err)
			}
			for _, c := range cells {
				if b, ok := c.([]byte); ok {
					c = string(b)
				}
				all["table "+table] += fmt.Sprintln(c)
			}
		}
		if err := rows.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	for _, topic := range []string{h.app.Log.Topics().Posts, h.app.Log.Topics().Mentions, h.app.Log.Topics().Dead} {
		err := h.app.Log.Scan(h.t.Context(), topic, func(m stream.Message) error {
			if len(m.Value) == 0 && len(h.app.Config.Log.Brokers) > 0 {
				return nil // a cluster keeps the keys of what it forgot until the retention is over (docs/privacy.md)
			}
			all["topic "+topic] += fmt.Sprintf("%s %s %s\n", m.Key, m.Value, m.Headers)
			return nil
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	h.inRedis(all)
	err := filepath.WalkDir(h.app.Config.Data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all["file "+path] = string(data)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h *house) inRedis(all map[string]string) {
	h.t.Helper()
	if h.app.Config.Memory.Address == "" {
		return
	}
	client := redis.NewClient(&redis.Options{Addr: h.app.Config.Memory.Address})
	defer client.Close()
	keys, err := client.Keys(h.t.Context(), "*").Result()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, key := range keys {
		value, _ := client.Dump(h.t.Context(), key).Result() // it may be gone by now
		all["redis"] += key + " " + value + "\n"
	}
}

// wantNowhere fails where something is still said.
func (h *house) wantNowhere(traces ...string) {
	h.t.Helper()
	for place, text := range h.everywhere() {
		low := strings.ToLower(text)
		for _, trace := range traces {
			if at := strings.Index(low, trace); at >= 0 {
				h.t.Errorf("%s still says %q: …%q…", place, trace, text[max(0, at-80):min(len(text), at+80)])
			}
		}
	}
}

// until waits for something that is done in the background.
func (h *house) until(what string, done func() bool) {
	h.t.Helper()
	for end := time.Now().Add(4 * time.Minute); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("it takes too long: %s", what)
		}
	}
}

// A person who is everywhere is erased, and nothing is left of them: not in a table, a topic, shared
// memory, a file of the data folder, an answer. What others said stays, and they are not collected again.
func TestErasedEverywhere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouseWith(t, db, onServers(t, db))
		greta := h.ask(http.MethodPost, "/contacts", map[string]string{"first_name": "Greta", "last_name": "Zwickelmann", "email": "greta@zwickel.example", "phone": "+49 431 5551234", "city": "Kiel"})["id"].(string)
		h.ask(http.MethodPost, "/contacts/"+greta+"/profiles", map[string]string{"profile": "mastodon:gretazwick@social.example"})
		otto := h.contact("Otto", "Other", "otto")
		h.settle()
		h.by(post.Upsert, "1", "gretazwick", "Greta Zwickelmann", "Acme made my day")
		h.by(post.Upsert, "2", "gretazwick", "Greta Zwickelmann", "Nothing that anybody listens for")
		h.by(post.Upsert, "3", "otto", "Otto Other", "Acme is fine, says @gretazwick@social.example")
		h.wait("/contacts/"+greta+"/timeline", 1)
		h.wait("/contacts/"+otto+"/timeline", 1)
		if err := pipeline.WriteDead(t.Context(), h.app.Log, pipeline.DeadLetter{Source: "walk", Reason: "no JSON", At: time.Now(), Raw: []byte("from greta@zwickel.example")}); err != nil {
			t.Fatal(err)
		}
		h.leavesTraces(greta)
		if hits := h.ask(http.MethodGet, "/search?q=zwickelmann", nil)["groups"].([]any); len(hits) == 0 {
			t.Error("the search does not know her before")
		}
		h.ask(http.MethodPost, "/privacy/export", map[string]string{"contact_id": greta, "reason": "asked by letter"})

		id := h.ask(http.MethodPost, "/privacy/erasures", map[string]string{"contact_id": greta, "reason": "asked by letter"})["id"].(string)
		var erasure map[string]any
		h.until("the erasure", func() bool {
			erasure = h.ask(http.MethodGet, "/privacy/erasures/"+id, nil)
			return erasure["state"] == "done"
		})
		h.wantNowhere(gretasTraces...)
		removed := erasure["removed"].(map[string]any)
		if removed["log.posts"] != 3.0 || removed["log.mentions"].(float64) < 2 || removed["log.dead"] != 1.0 || removed["contacts"] != 1.0 {
			t.Errorf("the proof says %v", removed)
		}
		if hits := h.ask(http.MethodGet, "/search?q=zwickelmann", nil)["groups"].([]any); len(hits) != 0 {
			t.Errorf("the search still finds %v", hits)
		}
		if touches := h.items("/contacts/" + otto + "/timeline"); len(touches) != 1 {
			t.Errorf("Otto has %d touches, want the one", len(touches))
		}
		h.by(post.Upsert, "4", "gretazwick", "Greta Zwickelmann", "Acme, me again")
		h.by(post.Upsert, "5", "otto", "Otto Other", "Acme is still fine")
		h.wait("/contacts/"+otto+"/timeline", 2)
		h.wantNowhere(gretasTraces...)
	})
}

// leavesTraces names Greta wherever people write, and where Groundswell does.
func (h *house) leavesTraces(greta string) {
	h.t.Helper()
	h.ask(http.MethodPost, "/contacts/"+greta+"/consents", map[string]string{"purpose": "marketing", "source": "form", "evidence": "Write to greta@zwickel.example."})
	h.ask(http.MethodPost, "/leads", map[string]any{"name": "Greta Zwickelmann", "topic": "A roof for Greta Zwickelmann", "contact_id": greta, "source": "hand", "email": "greta@zwickel.example",
		"allow_duplicate": true, "duplicate_reason": "she asked for it"})
	h.ask(http.MethodPost, "/activities", map[string]string{"kind": "note", "record_type": "contact", "record_id": greta, "subject": "Called Greta Zwickelmann", "text": "greta@zwickel.example"})
	o := h.ask(http.MethodPost, "/opportunities", map[string]any{"name": "Roof for Greta Zwickelmann", "need": "Greta Zwickelmann needs a roof", "contact_id": greta, "amount": map[string]any{"amount": 4711, "currency": "EUR"}})
	q := h.ask(http.MethodPost, "/quotes", map[string]any{"opportunity_id": o["id"], "currency": "EUR", "notes": "Dear Greta Zwickelmann", "lines": []map[string]any{{"text": "Roof", "quantity": 1000, "price": 100}}})
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, "http://"+h.app.Addr()+"/api/v1/quotes/"+q["id"].(string)+"/pdf", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	if pdf, err := io.ReadAll(res.Body); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		h.t.Errorf("the quote's PDF: %s, %v", res.Status, err)
	}
	for _, m := range h.items("/mentions") {
		h.ask(http.MethodPost, "/corrections", map[string]any{"post_id": m["post_id"], "monitor_id": m["monitor_id"], "polarity": "negative"})
	}
	h.ask(http.MethodGet, "/contacts/"+greta+"/360", nil)
}

// What its author deletes on a network is gone from every table, and from timelines, as soon as the
// pipeline reads it.
func TestDeletedOnTheNetwork(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouseWith(t, db, onServers(t, db))
		anna := h.contact("Anna", "Vogt", "anna")
		h.settle()
		h.by(post.Upsert, "1", "anna", "Anna Vogt", "Acme quetzalcoatlus")
		h.by(post.Upsert, "2", "anna", "Anna Vogt", "Acme stays")
		h.wait("/contacts/"+anna+"/timeline", 2)
		for _, m := range h.items("/mentions") {
			h.ask(http.MethodPost, "/corrections", map[string]any{"post_id": m["post_id"], "monitor_id": m["monitor_id"], "polarity": "negative"})
		}
		h.by(post.Delete, "1", "anna", "", "")
		h.wait("/contacts/"+anna+"/timeline", 1)
		for place, text := range h.everywhere() {
			if strings.HasPrefix(place, "table ") && strings.Contains(strings.ToLower(text), "quetzalcoatlus") {
				t.Errorf("%s still has the text", place)
			}
		}
	})
}
