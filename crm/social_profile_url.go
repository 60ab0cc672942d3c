package crm

import (
	"net/url"
	"strings"
)

// networkHosts are the hosts of the networks that have hosts of their own; everything else may be
// a Mastodon server.
var networkHosts = map[string]string{
	"bsky.app": "bluesky", "staging.bsky.app": "bluesky",
	"x.com": "x", "twitter.com": "x",
	"linkedin.com": "linkedin", "instagram.com": "instagram",
	"facebook.com": "facebook", "fb.com": "facebook",
	"youtube.com": "youtube", "tiktok.com": "tiktok",
	"threads.net": "threads", "threads.com": "threads", "reddit.com": "reddit",
	// Sites whose addresses look like Mastodon's and are not.
	"medium.com": "", "substack.com": "", "flipboard.com": "", "vk.com": "", "t.me": "",
}

// profileFromURL reads a profile's address. A network that is given must be the address's.
func profileFromURL(network, s string) (SocialProfile, error) {
	full := s
	if !strings.Contains(s, "://") {
		full = "https://" + s
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !hostShape.MatchString(strings.ToLower(u.Hostname())) {
		return SocialProfile{}, invalid("profile", "%q is no web address: want one like https://bsky.app/profile/anna.bsky.social", s)
	}
	found, known := networkOf(strings.ToLower(u.Hostname()))
	if !known {
		found = "mastodon"
	}
	if network != "" && network != found {
		return SocialProfile{}, invalid("profile", "%q is on %s: want one on %s", s, onNetwork(found, "another site"), network)
	}
	var parts []string
	for part := range strings.SplitSeq(u.Path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	handle, native := "", ""
	if read := profilePaths[found]; read != nil {
		handle, native = read(u, parts)
	}
	if native != "" {
		return nativeProfile(found, handle, native)
	}
	if handle == "" {
		return SocialProfile{}, invalid("profile", "%q does not lead to a person's profile on a network that is known (%s)", s, strings.Join(Networks(), ", "))
	}
	return bareProfile(found, handle)
}

// networkOf finds the network of a host or of a domain above it: de.linkedin.com, m.facebook.com.
func networkOf(host string) (network string, known bool) {
	for rest := host; ; {
		if network, known = networkHosts[rest]; known {
			return network, true
		}
		_, above, ok := strings.Cut(rest, ".")
		if !ok {
			return "", false
		}
		rest = above
	}
}

func nativeProfile(network, handle, native string) (SocialProfile, error) {
	if len(native) > maxID || strings.ContainsAny(native, " \t\n") {
		return SocialProfile{}, invalid("profile", "%q is no account id", native)
	}
	switch network {
	case "bluesky", "youtube":
		return bareProfile(network, native)
	case "mastodon":
		p, err := bareProfile(network, handle)
		p.NativeID = native
		return p, err
	case "x":
		return SocialProfile{Network: network, NativeID: native, URL: "https://x.com/i/user/" + native}, nil
	default:
		return SocialProfile{Network: network, NativeID: native, URL: "https://www.facebook.com/profile.php?id=" + native}, nil
	}
}

// profilePaths read the handle, or the stable account id, out of an address of each network. Both
// are empty when the address is none of a profile.
var profilePaths = map[string]func(u *url.URL, parts []string) (handle, native string){
	"bluesky":   blueskyPath,
	"mastodon":  mastodonPath,
	"x":         xPath,
	"linkedin":  linkedinPath,
	"instagram": onlyPart("p", "reel", "reels", "stories", "explore", "accounts", "tv"),
	"facebook":  facebookPath,
	"youtube":   youtubePath,
	"tiktok":    atPart,
	"threads":   atPart,
	"reddit":    redditPath,
}

func blueskyPath(_ *url.URL, parts []string) (handle, native string) {
	if len(parts) < 2 || parts[0] != "profile" {
		return "", ""
	}
	if strings.HasPrefix(parts[1], "did:") {
		return "", parts[1]
	}
	return parts[1], ""
}

// mastodonPath reads https://host/@user, https://host/@user@elsewhere and the ActivityPub id
// https://host/users/user.
func mastodonPath(u *url.URL, parts []string) (handle, native string) {
	host := strings.ToLower(u.Hostname())
	switch {
	case len(parts) >= 1 && strings.HasPrefix(parts[0], "@"):
		user := parts[0][1:]
		if strings.Contains(user, "@") {
			return user, ""
		}
		return user + "@" + host, ""
	case len(parts) >= 2 && parts[0] == "web" && strings.HasPrefix(parts[1], "@"):
		return mastodonPath(u, parts[1:])
	case len(parts) == 2 && parts[0] == "users":
		return parts[1] + "@" + host, "https://" + host + "/users/" + parts[1]
	}
	return "", ""
}

func xPath(_ *url.URL, parts []string) (handle, native string) {
	switch {
	case len(parts) == 0:
		return "", ""
	case len(parts) >= 3 && parts[0] == "i" && parts[1] == "user" && digits(parts[2]):
		return "", parts[2]
	}
	switch strings.ToLower(parts[0]) {
	case "i", "home", "search", "hashtag", "share", "intent", "explore", "settings", "messages", "notifications", "login", "signup", "tos", "privacy":
		return "", ""
	}
	return parts[0], ""
}

func linkedinPath(_ *url.URL, parts []string) (handle, native string) {
	if len(parts) < 2 {
		return "", ""
	}
	switch parts[0] {
	case "in":
		return parts[1], ""
	case "company", "school", "showcase":
		return parts[0] + "/" + parts[1], ""
	}
	return "", ""
}

func facebookPath(u *url.URL, parts []string) (handle, native string) {
	switch {
	case len(parts) == 0:
		return "", ""
	case parts[0] == "profile.php":
		if id := u.Query().Get("id"); digits(id) {
			return "", id
		}
		return "", ""
	case len(parts) >= 3 && parts[0] == "people" && digits(parts[2]):
		return "", parts[2]
	}
	return onlyPart("people", "groups", "events", "pages", "watch", "marketplace", "sharer", "sharer.php", "story.php", "photo.php", "permalink.php", "help", "login")(u, parts)
}

func youtubePath(_ *url.URL, parts []string) (handle, native string) {
	switch {
	case len(parts) >= 1 && strings.HasPrefix(parts[0], "@"):
		return parts[0][1:], ""
	case len(parts) >= 2 && parts[0] == "channel" && strings.HasPrefix(parts[1], "UC") && len(parts[1]) == 24:
		return "", parts[1]
	case len(parts) >= 2 && (parts[0] == "c" || parts[0] == "user"):
		return parts[1], ""
	}
	return "", ""
}

func redditPath(_ *url.URL, parts []string) (handle, native string) {
	if len(parts) >= 2 && (parts[0] == "user" || parts[0] == "u") {
		return parts[1], ""
	}
	return "", ""
}

// atPart reads addresses of the form https://host/@user.
func atPart(_ *url.URL, parts []string) (handle, native string) {
	if len(parts) >= 1 && strings.HasPrefix(parts[0], "@") {
		return parts[0][1:], ""
	}
	return "", ""
}

// onlyPart reads addresses of the form https://host/user, but for the site's own pages.
func onlyPart(pages ...string) func(*url.URL, []string) (string, string) {
	return func(_ *url.URL, parts []string) (handle, native string) {
		if len(parts) == 0 {
			return "", ""
		}
		for _, page := range pages {
			if strings.EqualFold(parts[0], page) {
				return "", ""
			}
		}
		return parts[0], ""
	}
}

func digits(s string) bool {
	if s == "" || len(s) > 30 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
