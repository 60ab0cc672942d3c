// Package privacy knows where a person is in the database, and gives what is held about them out,
// or takes it out: access (GDPR Art. 15), erasure (Art. 17) and retention. It stands above the nouns
// because a person is in the tables of all of them.
//
// Tables is the registry: every table, and every column of it, is said to hold a person's data, free
// text in which somebody may be named, or neither. A test fails for a column that is in none, so a
// new table cannot be forgotten: what finds, exports and erases walks the registry.
package privacy
