package listening

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Query is what a monitor listens for, parsed. docs/queries.md describes the language.
type Query struct {
	root *node
	text string
}

// String is the query as it was written.
func (q *Query) String() string { return q.text }

// A QueryError says what is wrong with a query, and where.
type QueryError struct {
	Offset int // bytes from the start
	Reason string
}

func (e *QueryError) Error() string { return fmt.Sprintf("query, byte %d: %s", e.Offset, e.Reason) }

type operator int

const (
	opTerm operator = iota
	opAnd
	opOr
	opNot
	opNear
)

// A node is one operator of a query with what it works on, or a term.
type node struct {
	op       operator
	kids     []*node
	term     term
	distance int // opNear: at most so many words apart
}

const (
	maxQuery     = 10_000 // bytes
	maxQueryTerm = 500
	maxNesting   = 50
	nearDefault  = 5
	nearMost     = 50
)

// ParseQuery parses a query. The error is a *QueryError.
func ParseQuery(text string) (*Query, error) {
	p := &parser{text: text}
	if len(text) > maxQuery {
		return nil, &QueryError{maxQuery, fmt.Sprintf("longer than %d bytes: split it into several monitors", maxQuery)}
	}
	if !utf8.ValidString(text) {
		return nil, &QueryError{0, "invalid UTF-8"}
	}
	root := p.or()
	if p.err == nil && p.peek() != "" {
		p.fail("want AND, OR, NOT or a term instead of %q", p.peek())
	}
	if p.err == nil && p.terms > maxQueryTerm {
		p.fail("more than %d terms: split it into several monitors", maxQueryTerm)
	}
	if p.err == nil && anchors(root) == nil {
		p.at = 0
		p.fail("it matches nearly everything: want a word, phrase, hashtag or account that each post has to have")
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Query{root, text}, nil
}

// A parser reads a query by recursive descent: or ← and (OR and)*, and ← near (AND? near)*,
// near ← not (NEAR/n not)*, not ← (NOT|-)* term, term ← ( or ) | field:value | "phrase" | word.
type parser struct {
	text  string
	at    int
	depth int
	terms int
	err   *QueryError
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = &QueryError{p.at, fmt.Sprintf(format, args...)}
	}
}

const (
	opening = "\"„“”«»"
	closing = "\"“”»«"
)

// peek returns the next token without taking it: a parenthesis, a quoted phrase, a minus or what
// stands until the next blank. It is empty at the end.
func (p *parser) peek() string {
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if !unicode.IsSpace(r) {
			break
		}
		p.at += n
	}
	rest := p.text[p.at:]
	if rest == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(rest)
	switch {
	case first == '(' || first == ')' || first == '-':
		return rest[:1]
	case strings.ContainsRune(opening, first):
		for i, r := range rest[size:] {
			if strings.ContainsRune(closing, r) {
				return rest[:size+i+utf8.RuneLen(r)]
			}
		}
		p.fail("the phrase does not end: want a closing quote")
		return rest
	}
	for i, r := range rest {
		if unicode.IsSpace(r) || r == '(' || r == ')' || strings.ContainsRune(opening, r) {
			return rest[:i]
		}
	}
	return rest
}

// take skips the next token.
func (p *parser) take() { p.at += len(p.peek()) }

func (p *parser) or() *node {
	kids := []*node{p.and()}
	for p.err == nil && p.peek() == "OR" {
		p.take()
		kids = append(kids, p.and())
	}
	return join(opOr, kids)
}

func (p *parser) and() *node {
	kids := []*node{p.near()}
	for p.err == nil {
		switch p.peek() {
		case "", ")", "OR":
			return join(opAnd, kids)
		case "AND":
			p.take()
		}
		kids = append(kids, p.near())
	}
	return join(opAnd, kids)
}

func (p *parser) near() *node {
	left := p.not()
	for p.err == nil && isNear(p.peek()) {
		n := &node{op: opNear, distance: nearDefault}
		if _, number, given := strings.Cut(p.peek(), "/"); given {
			d, err := strconv.Atoi(number)
			if err != nil || d < 1 || d > nearMost {
				p.fail("%s: want NEAR/1 to NEAR/%d", p.peek(), nearMost)
				return left
			}
			n.distance = d
		}
		p.take()
		n.kids = []*node{left, p.not()}
		for _, kid := range n.kids {
			if p.err == nil && !placed(kid) {
				p.fail("NEAR wants words, phrases, hashtags or accounts on both sides, joined by OR at most")
			}
		}
		left = n
	}
	return left
}

func isNear(token string) bool { return token == "NEAR" || strings.HasPrefix(token, "NEAR/") }

// placed says that what a node matches stands somewhere in the text.
func placed(n *node) bool {
	switch n.op {
	case opTerm:
		return !n.term.field
	case opOr, opNear:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !placed(k) })
	}
	return false
}

func (p *parser) not() *node {
	if t := p.peek(); t == "NOT" || t == "-" {
		p.take()
		if p.depth++; p.depth > maxNesting {
			p.fail("nested deeper than %d", maxNesting)
			return nil
		}
		defer func() { p.depth-- }()
		return &node{op: opNot, kids: []*node{p.not()}}
	}
	return p.term()
}

func (p *parser) term() *node {
	switch t := p.peek(); {
	case p.err != nil:
	case t == "":
		p.fail("want a term")
	case t == "AND" || t == "OR" || isNear(t) || t == ")":
		p.fail("want a term instead of %s; an operator's name as a word stands in quotes", t)
	case t == "(":
		return p.group()
	default:
		p.terms++
		term, err := newTerm(t)
		if err != nil {
			p.fail("%v", err)
			return nil
		}
		p.take()
		return &node{op: opTerm, term: term}
	}
	return nil
}

func (p *parser) group() *node {
	if p.depth++; p.depth > maxNesting {
		p.fail("nested deeper than %d", maxNesting)
		return nil
	}
	defer func() { p.depth-- }()
	p.take()
	n := p.or()
	if p.err == nil && p.peek() != ")" {
		p.fail("want )")
	}
	p.take()
	return n
}

// join makes one node of several; a single one stays as it is.
func join(op operator, kids []*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{op: op, kids: kids}
}

// anchors are terms of which every matching post has at least one, the fewest and longest there
// are; nil when there are none.
func anchors(n *node) []*term {
	if n == nil {
		return nil
	}
	switch n.op {
	case opTerm:
		if n.term.literal == "" {
			return nil
		}
		return []*term{&n.term}
	case opOr:
		var all []*term
		for _, kid := range n.kids {
			a := anchors(kid)
			if a == nil {
				return nil
			}
			all = append(all, a...)
		}
		return all
	case opAnd, opNear:
		var best []*term
		for _, kid := range n.kids {
			if a := anchors(kid); a != nil && (best == nil || selectivity(a) > selectivity(best)) {
				best = a
			}
		}
		return best
	}
	return nil
}

// selectivity is the length of the shortest literal, less a letter for every further one.
func selectivity(terms []*term) int {
	shortest := 1000
	for _, t := range terms {
		shortest = min(shortest, len(t.literal))
	}
	return shortest - len(terms)
}
