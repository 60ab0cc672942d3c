package matcher

import (
	"strings"
	"unicode"
)

// A role says what a column holds, and so how its values are compared.
type role uint8

const (
	roleNone    role = iota // not compared: empty, constant, an id, a truth
	roleGiven               // given names
	roleSurname             // surnames
	roleDate                // a day
	roleMail                // an e-mail address
	rolePhone               // a telephone number
	roleCode                // a number or code: post code, social security
	roleText                // words: streets, companies
	rolePlace               // one of few: town, state, occupation
)

// roleNames are the roles as they are shown.
var roleNames = map[role]string{roleNone: "not compared", roleGiven: "given name", roleSurname: "surname", roleDate: "date", roleMail: "e-mail",
	rolePhone: "phone", roleCode: "code", roleText: "text", rolePlace: "place"}

// headerRoles are what headers say, in letters only; the first that fits counts.
var headerRoles = []struct {
	role  role
	names map[string]bool
}{
	{roleNone, set("id uniqueid recid recordid rowid contactid personid customerid kundennummer nr index cluster clusterid truth trueid entity entityid label sourcedataset source group matchid")},
	{roleGiven, set("first firstname givenname given forename vorname vornamen name1 fname middlename secondname")},
	{roleSurname, set("last lastname surname familyname nachname familienname lname name2 sname")},
	{roleDate, set("dob birthdate dateofbirth birthday geburtsdatum geburtstag born birth gebdat date")},
	{roleMail, set("email mail emailaddress mailadresse emailadresse")},
	{rolePhone, set("phone phonenumber telephone tel telefon mobile mobil handy fax telefonnummer")},
	{roleCode, set("postcode postalcode zip zipcode plz postcodefake ssn socsecid socialsecuritynumber soc taxid vat ustid iban passport streetnumber hausnummer housenumber number")},
	{rolePlace, set("city town suburb ort stadt wohnort state land country bundesland region county birthplace birthcountry gender sex geschlecht occupation beruf jobtitle title")},
	{roleText, set("address address1 address2 addressline1 street strasse streetaddress adresse company firma organisation organization employer url website notes")},
}

// wholeNames are headers of columns that repeat given name and surname.
var wholeNames = set("name fullname displayname firstandsurname vollername")

func headerLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// roles infers what the columns hold, from the header and, where that is silent, from the values.
func (t *Records) roles() []role {
	found := t.rolesFrom(2)
	compared := 0
	for _, r := range found {
		if r != roleNone {
			compared++
		}
	}
	if compared < 2 { // where the rows are all but alike, what they share is all there is to compare
		return t.rolesFrom(1)
	}
	return found
}

// rolesFrom infers them of columns that hold so many values at least.
func (t *Records) rolesFrom(values int) []role {
	found := make([]role, len(t.columns))
	has := make(map[role]bool)
	for i := range t.columns {
		found[i] = t.roleOf(i, values)
		has[found[i]] = true
	}
	for i := range t.columns { // a name in one piece is compared where there are no pieces
		if wholeNames[headerLetters(t.header[i])] {
			if found[i] = roleText; has[roleGiven] && has[roleSurname] {
				found[i] = roleNone
			}
		}
	}
	return found
}

func (t *Records) roleOf(i, values int) role {
	c := &t.columns[i]
	distinct := len(c.raw.ends) - 1
	if t.ignored[i] || distinct < values || c.filled*200 < t.n {
		return roleNone
	}
	name := headerLetters(t.header[i])
	for _, h := range headerRoles {
		if h.names[name] {
			return h.role
		}
	}
	shape := c.shape()
	switch unique := float64(distinct) / float64(max(1, c.filled)); {
	case shape.mail > 0.8:
		return roleMail
	case shape.date > 0.8:
		return roleDate
	case strings.HasSuffix(name, "id") && unique > 0.999:
		return roleNone
	case shape.digits > 0.8:
		if shape.length > 9 || strings.Contains(name, "phone") || strings.Contains(name, "tel") {
			return rolePhone
		}
		return roleCode
	case unique < 0.05 || distinct < 200:
		return rolePlace
	default:
		return roleText
	}
}

// A shape is what shares of a column's values look like.
type shape struct{ mail, date, digits, length float64 }

const shapeSample = 2000

func (c *dupColumn) shape() (s shape) {
	n := min(len(c.raw.ends)-1, shapeSample)
	for i := 1; i <= n; i++ {
		v := strings.TrimSpace(c.raw.at(uint32(i)))
		if at := strings.IndexByte(v, '@'); at > 0 && strings.IndexByte(v[at:], '.') > 0 {
			s.mail++
		}
		if d := dateForm(v); len(d) == 8 && len(v) >= 8 {
			s.date++
		}
		if digits := strings.Count(strings.Map(digit, v), "0"); 4*digits >= 3*len(v) {
			s.digits++
			s.length += float64(digits)
		}
	}
	if s.digits > 0 {
		s.length /= s.digits
	}
	s.mail, s.date, s.digits = s.mail/float64(n), s.date/float64(n), s.digits/float64(n)
	return s
}

func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return -1
}

// dateForm is a day as yyyymmdd; what cannot be read as one is its digits.
func dateForm(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) >= 3 {
		y, m, d := parts[0], parts[1], parts[2]
		if len(y) <= 2 && len(d) == 4 {
			y, m, d = parts[2], parts[1], parts[0]
		}
		if len(y) == 4 && len(m) <= 2 && len(d) <= 2 {
			return y + ("0" + m)[len(m)-1:] + ("0" + d)[len(d)-1:]
		}
	}
	all := strings.Join(parts, "")
	if len(all) == 8 && (all[0] == '1' || all[0] == '2') && all[4:6] <= "19" && all[6:] <= "39" {
		return all
	}
	return all
}

// form is the comparable form of a value.
func (r role) form(s string) string {
	switch r {
	case roleDate:
		return dateForm(s)
	case roleMail:
		return strings.ToLower(strings.TrimSpace(firstRunes(s, 254)))
	case rolePhone:
		d := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }), "")
		return d[max(0, len(d)-9):]
	case roleCode:
		return strings.ReplaceAll(Fold(s, maxNameRunes), " ", "")
	case roleSurname:
		return nameForm(s)
	default:
		return Fold(s, maxNameRunes)
	}
}

// token is a coarse form under which values are looked for that do not agree in full.
func (r role) token(form string) string {
	switch r {
	case roleGiven, roleSurname:
		word, _, _ := strings.Cut(form, " ")
		if code := koelner(word); code > 9 {
			return string(rune('a'+code%20)) + itoa(code)
		}
		return ""
	case roleDate:
		if len(form) >= 6 {
			return form[:6]
		}
		return ""
	case roleMail:
		local, _, _ := strings.Cut(form, "@")
		return strings.Trim(local, "0123456789._-")
	case roleText:
		longest := ""
		for w := range strings.FieldsSeq(form) {
			if len(w) > len(longest) {
				longest = w
			}
		}
		return longest
	case roleCode, rolePhone:
		if len(form) >= 4 {
			return form[:3]
		}
		return ""
	default:
		if len(form) >= 5 {
			return form[:4]
		}
		return ""
	}
}

func itoa(n uint64) string {
	var b [20]byte
	i := len(b)
	for {
		i--
		b[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(b[i:])
		}
	}
}
