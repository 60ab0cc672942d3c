package alerts

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that there is no incident, rule or alert of that id.
	ErrNotFound = errors.New("there is no such record")
	// ErrChanged says that a record is newer than the one a person saw.
	ErrChanged = errors.New("the record is not as it was when it was loaded: load it again and repeat the change")
	// ErrConflict says that a record is in a state in which this cannot be done.
	ErrConflict = errors.New("this cannot be done now")
)

// Invalid says which field cannot be taken, and what would be right. It is returned as a pointer.
type Invalid struct{ Field, Reason string }

func (e *Invalid) Error() string { return e.Field + ": " + e.Reason }

func invalid(field, format string, args ...any) error {
	return &Invalid{Field: field, Reason: fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrConflict, fmt.Sprintf(format, args...))
}
