package matcher

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// sharedHosts are sites on which anybody has a page or a mailbox: being there says nothing.
var sharedHosts = set(`gmail.com googlemail.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de outlook.com outlook.de hotmail.com hotmail.de live.com live.de yahoo.com yahoo.de
aol.com icloud.com me.com mac.com freenet.de posteo.de posteo.net mailbox.org proton.me protonmail.com bluewin.ch arcor.de online.de 1und1.de email.de btinternet.com
x.com twitter.com facebook.com instagram.com linkedin.com xing.com youtube.com youtu.be tiktok.com threads.com threads.net bsky.app bsky.social mastodon.social github.com github.io
linktr.ee about.me medium.com substack.com wordpress.com blogspot.com tumblr.com wixsite.com t.me twitch.tv patreon.com ko-fi.com paypal.me spotify.com soundcloud.com
reddit.com pinterest.com flickr.com wikipedia.org google.com sites.google.com amazon.de amazon.com mas.to chaos.social carrd.co beacons.ai jimdo.com jimdofree.com discord.gg`)

// companyHost is the registrable domain of a host or address (Public Suffix List); empty for sites
// that everybody uses.
func companyHost(address string) string {
	if address == "" || len(address) > 500 {
		return ""
	}
	host := strings.ToLower(address)
	if i := strings.Index(host, "://"); i >= 0 {
		host = host[i+3:]
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	host = strings.TrimPrefix(strings.TrimSuffix(host[strings.LastIndexByte(host, '@')+1:], "."), "www.")
	if i := strings.IndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil || sharedHosts[domain] || sharedHosts[host] {
		return ""
	}
	return domain
}

// textHosts are the company hosts that a text names: sites and the hosts of e-mail addresses.
func textHosts(text string, yield func(host string)) {
	for _, word := range strings.Fields(firstRunes(text, maxBioRunes)) {
		word = strings.Trim(word, "()[]{}<>,;:!?\"'|•·")
		if i := strings.IndexByte(word, '.'); i <= 0 || i == len(word)-1 || len(word) < 5 {
			continue
		}
		if host := companyHost(word); host != "" {
			yield(host)
		}
	}
}
