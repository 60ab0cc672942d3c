// Package post is what travels: a Post with its Author, carried by an Event, and the versioned
// JSON form of both. Every other package speaks of these; this one knows no other and needs
// nothing but the standard library.
//
// A post is identified by its network and the id the network gave it (Key). A short id made of
// the two (ID) names it inside Groundswell, so that any process computes the same one.
package post
