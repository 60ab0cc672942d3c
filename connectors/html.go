package connectors

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of HTMLText. What goes beyond is left out.
const (
	maxHTML       = 512 << 10 // bytes read
	maxHTMLLinks  = 200
	maxLinkLength = 2048
)

// HTMLText turns the HTML of a post or a feed item into what a reader sees: UTF-8 text without
// markup. Paragraphs are parted by an empty line, <br> and other blocks by a line break, and
// other white space is one space. Scripts, styles and elements of the classes "invisible" and
// "quote-inline", by which Mastodon hides the ends of a long address and the address of a quoted
// post, are left out; an address it shortens ends in "…".
//
// Links holds the absolute http and https addresses of the links, each once, in order, in full.
// Links to the profiles and hashtags that a text mentions (classes "mention" and "hashtag") are
// none of them.
//
// The input may be hostile: at most 512 KiB are read, in one pass without nesting.
func HTMLText(htm string) (text string, links []string) {
	if strings.IndexByte(htm, '<') < 0 && strings.IndexByte(htm, '&') < 0 && len(htm) <= maxHTML {
		var p plainText
		p.add(htm)
		return p.String(), nil
	}
	if len(htm) > maxHTML {
		htm = htm[:maxHTML]
	}
	r := htmlReader{z: html.NewTokenizer(strings.NewReader(htm))}
	for r.next() {
	}
	return r.out.String(), r.links
}

// An htmlReader walks the tokens. It keeps no stack: a hidden element is followed by counting
// the elements of its own name.
type htmlReader struct {
	z      *html.Tokenizer
	out    plainText
	links  []string
	hidden string // name of the hidden element we are in
	depth  int    // elements of that name that are open
}

func (r *htmlReader) next() bool {
	switch r.z.Next() {
	case html.ErrorToken:
		return false // the input ends; a reader of a string has no other error
	case html.TextToken:
		if r.hidden == "" {
			r.out.add(string(r.z.Text()))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		r.start()
	case html.EndTagToken:
		r.end()
	}
	return true
}

// hiddenElements have contents that are not text for readers.
var hiddenElements = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Iframe: true, atom.Noframes: true,
	atom.Noembed: true, atom.Title: true, atom.Object: true, atom.Svg: true, atom.Select: true,
}

// breaks are the line breaks at the begin and at the end of an element.
var breaks = map[atom.Atom]int{
	atom.P: 2, atom.Blockquote: 2, atom.Pre: 2, atom.Ul: 2, atom.Ol: 2, atom.Table: 2, atom.Figure: 2,
	atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2,
	atom.Div: 1, atom.Li: 1, atom.Tr: 1, atom.Section: 1, atom.Article: 1, atom.Header: 1, atom.Footer: 1,
	atom.Dt: 1, atom.Dd: 1, atom.Figcaption: 1, atom.Hr: 1,
}

func (r *htmlReader) start() {
	raw, hasAttr := r.z.TagName()
	name := atom.Lookup(raw)
	if r.hidden != "" {
		switch {
		case string(raw) == r.hidden:
			r.depth++
		case r.hidden == "span" && breaks[name] > 0:
			r.hidden = "" // a block ends a span that was never closed
		}
		if r.hidden != "" {
			return
		}
	}
	spelled := string(raw)
	attrs := r.attributes(hasAttr)
	if hiddenElements[name] || attrs.hides() {
		if !isVoid(name) {
			r.hidden, r.depth = spelled, 1
		}
		return
	}
	switch {
	case name == atom.Br:
		r.out.lineBreak()
	case name == atom.Td || name == atom.Th:
		r.out.space = true
	case name == atom.A:
		r.link(attrs)
	case name == atom.Span && slices.Contains(attrs.class, "ellipsis"):
		r.out.shortened = true
	}
	r.out.blocks(breaks[name])
	if name == atom.Pre {
		r.out.pre++
	}
}

func (r *htmlReader) end() {
	raw, _ := r.z.TagName()
	name := atom.Lookup(raw)
	if r.hidden != "" {
		if string(raw) == r.hidden {
			r.depth--
		}
		// The end of a link or a block ends a span that was never closed.
		if r.depth == 0 || r.hidden == "span" && (name == atom.A || breaks[name] > 0) {
			r.hidden = ""
		}
		if r.hidden != "" || name == atom.Span {
			return
		}
	}
	switch {
	case name == atom.Span && r.out.shortened:
		r.out.ellipsis()
	case name == atom.Pre && r.out.pre > 0:
		r.out.pre--
	}
	r.out.blocks(breaks[name])
}

type htmlAttributes struct {
	class []string
	href  string
}

func (a htmlAttributes) hides() bool {
	return slices.Contains(a.class, "invisible") || slices.Contains(a.class, "quote-inline")
}

func (r *htmlReader) attributes(more bool) (a htmlAttributes) {
	for more {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		switch {
		case string(key) == "class" && a.class == nil && len(value) <= 1024:
			a.class = strings.Fields(string(value))
		case string(key) == "href" && a.href == "" && len(value) <= maxLinkLength:
			a.href = strings.TrimSpace(string(value))
		}
	}
	return a
}

func (r *htmlReader) link(a htmlAttributes) {
	if len(r.links) == maxHTMLLinks || slices.Contains(a.class, "mention") || slices.Contains(a.class, "hashtag") {
		return
	}
	if IsWebURL(a.href) && !slices.Contains(r.links, a.href) {
		r.links = append(r.links, a.href)
	}
}

// IsWebURL tells whether an address from a network is an absolute http or https one of a
// reasonable length, in valid UTF-8.
func IsWebURL(address string) bool {
	if len(address) > maxLinkLength || !utf8.ValidString(address) || strings.ContainsFunc(address, unicode.IsSpace) {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func isVoid(name atom.Atom) bool {
	switch name {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// plainText collects text. Spaces and line breaks wait until more text follows, so that none
// stands at the begin or at the end.
type plainText struct {
	buf       strings.Builder
	space     bool
	breaks    int
	pre       int  // open <pre> elements
	shortened bool // in a span whose text is shown with an ellipsis
}

func (p *plainText) add(s string) {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		i += n
		switch {
		case p.pre > 0 && r == '\n':
			p.lineBreak()
		case p.pre > 0 && r == ' ':
			p.write(' ')
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\u00a0':
			p.space = true
		case !unicode.IsControl(r):
			p.write(r)
		}
	}
}

func (p *plainText) write(r rune) {
	switch {
	case p.buf.Len() == 0:
	case p.breaks > 0:
		for range p.breaks {
			p.buf.WriteByte('\n')
		}
	case p.space:
		p.buf.WriteByte(' ')
	}
	p.space, p.breaks = false, 0
	p.buf.WriteRune(r)
}

// lineBreak adds one line break, up to an empty line.
func (p *plainText) lineBreak() { p.breaks = min(p.breaks+1, 2) }

// blocks parts two blocks by n line breaks at least.
func (p *plainText) blocks(n int) { p.breaks = max(p.breaks, n) }

// ellipsis ends a shortened address.
func (p *plainText) ellipsis() {
	p.shortened = false
	if p.buf.Len() > 0 {
		p.write('…')
	}
}

func (p *plainText) String() string { return p.buf.String() }
