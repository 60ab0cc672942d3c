package sentiment

import (
	"slices"
	"strings"
	"sync"

	"github.com/groundswell/groundswell/post"
)

// An intent is found by phrases (intent_phrases.go): each is evidence of some strength, and
// together they make a confidence. What a text denies, what it passes on and what it sells is no
// intent of its author.

const (
	leastIntent   = 0.5  // confidence from which there is an intent
	mostIntent    = 0.98 // no phrase makes it certain
	reportedDoubt = 0.5  // that a text which reads like news tells of its author
	gapWords      = 7    // that "~" stands for, at most
)

const intents = 5

// intentOrder is what wins where two are as likely: who wants to buy and asks, wants to buy.
var intentOrder = [intents]post.Intent{post.IntentPurchase, post.IntentSupport, post.IntentComplaint, post.IntentRecommendation, post.IntentInformation}

// A phrase is words in a row; see readPhrases for its form.
type phrase struct {
	intent post.Intent
	weight float64
	mode   phraseMode
	starts bool // stands at the beginning of a sentence
	words  []phraseWord
}

type phraseMode uint8

const (
	evenDenied   phraseMode = 1 << iota // counts though it is negated: "does not work"
	asked                               // counts in a question only
	whenNegative                        // counts in a negative text only
	whenKind                            // does not count in a negative text
	sold                                // is no intent but says that the text sells something
	mocked                              // is no intent but says that the text means the opposite
	idle                                // is no intent but says that nobody waits for an answer
)

type phraseWord struct {
	words  []uint16 // lexeme.phrase
	prefix []string // of words that go on
	gap    bool     // up to gapWords words
	start  bool     // the beginning of a sentence
}

// phrasebook is the phrases of a language by their first word, or where that may go on, by its
// first three bytes.
type phrasebook struct {
	byWord   [][]*phrase // by lexeme.phrase
	byPrefix map[string][]*phrase
	sieve    [16]uint64 // what stands in byPrefix, by a hash: most words do not
}

// phrasebooks are those of the languages by their slot.
var phrasebooks = sync.OnceValue(func() [languages]*phrasebook {
	return [languages]*phrasebook{readPhrases(englishPhrases), readPhrases(germanPhrases)}
})

// phraseWords are the words of all phrases, each once.
func phraseWords() (words []string) {
	between := func(r rune) bool { return strings.ContainsRune(" \t\n;|", r) }
	seen := make(map[string]bool)
	for _, g := range slices.Concat(englishPhrases, germanPhrases) {
		for w := range strings.FieldsFuncSeq(g.phrases, between) {
			if !seen[w] && !strings.HasSuffix(w, "*") && w != "~" && w != "^" {
				seen[w], words = true, append(words, w)
			}
		}
	}
	return words
}

// sift is where the first three bytes of a word are in the sieve.
func sift(w string) (at int, bit uint64) {
	h := (uint32(w[0]) | uint32(w[1])<<8 | uint32(w[2])<<16) * 0x9e3779b1
	return int(h >> 28), 1 << (h >> 22 & 63)
}

// A phraseGroup is phrases that are evidence of an intent, all as strong. Phrases are divided by
// semicolons, words that stand for each other by "|"; "*" ends a word that may go on, "~" is some
// words of the sentence, "^" its beginning.
type phraseGroup struct {
	intent  post.Intent
	weight  float64
	mode    phraseMode
	phrases string
}

func readPhrases(groups []phraseGroup) *phrasebook {
	b := &phrasebook{byWord: make([][]*phrase, len(phraseWords())+1), byPrefix: make(map[string][]*phrase)}
	for _, g := range groups {
		for text := range strings.SplitSeq(g.phrases, ";") {
			p := &phrase{intent: g.intent, weight: g.weight, mode: g.mode}
			for w := range strings.FieldsSeq(text) {
				p.words = append(p.words, readPhraseWord(w))
			}
			b.add(p)
		}
	}
	return b
}

func (b *phrasebook) add(p *phrase) {
	if len(p.words) > 0 && p.words[0].start {
		p.words, p.starts = p.words[1:], true
	}
	if len(p.words) == 0 {
		return
	}
	for _, w := range p.words[0].words {
		b.byWord[w] = append(b.byWord[w], p)
	}
	for _, prefix := range p.words[0].prefix {
		b.byPrefix[prefix[:3]] = append(b.byPrefix[prefix[:3]], p)
		at, bit := sift(prefix)
		b.sieve[at] |= bit
	}
}

func readPhraseWord(text string) phraseWord {
	w := phraseWord{gap: text == "~", start: text == "^"}
	if w.gap || w.start {
		return w
	}
	for alternative := range strings.SplitSeq(text, "|") {
		if prefix, open := strings.CutSuffix(alternative, "*"); open {
			w.prefix = append(w.prefix, prefix)
		} else if n := embeddedWords().find(alternative).phrase; n > 0 && !slices.Contains(w.words, n) {
			w.words = append(w.words, n)
		}
	}
	return w
}

func (w *phraseWord) is(word string, number uint16) bool {
	if number > 0 {
		for _, n := range w.words {
			if n == number {
				return true
			}
		}
	}
	for _, p := range w.prefix {
		if strings.HasPrefix(word, p) {
			return true
		}
	}
	return false
}

// intent finds what the author wants, and how sure that is.
func intent(t *text, language string, polarity post.Polarity) (post.Intent, float64) {
	if passedOn(t.words) {
		return post.IntentNone, 0
	}
	book := phrasebooks()[slot(language)]
	f := &intentFinder{text: t, polarity: polarity, doubt: [...]float64{1, 1, 1, 1, 1}}
	for i, w := range t.words {
		for _, p := range book.byWord[t.lexemes[i].phrase] {
			f.weigh(p, i)
		}
		if len(w) < 3 {
			continue
		}
		if at, bit := sift(w); book.sieve[at]&bit != 0 {
			for _, p := range book.byPrefix[w[:3]] {
				f.weigh(p, i)
			}
		}
	}
	return f.decide()
}

// passedOn says that a text begins like a share of another's.
func passedOn(words []string) bool {
	return len(words) > 1 && words[0] == "rt" && words[1] == wordHandle
}

// intentFinder gathers the evidence in one text.
type intentFinder struct {
	*text
	polarity     post.Polarity
	doubt        [intents]float64 // 1 − the confidence so far, in the order of intentOrder
	sells, mocks bool
	idles        bool
}

func (f *intentFinder) weigh(p *phrase, at int) {
	end, denied := f.match(p.words, at, false)
	switch {
	case end < 0, p.starts && !f.begins(at):
		return
	case p.mode&sold != 0:
		f.sells = true
		return
	case p.mode&mocked != 0:
		f.mocks = true
		return
	case p.mode&idle != 0:
		f.idles = true
		return
	case p.mode&evenDenied == 0 && (denied || f.deniedAfter(end)),
		p.mode&asked != 0 && !f.question(at),
		p.mode&whenNegative != 0 && f.polarity != post.Negative,
		p.mode&whenKind != 0 && f.polarity == post.Negative:
		return
	}
	for i, intent := range intentOrder {
		if intent == p.intent {
			f.doubt[i] *= 1 - p.weight
		}
	}
}

// match says where the phrase that begins at a word ends, or −1, and whether a word of it is denied.
func (f *intentFinder) match(words []phraseWord, at int, denied bool) (end int, anyDenied bool) {
	for k := range words {
		w := &words[k]
		switch {
		case w.gap:
			for skip := 0; skip <= gapWords && at+skip < len(f.words); skip++ {
				if end, d := f.match(words[k+1:], at+skip, denied); end >= 0 {
					return end, d
				}
				if sentenceEnd(f.words[at+skip]) {
					break
				}
			}
			return -1, false
		case at >= len(f.words) || !w.is(f.words[at], f.lexemes[at].phrase):
			return -1, false
		default:
			denied = denied || f.marks[at]&markNegated != 0
			at++
		}
	}
	return at, denied
}

func sentenceEnd(word string) bool { return word == "!" || word == "?" }

// begins says that a sentence begins with a word, accounts and signs before it left out.
func (f *intentFinder) begins(at int) bool {
	for at--; at >= 0; at-- {
		if f.marks[at]&markEnd != 0 {
			return true
		}
		if f.words[at][0] != '<' && f.marks[at]&markTag == 0 {
			return false
		}
	}
	return true
}

// deniedAfter says that a negation follows right behind a phrase, as in German main clauses
// ("den kaufe ich mir nicht").
func (f *intentFinder) deniedAfter(end int) bool {
	for i := max(0, end-1); i < min(len(f.words), end+3); i++ {
		if i >= end && f.lexemes[i].role&roleDenies != 0 {
			return true
		}
		if f.marks[i]&markEnd != 0 {
			return false
		}
	}
	return false
}

const deniers = "nicht nie niemals kein keine keinen never"

// question says that the sentence a word stands in ends with a question mark.
func (f *intentFinder) question(at int) bool {
	for _, w := range f.words[at:min(len(f.words), at+30)] {
		if w == "?" {
			return true
		}
		if w == "!" {
			return false
		}
	}
	return false
}

// reported says that a text reads like news: it speaks of nobody and to nobody, at length or with
// an address.
func (f *intentFinder) reported() bool {
	long := len(f.words) > 30
	for i, w := range f.words {
		switch {
		case f.lexemes[i].role&rolePersonal != 0, w == wordHandle:
			return false
		case w == wordURL:
			long = true
		}
	}
	return long
}

const personal = `i i'm i've i'd i'll im ive my me mine myself we we're our us you your you're u ur ich mein meine meinen meinem meiner mir mich wir uns unser unsere
	ihr euch euer eure eurem euren du dein deine dir dich hab`

// decide takes the likeliest intent. A text that sells is no wish to buy and no advice; one that
// means the opposite neither.
func (f *intentFinder) decide() (post.Intent, float64) {
	best, most := post.IntentNone, 0.0
	reported := f.reported()
	for n, i := range intentOrder {
		confidence := min(mostIntent, 1-f.doubt[n])
		switch i {
		case post.IntentPurchase, post.IntentComplaint, post.IntentSupport:
			if reported {
				confidence *= 1 - reportedDoubt
			}
		}
		void := (f.sells || f.mocks) && (i == post.IntentPurchase || i == post.IntentRecommendation) || (f.sells || f.idles) && i == post.IntentInformation
		if !void && confidence >= leastIntent && confidence > most+1e-9 {
			best, most = i, confidence
		}
	}
	return best, most
}
