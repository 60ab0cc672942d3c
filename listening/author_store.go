package listening

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

const authorColumns = "network, native_id, handle, name, url, bio, location, followers, verified_links, bot"

func scanAuthor(row interface{ Scan(...any) error }) (network string, a post.Author, err error) {
	var links string
	if err := row.Scan(&network, &a.ID, &a.Handle, &a.Name, &a.URL, &a.Bio, &a.Location, &a.Followers, &links, &a.Bot); err != nil {
		return "", a, err
	}
	return network, a, json.Unmarshal([]byte(links), &a.VerifiedLinks)
}

// StoredAuthor is an author as their newest post showed them, or ErrNotFound.
func StoredAuthor(ctx context.Context, q sqldb.Querier, id string) (network string, a post.Author, err error) {
	network, a, err = scanAuthor(q.QueryRow(ctx, "SELECT "+authorColumns+" FROM authors WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return "", a, fmt.Errorf("load author %s: %w", id, err)
	}
	return network, a, nil
}

// EachAuthor yields authors as their newest posts showed them, limit of them at most. Their ids are
// hashes, so the first ones in order are a sample of all.
func EachAuthor(ctx context.Context, q sqldb.Querier, limit int, yield func(network string, a post.Author) error) error {
	rows, err := q.Query(ctx, "SELECT "+authorColumns+" FROM authors ORDER BY id LIMIT $1", limit)
	if err != nil {
		return fmt.Errorf("load authors: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		network, a, err := scanAuthor(rows)
		if err != nil {
			return fmt.Errorf("load authors: %w", err)
		}
		if err := yield(network, a); err != nil {
			return err
		}
	}
	return rows.Err()
}
