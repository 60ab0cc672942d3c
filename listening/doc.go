// Package listening holds the monitors and what they hear: the query language and the automaton
// that asks thousands of monitors at once (query.go, compile.go, matcher.go), and the mentions,
// authors and cells in the database, a file per noun.
package listening
