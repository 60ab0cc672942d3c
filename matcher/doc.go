// Package matcher recognises authors who are contacts: Resolve takes an author as a network shows
// them and an Index of the contacts, and says who it is, how probable that is and why.
//
// It is pure over its index: no I/O, no clock. What proves the identity (a profile on file, a page
// of the contact's that the network has verified, a handle that is the contact's own domain)
// confirms a link; a name never does, it only suggests one to a person, and only beside a company
// or a city. Two contacts who claim the same author are both left to a person.
//
// All probabilities come from bits: a prior, plus what each piece of evidence adds (evidence.go).
package matcher
