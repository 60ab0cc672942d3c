package replay_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/post"
)

// heard is an Out that remembers, and can fail at the nth event.
type heard struct {
	events  []post.Event
	cursors []string
	at      []time.Time
	refused []string
	bytes   int
	up      bool
	failAt  int
	fail    error
}

func (h *heard) Mark(context.Context, string) error { return nil }

func (h *heard) Emit(ctx context.Context, e post.Event, cursor string) error {
	if h.fail != nil && len(h.events) == h.failAt {
		return h.fail
	}
	h.events, h.cursors, h.at = append(h.events, e), append(h.cursors, cursor), append(h.at, time.Now())
	return ctx.Err()
}
func (h *heard) Deliver(context.Context, []post.Event) error { return nil }
func (h *heard) Heard(n int)                                 { h.bytes += n }
func (h *heard) Connected()                                  { h.up = true }
func (h *heard) Refuse(_ context.Context, _ []byte, reason string) error {
	h.refused = append(h.refused, reason)
	return nil
}
func (h *heard) Gap(context.Context, time.Time, time.Time, string) error { return nil }

func (h *heard) ids() string {
	var ids []string
	for _, e := range h.events {
		ids = append(ids, e.Post.ID)
	}
	return strings.Join(ids, " ")
}

func source(tb testing.TB, section string, now func() time.Time) *replay.Source {
	tb.Helper()
	s, err := Unpack(section, now)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func Unpack(section string, now func() time.Time) (*replay.Source, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(section), &node); err != nil {
		return nil, err
	}
	c, err := replay.New(&node, connectors.Deps{Source: "old-posts", Now: now})
	if err != nil {
		return nil, err
	}
	return c.(*replay.Source), nil
}

// files writes two files of posts one minute apart, with a bad line between them.
func files(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	line := func(id, minute string) string {
		return `{"network":"n","id":"` + id + `","author":{"id":"a"},"text":"t","posted_at":"2026-03-01T10:` + minute + `:00Z"}` + "\n"
	}
	for name, text := range map[string]string{"1.ndjson": line("a", "00") + line("b", "01") + "bad\n" + line("c", "02"), "2.ndjson": line("d", "03") + line("a", "00") + line("e", "04")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func TestSourceRun(t *testing.T) {
	dir := files(t)
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	s := source(t, "files: ["+dir+"/*.ndjson]", func() time.Time { return now })
	out := &heard{}
	if err := s.Run(context.Background(), "", out); !errors.Is(err, connectors.ErrEnd) {
		t.Fatalf("error %v, want ErrEnd", err)
	}
	if got := out.ids(); got != "a b c d a e" {
		t.Errorf("replayed %s", got)
	}
	if diff := cmp.Diff([]string{`1.ndjson: line 3: no JSON object: "bad"`}, out.refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if e := out.events[0]; e.Source != "old-posts" || !e.ReceivedAt.Equal(now) || e.Post.PostedAt.Hour() != 10 {
		t.Errorf("the first event is %+v", e)
	}
	if !out.up || out.bytes == 0 {
		t.Errorf("up %v with %d bytes", out.up, out.bytes)
	}
	if err := s.Check(context.Background()); err != nil {
		t.Errorf("check: %v", err)
	}
}

// From any cursor the rest follows, and nothing of it is left out.
func TestSourceResume(t *testing.T) {
	dir := files(t)
	s := source(t, "files: ["+dir+"/*.ndjson]", nil)
	all := &heard{}
	if err := s.Run(context.Background(), "", all); !errors.Is(err, connectors.ErrEnd) {
		t.Fatal(err)
	}
	lost := errors.New("the log is gone")
	for n := range all.events {
		first := &heard{failAt: n, fail: lost}
		if err := s.Run(context.Background(), "", first); !errors.Is(err, lost) {
			t.Fatalf("error %v, want that of Emit", err)
		}
		cursor := ""
		if n > 0 {
			cursor = first.cursors[n-1]
		}
		rest := &heard{}
		if err := s.Run(context.Background(), cursor, rest); !errors.Is(err, connectors.ErrEnd) {
			t.Fatal(err)
		}
		if got, want := strings.TrimSpace(first.ids()+" "+rest.ids()), all.ids(); got != want {
			t.Errorf("stopped after %d: %s, want %s", n, got, want)
		}
	}
	if err := s.Run(context.Background(), "nonsense", all); !errors.Is(err, connectors.ErrConfig) {
		t.Errorf("error %v for a bad cursor, want ErrConfig", err)
	}
}

func TestSourceSpeed(t *testing.T) {
	dir := files(t)
	for section, want := range map[string]time.Duration{"speed: 1": 4 * time.Minute, "speed: 60": 4 * time.Second, "speed: 0": 0} {
		synctest.Test(t, func(t *testing.T) {
			s := source(t, "files: ["+dir+"/*.ndjson]\nshift: now\n"+section, time.Now)
			out := &heard{}
			start := time.Now()
			if err := s.Run(context.Background(), "", out); !errors.Is(err, connectors.ErrEnd) {
				t.Fatal(err)
			}
			if took := time.Since(start); took != want {
				t.Errorf("%s: took %s, want %s", section, took, want)
			}
			if !out.events[0].Post.PostedAt.Equal(start) {
				t.Errorf("%s: the first post is of %s, want now", section, out.events[0].Post.PostedAt)
			}
			for i, e := range out.events {
				if want > 0 && e.Post.ID != "a" && !e.Post.PostedAt.Equal(out.at[i]) {
					t.Errorf("%s: post %s is of %s and came at %s", section, e.Post.ID, e.Post.PostedAt, out.at[i])
				}
			}
		})
	}
}

// A resumed replay keeps the mapping of times that its cursor holds.
func TestSourceResumeKeepsTimes(t *testing.T) {
	dir := files(t)
	synctest.Test(t, func(t *testing.T) {
		s := source(t, "files: ["+dir+"/*.ndjson]\nshift: now\nspeed: 1", time.Now)
		start := time.Now()
		first, rest := &heard{failAt: 2, fail: errors.New("gone")}, &heard{}
		if err := s.Run(context.Background(), "", first); !errors.Is(err, first.fail) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		if err := s.Run(context.Background(), first.cursors[1], rest); !errors.Is(err, connectors.ErrEnd) {
			t.Fatal(err)
		}
		if got := rest.events[0].Post.PostedAt; !got.Equal(start.Add(2 * time.Minute)) {
			t.Errorf("post c is of %s, want two minutes after the start", got)
		}
	})
}

func TestSourceLoop(t *testing.T) {
	dir := files(t)
	stop := errors.New("enough")
	out := &heard{failAt: 14, fail: stop}
	s := source(t, "files: ["+dir+"/1.ndjson, "+dir+"/2.ndjson]\nloop: true", nil)
	if err := s.Run(context.Background(), "", out); !errors.Is(err, stop) {
		t.Fatalf("error %v", err)
	}
	if got := out.ids(); got != "a b c d a e a b c d a e a b" {
		t.Errorf("replayed %s", got)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = source(t, "files: ["+empty+"]\nloop: true", nil)
	if err := s.Run(context.Background(), "", &heard{}); !errors.Is(err, connectors.ErrConfig) {
		t.Errorf("error %v for a loop over nothing, want ErrConfig", err)
	}
}

func TestSourceStopsWhileWaiting(t *testing.T) {
	dir := files(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
		defer cancel()
		out := &heard{}
		err := source(t, "files: ["+dir+"/*.ndjson]\nspeed: 1", time.Now).Run(ctx, "", out)
		if !errors.Is(err, context.DeadlineExceeded) || out.ids() != "a b" {
			t.Errorf("error %v after %q, want the end of ctx after two posts", err, out.ids())
		}
	})
}

func TestNewErr(t *testing.T) {
	for section, want := range map[string]string{
		"speed: 1":                             "files: name at least one",
		"files: [a]\nspeed: -1":                "speed -1",
		"files: [a]\nshift: later":             `shift "later"`,
		"files: [a]\nformat: xml":              "want one of groundswell",
		"files: [a]\nmap: text=1":              "have to be mapped",
		"files: ['[']":                         "syntax error",
		"files: [a]\nspeeed: 1":                "did you mean speed",
		"files: [" + "/nowhere/at/all/*.json]": "",
	} {
		_, err := Unpack(section, nil)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", section, err)
			}
			continue
		}
		if !errors.Is(err, connectors.ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want ErrConfig with %q", section, err, want)
		}
	}
	s := source(t, "files: [/nowhere/at/all/*.json]", nil)
	for name, err := range map[string]error{"run": s.Run(context.Background(), "", &heard{}), "check": s.Check(context.Background())} {
		if !errors.Is(err, connectors.ErrConfig) || !strings.Contains(err.Error(), "nothing matches") {
			t.Errorf("%s: error %v, want ErrConfig for a pattern without files", name, err)
		}
	}
}
