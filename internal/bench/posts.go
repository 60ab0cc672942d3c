package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
)

// A generator makes posts that vary as real ones do: three languages, sentences put together from
// parts, authors by a Zipf law, 5 % replies and 20 % shares. It is deterministic.
type generator struct {
	random     *rand.Rand
	authors    *rand.Zipf
	matchShare float64
	next       int
	start      time.Time
}

// authorCount is how many people talk.
const authorCount = 200_000

func newGenerator(seed uint64, matchShare float64, start time.Time) *generator {
	r := rand.New(rand.NewPCG(seed, 1))
	return &generator{random: r, authors: rand.NewZipf(r, 1.1, 8, authorCount-1), matchShare: matchShare, start: start}
}

// language is what sentences of one language are made of.
type language struct {
	code                           string
	openings, subjects, verbs, end []string
}

var languages = []language{
	{"de", []string{"Heute Morgen", "Schon wieder", "Ganz ehrlich,", "Zum Glück", "Leider", "Seit Wochen", "Kaum zu glauben:", "Nebenbei:", "Am Wochenende", "Gestern Abend"},
		[]string{"die Hotline von %s", "mein Paket von %s", "der neue Akkuschrauber von %s", "die App von %s", "das Team bei %s", "die Rechnung von %s", "der Kundendienst von %s", "die Werbung von %s"},
		[]string{"funktioniert einwandfrei", "ist eine Katastrophe", "hat mich begeistert", "meldet sich nicht", "kam drei Tage zu spät", "wird immer besser", "nervt nur noch", "hat mir sofort geholfen"},
		[]string{"und das war gut so.", "und ich bin sauer.", "danke dafür!", "nie wieder!", "wer kennt das?", "mal sehen, wie es weitergeht.", "Empfehlung von mir.", "ich verstehe es nicht."}},
	{"en", []string{"This morning", "Once again", "Honestly,", "Luckily", "Sadly", "For weeks now", "Hard to believe:", "By the way,", "On the weekend", "Last night"},
		[]string{"the hotline of %s", "my parcel from %s", "the new cordless drill by %s", "the app of %s", "the team at %s", "the invoice from %s", "the support of %s", "that ad by %s"},
		[]string{"works perfectly", "is a disaster", "made my day", "does not answer", "came three days late", "gets better and better", "is so annoying", "helped me at once"},
		[]string{"and that was great.", "and I am angry.", "thank you!", "never again!", "anyone else?", "let us see how it goes.", "recommended.", "I do not get it."}},
	{"es", []string{"Esta mañana", "Otra vez", "La verdad,", "Por suerte", "Por desgracia", "Desde hace semanas", "Parece mentira:", "Por cierto,", "El fin de semana", "Anoche"},
		[]string{"la línea de %s", "mi paquete de %s", "el nuevo taladro de %s", "la aplicación de %s", "el equipo de %s", "la factura de %s", "el servicio de %s", "el anuncio de %s"},
		[]string{"funciona muy bien", "es un desastre", "me ha encantado", "no contesta", "llegó tres días tarde", "mejora cada día", "es muy molesto", "me ayudó enseguida"},
		[]string{"y estuvo bien.", "y estoy enfadado.", "¡gracias!", "¡nunca más!", "¿a alguien más?", "ya veremos.", "lo recomiendo.", "no lo entiendo."}},
}

// brands are heard by monitors, strangers by none.
var (
	brands    = []string{"Nordwerk", "Kaltental", "Brückner", "Solvanta", "Heidwald", "Flussmann", "Tornquist", "Abendrot"}
	strangers = []string{"der Bäckerei", "meinem Nachbarn", "the post office", "my landlord", "la oficina", "mi vecino", "dem Verein", "the library"}
)

func (g *generator) post() post.Event {
	g.next++
	l := &languages[g.random.IntN(len(languages))]
	subject := pick(g.random, strangers)
	if g.matchShare >= 1 || g.random.Float64() < g.matchShare {
		subject = pick(g.random, brands)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s "+pick(g.random, l.subjects)+" %s, %s", pick(g.random, l.openings), subject, pick(g.random, l.verbs), pick(g.random, l.end))
	for range g.random.IntN(3) {
		fmt.Fprintf(&text, " %s %s, %s", pick(g.random, l.openings), pick(g.random, l.verbs), pick(g.random, l.end))
	}
	author := g.authors.Uint64()
	e := post.Event{Type: post.Upsert, Source: "bench", ReceivedAt: g.start, Post: post.Post{
		Network: "bluesky", ID: fmt.Sprintf("at://did:plc:author%d/app.bsky.feed.post/%d", author, g.next), Kind: post.KindPost,
		Author: post.Author{ID: fmt.Sprintf("did:plc:author%d", author), Handle: fmt.Sprintf("author%d.bsky.social", author),
			Name: fmt.Sprintf("Author %d", author), Followers: int64(author % 5000)},
		Text: text.String(), Language: l.code, URL: fmt.Sprintf("https://bsky.app/profile/did:plc:author%d/post/%d", author, g.next),
		// An hour of talk, so that cells and hours are as many as they are in life.
		PostedAt: g.start.Add(time.Duration(g.next) * time.Millisecond).Truncate(time.Millisecond),
	}}
	switch n := g.random.IntN(100); {
	case n < 5:
		e.Post.Kind, e.Post.ReplyTo = post.KindReply, fmt.Sprintf("at://did:plc:author%d/app.bsky.feed.post/%d", author/2, g.next/2)
	case n < 25:
		e.Post.Kind, e.Post.ShareOf = post.KindShare, fmt.Sprintf("at://did:plc:author%d/app.bsky.feed.post/%d", author/3, g.next/3)
	}
	if g.random.IntN(4) == 0 {
		e.Post.Hashtags = []string{"montag", "service"}
	}
	return e
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }
