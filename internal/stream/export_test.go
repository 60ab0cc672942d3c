package stream

// ScourBatch is what the embedded broker's files are scoured by.
var ScourBatch = scourBatch

// Interrupted leaves a scouring as a crash would that came after the journal was written.
func Interrupted(dir, path string, at int64, data []byte) error {
	return writeJournal(dir, patch{path, at, data})
}

// ReadJournal reads a journal.
func ReadJournal(data []byte) bool { _, ok := readJournal(data); return ok }
