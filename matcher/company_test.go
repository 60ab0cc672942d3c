package matcher_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// employees are people of one company in a town where nobody else is, among n others.
func employees(n int) *matcher.Index {
	x := matcher.NewIndex([]matcher.Contact{
		{ID: "petra", FirstName: "Petra", LastName: "Maierhofer", Company: "Turbo AG", Domain: "turbo.example", City: "Erlangen", URL: "https://turbo.example"},
		{ID: "max", FirstName: "Max", LastName: "Kreuz", Company: "Kreuz GmbH", Domain: "kreuz.example", City: "Emden", URL: "https://kreuz.example"},
		{ID: "owner", FirstName: "Uta", LastName: "Waalkes", Company: "Uta Waalkes GmbH", City: "Aurich"},
		{ID: "firm", FirstName: "Lampen AG", Company: "Lampen AG", Domain: "lampen.example", City: "Leer", URL: "https://lampen.example"},
		{ID: "word", LastName: "Schirme", Company: "Schirme AG", URL: "https://schirme.example"},
	})
	for i := range n {
		x.Put(matcher.Contact{ID: fmt.Sprint("c", i), FirstName: []string{"Wim", "Tim", "Lena", "Kim"}[i%4], LastName: fmt.Sprintf("Name%03d", i%190),
			Company: fmt.Sprintf("Firma%d GmbH", i), City: fmt.Sprint("Ort", i%40)})
	}
	return x
}

// A company's name, site and town prove the company: nobody who works there is linked by them, and
// a person of another name is not even suggested.
func TestCompanyIsNoPerson(t *testing.T) {
	page := []string{"https://turbo.example"}
	many, few := employees(20_000), employees(300)
	for name, c := range map[string]struct {
		author post.Author
		want   string
	}{
		"NoCompany":           {post.Author{Handle: "turbo2", Name: "Turbo AG", URL: page[0], Bio: "Official account of Turbo AG", Location: "Erlangen"}, ""},
		"NoCompanyVerified":   {post.Author{Handle: "turbo2", Name: "Turbo AG", URL: page[0], Bio: "Official account of Turbo AG", Location: "Erlangen", VerifiedLinks: page}, ""},
		"NoCompanyBranch":     {post.Author{Handle: "t_de", Name: "Turbo Deutschland", Bio: "Turbo AG", Location: "Erlangen", VerifiedLinks: page}, ""},
		"OKCompanyUnnamed":    {post.Author{Handle: "turbo2", Bio: "Official account of Turbo AG", Location: "Erlangen", VerifiedLinks: page}, "petra suggested"},
		"NoColleague":         {post.Author{Handle: "sb", Name: "Sandra Beck", Bio: "Ich arbeite bei Turbo AG", Location: "Erlangen", VerifiedLinks: page}, ""},
		"OKPerson":            {post.Author{Handle: "pm", Name: "Petra Maierhofer", Bio: "bei Turbo AG", Location: "Erlangen"}, "petra confirmed"},
		"OKPersonInHandle":    {post.Author{Handle: "petra_maierhofer", Name: "Turbine", Bio: "bei Turbo AG", Location: "Erlangen"}, "petra confirmed"},
		"OKPersonGiven":       {post.Author{Handle: "p77", Name: "Petra", Bio: "bei Turbo AG", Location: "Erlangen"}, "petra confirmed"},
		"NoCompanyOfOneName":  {post.Author{Handle: "kreuz_gmbh", Name: "Kreuz GmbH", Bio: "Kreuz GmbH", Location: "Emden"}, ""},
		"OKPageOfOneName":     {post.Author{Handle: "kreuz_gmbh", Name: "Kreuz GmbH", Bio: "Kreuz GmbH", Location: "Emden", VerifiedLinks: []string{"https://kreuz.example"}}, "max suggested"},
		"OKOwner":             {post.Author{Handle: "uw", Name: "Uta Waalkes", Bio: "Uta Waalkes GmbH", Location: "Aurich"}, "owner confirmed"},
		"OKCompanyContact":    {post.Author{Handle: "lampen", Name: "Lampen AG", VerifiedLinks: []string{"https://lampen.example"}}, "firm confirmed"},
		"OKCompanySite":       {post.Author{Handle: "lampen", Name: "Lampen", URL: "https://lampen.example", Location: "Leer"}, "firm confirmed"},
		"OKCompanyOneWord":    {post.Author{Handle: "zzz", Name: "Schirme AG", VerifiedLinks: []string{"https://schirme.example"}}, "word confirmed"},
		"NoOtherThanContacts": {post.Author{Handle: "beck", Name: "Sandra Beck", Bio: "bei Lampen AG", VerifiedLinks: []string{"https://lampen.example"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := many.Resolve("x", &c.author)
			if got := strings.TrimSpace(m.ContactID + " " + m.Decision); got != c.want {
				t.Errorf("got %q, want %q: %s", got, c.want, matcher.Explain(m))
			}
			if m, ok := few.Resolve("x", &c.author); c.want == "" && ok || m.Decision == matcher.Confirmed && !strings.HasSuffix(c.want, "confirmed") {
				t.Errorf("of few contacts: %s", matcher.Explain(m))
			}
		})
	}
}

// Of two who have one handle on file, the one whose name is shown comes first, whoever's name the
// handle is made of; a person decides.
func TestRivalsOfOneHandle(t *testing.T) {
	on := []matcher.Profile{{Network: "x", Handle: "ottow"}}
	a := post.Author{Handle: "ottow", Name: "Otto Waalkesman", Location: "Emden"}
	for name, other := range map[string]matcher.Contact{
		"OKSimilar": {ID: "b", FirstName: "Otta", LastName: "Waalkesmann", City: "Emden", Profiles: on},
		"OKInitial": {ID: "b", FirstName: "O.", LastName: "Waalkesman", Profiles: on},
		"OKSurname": {ID: "b", LastName: "Waalkesman", Profiles: on},
		"OKAnother": {ID: "b", FirstName: "Berta", LastName: "Schmitz", City: "Kiel", Profiles: on},
	} {
		t.Run(name, func(t *testing.T) {
			x := employees(300)
			x.Put(matcher.Contact{ID: "a", FirstName: "Otto", LastName: "Waalkesman", City: "Emden", Profiles: on})
			x.Put(other)
			m, _ := x.Resolve("x", &a)
			if m.ContactID != "a" || m.Decision != matcher.Suggested || len(m.Rivals) != 1 || m.Probability < 0.9 || m.Rivals[0].Probability > 0.1 {
				t.Errorf("%s\n%+v", matcher.Explain(m), m.Rivals)
			}
		})
	}
}
