// Package mastodon listens to a Mastodon server, or one that speaks its API: posts as they appear
// over one WebSocket (server-sent events where a proxy lets none through), and over REST what was
// said while the connection was away. docs/networks/mastodon.md says how to set it up and what it
// can and cannot hear.
//
// The streaming API gives its events no ids, so that every connection closes the seam itself:
// subscribe first, then read the timelines from the newest known post on, then take up what the
// stream brought meanwhile. Posts heard twice on the way are counted once further on.
package mastodon
