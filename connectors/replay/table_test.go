package replay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/post"
)

func tableMap(tb testing.TB, text string) *replay.TableMap {
	tb.Helper()
	m, err := replay.ParseTableMap(text)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestTableOK(t *testing.T) {
	at := time.Date(2015, 2, 24, 19, 35, 0, 0, time.UTC)
	tests := map[string]struct {
		cols, text string
		want       post.Post
	}{
		"OKNames": {
			"id=row,time=when,author=name,text=said,network=x,zone=-08:00",
			"row\twhen\tname\tsaid\n1\t2015-02-24T11:35\tada\tlate \"again\", they say\n",
			post.Post{Network: "x", ID: "1", Author: post.Author{Handle: "ada"}, Text: `late "again", they say`, PostedAt: at},
		},
		"OKNumbersWithHeader": {
			"id=0,time=1,author=2,text=3",
			"row\twhen\tname\tsaid\n1\t2015-02-24 11:35:00 -0800\t@ada\tlate\n",
			post.Post{Network: "table", ID: "1", Author: post.Author{Handle: "ada"}, Text: "late", PostedAt: at},
		},
		"OKNumbersWithoutHeader": {
			"id=0,time=1,author=2,text=3,language=4,followers=5,likes=6,reply_to=7",
			"1,2015-02-24T11:35:00-08:00,ada,\"late, \"\"again\"\"\",en,12.0,3,0\n",
			post.Post{Network: "table", ID: "1", Kind: post.KindReply, Author: post.Author{Handle: "ada", Followers: 12}, Text: `late, "again"`,
				PostedAt: at, Language: "en", ReplyTo: "0", Engagement: post.Engagement{Likes: 3}},
		},
		"OKSeconds": {
			"id=0,time=1,author_id=2,text=3", "1;1424806500;77;late\n",
			post.Post{Network: "table", ID: "1", Author: post.Author{ID: "77"}, Text: "late", PostedAt: at},
		},
		"OKMilliseconds": {
			"id=0,time=1,author_id=2,text=3", "1;1424806500000;77;late",
			post.Post{Network: "table", ID: "1", Author: post.Author{ID: "77"}, Text: "late", PostedAt: at},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			list, sum := read(t, strings.NewReader(tt.text), replay.Options{Map: tableMap(t, tt.cols)})
			if len(list) != 1 || sum.Accepted != 1 {
				t.Fatalf("read %+v, want one post", sum)
			}
			if tt.want.Kind == "" {
				tt.want.Kind = post.KindPost
			}
			if diff := cmp.Diff(tt.want, list[0].Event.Post); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Rows without an id get one from what they say, so that reading twice gives the same posts.
func TestTableMadeID(t *testing.T) {
	text := "1424806500,ada,late\n1424806501,ada,late\n1424806500,ada,late\n"
	opt := replay.Options{Map: tableMap(t, "time=0,author=1,text=2")}
	list, sum := read(t, strings.NewReader(text), opt)
	if sum.Accepted != 2 || sum.Duplicates != 1 || list[0].Event.Post.ID == list[1].Event.Post.ID {
		t.Errorf("read %+v, want two posts and a duplicate", sum)
	}
}

func TestTableErr(t *testing.T) {
	const cols = "id=0,time=1,author=2,text=3"
	good := "1,2015-02-24 11:35,ada,late\n"
	tests := map[string]struct {
		cols, text, want string
		line, accepted   int
	}{
		"ErrTime":       {cols, good + "2,tomorrow,bo,x\n" + "3,2015-02-24 11:35,bo,x\n", "time \"tomorrow\"", 2, 2},
		"ErrColumns":    {cols, good + "2,2015-02-24 11:35\n", "2 columns in the row: text is mapped to column 3", 2, 1},
		"ErrNoColumn":   {cols, "a,b\n", "no column 3 for text", 1, 0},
		"ErrNoName":     {"text=said,time=1,author=2", "a,b,c\n", `no column "said"`, 1, 0},
		"ErrUTF8":       {cols, good + "2,2015-02-24 11:35,b\xff,x\n", "invalid UTF-8 at byte 21", 2, 1},
		"ErrNoText":     {cols, good + "2,2015-02-24 11:35,bo,\n", "no text", 2, 1},
		"ErrNoAuthor":   {cols, good + "2,2015-02-24 11:35,,x\n", "neither id nor handle", 2, 1},
		"ErrRow":        {cols, good + "2," + strings.Repeat("x", post.MaxSize+1) + "\n" + "3,2015-02-24 11:35,bo,x\n", "a row of more than", 2, 2},
		"ErrQuote":      {cols, good + "\"2,never closed\n3,2015-02-24 11:35,bo,x\n", "1 columns", 2, 2},
		"ErrSeparator":  {cols, "just words\n", "this line has none", 1, 0},
		"ErrGuess":      {"", "one,two,three\n1,2,3\n", "a table without a column named", 1, 0},
		"ErrNulPadding": {cols, good + "\x00\x00,\n", "columns", 2, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			opt := replay.Options{}
			if tt.cols != "" {
				opt.Map = tableMap(t, tt.cols)
			}
			_, sum := read(t, strings.NewReader(tt.text), opt)
			if sum.Accepted != tt.accepted || sum.Refused != 1 {
				t.Fatalf("read %+v, want %d accepted and one refused", sum, tt.accepted)
			}
			if got := sum.Refusals[0]; got.Line != tt.line || !strings.Contains(got.Reason, tt.want) {
				t.Errorf("refused %+v, want line %d with %q", got, tt.line, tt.want)
			}
		})
	}
}

func TestParseTableMapErr(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "want field=column",
		"text":                                   "want field=column",
		"text=1,time=2":                          "author",
		"text=1,time=2,author=3,mood=4":          "known fields are",
		"text=1,time=2,author=3,zone=moon":       "such as -08:00",
		"time=2,author=3":                        "text, time and author",
		"text=1,time=2,author=3,network=":        "want field=column",
		"text=1,time=2,author=3,zone=Nowhere/No": "such as -08:00",
	} {
		if _, err := replay.ParseTableMap(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("map %q: error %v, want one with %q", text, err, want)
		}
	}
}
