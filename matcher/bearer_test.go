package matcher_test

import (
	"testing"

	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// A handle that was seen under two accounts is one's at most of the contact who has it on file: the
// handle alone links neither, what else is shown may.
func TestContestedHandle(t *testing.T) {
	x := matcher.NewIndex(contacts())
	first := post.Author{ID: "77", Handle: "anna_m"}
	second := post.Author{ID: "78", Handle: "Anna_M", Name: "Anna Müller-Lüdenscheidt", Bio: "bei Acme"}
	for i, want := range []string{"anna confirmed account", "anna confirmed account", "anna suggested account"} {
		a := &first
		if i == 2 {
			a = &second
		}
		x.Bears("x", a, a.ID)
		if got := short(x.Resolve("x", &first)); got != want {
			t.Errorf("after %d: got %q, want %q", i+1, got, want)
		}
	}
	if got := short(x.Resolve("x", &second)); got != "anna confirmed account+surname+given name+company" {
		t.Errorf("got %q", got)
	}
	x.Bears("x", &post.Author{Handle: "nobody"}, "1") // not on file
	x.Bears("x", &post.Author{Handle: "nobody"}, "2")
	x.Put(matcher.Contact{ID: "late", LastName: "Late", Profiles: []matcher.Profile{{Network: "x", Handle: "nobody"}}})
	if got := short(x.Resolve("x", &post.Author{Handle: "nobody"})); got != "late confirmed account" {
		t.Errorf("got %q", got)
	}
}
