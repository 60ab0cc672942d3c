package crm

import (
	"fmt"
	"slices"
	"strings"
)

// importFields are the fields that a column of an imported file can fill, with the headers that
// mean it in the exports of common systems, folded. A field of a network takes handles or addresses.
var importFields = map[string][]string{
	"external_id":  {"id", "externalid", "contactid", "kundennummer", "kontaktid", "kontaktnummer", "customerid", "customernumber", "recordid", "nr"},
	"first_name":   {"firstname", "first", "givenname", "vorname", "forename"},
	"last_name":    {"lastname", "last", "familyname", "surname", "nachname", "familienname"},
	"display_name": {"name", "displayname", "fullname", "anzeigename", "contactname", "ansprechpartner"},
	"email":        {"email", "emailaddress", "mail", "email1value", "emailadresse", "emailaddress1", "workemail", "geschaeftlicheemail"},
	"phone":        {"phone", "telephone", "mobile", "phonenumber", "telefon", "telefonnummer", "mobil", "handy", "businessphone", "phone1value"},
	"company":      {"company", "companyname", "account", "accountname", "organization", "organisation", "firma", "unternehmen", "organization1name"},
	"job_title":    {"jobtitle", "title", "position", "role", "funktion", "berufsbezeichnung", "organization1title"},
	"city":         {"city", "town", "ort", "stadt", "wohnort", "address1city", "mailingcity"},
	"country":      {"country", "land", "countryregion", "address1country", "mailingcountry"},
	"url":          {"url", "website", "webpage", "homepage", "webseite", "internet"},
	"profile":      {"profile", "profiles", "socialprofile", "socialprofiles", "socialmedia", "social"},
	"bluesky":      {"bluesky", "bsky", "blueskyhandle"},
	"mastodon":     {"mastodon", "fediverse", "mastodonhandle"},
	"x":            {"x", "twitter", "twitterhandle", "twitterusername", "xhandle"},
	"linkedin":     {"linkedin", "linkedinurl", "linkedinprofile"},
	"instagram":    {"instagram", "instagramhandle"},
	"facebook":     {"facebook", "facebookurl"},
	"youtube":      {"youtube", "youtubechannel"},
	"tiktok":       {"tiktok"},
	"threads":      {"threads"},
	"reddit":       {"reddit"},
}

// foldHeader brings a header into the form in which it is compared: case, blanks, punctuation and
// umlauts do not matter.
func foldHeader(h string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, foldKey(h))
}

// columns says which field each column of a file fills; "" for one that is left out.
func columns(header []string, given map[string]string) ([]string, error) {
	fields := make([]string, len(header))
	taken := make(map[string]int)
	for field, name := range given {
		if _, ok := importFields[field]; !ok {
			return nil, invalid("map", "%q is no field: want one of %s", field, strings.Join(ImportFields(), ", "))
		}
		i := slices.IndexFunc(header, func(h string) bool { return foldHeader(h) == foldHeader(name) })
		if i < 0 {
			return nil, invalid("map", "no column is named %q: there are %s", name, strings.Join(header, ", "))
		}
		fields[i], taken[field] = field, i
	}
	for i, h := range header {
		if fields[i] != "" {
			continue
		}
		folded := foldHeader(h)
		for field, names := range importFields {
			if !slices.Contains(names, folded) && folded != foldHeader(field) {
				continue
			}
			if first, twice := taken[field]; twice {
				return nil, invalid("header", "columns %q and %q both mean %s: say which with --map %s=COLUMN", header[first], h, field, field)
			}
			fields[i], taken[field] = field, i
		}
	}
	for _, needed := range []string{"first_name", "last_name", "display_name", "email"} {
		if _, ok := taken[needed]; ok {
			return fields, nil
		}
	}
	return nil, invalid("header", "no column means a name or an e-mail address: there are %s; say which with --map FIELD=COLUMN, fields are %s",
		strings.Join(header, ", "), strings.Join(ImportFields(), ", "))
}

// ImportFields lists the fields that a column can fill.
func ImportFields() []string {
	var names []string
	for name := range importFields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A row is one contact of a file, and where it stood.
type row struct {
	line     int
	record   []string
	contact  Contact
	profiles []SocialProfile
}

// A refusal names what keeps a row from being imported.
type refusal struct {
	column string
	reason string
}

func (r *refusal) Error() string { return r.column + ": " + r.reason }

// readRow makes a contact of a record.
func readRow(line int, record, header, fields []string) (row, error) {
	r := row{line: line, record: record}
	c := &r.contact
	into := map[string]*string{"external_id": &c.ExternalID, "first_name": &c.FirstName, "last_name": &c.LastName, "display_name": &c.DisplayName,
		"email": &c.Email, "phone": &c.Phone, "company": &c.Company, "job_title": &c.JobTitle, "city": &c.City, "country": &c.Country, "url": &c.URL}
	at := make(map[string]string, len(fields))
	for i, field := range fields {
		value := tidy(record[i])
		if field == "" || value == "" {
			continue
		}
		at[field] = header[i]
		if target, ok := into[field]; ok {
			*target = value
			continue
		}
		profiles, err := readProfiles(field, value)
		if err != nil {
			return r, &refusal{header[i], reasonOf(err)}
		}
		r.profiles = append(r.profiles, profiles...)
	}
	if err := c.Check(); err != nil {
		if bad, ok := err.(*Invalid); ok {
			return r, &refusal{at[bad.Field], bad.Reason}
		}
		return r, &refusal{"", err.Error()}
	}
	return r, nil
}

// readProfiles reads the profiles of a cell, several apart by ; or |.
func readProfiles(field, value string) (profiles []SocialProfile, err error) {
	for _, one := range strings.FieldsFunc(value, func(r rune) bool { return r == ';' || r == '|' }) {
		if one = tidy(one); one == "" {
			continue
		}
		network := field
		if field == "profile" {
			network = ""
		}
		p, err := parseProfile(network, one)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(profiles, func(have SocialProfile) bool { return sameProfile(&have, &p) }) {
			profiles = append(profiles, p)
		}
	}
	return profiles, nil
}

func reasonOf(err error) string {
	if bad, ok := err.(*Invalid); ok {
		return bad.Reason
	}
	return fmt.Sprint(err)
}
