package crm

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A CampaignHook is where a portal or a mailing tool sends the responses of a campaign to. Its key
// stands in its address and cannot be guessed; its deliveries are signed with its secret.
type CampaignHook struct {
	CampaignID string
	Key        string
	Secret     string // of the signature (Standard Webhooks)
	OpenedAt   time.Time
	OpenedBy   string
}

// newSecret makes a secret for signatures as the Standard Webhooks specification wants it: from 24 to
// 64 random bytes in base64.
func newSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(key)
}

// OpenHook opens the hook of a campaign, or gives the one that is open another key and another secret:
// those before are worth nothing from now on. The secret is told now alone.
func OpenHook(ctx context.Context, tx *sqldb.Tx, ch Change, campaignID string) (CampaignHook, error) {
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordCampaign, campaignID); err != nil {
		return CampaignHook{}, err
	}
	if _, err := CampaignByID(ctx, tx, ch.Access, campaignID); err != nil {
		return CampaignHook{}, err
	}
	h := CampaignHook{CampaignID: campaignID, Key: strings.ToLower(rand.Text()), Secret: newSecret(), OpenedAt: ch.At, OpenedBy: ch.By}
	err := tx.Upsert(ctx, sqldb.Upsert{Table: "campaign_hooks", Key: []string{"campaign_id"}, Columns: []string{"campaign_id", "key", "secret", "opened_at", "opened_by"},
		Set: "key = excluded.key, secret = excluded.secret, opened_at = excluded.opened_at, opened_by = excluded.opened_by"},
		[][]any{{h.CampaignID, h.Key, h.Secret, sqldb.Millis(h.OpenedAt), h.OpenedBy}}, nil)
	if err != nil {
		return CampaignHook{}, err
	}
	return h, record(ctx, tx, ch, changedRecord{action: "open-hook", kind: RecordCampaign, id: campaignID})
}

// CloseHook closes the hook of a campaign.
func CloseHook(ctx context.Context, tx *sqldb.Tx, ch Change, campaignID string) error {
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordCampaign, campaignID); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "DELETE FROM campaign_hooks WHERE campaign_id = $1", campaignID)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("close the hook of campaign %s: %w", campaignID, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "close-hook", kind: RecordCampaign, id: campaignID})
}

// HookByKey finds the hook that a key names.
func HookByKey(ctx context.Context, q sqldb.Querier, key string) (CampaignHook, error) {
	return hookWhere(ctx, q, "key", key)
}

// HookOf is the hook of a campaign, or ErrNotFound when none is open.
func HookOf(ctx context.Context, q sqldb.Querier, campaignID string) (CampaignHook, error) {
	return hookWhere(ctx, q, "campaign_id", campaignID)
}

func hookWhere(ctx context.Context, q sqldb.Querier, column, value string) (h CampaignHook, err error) {
	err = q.QueryRow(ctx, "SELECT campaign_id, key, secret, opened_at, opened_by FROM campaign_hooks WHERE "+column+" = $1", value).
		Scan(&h.CampaignID, &h.Key, &h.Secret, atColumn{&h.OpenedAt}, &h.OpenedBy)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return CampaignHook{}, fmt.Errorf("find the hook: %w", err)
	}
	return h, nil
}
