package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const profileColumns = "id, contact_id, network, native_id, handle, url, created_at"

// ProfilesOf returns the profiles of each contact, the oldest first.
func ProfilesOf(ctx context.Context, q sqldb.Querier, contactIDs []string) (map[string][]SocialProfile, error) {
	profiles := make(map[string][]SocialProfile, len(contactIDs))
	for part := range chunks(contactIDs) {
		found, err := queryProfiles(ctx, q, sqldb.In("contact_id", 1, len(part))+" ORDER BY contact_id, id", sqldb.Anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			profiles[p.ContactID] = append(profiles[p.ContactID], p)
		}
	}
	return profiles, nil
}

func queryProfiles(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]SocialProfile, error) {
	rows, err := q.Query(ctx, "SELECT "+profileColumns+" FROM social_profiles WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load social profiles: %w", err)
	}
	defer rows.Close()
	var profiles []SocialProfile
	for rows.Next() {
		var p SocialProfile
		var created int64
		if err := rows.Scan(&p.ID, &p.ContactID, &p.Network, &p.NativeID, &p.Handle, &p.URL, &created); err != nil {
			return nil, fmt.Errorf("load social profiles: %w", err)
		}
		p.CreatedAt = sqldb.FromMillis(created)
		profiles = append(profiles, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load social profiles: %w", err)
	}
	return profiles, nil
}

// AddProfile puts a profile on file for a contact. The same profile twice is ErrConflict; that
// another contact has it too is allowed, and makes the matcher leave the decision to a person.
func AddProfile(ctx context.Context, tx *sqldb.Tx, contactID, profile string, ch Change) (SocialProfile, error) {
	p, err := parseProfile("", tidy(profile))
	if err != nil {
		return SocialProfile{}, err
	}
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordContact, contactID); err != nil {
		return SocialProfile{}, err
	}
	if err := refuseBlockedProfile(ctx, tx, &p); err != nil {
		return SocialProfile{}, err
	}
	if err := touchContact(ctx, tx, contactID, ch.At); err != nil {
		return SocialProfile{}, err
	}
	have, err := ProfilesOf(ctx, tx, []string{contactID})
	if err != nil {
		return SocialProfile{}, err
	}
	for _, other := range have[contactID] {
		if sameProfile(&p, &other) {
			return SocialProfile{}, fmt.Errorf("add profile %s to contact %s: it is on file already: %w", p.URL, contactID, ErrConflict)
		}
	}
	p.ID, p.ContactID, p.CreatedAt = NewID(ch.At), contactID, ch.At
	if err := insertProfiles(ctx, tx, []SocialProfile{p}); err != nil {
		return SocialProfile{}, err
	}
	return p, record(ctx, tx, ch, changedRecord{action: "create", kind: RecordProfile, id: p.ID, about: contactID, after: p})
}

func sameProfile(a, b *SocialProfile) bool {
	return a.Network == b.Network &&
		(a.NativeID != "" && a.NativeID == b.NativeID || a.Handle != "" && a.Handle == b.Handle)
}

func insertProfiles(ctx context.Context, tx *sqldb.Tx, profiles []SocialProfile) error {
	_, err := tx.InsertNew(ctx, profileInsert, profileRows(profiles))
	return err
}

var profileInsert = sqldb.Insert{Table: "social_profiles", Key: []string{"id"},
	Columns: []string{"id", "contact_id", "network", "native_id", "handle", "url", "created_at"}}

// profileRows are profiles as profileInsert takes them.
func profileRows(profiles []SocialProfile) [][]any {
	rows := make([][]any, len(profiles))
	for i, p := range profiles {
		rows[i] = []any{p.ID, p.ContactID, p.Network, p.NativeID, p.Handle, p.URL, sqldb.Millis(p.CreatedAt)}
	}
	return rows
}

// RemoveProfile takes a profile of a contact off file. What the matcher confirmed for an account
// of that profile goes back to review: what proved it is gone.
func RemoveProfile(ctx context.Context, tx *sqldb.Tx, contactID, profileID string, ch Change) error {
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordContact, contactID); err != nil {
		return err
	}
	found, err := queryProfiles(ctx, tx, "id = $1 AND contact_id = $2", profileID, contactID)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("remove profile %s of contact %s: %w", profileID, contactID, ErrNotFound)
	}
	ch = ch.Begin()
	if _, err := tx.Exec(ctx, "DELETE FROM social_profiles WHERE id = $1", profileID); err != nil {
		return fmt.Errorf("remove profile %s: %w", profileID, err)
	}
	if err := touchContact(ctx, tx, contactID, ch.At); err != nil {
		return err
	}
	if err := record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordProfile, id: profileID, about: contactID, before: found[0]}); err != nil {
		return err
	}
	return doubtLinksOf(ctx, tx, &found[0], ch)
}
