package crm

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A block keeps somebody who was erased from being collected again. It is an HMAC of what they are
// called under a key that never leaves the database: neither a list of addresses nor one of accounts
// can be made of it, but one that comes in again is known.

// blockedAs is what a block is made of: an author's id, which is network and native id, or an e-mail
// address.
func blockedAs(key []byte, kind, value string) string {
	mac := hmac.New(sha256.New, key)
	if kind == blockEmail {
		value = strings.ToLower(strings.TrimSpace(value))
	}
	mac.Write([]byte(kind + "\x00" + value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

const (
	blockAuthor = "author"
	blockEmail  = "email"
)

// blockKey is the key; nil where nobody was ever blocked.
func blockKey(ctx context.Context, q sqldb.Querier) ([]byte, error) {
	var secret string
	err := q.QueryRow(ctx, "SELECT secret FROM block_keys WHERE id = 1").Scan(&secret)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the key of blocks: %w", err)
	}
	return base64.StdEncoding.DecodeString(secret)
}

// Block keeps accounts and e-mail addresses from being collected again, and returns how many are new.
func Block(ctx context.Context, tx *sqldb.Tx, authorIDs, emails []string, erasureID string, now time.Time) (added int, err error) {
	key, err := blockKey(ctx, tx)
	if err != nil {
		return 0, err
	}
	if key == nil {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails
		if _, err := tx.Exec(ctx, "INSERT INTO block_keys (id, secret) VALUES (1, $1)", base64.StdEncoding.EncodeToString(key)); err != nil {
			return 0, fmt.Errorf("save the key of blocks: %w", err)
		}
	}
	var rows [][]any
	for _, id := range authorIDs {
		rows = append(rows, []any{blockedAs(key, blockAuthor, id), erasureID, sqldb.Millis(now)})
	}
	for _, email := range emails {
		rows = append(rows, []any{blockedAs(key, blockEmail, email), erasureID, sqldb.Millis(now)})
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "blocks", Columns: []string{"hash", "erasure_id", "at"}, Key: []string{"hash"}}, rows)
	for _, f := range fresh {
		if f {
			added++
		}
	}
	return added, err
}

// BlockedAuthors are those of the authors who may not be collected.
func BlockedAuthors(ctx context.Context, q sqldb.Querier, ids []string) (map[string]bool, error) {
	return blocked(ctx, q, blockAuthor, ids)
}

// BlockedEmails are those of the addresses that may not be collected.
func BlockedEmails(ctx context.Context, q sqldb.Querier, emails []string) (map[string]bool, error) {
	return blocked(ctx, q, blockEmail, emails)
}

func blocked(ctx context.Context, q sqldb.Querier, kind string, values []string) (map[string]bool, error) {
	key, err := blockKey(ctx, q)
	if err != nil || key == nil {
		return nil, err
	}
	of := make(map[string][]string, len(values)) // the same address may be written in two ways
	for _, v := range values {
		if v != "" {
			h := blockedAs(key, kind, v)
			of[h] = append(of[h], v)
		}
	}
	out := make(map[string]bool)
	hashes := slices.Sorted(maps.Keys(of))
	for part := range chunks(hashes) {
		found, err := sqldb.Strings(ctx, q, "SELECT hash FROM blocks WHERE "+sqldb.In("hash", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load blocks: %w", err)
		}
		for _, h := range found {
			for _, v := range of[h] {
				out[v] = true
			}
		}
	}
	return out, nil
}

const errBlocked = "belongs to somebody who was erased and may not be collected again"

// refuseBlocked refuses to take somebody in anew who was erased.
func refuseBlocked(ctx context.Context, q sqldb.Querier, email string) error {
	found, err := BlockedEmails(ctx, q, []string{email})
	if err == nil && found[email] {
		return invalid("email", "%s", errBlocked)
	}
	return err
}

func (im *contactImport) blockedEmails(ctx context.Context, q sqldb.Querier) (map[string]bool, error) {
	var emails []string
	for i := range im.batch {
		emails = append(emails, im.batch[i].contact.Email)
	}
	return BlockedEmails(ctx, q, emails)
}
