// Package sqldbtest runs a test on every database there is: always on SQLite, and on PostgreSQL
// where GROUNDSWELL_TEST_POSTGRES names a server (see deploy/dev).
package sqldbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var (
	urls    sync.Map // test name → URL of its database
	created atomic.Int64
)

// Each runs the test in an empty, migrated database of each kind.
func Each(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))) })
	if server := os.Getenv("GROUNDSWELL_TEST_POSTGRES"); server != "" {
		t.Run("postgres", func(t *testing.T) { test(t, open(t, CreateDatabase(t, server))) })
	}
}

// URL is the address of the database that Each gave to this test.
func URL(t *testing.T) string {
	url, _ := urls.Load(t.Name())
	return url.(string)
}

func open(t *testing.T, url string) *sqldb.DB {
	db, err := sqldb.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	urls.Store(t.Name(), url)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// CreateDatabase makes a database of its own on the server, drops it after the test and returns its URL.
func CreateDatabase(t *testing.T, server string) string {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), created.Add(1))
	if _, err := admin.ExecContext(context.Background(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		_ = admin.Close()
	})
	base, query, _ := strings.Cut(server, "?")
	return base[:strings.LastIndexByte(base, '/')+1] + name + "?" + query
}
