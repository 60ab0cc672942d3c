package sentiment

import (
	"strings"

	"github.com/groundswell/groundswell/post"
)

// Intents are found by phrases. The first intent in the list with a phrase in the text wins: who
// wants to buy and also asks a question wants to buy. '*' ends a phrase that a word may continue.
var intents = []struct {
	intent post.Intent
	needs  post.Polarity // empty: any
	de, en []string
}{
	{post.IntentPurchase, "", []string{
		"wo kann ich * kaufen", "wo kann man * kaufen", "wo bekomme ich", "wo krieg ich", "will ich haben", "will ich kaufen", "möchte * kaufen", "möchte * bestellen",
		"würde gern* kaufen", "werde ich kaufen", "werde mir * kaufen", "kaufe ich mir", "suche ein* neue*", "suchen ein* neue*", "überlege * zu kaufen", "was kostet", "wie teuer ist",
		"angebot für", "bitte ein angebot", "ab wann * bestellen", "wann * erhältlich", "wechseln zu", "umsteigen auf", "kaufberatung", "könnt ihr * anbieten",
	}, []string{
		"where can i buy", "where can i get", "where do i buy", "want to buy", "wanna buy", "going to buy", "looking to buy", "thinking of buying", "thinking about buying", "interested in buying",
		"ready to buy", "need a new", "looking for a new", "how much is", "how much does * cost", "what does * cost", "can i order", "can we order", "take my money", "shut up and take", "in the market for",
		"request a quote", "get a quote", "send me a quote", "when can i order", "switch to", "switching to",
	}},
	{post.IntentRecommendation, post.Positive, []string{
		"kann ich * empfehlen", "kann * nur empfehlen", "sehr zu empfehlen", "empfehle ich", "klare empfehlung", "absolute empfehlung", "kaufempfehlung", "weiterempfehlen",
	}, []string{
		"highly recommend", "would recommend", "can recommend", "i recommend", "strongly recommend", "recommend it to", "you should try", "you have to try", "must have", "worth every",
	}},
	{post.IntentSupport, "", []string{
		"könnt ihr * helfen", "kann mir * helfen", "brauche hilfe", "bitte um hilfe", "wie kann ich * zurücksetzen", "funktioniert nicht", "geht nicht mehr", "startet nicht", "fehlermeldung",
		"hilfe bei", "wie bekomme ich * zum laufen", "login geht nicht", "passwort vergessen",
	}, []string{
		"can you help", "can anyone help", "could you help", "please help", "need help", "help me", "how do i fix", "how can i reset", "doesn't work", "does not work", "not working", "won't start", "error message",
		"stopped working", "can't log in", "cannot log in", "forgot my password",
	}},
	{post.IntentComplaint, post.Negative, []string{
		"beschwer*", "nie wieder", "unverschämt*", "frechheit", "eine zumutung", "geld zurück", "rückerstattung", "reklam*", "kündig*", "seit * wochen", "seit tagen", "keine antwort", "enttäuscht*", "abzocke", "skandal", "boykott*",
	}, []string{
		"complain*", "never again", "refund", "money back", "unacceptable", "rip off", "ripoff", "scam", "disappointed", "worst", "terrible service", "customer service", "no response", "cancel my", "still waiting", "boycott*", "shame on",
	}},
	{post.IntentInformation, "", []string{
		"weiß jemand", "weiss jemand", "hat jemand erfahrung", "kennt jemand", "wann kommt", "wann gibt es", "wie funktioniert", "gibt es * schon", "habt ihr * infos", "stimmt es, dass", "wie lange",
	}, []string{
		"does anyone know", "anyone know", "does it", "do you know", "when will", "when does", "how does", "is there a", "what is the difference", "has anyone tried", "is it true",
	}},
}

// intent finds what the author wants.
func intent(t text, language string, polarity post.Polarity) post.Intent {
	joined := " " + strings.Join(t.words, " ") + " "
	for i := range intents {
		entry := &intents[i]
		if entry.needs != "" && entry.needs != polarity {
			continue
		}
		phrases := entry.en
		if language == "de" {
			phrases = entry.de
		}
		for _, phrase := range phrases {
			if contains(joined, phrase) {
				return entry.intent
			}
		}
	}
	return post.IntentNone
}

// contains looks for a phrase at word borders. " * " in a phrase stands for up to five words, '*'
// at a word's end for the rest of the word.
func contains(joined, phrase string) bool {
	parts := strings.Split(phrase, " * ")
	for from := 0; ; {
		at := find(joined[from:], parts[0])
		if at < 0 {
			return false
		}
		end := from + at + 1 + len(strings.TrimRight(parts[0], "*"))
		if len(parts) == 1 || within(joined[end:], parts[1], 5) {
			return true
		}
		from = end
	}
}

// find returns the place of the space before the words, or −1.
func find(s, phrase string) int {
	pieces := strings.Split(phrase, "* ")
	if len(pieces) == 1 {
		if open, ok := strings.CutSuffix(phrase, "*"); ok {
			return strings.Index(s, " "+open)
		}
		return strings.Index(s, " "+phrase+" ")
	}
	for from := 0; ; { // an open word inside the phrase
		at := strings.Index(s[from:], " "+pieces[0])
		if at < 0 {
			return -1
		}
		rest := s[from+at+1+len(pieces[0]):]
		if space := strings.IndexByte(rest, ' '); space >= 0 && find(rest[space:], strings.Join(pieces[1:], "* ")) == 0 {
			return from + at
		}
		from += at + 1
	}
}

// within says whether the phrase begins at most n words on.
func within(s, phrase string, n int) bool {
	end := 0
	for range n + 1 {
		next := strings.IndexByte(s[min(len(s), end+1):], ' ')
		if next < 0 {
			end = len(s)
			break
		}
		end += next + 1
	}
	limit := min(len(s), end+len(phrase)+2)
	at := find(s[:limit], phrase)
	return at >= 0 && at <= end
}
