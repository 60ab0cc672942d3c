package crm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// cardReader reads a file of vCards as rows under cardHeader, a card at a time: 4.0 (RFC 6350), 3.0
// (RFC 2426) and 2.1 (versit, 1996). The library knows 3.0 and 4.0; what 2.1 does otherwise, and what
// the library does not tell apart, is written as 3.0 first. Only what a contact has is read: birthdays,
// notes, pictures and street addresses never leave the file (GDPR Art. 5(1)(c)).
type cardReader struct{ fileLines }

// cardHeader is what the columns of a card are called, so that the refused ones make a CSV file that
// can be corrected and imported again.
var cardHeader = []string{"First Name", "Last Name", "Display Name", "Email Address", "Phone", "Company", "Job Title", "City", "Postal Code", "Country", "URL",
	"Profiles", "File Kind"}

// cardProperties are those that are read of a card.
var cardProperties = func() map[string]bool {
	read := map[string]bool{"N": true, "FN": true, "EMAIL": true, "TEL": true, "ORG": true, "TITLE": true, "ROLE": true, "ADR": true, "URL": true, "KIND": true, "X-ABSHOWAS": true}
	for _, property := range socialProperties {
		read[property] = true
	}
	return read
}()

func (r *cardReader) header(rune) ([]string, error) { return slices.Clone(cardHeader), nil }

func (r *cardReader) next() (record []string, line int, err error) {
	for {
		text, err := r.take()
		if err != nil {
			return nil, r.line, err
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		if line = r.line; !isMark(text, "BEGIN") {
			return nil, line, r.passOver(line)
		}
		text, err = r.card(line)
		if err != nil {
			return nil, line, err
		}
		if record, err = readCard(text); err != nil {
			err = &rowError{line: line, column: -1, reason: err.Error()}
		}
		return record, line, err
	}
}

// isMark says whether a line is BEGIN:VCARD, or END:VCARD.
func isMark(text []byte, word string) bool {
	name, value, ok := bytes.Cut(text, []byte{':'})
	return ok && strings.EqualFold(string(name), word) && strings.EqualFold(string(bytes.TrimSpace(value)), "VCARD")
}

// passOver leaves out what stands between cards, which is one refusal, however much it is.
func (r *cardReader) passOver(line int) error {
	for {
		text, err := r.take()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil && !isMark(bytes.TrimSpace(text), "BEGIN") {
			continue
		}
		if err == nil {
			r.giveBack([][]byte{text})
		}
		return &rowError{line: line, column: -1, reason: "text stands outside a card: a card begins with BEGIN:VCARD and ends with END:VCARD"}
	}
}

// card reads on to the end of the card that began on a line, and writes what is read of it as 3.0.
func (r *cardReader) card(line int) ([]byte, error) {
	out := bytes.NewBufferString("BEGIN:VCARD\n")
	var bad error
	before, inside := "", 0 // the property before; cards in this one, as 2.1 has for an agent
	for {
		p, err := r.property()
		begins := isMark(p.text, "BEGIN")
		switch {
		case errors.Is(err, io.EOF):
			return nil, &rowError{line: line, column: -1, reason: "the card has no END:VCARD"}
		case err != nil:
			return nil, err
		case begins && before != "AGENT":
			r.giveBack([][]byte{p.text})
			return nil, &rowError{line: line, column: -1, reason: fmt.Sprintf("the card has no END:VCARD before the next one begins on line %d", r.line+1)}
		case begins:
			inside++
		case isMark(p.text, "END") && inside > 0:
			inside--
		case isMark(p.text, "END"):
			out.WriteString("END:VCARD\n")
			return out.Bytes(), bad
		case inside > 0 || !cardProperties[p.name] || bad != nil:
		case p.long || out.Len()+len(p.text) > maxRecord:
			bad = &rowError{line: line, column: -1, reason: fmt.Sprintf("the card has more than %d bytes, its pictures not counted", maxRecord)}
		default:
			if err := p.write(out); err != nil {
				bad = &rowError{line: line, column: -1, reason: fmt.Sprintf("%s: %s", p.name, err)}
			}
		}
		before = p.name
	}
}

// A cardProperty is one line of a card as it stands in the file, with those that it is folded into.
type cardProperty struct {
	text []byte // without the end of the line; the beginning of one that is long, or is not read
	name string // upper case, without its group
	long bool
}

// property reads the next line of a card. It goes on in lines that begin with a blank, and in 2.1,
// where it is quoted-printable, behind a = at its end.
func (r *cardReader) property() (p cardProperty, err error) {
	text, err := r.take()
	if err != nil {
		return p, err
	}
	p.long = len(text) > maxRecord
	p.text = bytes.TrimRight(text[:min(len(text), maxRecord)], "\r\n")
	p.name = nameOf(p.text)
	keep, soft, last := cardProperties[p.name], quotedPrintable(p.text), p.text
	for {
		more, err := r.take()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		broken := soft && bytes.HasSuffix(last, []byte{'='})
		if !broken && !bytes.HasPrefix(more, []byte{' '}) && !bytes.HasPrefix(more, []byte{'\t'}) {
			r.giveBack([][]byte{more})
			return p, nil
		}
		more = bytes.TrimRight(more, "\r\n")
		last = more
		if p.long = p.long || len(p.text)+len(more) > maxRecord; p.long || !keep {
			continue
		}
		if broken {
			p.text = append(bytes.TrimSuffix(p.text, []byte{'='}), more...)
		} else {
			p.text = append(p.text, more[1:]...)
		}
	}
}

// nameOf is what a property is called: up to its parameters, without the group before it (item1.TEL).
func nameOf(text []byte) string {
	name := text[:max(0, bytes.IndexAny(text, ";:"))]
	if group := bytes.LastIndexByte(name, '.'); group >= 0 {
		name = name[group+1:]
	}
	return strings.ToUpper(string(bytes.TrimSpace(name)))
}

// cut parts a property's parameters from its value: at the first colon that stands in no quotes.
func (p *cardProperty) cut() (params, value []byte) {
	quoted := false
	for i, c := range p.text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			return p.text[:i], p.text[i+1:]
		}
	}
	return p.text, nil
}

func quotedPrintable(text []byte) bool {
	params, _ := (&cardProperty{text: text}).cut()
	return bytes.Contains(bytes.ToUpper(params), []byte("QUOTED-PRINTABLE"))
}

// heldSemicolon stands for a semicolon that belongs to a value and does not part two: the library
// tells them apart no longer.
const heldSemicolon = "\x1f"

// write writes a property in the form of 3.0.
func (p *cardProperty) write(out *bytes.Buffer) error {
	head, value := p.cut()
	_, rest, _ := strings.Cut(strings.ToValidUTF8(string(head), ""), ";")
	var params []string
	encoding, charset := "", ""
	for param := range strings.SplitSeq(rest, ";") {
		key, said, named := strings.Cut(param, "=")
		key = strings.ToUpper(strings.TrimSpace(key))
		switch {
		case key == "":
		case key == "ENCODING":
			encoding = strings.ToUpper(said)
		case key == "CHARSET":
			charset = strings.Trim(said, `"`)
		case named:
			params = append(params, param)
		case key == "QUOTED-PRINTABLE", key == "BASE64", key == "8BIT", key == "7BIT": // 2.1 leaves the names out
			encoding = key
		default:
			params = append(params, "TYPE="+key)
		}
	}
	switch encoding {
	case "B", "BASE64":
		return nil // data, and none of what is read is that
	case "Q", "QUOTED-PRINTABLE":
		plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(value)))
		if err != nil {
			return errors.New("is not quoted-printable, as it says: want = and two hexadecimal digits in place of bytes that are not printable")
		}
		value = plain
	}
	text, err := inUnicode(value, charset)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s:%s\n", strings.Join(append([]string{p.name}, params...), ";"), held(text))
	return nil
}

// inUnicode decodes a value. Without a charset it is UTF-8, or else Windows-1252, as phones wrote it.
func inUnicode(value []byte, charset string) (string, error) {
	if charset == "" || strings.EqualFold(charset, "UTF-8") {
		if utf8.Valid(value) {
			return string(value), nil
		}
		return charmap.Windows1252.NewDecoder().String(string(value))
	}
	encoding, err := htmlindex.Get(charset)
	if err != nil {
		return "", fmt.Errorf("is in the charset %q, which is not known: save the cards in UTF-8", charset)
	}
	return encoding.NewDecoder().String(string(value))
}

// held writes a value as one line, and holds the semicolons that are escaped in it.
func held(value string) string {
	var out strings.Builder
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '\r', c == heldSemicolon[0]:
		case c == '\n':
			out.WriteString(`\n`)
		case c != '\\' || i+1 == len(value):
			out.WriteByte(c)
		default:
			i++
			switch value[i] {
			case ';':
				out.WriteString(heldSemicolon)
			case ':': // Apple's http\://
				out.WriteByte(':')
			case 'n', 'N':
				out.WriteString(`\n`)
			case '\r', '\n':
				out.WriteString(`\n`)
			default:
				out.Write([]byte{'\\', value[i]})
			}
		}
	}
	return out.String()
}

// readCard makes a row of a card in the form of 3.0.
func readCard(text []byte) ([]string, error) {
	card, err := vcard.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		return nil, err
	}
	if kind := card.Kind(); kind != vcard.KindIndividual || strings.EqualFold(card.Value("X-ABSHOWAS"), "COMPANY") {
		if kind == vcard.KindIndividual {
			kind = vcard.KindOrganization
		}
		return nil, fmt.Errorf("is the card of no person (KIND:%s)", cut(string(kind), 30))
	}
	name := card.Name()
	if name == nil {
		name = &vcard.Name{}
	}
	first, last, shown := cardText(name.GivenName), cardText(name.FamilyName), cardText(card.PreferredValue(vcard.FieldFormattedName))
	if foldKey(shown) == foldKey(join(first, last)) {
		shown = ""
	}
	org, _, _ := strings.Cut(picked(card, vcard.FieldOrganization).Value, ";")
	place := vcard.Card{vcard.FieldAddress: {picked(card, vcard.FieldAddress, vcard.TypeWork)}}.Address()
	profiles, page := cardProfiles(card)
	title := cardText(picked(card, vcard.FieldTitle).Value)
	if title == "" {
		title = cardText(picked(card, vcard.FieldRole).Value)
	}
	return []string{first, last, shown, withoutScheme(picked(card, vcard.FieldEmail, vcard.TypeWork, "internet"), "mailto:"),
		withoutScheme(picked(card, vcard.FieldTelephone, vcard.TypeCell, vcard.TypeWork, vcard.TypeVoice), "tel:"), cardText(org), title,
		cardText(place.Locality), cardText(place.PostalCode), cardText(place.Country), page, strings.Join(profiles, " | "), FileCards}, nil
}

// cardText is a value, or a part of one, as a person reads it.
func cardText(value string) string { return tidy(strings.ReplaceAll(value, heldSemicolon, ";")) }

// withoutScheme is what an address such as tel:+49-30-1;ext=2 leads to.
func withoutScheme(f *vcard.Field, scheme string) string {
	value := cardText(f.Value)
	if len(value) < len(scheme) || !strings.EqualFold(value[:len(scheme)], scheme) {
		return value
	}
	value, _, _ = strings.Cut(value[len(scheme):], ";")
	value, _, _ = strings.Cut(value, "?")
	return value
}

// picked is the value of a property that the card prefers, else the first of the types that there is,
// else the first.
func picked(card vcard.Card, property string, types ...string) *vcard.Field {
	f := card.Preferred(property)
	if f == nil {
		return &vcard.Field{}
	}
	if f.Params.Get(vcard.ParamPreferred) != "" || f.Params.HasType("pref") {
		return f
	}
	for _, t := range types {
		for _, f := range card[property] {
			if f.Params.HasType(t) && !f.Params.HasType(vcard.TypeFax) {
				return f
			}
		}
	}
	return f
}
