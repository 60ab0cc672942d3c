// Package replay reads saved posts: files or standard input, plain or compressed, in the formats
// that networks and their tools write (docs/replay.md lists them). Read serves the command line,
// New is the same as a source with a speed.
//
// Every object is accounted for: accepted, a duplicate, or refused with its line and the reason.
// A bad object never keeps the next one from being read, and memory stays bounded.
package replay
