package matcher_test

import (
	"fmt"
	"testing"

	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// Names and towns that go together weigh less than each alone would say.
func TestOrigins(t *testing.T) {
	english, german := []string{"Siobhan", "Callum", "Nigel"}, []string{"Heike", "Uwe", "Swantje"}
	x := matcher.NewIndex(nil)
	for i := range 6000 {
		c := matcher.Contact{ID: fmt.Sprint(i), FirstName: german[i%3], LastName: fmt.Sprint("Acker", string(rune('a'+i/3%26)), string(rune('a'+i/78%9)), "mann"), City: []string{"Hamburg", "Kiel"}[i/5%2]}
		if i%10 == 0 { // one in ten
			c = matcher.Contact{ID: c.ID, FirstName: english[i/10%3], LastName: fmt.Sprint("Ash", string(rune('a'+i/30%26)), string(rune('a'+i/780%9)), "worth"), City: []string{"Leeds", "Bath"}[i/50%2]}
		}
		x.Put(c)
	}
	m, _ := x.Resolve("x", &post.Author{Handle: "z", Name: "Siobhan Ashaaworth", Location: "Leeds"})
	leeds := 0.0
	for _, e := range m.Evidence {
		if e.Field == "city" {
			leeds = e.Bits
		}
	}
	if leeds == 0 || leeds > 2 { // alone Leeds, where one in twenty is, would weigh four
		t.Errorf("Leeds weighs %.1f bits", leeds)
	}
}
