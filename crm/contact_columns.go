package crm

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// contactHeaders are the fields that a column of a file of contacts can fill, with the headers that
// mean it in the exports of common systems, folded. Where several columns of a file mean one field,
// the one whose header stands first here fills it. A field of a network takes handles or addresses.
var contactHeaders = map[string][]string{
	"external_id": {"externalid", "contactid", "kontaktid", "kontaktnummer", "recordid", "id", "kundennummer", "kundennr", "customerid",
		"customernumber", "personid", "donotmodifycontact", "nr"},
	"first_name": {"firstname", "givenname", "vorname", "forename", "first"},
	"last_name":  {"lastname", "familyname", "surname", "nachname", "familienname", "last"},
	"display_name": {"displayname", "fullname", "anzeigename", "name", "contactname", "personname", "ansprechpartner", "kontakt",
		"vollstaendigername"},
	"email": {"email", "emailaddress", "emailadresse", "mail", "email1value", "emailaddress1", "workemail", "businessemail", "geschaeftlicheemail",
		"emailgeschaeftlich", "personemail", "personemailwork"},
	"phone": {"phone", "telephone", "telefon", "phonenumber", "telefonnummer", "businessphone", "telefongeschaeftlich", "phone1value", "tel",
		"personphone", "personphonework", "mobile", "mobilephone", "mobil", "mobiltelefon", "handy"},
	"company": {"company", "companyname", "firma", "firmenname", "unternehmen", "account", "accountname", "organization", "organisation",
		"organizationname", "organization1name", "associatedcompany", "arbeitgeber", "employer"},
	"job_title": {"jobtitle", "position", "funktion", "berufsbezeichnung", "title", "role", "rolle", "organizationtitle", "organization1title", "titel"},
	"city": {"city", "town", "ort", "stadt", "wohnort", "address1city", "mailingcity", "businesscity", "ortgeschaeftlich", "location",
		"standort"},
	"postal_code": {"postalcode", "zip", "zipcode", "plz", "postleitzahl", "address1postalcode", "mailingpostalcode", "businesspostalcode", "postleitzahlgeschaeftlich"},
	"country": {"country", "land", "countryregion", "landregion", "address1country", "address1countryregion", "mailingcountry",
		"businesscountryregion", "landregiongeschaeftlich"},
	"relationship": {"relationship", "relationshiptype", "customertype", "customertypecode", "beziehung", "beziehungstyp", "beziehungsart",
		"kundenart", "kundentyp", "kontaktart"},
	"url":       {"url", "website", "webseite", "webpage", "homepage", "websiteurl", "website1value", "internet", "web"},
	"profile":   {"profile", "profiles", "profil", "socialprofile", "socialprofiles", "socialmedia", "social"},
	"bluesky":   {"bluesky", "blueskyhandle", "blueskyurl", "bsky"},
	"mastodon":  {"mastodon", "mastodonhandle", "mastodonurl", "fediverse"},
	"x":         {"x", "xhandle", "twitter", "twitterhandle", "twitterusername", "xtwitter", "twitterurl", "xurl"},
	"linkedin":  {"linkedin", "linkedinurl", "linkedinprofile", "linkedinprofileurl"},
	"instagram": {"instagram", "instagramhandle", "instagramurl"},
	"facebook":  {"facebook", "facebookurl"},
	"youtube":   {"youtube", "youtubechannel", "youtubeurl"},
	"tiktok":    {"tiktok", "tiktokhandle", "tiktokurl"},
	"threads":   {"threads"},
	"reddit":    {"reddit", "redditusername"},
}

// A row is one contact of a file, and where it stood.
type row struct {
	line     int
	record   []string
	contact  Contact
	profiles []SocialProfile
	nameless bool // there is neither name nor e-mail address: the display name is the profile's
}

// field is where a field of a contact is kept; nil for one of the profiles.
func (c *Contact) field(name string) *string {
	switch name {
	case "external_id":
		return &c.ExternalID
	case "first_name":
		return &c.FirstName
	case "last_name":
		return &c.LastName
	case "display_name":
		return &c.DisplayName
	case "email":
		return &c.Email
	case "phone":
		return &c.Phone
	case "company":
		return &c.Company
	case "job_title":
		return &c.JobTitle
	case "city":
		return &c.City
	case "postal_code":
		return &c.PostalCode
	case "country":
		return &c.Country
	case "url":
		return &c.URL
	case "account_id":
		return &c.AccountID
	case "relationship":
		return &c.Relationship
	}
	return nil
}

// relationshipWords are what files call the relationships, folded.
var relationshipWords = map[string]string{"kunde": "customer", "kundin": "customer", "kunden": "customer", "client": "customer", "bestandskunde": "customer",
	"interessent": "prospect", "interessentin": "prospect", "lead": "prospect", "opportunity": "prospect", "neukunde": "prospect",
	"geschaeftspartner": "partner", "partnerin": "partner", "lieferant": "partner", "supplier": "partner", "reseller": "partner",
	"sonstige": "other", "sonstiges": "other", "andere": "other", "anderes": "other"}

// readRow makes a contact of a record.
func readRow(line int, record, header, fields []string) (row, error) {
	r := row{line: line, record: record}
	c := &r.contact
	for i, field := range fields {
		value := tidy(meantCell(record[i]))
		if field == "" || value == "" {
			continue
		}
		if target := c.field(field); target != nil {
			if *target = value; field == "relationship" {
				*target = cmp.Or(relationshipWords[foldHeader(value)], strings.ToLower(value))
			}
			continue
		}
		profiles, err := readProfiles(field, value)
		if err != nil {
			return r, &refusal{header[i], reasonOf(err)}
		}
		r.profiles = append(r.profiles, profiles...)
	}
	if c.FirstName+c.LastName+c.DisplayName+c.Email == "" && len(r.profiles) > 0 {
		r.nameless = true
		c.DisplayName = cmp.Or(r.profiles[0].Handle, r.profiles[0].NativeID)
	}
	if err := c.Check(); err != nil {
		var bad *Invalid
		if !errors.As(err, &bad) {
			return r, &refusal{"", err.Error()}
		}
		if i := slices.Index(fields, bad.Field); i >= 0 && tidy(record[i]) != "" {
			return r, &refusal{header[i], bad.Reason}
		}
		return r, &refusal{"", "has no name, no e-mail address and no profile: a contact needs one of them"}
	}
	return r, nil
}

// readProfiles reads the profiles of a cell, several apart by ; or |.
func readProfiles(field, value string) (profiles []SocialProfile, err error) {
	for one := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ';' || r == '|' }) {
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
		if len(profiles) == maxCellProfiles {
			return nil, invalid("profile", "holds more than %d profiles", maxCellProfiles)
		}
		if !slices.ContainsFunc(profiles, func(have SocialProfile) bool { return sameProfile(&have, &p) }) {
			profiles = append(profiles, p)
		}
	}
	return profiles, nil
}

// maxCellProfiles is how many profiles one cell may hold.
const maxCellProfiles = 20

func reasonOf(err error) string {
	var bad *Invalid
	if errors.As(err, &bad) {
		return bad.Reason
	}
	return err.Error()
}
