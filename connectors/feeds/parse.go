package feeds

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html/charset"
)

// Limits of what a feed is made of. The parser needs much memory for deep nesting, and much time
// for long xml:base addresses and many namespaces, each of which a small document can hold.
const (
	maxDepth      = 200
	maxElements   = 200_000
	maxBases      = 300 // bytes of the xml:base addresses that hold at one place; each relative link grows by them
	maxNamespaces = 200 // that hold at one place
	parseTimeout  = 10 * time.Second
)

// parse reads an RSS, Atom or JSON feed.
func parse(body []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if r := recover(); r != nil {
			feed, err = nil, fmt.Errorf("no feed that can be read: %v", r)
		}
	}()
	if trimmed := bytes.TrimLeft(body, "\ufeff \t\r\n"); len(trimmed) > 0 && trimmed[0] == '<' {
		if err := measure(body); err != nil {
			return nil, fmt.Errorf("no feed that can be read: %w", err)
		}
	}
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true // for its ttl
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	feed, err = parser.Parse(within(body))
	if err != nil {
		return nil, fmt.Errorf("no RSS, Atom or JSON feed: %w", err)
	}
	return feed, nil
}

// measure reads the elements as the parser will, and keeps nothing. What is no XML is left to the
// parser, which forgives more.
func measure(body []byte) error {
	d := xml.NewDecoder(within(printable(body)))
	d.Strict, d.CharsetReader = false, charset.NewReaderLabel
	var open []scope
	var now scope
	for elements := 0; ; {
		token, err := d.Token()
		if errors.Is(err, errSlow) {
			return err
		}
		if err != nil {
			return nil //nolint:nilerr // the parser says what is wrong, and where
		}
		switch t := token.(type) {
		case xml.StartElement:
			open = append(open, now)
			now.add(t.Attr)
			elements++
			switch {
			case len(open) > maxDepth:
				return fmt.Errorf("elements nest deeper than %d", maxDepth)
			case elements > maxElements:
				return fmt.Errorf("more than %d elements", maxElements)
			case now.bases > maxBases:
				return fmt.Errorf("more than %d bytes of xml:base at one place", maxBases)
			case now.namespaces > maxNamespaces:
				return fmt.Errorf("more than %d namespaces at one place", maxNamespaces)
			}
		case xml.EndElement:
			if n := len(open) - 1; n >= 0 {
				now, open = open[n], open[:n]
			}
		}
	}
}

// printable drops the control characters that XML forbids, as the parser does.
func printable(body []byte) []byte {
	if !bytes.ContainsFunc(body, forbidden) {
		return body
	}
	kept := make([]byte, 0, len(body))
	for _, c := range body {
		if !forbidden(rune(c)) {
			kept = append(kept, c)
		}
	}
	return kept
}

func forbidden(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// A scope is what holds inside an element.
type scope struct{ bases, namespaces int }

func (s *scope) add(attributes []xml.Attr) {
	for _, a := range attributes {
		switch {
		case a.Name.Local == "base":
			s.bases += len(a.Value)
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
			s.namespaces++
		}
	}
}

var errSlow = errors.New("it takes too long to read")

// within reads a document for a limited time.
func within(body []byte) io.Reader {
	return &limited{bytes.NewReader(body), time.Now().Add(parseTimeout)}
}

type limited struct {
	*bytes.Reader
	until time.Time
}

// Read reads little at once, so that the time is looked at often.
func (l *limited) Read(p []byte) (int, error) {
	if time.Now().After(l.until) {
		return 0, errSlow
	}
	return l.Reader.Read(p[:min(len(p), 4096)])
}
