package crm

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that there is no record of that id.
	ErrNotFound = errors.New("there is no such record")
	// ErrConflict says that a record is not as the caller believes: somebody else changed it, or
	// another record already holds what may exist once only.
	ErrConflict = errors.New("the record is not as it was when it was loaded: load it again and repeat the change")
)

// Invalid says which field of a record cannot be taken, and what would be right. It is returned as
// a pointer.
type Invalid struct{ Field, Reason string }

func (e *Invalid) Error() string { return e.Field + ": " + e.Reason }

func invalid(field, format string, args ...any) error {
	return &Invalid{Field: field, Reason: fmt.Sprintf(format, args...)}
}
