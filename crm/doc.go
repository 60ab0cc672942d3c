// Package crm is the lead and opportunity core: accounts, contacts with their social profiles, the
// links between authors and contacts, touches on a contact's timeline, and leads.
//
// A noun has two files: lead.go holds the type and its rules as pure functions, lead_store.go the
// SQL, in functions that take the transaction. Who starts the work opens the transaction and hands
// it down, so that a batch of posts or a person's action is saved whole or not at all. The clock is
// an argument everywhere.
package crm
