package notify

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// words are what notifications are built of in one language. The German degrees are those of the
// Shitstorm-Skala (Schwede and Graf, 2012).
type words struct {
	kinds, states, rules                                       map[string]string
	degrees                                                    [7]string
	back, severity, grade, began, peak, over, networks, terms  string
	open, acknowledge, more, nobody, mentionBy, followers      string
	test, testText, templateFailed, read, contact, openMention string
	openLead, settings                                         string
	date, clock, decimal, thousands                            string
}

var languages = map[string]*words{
	"en": {
		kinds:  map[string]string{"firestorm": "firestorm", "volume": "surge of posts", "coordinated": "coordinated posts", "praise": "wave of praise"},
		states: map[string]string{"open": "has begun", "escalating": "escalates", "subsiding": "subsides", "resolved": "is over"},
		rules: map[string]string{"influential_author": "an influential author", "contact": "a contact", "opportunity": "an open opportunity", "purchase": "wants to buy",
			"keyword": "a keyword", "negative_reach": "far-reaching criticism"},
		degrees: [7]string{"calm", "light air", "light breeze", "fresh breeze", "strong wind", "storm", "hurricane"},
		back:    "is back", severity: "Severity", grade: "(severity %d of 6)", began: "Began", peak: "Peak", over: "Over", networks: "Networks", terms: "Words",
		open: "Open the incident", acknowledge: "Acknowledge", more: "and %d more", nobody: "Nobody has acknowledged it yet (step %d).",
		mentionBy: "%s on %s", followers: "%s followers", test: "Groundswell: test", testText: "This is a test. Notifications reach this channel.",
		templateFailed: "(The template %q failed: %s. This is the built-in text.)", read: "Read the post", contact: "Contact", openMention: "Open the mention",
		openLead: "Open the lead", settings: "Choose what is sent to you",
		date: "2 January 2006", clock: "2 January 2006 15:04 MST", decimal: ".", thousands: ",",
	},
	"de": {
		kinds:  map[string]string{"firestorm": "Shitstorm", "volume": "Welle von Beiträgen", "coordinated": "koordinierte Welle", "praise": "Welle von Lob"},
		states: map[string]string{"open": "hat begonnen", "escalating": "nimmt zu", "subsiding": "klingt ab", "resolved": "ist vorbei"},
		rules: map[string]string{"influential_author": "jemand mit großer Reichweite", "contact": "ein Kontakt", "opportunity": "eine offene Verkaufschance", "purchase": "will kaufen",
			"keyword": "ein Stichwort", "negative_reach": "Kritik mit großer Reichweite"},
		degrees: [7]string{"Windstille", "leiser Zug", "schwache Brise", "frische Brise", "starker Wind", "Sturm", "Orkan"},
		back:    "ist zurück", severity: "Schwere", grade: "(Schwere %d von 6)", began: "Beginn", peak: "Höhepunkt", over: "Ende", networks: "Netzwerke", terms: "Wörter",
		open: "Vorfall öffnen", acknowledge: "Übernehmen", more: "und %d weitere", nobody: "Noch hat sich niemand darum gekümmert (Stufe %d).",
		mentionBy: "%s auf %s", followers: "%s Follower", test: "Groundswell: Test", testText: "Das ist ein Test. Meldungen kommen in diesem Kanal an.",
		templateFailed: "(Die Vorlage %q schlug fehl: %s. Dies ist der eingebaute Text.)", read: "Beitrag lesen", contact: "Kontakt", openMention: "Erwähnung öffnen",
		openLead: "Lead öffnen", settings: "Auswählen, was Ihnen geschickt wird",
		date: "2.1.2006", clock: "2.1.2006 15:04 MST", decimal: ",", thousands: ".",
	},
}

func (n *Notification) words() *words {
	if w, ok := languages[n.Language]; ok {
		return w
	}
	return languages["en"]
}

// KindWord is the kind in the language of the notification.
func (n *Notification) KindWord() string {
	w := n.words()
	return cmp.Or(w.kinds[n.Kind], w.rules[n.Kind], n.Kind)
}

// StateWord says what happened to the incident.
func (n *Notification) StateWord() string {
	if n.State == "open" && n.Reopened > 0 {
		return n.words().back
	}
	return cmp.Or(n.words().states[n.State], n.State)
}

// DegreeWord is the severity in words.
func (n *Notification) DegreeWord() string {
	return n.words().degrees[min(max(n.Severity, 0), 6)]
}

// Headline is the notification in one line.
func (n *Notification) Headline() string {
	w := n.words()
	var line string
	switch n.Type {
	case TypeTest:
		return w.test
	case TypeDigest:
		return n.digestHeadline()
	case TypeNotice:
		line = n.Notice.Title
		if rest := len(n.Notice.Lines) - 1 + n.Notice.More; rest > 0 {
			line += ", " + fmt.Sprintf(w.more, rest)
		}
	case TypeMention:
		line = n.Monitor + ": " + n.KindWord()
		if n.Mention != nil {
			line += ", " + fmt.Sprintf(w.mentionBy, cmp.Or(n.Mention.Contact, n.Mention.Author, "?"), n.Mention.Network)
		}
		if n.Rule != "" {
			line += " (" + n.Rule + ")"
		}
	default:
		line = fmt.Sprintf("%s: %s %s "+w.grade, n.Monitor, n.KindWord(), n.StateWord(), n.Severity)
	}
	if more := len(n.Also) + n.Others + n.More; more > 0 {
		line += ", " + fmt.Sprintf(w.more, more)
	}
	return oneLine(line)
}

// When is a time in words, in the zone that the configuration names; empty for the zero time.
func (n *Notification) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(n.zone()).Format(n.words().clock)
}

// Date is a day in words.
func (n *Notification) Date(t time.Time) string { return t.In(n.zone()).Format(n.words().date) }

func (n *Notification) zone() *time.Location {
	if n.Zone == nil {
		return time.UTC
	}
	return n.Zone
}

// Number is a number with its thousands apart.
func (n *Notification) Number(x int64) string {
	digits := fmt.Sprint(x)
	sign := ""
	if x < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + n.words().thousands + digits[i:]
	}
	return sign + digits
}

// Decimal is a number with one digit behind the point.
func (n *Notification) Decimal(x float64) string {
	return strings.Replace(fmt.Sprintf("%.1f", x), ".", n.words().decimal, 1)
}

// A Link is something to follow.
type Link struct{ Label, URL string }

// Links are what the reader can do.
func (n *Notification) Links() (links []Link) {
	w := n.words()
	if n.Mention != nil && n.Mention.URL != "" {
		links = append(links, Link{w.read, n.Mention.URL})
	}
	if n.URL != "" {
		label := w.open
		switch n.Type {
		case TypeMention:
			label = w.openMention
		case TypeNotice:
			if label = "Groundswell"; n.Notice.Lead != "" {
				label = w.openLead
			}
		case TypeDigest, TypeTest:
			label = "Groundswell"
		}
		links = append(links, Link{label, n.URL})
	}
	if n.Notice != nil && n.Notice.Settings != "" {
		links = append(links, Link{w.settings, n.Notice.Settings})
	}
	if n.AckURL != "" {
		links = append(links, Link{w.acknowledge, n.AckURL})
	}
	return links
}

// oneLine turns every run of white space and control characters into one space.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }), " ")
}

// short is a text of so many characters at most.
func short(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
