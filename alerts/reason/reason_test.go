package reason_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/reason"
)

func TestIn(t *testing.T) {
	for name, test := range map[string]struct {
		reason         reason.Reason
		english, deuts string
	}{
		"a mean below ten":     {reason.Of(reason.PeopleNegative, 42, 15, 1.26), "42 people wrote negatively in 15 min, usual 1.3", "42 Menschen schrieben in 15 min negativ, üblich sind 1,3"},
		"thousands":            {reason.Of(reason.MayHaveSeen, 1234567), "up to 1,234,567 people may have seen it", "bis zu 1.234.567 Menschen könnten es gesehen haben"},
		"a part":               {reason.Of(reason.ShareNegative, 0.714), "71 % of the increase is negative", "71 % des Anstiegs sind negativ"},
		"words":                {reason.Of(reason.DrivenBy).With("recall", "{0}"), "driven by: recall, {0}", "Auslöser: recall, {0}"},
		"a word and a number":  {reason.Of(reason.Reached, 7).With("bluesky"), "it has reached bluesky, where 7 people write", "es hat bluesky erreicht, dort schreiben 7 Menschen"},
		"rare":                 {reason.Of(reason.ByChance, 40), "by chance this happens once in some months", "zufällig geschieht das einmal in einigen Monaten"},
		"of a rule":            {reason.Reason{Code: reason.WantsToBuy, Rule: "Sales"}, "Sales: the author wants to buy", "Sales: der Verfasser will kaufen"},
		"numbers that lack":    {reason.Of(reason.Reached), "it has reached ?, where ? people write", "es hat ? erreicht, dort schreiben ? Menschen"},
		"of a later version":   {reason.Reason{Code: "tomorrow", Words: []string{"x"}}, "tomorrow x", "tomorrow x"},
		"of before the codes":  {reason.Reason{Code: reason.Text, Words: []string{"many are angry"}}, "many are angry", "many are angry"},
		"chance without days":  {reason.Of(reason.ByChance), "by chance this happens ?", "zufällig geschieht das ?"},
		"another language: en": {reason.Of(reason.Unwatched), "its monitor is not watched any more", "der Monitor wird nicht mehr beobachtet"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{test.english, test.deuts, test.english}, []string{test.reason.String(), test.reason.In("de"), test.reason.In("xx")}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every reason has its sentence in both languages, with the same places.
func TestEveryCodeInEveryLanguage(t *testing.T) {
	english, german := reason.Sentences("en"), reason.Sentences("de")
	if len(english) < 30 || len(english) != len(german) {
		t.Errorf("%d English and %d German sentences", len(english), len(german))
	}
	for code, places := range english {
		if diff := cmp.Diff(places, german[code]); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
}

func TestKept(t *testing.T) {
	want := []reason.Reason{reason.Of(reason.Posts, 3, 15, 0.2), reason.Of(reason.Networks).With("x", "y"), {Code: reason.Matches, Words: []string{"a OR b"}, Rule: "R"}}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []reason.Reason
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := json.Unmarshal([]byte(`["many are angry"]`), &got); err != nil || got[0].In("de") != "many are angry" {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzReason(f *testing.F) {
	for _, seed := range []string{`"x"`, `{"code":"posts","numbers":[1,2]}`, `{"code":"networks","words":["{#0}"]}`, `{"code":"by_chance","numbers":[1e300]}`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r reason.Reason
		if json.Unmarshal(data, &r) != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back reason.Reason
		if err := json.Unmarshal(again, &back); err != nil || back.In("de") != r.In("de") {
			t.Errorf("%s comes back as %s, %v", data, again, err)
		}
	})
}
