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
	"github.com/groundswell/groundswell/post"
)

// A block keeps somebody who was erased from being collected again. It is an HMAC of what they are
// called under a key that never leaves the database: neither a list of addresses nor one of accounts
// can be made of it, but one that comes in again is known.

// A Barred is whom a block keeps out, by all that is known of them.
type Barred struct {
	Authors []string // their ids, which are hashes of network and native id
	Emails  []string
	Handles []string // as HandleOf writes them
}

// HandleOf is a handle of a network as a block knows it.
func HandleOf(network, handle string) string {
	if handle = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@")); handle == "" || network == "" {
		return ""
	}
	return network + ":" + handle
}

// blockedAs is what a block is made of.
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
	blockHandle = "handle"
)

func (b *Barred) hashes(key []byte) []string {
	var all []string
	for kind, values := range map[string][]string{blockAuthor: b.Authors, blockEmail: b.Emails, blockHandle: b.Handles} {
		for _, v := range values {
			if v != "" {
				all = append(all, blockedAs(key, kind, v))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

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

// Block keeps somebody from being collected again, and returns how many of the blocks are new.
func Block(ctx context.Context, tx *sqldb.Tx, who Barred, erasureID string, now time.Time) (added int, err error) {
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
	for _, hash := range who.hashes(key) {
		rows = append(rows, []any{hash, erasureID, sqldb.Millis(now)})
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "blocks", Columns: []string{"hash", "erasure_id", "at"}, Key: []string{"hash"}}, rows)
	for _, f := range fresh {
		if f {
			added++
		}
	}
	return added, err
}

// Unblock lets somebody be collected again who asks for it: all that was blocked by the erasures of
// whom it names. It returns how many blocks went.
func Unblock(ctx context.Context, tx *sqldb.Tx, who Barred) (removed int64, err error) {
	erasures, err := blockedBy(ctx, tx, who)
	if err != nil || len(erasures) == 0 {
		return 0, err
	}
	removed, err = tx.Exec(ctx, "DELETE FROM blocks WHERE "+sqldb.In("erasure_id", 1, len(erasures)), sqldb.Anys(erasures)...)
	if err != nil {
		return 0, fmt.Errorf("lift blocks: %w", err)
	}
	return removed, nil
}

// IsBlocked says whether somebody may not be collected.
func IsBlocked(ctx context.Context, q sqldb.Querier, who Barred) (bool, error) {
	erasures, err := blockedBy(ctx, q, who)
	return len(erasures) > 0, err
}

// blockedBy are the erasures that blocked somebody.
func blockedBy(ctx context.Context, q sqldb.Querier, who Barred) ([]string, error) {
	key, err := blockKey(ctx, q)
	if err != nil || key == nil {
		return nil, err
	}
	hashes := who.hashes(key)
	found, err := sqldb.Strings(ctx, q, "SELECT DISTINCT erasure_id FROM blocks WHERE "+sqldb.In("hash", 1, len(hashes)), sqldb.Anys(hashes)...)
	if err != nil {
		return nil, fmt.Errorf("load blocks: %w", err)
	}
	return found, nil
}

// CountBlocks is how many blocks there are: up to three for each account and address of who was erased.
func CountBlocks(ctx context.Context, q sqldb.Querier) (n int64, err error) {
	if err = q.QueryRow(ctx, "SELECT count(*) FROM blocks").Scan(&n); err != nil {
		err = fmt.Errorf("count blocks: %w", err)
	}
	return n, err
}

// BlockedAuthors are those of the authors who may not be collected.
func BlockedAuthors(ctx context.Context, q sqldb.Querier, ids []string) (map[string]bool, error) {
	return blocked(ctx, q, blockAuthor, ids)
}

// BlockedEmails are those of the addresses that may not be collected.
func BlockedEmails(ctx context.Context, q sqldb.Querier, emails []string) (map[string]bool, error) {
	return blocked(ctx, q, blockEmail, emails)
}

// blockedHandles are those of the handles that may not be collected.
func blockedHandles(ctx context.Context, q sqldb.Querier, handles []string) (map[string]bool, error) {
	return blocked(ctx, q, blockHandle, handles)
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

// A Blocked says that a value belongs to somebody who was erased. It is returned as a pointer.
type Blocked struct{ Field string }

func (e *Blocked) Error() string { return e.Field + ": " + errBlocked }

const errBlocked = "belongs to somebody who was erased and may not be collected again: where they ask to come back, lift the block on the page Privacy first"

// refuseBlocked refuses to take somebody in anew who was erased.
func refuseBlocked(ctx context.Context, q sqldb.Querier, email string) error {
	found, err := BlockedEmails(ctx, q, []string{email})
	if err == nil && found[email] {
		return &Blocked{"email"}
	}
	return err
}

// refuseBlockedHandle refuses the handle of an account whose owner was erased.
func refuseBlockedHandle(ctx context.Context, q sqldb.Querier, network, handle string) error {
	h := HandleOf(network, handle)
	found, err := blockedHandles(ctx, q, []string{h})
	if err == nil && found[h] {
		return &Blocked{"handle"}
	}
	return err
}

// refuseBlockedLead refuses a lead whose e-mail address or account, in so far as they are new to it,
// are of somebody who was erased.
func refuseBlockedLead(ctx context.Context, q sqldb.Querier, l, before *Lead) error {
	if l.Email != before.Email {
		if err := refuseBlocked(ctx, q, l.Email); err != nil {
			return err
		}
	}
	if l.Handle == before.Handle && l.Network == before.Network {
		return nil
	}
	return refuseBlockedHandle(ctx, q, l.Network, l.Handle)
}

// blockedProfiles are those of the profiles whose owner was erased, by place in the list.
func blockedProfiles(ctx context.Context, q sqldb.Querier, profiles []SocialProfile) (map[int]bool, error) {
	var authors, handles []string
	for i := range profiles {
		authors = append(authors, profiles[i].authorIDs()...)
		handles = append(handles, HandleOf(profiles[i].Network, profiles[i].Handle))
	}
	gone, err := BlockedAuthors(ctx, q, authors)
	if err != nil {
		return nil, err
	}
	renamed, err := blockedHandles(ctx, q, handles)
	if err != nil {
		return nil, err
	}
	out := make(map[int]bool)
	for i := range profiles {
		out[i] = renamed[handles[i]] || slices.ContainsFunc(profiles[i].authorIDs(), func(id string) bool { return gone[id] })
	}
	return out, nil
}

// authorIDs are the ids that the account has as an author.
func (p *SocialProfile) authorIDs() []string {
	switch {
	case p.NativeID != "":
		return []string{post.Key{Network: p.Network, ID: p.NativeID}.Short()}
	case p.Handle != "": // where a network gives no id, the handle is the account
		return []string{post.Key{Network: p.Network, ID: "@" + p.Handle}.Short()}
	}
	return nil
}

func refuseBlockedProfile(ctx context.Context, q sqldb.Querier, p *SocialProfile) error {
	found, err := blockedProfiles(ctx, q, []SocialProfile{*p})
	if err == nil && found[0] {
		return &Blocked{"profile"}
	}
	return err
}

// blockedRows says of which rows a value is blocked, and which column has it.
func blockedRows(ctx context.Context, q sqldb.Querier, batch []row) (map[int]string, error) {
	var emails []string
	var profiles []SocialProfile
	var of []int
	for i := range batch {
		emails = append(emails, batch[i].contact.Email)
		for _, p := range batch[i].profiles {
			profiles, of = append(profiles, p), append(of, i)
		}
	}
	mail, err := BlockedEmails(ctx, q, emails)
	if err != nil {
		return nil, err
	}
	accounts, err := blockedProfiles(ctx, q, profiles)
	if err != nil {
		return nil, err
	}
	rows := make(map[int]string)
	for at, is := range accounts {
		if is {
			rows[of[at]] = "profile"
		}
	}
	for i, email := range emails {
		if mail[email] {
			rows[i] = "email"
		}
	}
	return rows, nil
}
