package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/web"
)

// house is a whole Groundswell with somebody who uses its API.
type house struct {
	t     *testing.T
	app   *app.App
	db    *sqldb.DB
	token string
}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	return newHouseWith(t, db, func(*config.Config) {})
}

// newHouseWith is newHouse with a configuration of its own.
func newHouseWith(t *testing.T, db *sqldb.DB, change func(*config.Config)) *house {
	t.Helper()
	c := config.Default()
	c.Data, c.Listen, c.Database.URL = t.TempDir(), "127.0.0.1:0", config.Secret(sqldbtest.URL(t))
	c.Monitors = []config.Monitor{{Name: "Acme", Kind: "own", Query: "acme"}}
	change(&c)
	a, err := app.Open(t.Context(), app.Options{Config: c, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, app: a, db: db}
	if err := web.AddUser(t.Context(), db, "rep", "correct horse battery", time.Now(), crm.RoleAdministrator); err != nil {
		t.Fatal(err)
	}
	if h.token, err = web.AddToken(t.Context(), db, "rep", "walk", time.Time{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	return h
}

// ask sends a request and decodes its answer.
func (h *house) ask(method, path string, body any) map[string]any {
	h.t.Helper()
	var reader io.Reader
	if body != nil {
		data, _ := json.Marshal(body)
		reader = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.app.Addr()+"/api/v1"+path, reader)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if res.StatusCode == http.StatusNoContent {
		return out
	}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode >= 300 {
		h.t.Fatalf("%s %s: %s %v %v", method, path, res.Status, err, out)
	}
	return out
}

func (h *house) items(path string) (items []map[string]any) {
	h.t.Helper()
	for _, i := range h.ask(http.MethodGet, path, nil)["items"].([]any) {
		items = append(items, i.(map[string]any))
	}
	return items
}

// wait asks until there are so many items: what was said is on its way through the log.
func (h *house) wait(path string, n int) []map[string]any {
	h.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		items := h.items(path)
		if len(items) == n {
			return items
		}
		if time.Now().After(end) {
			h.t.Fatalf("%s: %d items, want %d", path, len(items), n)
		}
	}
}

func (h *house) contact(first, last, handle string) string {
	h.t.Helper()
	id := h.ask(http.MethodPost, "/contacts", map[string]string{"first_name": first, "last_name": last, "city": "Kiel"})["id"].(string)
	h.ask(http.MethodPost, "/contacts/"+id+"/profiles", map[string]string{"profile": "mastodon:" + handle + "@social.example"})
	return id
}

// say puts a post into the log, as a connector does.
func (h *house) say(id, handle, name string) {
	h.t.Helper()
	e := post.Event{Type: post.Upsert, Source: "walk", ReceivedAt: time.Now(), Post: post.Post{Network: "mastodon", ID: "https://social.example/posts/" + id, Kind: post.KindPost,
		Text: "Acme made my day, number " + id, Language: "en", URL: "https://social.example/posts/" + id, PostedAt: time.Now(),
		Author: post.Author{ID: "https://social.example/users/" + handle, Handle: handle + "@social.example", Name: name, URL: "https://social.example/@" + handle, Followers: 10}}}
	if err := h.app.Entrance.Write(h.t.Context(), []post.Event{e}); err != nil {
		h.t.Fatal(err)
	}
}

// state is every row that a merge may touch; versions and times of change only ever grow.
func (h *house) state() map[string][]string {
	h.t.Helper()
	all := make(map[string][]string)
	for table, columns := range map[string]string{
		"contacts":         "id, external_id, first_name, last_name, display_name, email, phone, company, city, country, url, relationship, created_at",
		"deleted_contacts": "id, 1",
		"social_profiles":  "id, contact_id, network, native_id, handle, url, created_at",
		"links":            "author_id, contact_id, decision, probability, evidence, basis, reason, explanation, model, proposed, decided_by, decided_at",
		"touches":          "contact_id, post_id, author_id, posted_at",
		"leads":            "id, contact_id, milestone, author_id",
	} {
		rows, err := h.db.Query(h.t.Context(), "SELECT "+columns+" FROM "+table)
		if err != nil {
			h.t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			cells, dest := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				dest[i] = &cells[i]
			}
			if err := rows.Scan(dest...); err != nil {
				h.t.Fatal(err)
			}
			all[table] = append(all[table], fmt.Sprint(cells))
		}
		if err := rows.Err(); err != nil {
			h.t.Fatal(err)
		}
		rows.Close()
		slices.Sort(all[table])
	}
	return all
}

// An unknown author is suggested, confirmed by a person, and what they said appears on the contact;
// another contact is merged into that one by mistake and taken out again, and everything is as it
// was before, with the audit log to prove it.
func TestFromStrangerToContactAndBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		h.say("1", "anna", "Anna Vogt")
		h.wait("/mentions", 1)
		if got := h.items("/review"); len(got) != 0 {
			t.Fatalf("%v waits, and nobody is known", got)
		}

		// Two contacts have the same profile on file: a person has to say whose it is.
		anna, wrong := h.contact("Anna", "Vogt", "anna"), h.contact("Bert", "Zander", "anna")
		clara := h.contact("Clara", "Nissen", "clara")
		h.settle()
		h.say("2", "anna", "Anna Vogt")
		suggested := h.wait("/review", 2)
		for _, s := range suggested {
			if s["decision"] != "suggested" || s["explanation"].(map[string]any)["sentence"] == "" || len(s["evidence"].([]any)) == 0 || len(s["posts"].([]any)) != 2 {
				t.Errorf("suggested %v: want the evidence, a sentence and both posts", s)
			}
		}
		author := suggested[0]["author_id"].(string)
		h.ask(http.MethodPost, "/links", map[string]string{"author_id": author, "contact_id": anna, "decision": "confirmed", "reason": "met her at the fair"})
		h.ask(http.MethodPost, "/links", map[string]string{"author_id": author, "contact_id": wrong, "decision": "rejected"})
		if touches := h.items("/contacts/" + anna + "/timeline"); len(touches) != 2 {
			t.Fatalf("%d touches, want what was said before too", len(touches))
		}
		h.say("3", "anna", "Anna Vogt")
		h.wait("/contacts/"+anna+"/timeline", 3)
		h.say("4", "clara", "Clara Nissen")
		h.wait("/contacts/"+clara+"/timeline", 1)

		before := h.state()
		merge := h.ask(http.MethodPost, "/contacts/"+anna+"/merge", map[string]string{"loser_id": clara, "reason": "one person, I believed"})
		if touches := h.items("/contacts/" + anna + "/timeline"); len(touches) != 4 {
			t.Fatalf("%d touches on the merged contact, want 4", len(touches))
		}
		if len(h.state()["contacts"]) != 2 {
			t.Error("the merged contact is still there")
		}
		h.ask(http.MethodPost, "/merges/"+merge["id"].(string)+"/unmerge", map[string]string{"reason": "two people"})
		if diff := cmp.Diff(before, h.state()); diff != "" {
			t.Errorf("not as before (-before +after):\n%s", diff)
		}
		h.settle()
		h.say("5", "clara", "Clara Nissen") // the index knows her again
		h.wait("/contacts/"+clara+"/timeline", 2)

		h.proves("/audit?limit=200&record="+clara, "merge merge rep one person, I believed", "merge unmerge rep two people", "link merge rep", "link unmerge rep")
		h.proves("/audit?limit=200&record="+author+"/"+anna, "link match matcher", "link decide rep met her at the fair")
	})
}

// What people ask for that needs all contacts is done in the background, and told.
func TestJobs(t *testing.T) {
	sqldbtest.Each(t, testJobs)
}

func testJobs(t *testing.T, db *sqldb.DB) {
	h := newHouse(t, db)
	for i := range 30 {
		h.ask(http.MethodPost, "/contacts", map[string]string{"first_name": "First" + fmt.Sprint(i), "last_name": "Last" + fmt.Sprint(i*7), "email": fmt.Sprintf("p%d@example.com", i), "city": "Kiel"})
	}
	twin := map[string]string{"first_name": "Friederike", "last_name": "Ahrensbök", "email": "friederike@example.org", "city": "Lübeck", "phone": "+49 451 123456"}
	h.ask(http.MethodPost, "/contacts", twin)
	h.ask(http.MethodPost, "/contacts", twin)
	for _, kind := range []string{"duplicates", "refit"} {
		h.ask(http.MethodPost, "/matching/jobs", map[string]string{"kind": kind})
		for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
			job := h.items("/matching/jobs")[0]
			if job["state"] == "done" {
				break
			}
			if job["state"] == "failed" || time.Now().After(end) {
				t.Fatalf("job %v", job)
			}
		}
	}
	if pairs := h.items("/duplicates"); len(pairs) == 0 || pairs[0]["winner"].(map[string]any)["last_name"] != "Ahrensbök" {
		t.Errorf("duplicates %v: want the twins first", pairs)
	}
	models := h.items("/matching/models")
	if len(models) != 1 || models[0]["active"] != false {
		t.Fatalf("models %v: want one that is not switched on", models)
	}
	h.ask(http.MethodPost, "/matching/models/"+models[0]["id"].(string)+"/activate", map[string]string{})
}

// settle waits until the matcher knows what was changed up to now.
func (h *house) settle() {
	h.t.Helper()
	now := time.Now()
	for end := now.Add(time.Minute); h.app.Followed().Before(now); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("the matcher has followed to %s, want %s", h.app.Followed(), now)
		}
	}
}

// proves fails unless the audit log holds the entries: type, action, who, why.
func (h *house) proves(path string, want ...string) {
	h.t.Helper()
	var log []string
	for _, e := range h.items(path) {
		log = append(log, fmt.Sprintf("%v %v %v %v", e["record_type"], e["action"], e["actor_name"], e["reason"]))
	}
	for _, w := range want {
		if !slices.ContainsFunc(log, func(l string) bool { return strings.HasPrefix(l, w) }) {
			h.t.Errorf("the log says %q: want %q", log, w)
		}
	}
}
