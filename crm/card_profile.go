package crm

import (
	"slices"
	"strings"

	"github.com/emersion/go-vcard"
)

// socialProperties are those in which a card names accounts on networks.
var socialProperties = []string{"X-SOCIALPROFILE", "SOCIALPROFILE", vcard.FieldIMPP, "X-TWITTER", "X-LINKEDIN", "X-FACEBOOK", "X-INSTAGRAM", "X-MASTODON", "X-BLUESKY"}

// cardProfiles are the addresses of the social profiles on a card, and of the person's own page. They
// stand as web addresses, as IMPP (RFC 4770), as SOCIALPROFILE (RFC 9554), or as Apple's
// X-SOCIALPROFILE, which names the network in TYPE and the handle in x-user. What leads to no network
// that is known is passed over.
func cardProfiles(card vcard.Card) (profiles []string, page string) {
	add := func(p SocialProfile, err error) bool {
		if err != nil || strings.Contains(p.Handle, "/") { // a company's page on LinkedIn is not the person
			return false
		}
		if len(profiles) < maxCellProfiles && !slices.Contains(profiles, p.URL) {
			profiles = append(profiles, p.URL)
		}
		return true
	}
	for _, f := range card[vcard.FieldURL] {
		address := cardText(f.Value)
		if add(parseProfile("", address)) || page != "" {
			continue
		}
		if full, err := webURL("url", address); err == nil {
			page = full
		}
	}
	for _, property := range socialProperties {
		for _, f := range card[property] {
			value := cardText(f.Value)
			if add(parseProfile("", value)) {
				continue
			}
			for _, network := range append(serviceOf(f), strings.ToLower(strings.TrimPrefix(property, "X-"))) {
				name, known := networkNames[network]
				if !known {
					continue
				}
				for _, handle := range []string{f.Params.Get("X-USER"), f.Params.Get("USERNAME"), value} {
					if add(parseProfile(name, tidy(handle))) {
						break
					}
				}
			}
		}
	}
	return profiles, page
}

// serviceOf are the names by which a field may say its network, lower case.
func serviceOf(f *vcard.Field) (names []string) {
	for _, param := range []string{"SERVICE-TYPE", "X-SERVICE-TYPE", vcard.ParamType} {
		for _, value := range f.Params[param] {
			names = append(names, strings.ToLower(value))
		}
	}
	return names
}
