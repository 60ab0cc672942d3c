package privacy

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/groundswell/groundswell/crm"
)

// Digits of a phone number: fewer are none, and a part of one that stands without its country and
// without the 0 before it has to have as many to be told from any other number.
const fewestDigits = 7

// phoneGap is what may stand between two digits of a number.
const phoneGap = " \t\u00a0\u202f./()-\u2010\u2011\u2013"

// countryCodes are the codes of countries of ITU-T E.164, and patterns of those of two and three digits.
const countryCodes = `1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-689]|3[578]|42|5[09]|6[7-9]|8[035-9]|9[679])[0-9]`

var countryCode = regexp.MustCompile("^(?:" + countryCodes + ")")

// A phone is a number as it is dialled: the country's code, where it is known, and the number in that
// country without the 0 that goes before it there.
type phone struct{ country, national string }

// readPhone reads a number as somebody wrote it; ok is false where it is none. An extension that is
// written in words is left out.
func readPhone(s string) (p phone, ok bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '+' && !strings.ContainsRune(phoneGap, r) }); i >= 0 {
		s = s[:i]
	}
	digits := strings.Map(onlyDigits, s)
	if len(digits) < fewestDigits {
		return p, false
	}
	rest, abroad := strings.CutPrefix(digits, "00")
	if abroad = abroad || strings.Contains(s, "+"); abroad {
		p.country = countryCode.FindString(rest)
		rest = rest[len(p.country):]
	}
	p.national = strings.TrimLeft(rest, "0")
	return p, len(p.national) >= 4
}

// pattern matches the number with anything between its digits: +49 431 …, 0049 (0)431 …, 0431/…, 431 ….
func (p *phone) pattern() string {
	gap := "[" + regexp.QuoteMeta(phoneGap) + "]{0,3}"
	gap = strings.ReplaceAll(gap, "-", `\-`)
	code := "(?:\\+|00|011)" + gap + "(?:" + countryCodes + ")" + gap
	if p.country != "" {
		code = "(?:(?:\\+|00|011)" + gap + ")?" + strings.Join(strings.Split(p.country, ""), gap) + gap
	}
	return `\(?(?:` + code + `)?(?:0` + gap + `)?` + strings.Join(strings.Split(p.national, ""), gap)
}

// phonePattern matches any of the numbers; digits are what stands in each of their spellings.
func phonePattern(numbers []string) (pattern *regexp.Regexp, digits []string) {
	var patterns []string
	for _, s := range numbers {
		if p, ok := readPhone(s); ok && !slices.Contains(patterns, p.pattern()) {
			patterns, digits = append(patterns, p.pattern()), append(digits, p.national)
		}
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	return regexp.MustCompile(strings.Join(patterns, "|")), digits
}

// replacePhones takes the numbers out of a text, where they are no part of a longer one.
func (c *censor) replacePhones(text string) string {
	return replaceFound(text, c.phones, func(start, end int) (int, bool) {
		if text[start] == '(' && !strings.Contains(text[start:end], ")") {
			start++
		}
		if !phoneAlone(text, start, end) || !quotedAt(text, start) {
			return start, false
		}
		for _, w := range crm.SearchWords(text[start:end]) {
			c.words[w] = true
		}
		return start, true
	})
}

// phoneAlone says that what stands there is a whole number. After one that begins as numbers begin, a
// blank ends it. Without the beginning it may be the end of another, or what follows a blank its own.
func phoneAlone(text string, start, end int) bool {
	number := strings.TrimPrefix(text[start:end], "(")
	begun := number[0] == '+' || number[0] == '0'
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	escaped := start >= 2 && text[start-2] == '\\' && strings.IndexByte("nrt", text[start-1]) >= 0 // \n of JSON
	after, width := utf8.DecodeRuneInString(text[end:])
	if word(before) && !escaped || word(after) {
		return false
	}
	if !begun {
		digits := len(strings.Map(onlyDigits, number))
		left := strings.TrimRight(text[:start], phoneGap)
		right := strings.TrimLeft(text[end:], phoneGap)
		return digits >= fewestDigits && !endsInDigit(left) && !strings.HasSuffix(left, "+") && !beginsWithDigit(right)
	}
	joins := func(r rune) bool { return strings.ContainsRune("./-\u2010\u2011\u2013", r) }
	if joins(before) && endsInDigit(text[:start-utf8.RuneLen(before)]) || before == '+' {
		return false
	}
	return !joins(after) || !beginsWithDigit(text[end+width:])
}

func endsInDigit(s string) bool     { return s != "" && onlyDigits(rune(s[len(s)-1])) >= 0 }
func beginsWithDigit(s string) bool { return s != "" && onlyDigits(rune(s[0])) >= 0 }

// quotedAt says that a place is no number of JSON, which would be no JSON without it.
func quotedAt(text string, at int) bool {
	if text[0] != '{' && text[0] != '[' || !strings.ContainsRune(":[, \n", rune(text[at-1])) {
		return true
	}
	if !json.Valid([]byte(text)) {
		return true
	}
	quoted := false
	for i := 0; i < at; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		}
	}
	return quoted
}
