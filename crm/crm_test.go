package crm_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// by is a change that a person makes.
func by(at time.Time) crm.Change {
	return crm.Change{By: "user-1", At: at, Access: crm.System()}
}

// update runs fn in a transaction and fails the test when it fails.
func update(t testing.TB, db *sqldb.DB, fn func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func createContact(t testing.TB, db *sqldb.DB, c crm.Contact) crm.Contact {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		c, err = crm.CreateContact(t.Context(), tx, c, by(noon))
		return err
	})
	return c
}

// createAuthor stores an author with posts, one a minute after noon, named author-1, author-2 …
func createAuthor(t testing.TB, db *sqldb.DB, id string, posts int) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO authors (id, network, native_id, handle, name, url, bio, location,
			followers, verified_links, bot, seen_at) VALUES ($1, 'bluesky', $1, '', '', '', '', '', 0, '[]', false, 0)`, id)
		if err != nil {
			return err
		}
		for i := range posts {
			post := fmt.Sprintf("%s-%d", id, i+1)
			if _, err := tx.Exec(t.Context(), `INSERT INTO posts (id, network, native_id, author_id, kind, text, url, posted_at,
				edited_at, thread, reply_to, share_of, quote_of, engagement, source, received_at)
				VALUES ($1, 'bluesky', $1, $2, 'post', 'text', '', $3, 0, '', '', '', '', 0, 's', 0)`,
				post, id, noon.Add(time.Duration(i)*time.Minute).UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// wantInvalid fails unless err is Invalid about the field; wantErr takes a sentinel.
func wantInvalid(t *testing.T, err error, field string) {
	t.Helper()
	var inv *crm.Invalid
	if !errors.As(err, &inv) || inv.Field != field {
		t.Errorf("got %v, want Invalid about %s", err, field)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestNewID(t *testing.T) {
	last := ""
	for range 1000 {
		id := crm.NewID(noon)
		if len(id) != 26 || id <= last {
			t.Fatalf("id %q after %q: want 26 characters, ascending", id, last)
		}
		last = id
	}
	if a, b := crm.NewID(time.Time{}), crm.NewID(time.Unix(1<<50, 0)); a == b || len(a) != 26 || len(b) != 26 {
		t.Errorf("ids of impossible times: %q, %q", a, b)
	}
}
