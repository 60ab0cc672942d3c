package crm

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A CampaignHook is where a portal or a mailing tool sends the responses of a campaign to. Its key
// stands in its address and cannot be guessed; its deliveries are signed with its secret.
type CampaignHook struct {
	CampaignID string
	Key        string
	Sealed     string // secret of the signature (Standard Webhooks)
	OpenedAt   time.Time
	OpenedBy   string
}

// Secret opens the secret of the hook.
func (h *CampaignHook) Secret(box *seal.Box) (string, error) {
	secrets, err := openSecrets(box, ofCampaign(h.Key), []string{h.Sealed})
	if err != nil {
		return "", err
	}
	return secrets[0], nil
}

// OpenHook opens the hook of a campaign, or gives the one that is open another key and another secret:
// those before are worth nothing from now on. The secret is told now alone.
func OpenHook(ctx context.Context, tx *sqldb.Tx, ch Change, box *seal.Box, campaignID string) (h CampaignHook, secret string, err error) {
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordCampaign, campaignID); err != nil {
		return h, "", err
	}
	if _, err := CampaignByID(ctx, tx, ch.Access, campaignID); err != nil {
		return h, "", err
	}
	h = CampaignHook{CampaignID: campaignID, Key: strings.ToLower(rand.Text()), OpenedAt: ch.At, OpenedBy: ch.By}
	if secret, h.Sealed, err = newSealed(box, ofCampaign(h.Key)); err != nil {
		return h, "", err
	}
	err = tx.Upsert(ctx, sqldb.Upsert{Table: "campaign_hooks", Key: []string{"campaign_id"}, Columns: []string{"campaign_id", "key", "secret", "opened_at", "opened_by"},
		Set: "key = excluded.key, secret = excluded.secret, opened_at = excluded.opened_at, opened_by = excluded.opened_by"},
		[][]any{{h.CampaignID, h.Key, h.Sealed, sqldb.Millis(h.OpenedAt), h.OpenedBy}}, nil)
	if err != nil {
		return h, "", err
	}
	if err := moveOn(ctx, tx, ch, RecordCampaign, campaignID); err != nil {
		return h, "", err
	}
	return h, secret, record(ctx, tx, ch, changedRecord{action: "open-hook", kind: RecordCampaign, id: campaignID})
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
	if err := moveOn(ctx, tx, ch, RecordCampaign, campaignID); err != nil {
		return err
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
		Scan(&h.CampaignID, &h.Key, &h.Sealed, atColumn{&h.OpenedAt}, &h.OpenedBy)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return CampaignHook{}, fmt.Errorf("find the hook: %w", err)
	}
	return h, nil
}
