package replay_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/post"
)

func load(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// read reads data and checks the accounts.
func read(tb testing.TB, r io.Reader, opt replay.Options) ([]replay.Item, replay.Summary) {
	tb.Helper()
	var list []replay.Item
	sum, err := replay.Read(context.Background(), r, opt, func(item replay.Item) error {
		item.Raw = bytes.Clone(item.Raw)
		list = append(list, item)
		return nil
	})
	if err != nil {
		tb.Fatalf("read: %v", err)
	}
	balance(tb, list, sum)
	return list, sum
}

func balance(tb testing.TB, list []replay.Item, sum replay.Summary) {
	tb.Helper()
	accepted, refused := 0, 0
	for _, item := range list {
		if item.Line < 1 {
			tb.Errorf("an item of line %d", item.Line)
		}
		if item.Refused != "" {
			refused++
		} else {
			accepted++
		}
	}
	if sum.Read != sum.Accepted+sum.Duplicates+sum.Refused || sum.Accepted != accepted || sum.Refused != refused {
		tb.Errorf("the accounts do not balance: %+v with %d accepted and %d refused items", sum, accepted, refused)
	}
}

// small is a post of the wire form.
func small(id int) string {
	n := strconv.Itoa(id)
	return `{"network":"n","id":"` + n + `","author":{"id":"a"},"text":"post ` + n + `","posted_at":"2026-03-01T10:00:00Z"}`
}

func TestReadFormats(t *testing.T) {
	tests := map[string]struct {
		file, format                  string
		accepted, duplicates, refused int
	}{
		"OKGroundswell": {"testdata/posts.ndjson", replay.Groundswell, 3, 1, 0},
		"OKTwitter":     {"../twitterarchive/testdata/tweets.ndjson", replay.TwitterV11, 5, 0, 0},
		"OKPage":        {"../x/testdata/page.json", replay.XV2, 3, 0, 1},
		"OKFlat":        {"../x/testdata/flat.json", replay.XV2, 1, 0, 0},
		"OKMastodon":    {"testdata/mastodon.json", replay.Mastodon, 1, 0, 0},
		"OKBluesky":     {"testdata/bluesky.json", replay.Bluesky, 3, 0, 1},
		"OKJetstream":   {"testdata/jetstream.ndjson", replay.Bluesky, 5, 0, 2},
		"OKTable":       {"testdata/table.csv", replay.Table, 2, 0, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, sum := read(t, bytes.NewReader(load(t, tt.file)), replay.Options{})
			if sum.Format != tt.format || sum.Accepted != tt.accepted || sum.Duplicates != tt.duplicates || sum.Refused != tt.refused {
				t.Errorf("read %+v, want %+v", sum, tt)
			}
			_, again := read(t, iotest.OneByteReader(bytes.NewReader(load(t, tt.file))), replay.Options{})
			if diff := cmp.Diff(sum, again); diff != "" {
				t.Errorf("byte by byte it reads otherwise (-whole +bytes):\n%s", diff)
			}
		})
	}
}

func TestReadBad(t *testing.T) {
	a, b := small(1), small(2)
	pretty := "{\n  \"network\": \"n\",\n  \"id\": \"7\",\n  \"author\": {\n    \"id\": \"a\"\n  },\n  \"text\": \"t\",\n  \"posted_at\": \"2026-03-01T10:00:00Z\"\n}\n"
	tests := map[string]struct {
		text     string
		accepted int
		refusals []replay.Refusal
	}{
		"OKEmpty":            {"", 0, nil},
		"OKLines":            {a + "\n" + b + "\n", 2, nil},
		"OKNoLastBreak":      {a + "\n" + b, 2, nil},
		"OKCRLF":             {a + "\r\n\r\n" + b + "\r\n", 2, nil},
		"OKByteOrderMark":    {"\ufeff" + a + "\n", 1, nil},
		"OKNulPadding":       {a + "\n\x00\x00\x00" + b + "\n\x00\x00", 2, nil},
		"OKArray":            {"[" + a + "," + b + "]", 2, nil},
		"OKPrettyArray":      {"[\n  " + a + ",\n  " + b + "\n]\n", 2, nil},
		"OKTwoArrays":        {"[" + a + "]\n[" + b + "]\n", 2, nil},
		"OKPretty":           {pretty + a + "\n", 2, nil},
		"OKSameLine":         {a + " " + b, 2, nil},
		"OKServerSentEvents": {":thump\nevent: update\ndata: " + a + "\n\nevent: update\ndata: " + b + "\n\n", 2, nil},
		"ErrDeletionEvent":   {"event: delete\ndata: 1234\n\n", 0, []replay.Refusal{{2, "a deletion by a server's local id"}}},
		"ErrCutOffLast":      {a + "\n" + b[:40], 1, []replay.Refusal{{2, "cut off"}}},
		"ErrCutOffInString":  {a[:54] + "\n" + b + "\n", 1, []replay.Refusal{{1, "the line ends inside a string"}}},
		"ErrCutOffBetween":   {a[:15] + "\n" + b + "\n", 1, []replay.Refusal{{1, "a bracket opens where none may"}}},
		"ErrCutOffValue":     {`{"network":` + "\n" + a + "\n" + b + "\n", 2, []replay.Refusal{{1, "a bracket opens where none may"}}},
		"ErrCutOffArray":     {"[" + a + ",\n", 1, []replay.Refusal{{2, "the file ends inside an array"}}},
		"ErrPretty":          {strings.Replace(pretty, `"id": "a"`, `"id": ["a"}`, 1) + a + "\n", 1, []replay.Refusal{{1, "a bracket closes"}}},
		"ErrMalformed":       {`{"network":"n" "id":"1"}` + "\n" + b + "\n", 1, []replay.Refusal{{1, "malformed JSON"}}},
		"ErrNoJSON":          {"hello\n" + a + "\n", 1, []replay.Refusal{{1, `no JSON object: "hello"`}}},
		"ErrAfterObject":     {a + " xyz\n" + b + "\n", 2, []replay.Refusal{{1, `"xyz" follows an object`}}},
		"ErrScalars":         {"[1, \"a\"]\n" + a + "\n", 1, []replay.Refusal{{1, "no JSON object"}, {1, "no JSON object"}}},
		"ErrClosed":          {"]\n" + a + "\n", 1, []replay.Refusal{{1, "closes no array"}}},
		"ErrUTF8":            {a + "\n" + strings.Replace(b, "post", "po\xffst", 1) + "\n" + small(3), 2, []replay.Refusal{{2, "invalid UTF-8"}}},
		"ErrUTF16":           {"\xff\xfe{\x00", 0, []replay.Refusal{{1, "UTF-16"}}},
		"ErrDeep":            {strings.Repeat(`{"a":`, 200) + "\n" + a + "\n", 1, []replay.Refusal{{1, "nested deeper"}}},
		"ErrEmptyObject":     {"{}\n", 0, []replay.Refusal{{1, "an empty object"}}},
		"ErrUnknown":         {`{"foo":1,"bar":{}}`, 0, []replay.Refusal{{1, `with the fields "foo", "bar"`}}},
		"ErrAccount":         {`{"id":"1","acct":"ada","username":"ada"}`, 0, []replay.Refusal{{1, "a Mastodon account, not a status"}}},
		"ErrLineInPage":      {"{\n \"data\": [\n  {\"id\":\"1\"},\n  {\"id\":\"2\",\"text\":\"b\"}\n ]\n}", 0, []replay.Refusal{{3, "without text"}, {4, "no created_at"}}},
		"ErrNestedStream":    {`{"event":"update","payload":"{\"event\":\"update\",\"payload\":\"{}\"}"}`, 0, []replay.Refusal{{1, "within a stream message"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"whole": strings.NewReader(tt.text), "bytes": iotest.OneByteReader(strings.NewReader(tt.text))} {
				_, sum := read(t, r, replay.Options{})
				if sum.Accepted != tt.accepted || len(sum.Refusals) != len(tt.refusals) {
					t.Fatalf("%s: read %+v, want %d accepted and %d refused", how, sum, tt.accepted, len(tt.refusals))
				}
				for i, want := range tt.refusals {
					if got := sum.Refusals[i]; got.Line != want.Line || !strings.Contains(got.Reason, want.Reason) {
						t.Errorf("%s: refused %+v, want %+v", how, got, want)
					}
				}
			}
		})
	}
}

// A line of 50 MB is refused, and the next one read, without keeping it in memory.
func TestReadHugeLine(t *testing.T) {
	const size = 50 << 20
	huge := io.MultiReader(strings.NewReader(small(1)+"\n{\"text\":\""), io.LimitReader(letters{}, size), strings.NewReader("\"}\n"+small(2)+"\n"))
	list, sum := read(t, huge, replay.Options{})
	if sum.Accepted != 2 || sum.Refused != 1 || sum.Refusals[0].Line != 2 || !strings.Contains(sum.Refusals[0].Reason, "larger than 32 MiB") {
		t.Fatalf("read %+v", sum)
	}
	if last := list[len(list)-1]; last.Line != 3 || last.Event.Post.ID != "2" {
		t.Errorf("the last item is %+v, want post 2 in line 3", last)
	}
	if n := len(list[1].Raw); n > 4<<10 {
		t.Errorf("%d bytes of the refused line are kept", n)
	}
	big := strings.Replace(small(3), "post 3", strings.Repeat("x", post.MaxSize), 1)
	if _, sum = read(t, strings.NewReader(big+"\n"+small(4)), replay.Options{}); sum.Accepted != 1 || sum.Refused != 1 || !strings.Contains(sum.Refusals[0].Reason, "at most 1048576") {
		t.Errorf("a post of more than 1 MiB: %+v", sum)
	}
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func compressed(tb testing.TB, kind string, text string) []byte {
	tb.Helper()
	var buf bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "gz":
		w = gzip.NewWriter(&buf)
	case "zst":
		z, err := zstd.NewWriter(&buf)
		if err != nil {
			tb.Fatal(err)
		}
		w = z
	}
	if _, err := io.WriteString(w, text); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func TestReadCompressed(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		text.WriteString(small(i) + "\n")
	}
	for _, kind := range []string{"gz", "zst"} {
		t.Run(kind, func(t *testing.T) {
			data := compressed(t, kind, text.String())
			if _, sum := read(t, bytes.NewReader(data), replay.Options{}); sum.Accepted != 5000 || sum.Read != 5000 {
				t.Errorf("read %+v, want 5000 posts", sum)
			}
			_, sum := read(t, bytes.NewReader(data[:len(data)-len(data)/4]), replay.Options{})
			if sum.Refused != 1 || !strings.Contains(sum.Refusals[0].Reason, "cannot be read on") {
				t.Errorf("of a cut-off file: %+v, want one refusal for what broke off", sum)
			}
			if kind == "gz" && sum.Accepted == 0 {
				t.Error("nothing of what came before the cut was read")
			}
			if _, sum = read(t, bytes.NewReader(data[:6]), replay.Options{}); sum.Accepted != 0 || sum.Refused != 1 {
				t.Errorf("of a header alone: %+v", sum)
			}
		})
	}
}

func TestReadStops(t *testing.T) {
	text := small(1) + "\n" + small(2) + "\n"
	stop := errors.New("stop")
	if _, err := replay.Read(context.Background(), strings.NewReader(text), replay.Options{}, func(replay.Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want the one of yield", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := replay.Read(ctx, strings.NewReader(text), replay.Options{}, func(replay.Item) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	disk := errors.New("input/output error")
	broken := io.MultiReader(strings.NewReader(text), iotest.ErrReader(disk))
	if sum, err := replay.Read(context.Background(), broken, replay.Options{}, func(replay.Item) error { return nil }); !errors.Is(err, disk) || sum.Accepted != 2 {
		t.Errorf("error %v with %d accepted, want the disk's with 2", err, sum.Accepted)
	}
	if _, err := replay.Read(context.Background(), nil, replay.Options{Format: "xml"}, nil); err == nil || !strings.Contains(err.Error(), "want one of groundswell") {
		t.Errorf("error %v, want one that lists the formats", err)
	}
}

func TestReadManyRefusals(t *testing.T) {
	_, sum := read(t, strings.NewReader(strings.Repeat("x\n", 1500)), replay.Options{})
	if sum.Refused != 1500 || len(sum.Refusals) != 1000 {
		t.Errorf("%d refused, %d listed: want 1500 and 1000", sum.Refused, len(sum.Refusals))
	}
}

// Duplicates are known over several files when they share a Seen; an edit is none.
func TestReadDuplicates(t *testing.T) {
	edit := `{"type":"edit","post":{"network":"n","id":"1","author":{"id":"a"},"text":"x","posted_at":"2026-03-01T10:00:00Z","edited_at":"2026-03-01T10:0%:00Z"}}`
	text := small(1) + "\n" + strings.Replace(edit, "%", "1", 1) + "\n" + strings.Replace(edit, "%", "2", 1) + "\n" + strings.Replace(edit, "%", "1", 1) + "\n"
	seen := replay.NewSeen()
	if _, sum := read(t, strings.NewReader(text), replay.Options{Seen: seen}); sum.Accepted != 3 || sum.Duplicates != 1 {
		t.Errorf("read %+v, want the post and its two edits once", sum)
	}
	if _, sum := read(t, strings.NewReader(text), replay.Options{Seen: seen}); sum.Accepted != 0 || sum.Duplicates != 4 {
		t.Errorf("a second time: %+v, want duplicates alone", sum)
	}
}

func TestReadForcedFormat(t *testing.T) {
	tweet := `{"id_str":"1","created_at":"Wed Mar 04 09:15:02 +0000 2020"}`
	_, sum := read(t, strings.NewReader(tweet), replay.Options{Format: replay.TwitterV11})
	if sum.Refused != 1 || !strings.Contains(sum.Refusals[0].Reason, "no user") {
		t.Errorf("read %+v, want the named format's reason", sum)
	}
	_, sum = read(t, strings.NewReader(small(1)), replay.Options{Format: replay.Mastodon})
	if sum.Refused != 1 {
		t.Errorf("read %+v, want a post of another format refused", sum)
	}
}

func TestReadProgress(t *testing.T) {
	text := strings.Repeat(small(1)+"\n", 20000)
	var reads []int64
	opt := replay.Options{Size: int64(len(text)), Progress: func(read, total int64) {
		if total != int64(len(text)) {
			t.Errorf("total %d, want %d", total, len(text))
		}
		reads = append(reads, read)
	}}
	read(t, strings.NewReader(text), opt)
	if len(reads) < 3 || reads[len(reads)-1] != int64(len(text)) {
		t.Errorf("progress %v, want it to end at %d", reads, len(text))
	}
}
