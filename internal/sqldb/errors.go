package sqldb

import "errors"

var (
	// ErrNewer is returned by Open for a schema written by a newer version of Groundswell.
	ErrNewer = errors.New("the database was written by a newer version of groundswell")
	// ErrFull is wrapped around an error that a full disk caused.
	ErrFull = errors.New("the disk that holds the database is full")
	// ErrConflict is wrapped around the violation of a unique key.
	ErrConflict = errors.New("the record exists already")
)
