// Package alerts follows incidents: it asks the detector (spike) about every monitor, keeps what it
// finds in the database and tells people through the channels (notify), once each.
//
//	cells ─▶ Watch.Tick: spike.Step ─▶ one transaction: incident, detector state, deliveries ─▶ Outbox ─▶ channels
//
// Deliveries are an outbox: what the transaction wrote is delivered, however often the process
// ends, and a channel that is slow or down delays no other.
package alerts
