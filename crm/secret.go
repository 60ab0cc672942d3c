package crm

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// SealsSecrets is the purpose of the Box that secrets of webhooks, lead forms and campaign hooks are
// sealed with. Whoever reads the database cannot sign in anybody's name.
const SealsSecrets = "groundswell signing secrets"

const secretPrefix = "whsec_" // a sealed secret never begins so: base64 has no _

// newSecret makes a secret for signatures as the Standard Webhooks specification wants it: from 24 to
// 64 random bytes in base64.
func newSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// newSealed makes a secret for an owner: as it is told once, and as it is kept.
func newSealed(box *seal.Box, owner string) (secret, sealed string, err error) {
	secret = newSecret()
	sealed, err = box.Seal(owner, secret)
	return secret, sealed, err
}

// Owners of sealed secrets: what a secret is of never changes, where a key names it.
func ofWebhook(id string) string    { return "webhook:" + id }
func ofForm(key string) string      { return "lead_form:" + key }
func ofCampaign(hook string) string { return "campaign_hook:" + hook }

// SealSecrets seals the secrets that a version before this one kept in plain text, and says how many
// there were.
func SealSecrets(ctx context.Context, db *sqldb.DB, box *seal.Box) (n int, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		n = 0
		for _, t := range []struct {
			table, id, owner string
			of               func(string) string
		}{{"webhook_secrets", "id", "webhook_id", ofWebhook}, {"lead_forms", "id", "key", ofForm}, {"campaign_hooks", "campaign_id", "key", ofCampaign}} {
			plain := make(map[string][2]string) // id → owner, secret
			err := sqldb.EachRow(ctx, tx, func(rows *sql.Rows) error {
				var id, owner, secret string
				err := rows.Scan(&id, &owner, &secret)
				plain[id] = [2]string{t.of(owner), secret}
				return err
			}, fmt.Sprintf("SELECT %s, %s, secret FROM %s WHERE substr(secret, 1, %d) = $1", t.id, t.owner, t.table, len(secretPrefix)), secretPrefix)
			if err != nil {
				return fmt.Errorf("find the secrets of %s: %w", t.table, err)
			}
			for id, p := range plain {
				sealed, err := box.Seal(p[0], p[1])
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET secret = $1 WHERE %s = $2 AND secret = $3", t.table, t.id), sealed, id, p[1]); err != nil {
					return fmt.Errorf("seal the secrets of %s: %w", t.table, err)
				}
			}
			n += len(plain)
		}
		return nil
	})
	if err == nil && n > 0 {
		err = db.Scour(ctx) // out of its write-ahead log, too
	}
	return n, err
}

// openSecrets opens what an owner's secrets were sealed as.
func openSecrets(box *seal.Box, owner string, sealed []string) ([]string, error) {
	secrets := make([]string, len(sealed))
	for i, s := range sealed {
		var err error
		if secrets[i], err = box.Open(owner, s); err != nil {
			return nil, fmt.Errorf("open the secret of %s: %w; or give it a new secret", strings.Replace(owner, ":", " ", 1), err)
		}
	}
	return secrets, nil
}
