package crm

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A SocialProfile is an account on a network that belongs to a contact.
type SocialProfile struct {
	ID        string    `json:"id"`
	ContactID string    `json:"contact_id"`
	Network   string    `json:"network"`
	NativeID  string    `json:"native_id"` // the network's stable account id; empty when only the handle is known
	Handle    string    `json:"handle"`    // lower case, without a leading '@'; on Mastodon with its host: anna@example.social
	URL       string    `json:"url"`
	CreatedAt time.Time `json:"created_at"`
}

// ParseProfile reads a profile's address, or a handle that names its network: a URL, a DID,
// @user@host, @name.bsky.social, or NETWORK:HANDLE.
func ParseProfile(s string) (network, handle, nativeID, url string, err error) {
	p, err := parseProfile("", tidy(s))
	return p.Network, p.Handle, p.NativeID, p.URL, err
}

// ParseProfileOn reads a profile on a known network: what ParseProfile takes, or the bare handle.
func ParseProfileOn(network, s string) (SocialProfile, error) {
	name, ok := networkNames[strings.ToLower(network)]
	if !ok {
		return SocialProfile{}, invalid("network", "%q is not one of %s", network, strings.Join(Networks(), ", "))
	}
	return parseProfile(name, tidy(s))
}

// networkNames are the networks whose profiles can be read, by each name people use for them.
var networkNames = map[string]string{
	"bluesky": "bluesky", "bsky": "bluesky",
	"mastodon": "mastodon", "fediverse": "mastodon",
	"x": "x", "twitter": "x",
	"linkedin": "linkedin", "instagram": "instagram", "facebook": "facebook",
	"youtube": "youtube", "tiktok": "tiktok", "threads": "threads", "reddit": "reddit",
}

// Networks lists the networks whose profiles can be read.
func Networks() []string {
	var names []string
	for _, name := range networkNames {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

var (
	didShape  = regexp.MustCompile(`^did:(plc:[a-z2-7]{24}|web:[A-Za-z0-9.%:-]{1,240})$`)
	hostShape = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// handleShapes say what a handle may look like, in lower case.
var handleShapes = map[string]*regexp.Regexp{
	"bluesky":   hostShape,
	"mastodon":  regexp.MustCompile(`^[a-z0-9_]([a-z0-9_.-]{0,98}[a-z0-9_])?@([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$`),
	"x":         regexp.MustCompile(`^[a-z0-9_]{1,15}$`),
	"linkedin":  regexp.MustCompile(`^((company|school|showcase)/)?[\pL\pN%._-]{2,120}$`),
	"instagram": regexp.MustCompile(`^[a-z0-9_.]{1,30}$`),
	"facebook":  regexp.MustCompile(`^[\pL\pN._-]{2,80}$`),
	"youtube":   regexp.MustCompile(`^[\pL\pN._·-]{2,60}$`),
	"tiktok":    regexp.MustCompile(`^[a-z0-9_.]{2,24}$`),
	"threads":   regexp.MustCompile(`^[a-z0-9_.]{1,30}$`),
	"reddit":    regexp.MustCompile(`^[a-z0-9_-]{2,20}$`),
}

var handleExamples = map[string]string{
	"bluesky": "anna.bsky.social", "mastodon": "anna@example.social", "x": "anna", "linkedin": "anna-beispiel",
	"instagram": "anna", "facebook": "anna.beispiel", "youtube": "anna", "tiktok": "anna", "threads": "anna", "reddit": "anna",
}

func parseProfile(network, s string) (SocialProfile, error) {
	switch {
	case s == "":
		return SocialProfile{}, invalid("profile", "is empty")
	case len(s) > maxURL || !utf8.ValidString(s):
		return SocialProfile{}, invalid("profile", "is longer than %d characters or not UTF-8", maxURL)
	case strings.Contains(s, "://"), looksLikeURL(s):
		return profileFromURL(network, s)
	case strings.HasPrefix(s, "did:"):
		return bareProfile(onNetwork(network, "bluesky"), s)
	}
	if prefix, rest, ok := strings.Cut(s, ":"); ok {
		name, known := networkNames[strings.ToLower(prefix)]
		if !known {
			return SocialProfile{}, invalid("profile", "%q names no network that is known: want one of %s before the colon", s, strings.Join(Networks(), ", "))
		}
		if network != "" && network != name {
			return SocialProfile{}, invalid("profile", "%q is on %s: want one on %s", s, name, network)
		}
		return bareProfile(name, tidy(rest))
	}
	if network != "" {
		return bareProfile(network, s)
	}
	name, at := strings.CutPrefix(s, "@")
	switch {
	case at && strings.Contains(name, "@"):
		return bareProfile("mastodon", s)
	case at && strings.Contains(name, "."), strings.HasSuffix(strings.ToLower(s), ".bsky.social"):
		return bareProfile("bluesky", s)
	}
	return SocialProfile{}, invalid("profile", "%q does not say on which network: want a profile's address such as https://bsky.app/profile/anna.bsky.social, @user@host, or NETWORK:HANDLE", s)
}

func onNetwork(given, found string) string {
	if given != "" {
		return given
	}
	return found
}

// looksLikeURL finds addresses without a scheme: bsky.app/profile/anna.
func looksLikeURL(s string) bool {
	host, path, ok := strings.Cut(s, "/")
	return ok && path != "" && hostShape.MatchString(strings.ToLower(host))
}

// bareProfile reads a handle, or a DID, of a network.
func bareProfile(network, s string) (SocialProfile, error) {
	p := SocialProfile{Network: network}
	if network == "bluesky" && strings.HasPrefix(s, "did:") {
		if !didShape.MatchString(s) {
			return SocialProfile{}, invalid("profile", "%q is no DID: want did:plc: with 24 characters, or did:web:", s)
		}
		p.NativeID = s
		p.URL = profileURL(network, s)
		return p, nil
	}
	p.Handle = strings.ToLower(strings.TrimPrefix(s, "@"))
	if network == "youtube" && strings.HasPrefix(s, "UC") && len(s) == 24 {
		p.NativeID, p.Handle = s, ""
		p.URL = "https://www.youtube.com/channel/" + s
		return p, nil
	}
	if !handleShapes[network].MatchString(p.Handle) {
		return SocialProfile{}, invalid("profile", "%q is no handle on %s: want one like %s, or the profile's address", s, network, handleExamples[network])
	}
	p.URL = profileURL(network, p.Handle)
	return p, nil
}

// profileURL is where a person can look at a profile.
func profileURL(network, handle string) string {
	switch network {
	case "bluesky":
		return "https://bsky.app/profile/" + handle
	case "mastodon":
		user, host, _ := strings.Cut(handle, "@")
		return "https://" + host + "/@" + user
	case "x":
		return "https://x.com/" + handle
	case "linkedin":
		if strings.Contains(handle, "/") {
			return "https://www.linkedin.com/" + escapePath(handle)
		}
		return "https://www.linkedin.com/in/" + escapePath(handle)
	case "instagram":
		return "https://www.instagram.com/" + handle
	case "facebook":
		return "https://www.facebook.com/" + escapePath(handle)
	case "youtube":
		return "https://www.youtube.com/@" + escapePath(handle)
	case "tiktok":
		return "https://www.tiktok.com/@" + handle
	case "threads":
		return "https://www.threads.com/@" + handle
	default:
		return "https://www.reddit.com/user/" + handle
	}
}

func escapePath(s string) string { return (&url.URL{Path: s}).EscapedPath() }
