package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ownedBy is a record that names its owner.
type ownedBy interface{ owner() string }

// follows is a change that follows from one that was allowed, such as the tasks that a stage brings:
// it is made in the same name and needs no grant of its own.
func (c Change) follows() Change {
	c.Access = System()
	return c
}

// mayCreate demands that whoever made a record may make such a one. It is asked when the record
// stands there, so that what owns it, or what it belongs to, decides as it does for every other action.
func (c *Change) mayCreate(ctx context.Context, tx *sqldb.Tx, kind, id string) error {
	ok, err := c.Access.may(ctx, tx, ToCreate, kind, id)
	if err != nil || ok {
		return err
	}
	err = c.Access.forbid(ctx, tx, ToCreate, kind, id)
	var f *Forbidden
	if errors.As(err, &f) {
		f.ID = "" // nobody else has ever seen it
	}
	return err
}

// created demands that whoever made an owned record may make such a one, and lets its owner take part.
func (c *Change) created(ctx context.Context, tx *sqldb.Tx, kind, id, owner string) error {
	if err := c.mayCreate(ctx, tx, kind, id); err != nil {
		return err
	}
	return takePart(ctx, tx, c.At, kind, id, TookOwnership, owner)
}

// A changing record, before it is saved.
type changing[T any] struct {
	kind, id      string
	before, after *T
	oldOwner      string
	newOwner      *string
}

// mayUpdate demands that whoever changes an owned record may do so, keeps what masks keep, and
// demands what it takes to give it to somebody else. An owner that is left out stays.
func mayUpdate[T any](ctx context.Context, tx *sqldb.Tx, ch *Change, r changing[T]) error {
	if err := ch.Access.Check(ctx, tx, ToUpdate, r.kind, r.id); err != nil {
		return err
	}
	if err := keepMasked(ch.Access, r.kind, r.before, r.after); err != nil {
		return err
	}
	if *r.newOwner == "" {
		*r.newOwner = r.oldOwner
	}
	if *r.newOwner == r.oldOwner {
		return nil
	}
	return ch.assign(ctx, tx, r.kind, r.id, *r.newOwner)
}

// assign demands that whoever makes the change may give a record to somebody else, who takes part
// from now on. Nobody is an owner too.
func (c *Change) assign(ctx context.Context, tx *sqldb.Tx, kind, id, owner string) error {
	if err := c.Access.Check(ctx, tx, ToAssign, kind, id); err != nil {
		return err
	}
	if owner != "" {
		if err := checkUser(ctx, tx, "owner_id", owner); err != nil && !c.Access.system {
			return err
		}
	}
	return takePart(ctx, tx, c.At, kind, id, TookOwnership, owner)
}

// keepMasked refuses a record in which somebody set a field that a mask keeps from them, and gives
// it the old value of those they could not even see. before is nil for a new record.
func keepMasked[T any](a *Access, kind string, before, after *T) error {
	frozen := a.frozen(kind)
	if len(frozen) == 0 {
		return nil
	}
	if before == nil {
		before = new(T)
	}
	if err := keepOwn(kind, frozen, before, after); err != nil {
		return err
	}
	was, is := fieldsOf(before), fieldsOf(after)
	kept := make(map[string]any)
	for _, field := range frozen {
		if reflect.DeepEqual(was[field], is[field]) {
			continue
		}
		if !reflect.ValueOf(is[field]).IsValid() || isZero(is[field]) {
			kept[field] = was[field] // left out, as by somebody who was never shown it
			continue
		}
		return &Forbidden{Action: ToUpdate, Type: kind, Field: field}
	}
	if len(kept) == 0 {
		return nil
	}
	data, err := json.Marshal(kept)
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(data)).Decode(after)
	}
	if err != nil {
		return fmt.Errorf("keep masked fields of %s: %w", kind, err)
	}
	return nil
}

// isZero says whether a value, as JSON has it, says nothing.
func isZero(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		for _, part := range v {
			if !isZero(part) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return reflect.ValueOf(v).IsZero()
}
