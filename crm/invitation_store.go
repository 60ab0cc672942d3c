package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const invitationColumns = `id, contact_id, state, created_by, created_at, expires_at, provider, consent, used_at, author_id, network,
	native_id, handle, filed, ended_at`

func queryInvitations(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]Invitation, error) {
	rows, err := q.Query(ctx, "SELECT "+invitationColumns+" FROM invitations WHERE "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load invitations: %w", err)
	}
	defer rows.Close()
	var all []Invitation
	for rows.Next() {
		var i Invitation
		var created, expires, used, ended int64
		if err := rows.Scan(&i.ID, &i.ContactID, &i.State, &i.CreatedBy, &created, &expires, &i.Provider, &i.Consent, &used, &i.AuthorID, &i.Network,
			&i.NativeID, &i.Handle, &i.Filed, &ended); err != nil {
			return nil, fmt.Errorf("load invitations: %w", err)
		}
		i.CreatedAt, i.ExpiresAt, i.UsedAt, i.EndedAt = sqldb.FromMillis(created), sqldb.FromMillis(expires), sqldb.FromMillis(used), sqldb.FromMillis(ended)
		all = append(all, i)
	}
	return all, rows.Err()
}

// InvitationByID loads an invitation, or returns ErrNotFound.
func InvitationByID(ctx context.Context, q sqldb.Querier, id string) (Invitation, error) {
	found, err := queryInvitations(ctx, q, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("load invitation %s: %w", id, err)
	}
	return found[0], nil
}

// InvitationsOf returns a contact's invitations, the newest first.
func InvitationsOf(ctx context.Context, q sqldb.Querier, contactID string) ([]Invitation, error) {
	return queryInvitations(ctx, q, "contact_id = $1 ORDER BY id DESC", contactID)
}

// Invite makes an invitation for a contact, to sign in until it expires.
func Invite(ctx context.Context, tx *sqldb.Tx, contactID string, expires time.Time, ch Change) (Invitation, error) {
	if _, err := ContactByID(ctx, tx, ch.Access, contactID); err != nil {
		return Invitation{}, err
	}
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordContact, contactID); err != nil {
		return Invitation{}, err
	}
	if err := mayLink(ctx, tx, contactID); err != nil {
		return Invitation{}, err
	}
	ch = ch.Begin()
	i := Invitation{ID: NewID(ch.At), ContactID: contactID, State: InvitationOpen, CreatedBy: ch.By, CreatedAt: ch.At, ExpiresAt: expires}
	_, err := tx.Exec(ctx, `INSERT INTO invitations (`+invitationColumns+`, attempt, verifier, attempt_ends)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', 0, '', '', '', '', '', 0, '', '', 0)`, i.ID, i.ContactID, i.State, i.CreatedBy, sqldb.Millis(i.CreatedAt), sqldb.Millis(i.ExpiresAt))
	if err != nil {
		return Invitation{}, fmt.Errorf("save invitation: %w", err)
	}
	return i, record(ctx, tx, ch, i.entry("invite", nil))
}

func (i *Invitation) entry(action string, before *Invitation) changedRecord {
	r := changedRecord{action: action, kind: RecordInvitation, id: i.ID, about: i.ContactID, author: i.AuthorID, after: i}
	if before != nil {
		r.before = before
	}
	return r
}

// BeginSignIn notes that a contact is on their way to a network. An earlier attempt ends by it.
// ErrConflict: the invitation is used, revoked or expired.
func BeginSignIn(ctx context.Context, tx *sqldb.Tx, a Attempt, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE invitations SET provider = $1, attempt = $2, verifier = $3, consent = $4, attempt_ends = $5
		WHERE id = $6 AND state = 'open' AND expires_at > $7`, a.Provider, hashState(a.State), a.Verifier, a.Consent, sqldb.Millis(now.Add(attemptFor)), a.InvitationID, sqldb.Millis(now))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("begin sign-in by invitation %s: %w", a.InvitationID, err)
	}
	return nil
}

// TakeAttempt ends the attempt that a state belongs to and returns it: a state is good for one
// answer. ErrNotFound: nobody waits for it, or not any more.
func TakeAttempt(ctx context.Context, tx *sqldb.Tx, state string, now time.Time) (Attempt, error) {
	a := Attempt{State: state}
	hash := hashState(state)
	err := tx.QueryRow(ctx, `SELECT id, provider, verifier, consent FROM invitations WHERE attempt = $1 AND attempt_ends > $2 AND state = 'open' AND expires_at > $2`,
		hash, sqldb.Millis(now)).Scan(&a.InvitationID, &a.Provider, &a.Verifier, &a.Consent)
	if errors.Is(err, sql.ErrNoRows) {
		return Attempt{}, fmt.Errorf("take sign-in: %w", ErrNotFound)
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("take sign-in: %w", err)
	}
	n, err := tx.Exec(ctx, "UPDATE invitations SET attempt = '', verifier = '' WHERE id = $1 AND attempt = $2", a.InvitationID, hash)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("take sign-in by invitation %s: %w", a.InvitationID, err)
	}
	return a, nil
}

// SignedIn records that the contact has signed in with an account. The account is put on their file
// and, where something was heard of it, linked with their consent; a person's decision stands, and a
// second contact who signs in with it sends both links to review. ErrConflict: somebody was faster.
func SignedIn(ctx context.Context, tx *sqldb.Tx, a Attempt, account SocialProfile, ch Change) (Invitation, error) {
	before, err := InvitationByID(ctx, tx, a.InvitationID)
	if err != nil {
		return before, err
	}
	i := before
	ch = ch.Begin()
	err = tx.QueryRow(ctx, "SELECT id FROM authors WHERE network = $1 AND native_id = $2", account.Network, account.NativeID).Scan(&i.AuthorID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return i, fmt.Errorf("look for the account of invitation %s: %w", i.ID, err)
	}
	i.State, i.Provider, i.Consent, i.UsedAt = InvitationUsed, a.Provider, a.Consent, ch.At
	i.Network, i.NativeID, i.Handle = account.Network, account.NativeID, account.Handle
	if i.Filed, err = fileAccount(ctx, tx, i.ContactID, account, ch); err != nil {
		return i, err
	}
	n, err := tx.Exec(ctx, `UPDATE invitations SET state = $1, provider = $2, consent = $3, used_at = $4, author_id = $5, network = $6, native_id = $7, handle = $8,
		filed = $9, attempt = '', verifier = '' WHERE id = $10 AND state = 'open'`, i.State, i.Provider, i.Consent, sqldb.Millis(i.UsedAt), i.AuthorID, i.Network,
		i.NativeID, i.Handle, i.Filed, i.ID)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return i, fmt.Errorf("use invitation %s: %w", i.ID, err)
	}
	if err := errors.Join(record(ctx, tx, ch, i.entry("sign-in", &before)), consentBySignIn(ctx, tx, &i, ch)); err != nil || i.AuthorID == "" {
		return i, err
	}
	v := Verification{ID: NewID(ch.At), AuthorID: i.AuthorID, ContactID: i.ContactID, Method: MethodOAuth, State: VerificationVerified, CheckedAt: ch.At, VerifiedAt: ch.At,
		Detail: fmt.Sprintf("signed in with %s as %s and agreed to the link", i.Provider, i.Handle)}
	if err := saveStatement(ctx, tx, &v); err != nil {
		return i, err
	}
	return i, confirmVerified(ctx, tx, &v, BasisConsent, ch)
}

// saveStatement saves what a contact told us, over what they told before.
func saveStatement(ctx context.Context, tx *sqldb.Tx, v *Verification) error {
	_, err := tx.Exec(ctx, `INSERT INTO verifications (`+verificationColumns+`) VALUES ($1, $2, $3, $4, '', $5, $6, $7, $7, 0, 0)
		ON CONFLICT (author_id, contact_id, method, address) DO UPDATE SET detail = excluded.detail, checked_at = excluded.checked_at, verified_at = excluded.verified_at,
			state = excluded.state`, v.ID, v.AuthorID, v.ContactID, v.Method, v.State, v.Detail, sqldb.Millis(v.CheckedAt))
	if err != nil {
		return fmt.Errorf("save what contact %s told of author %s: %w", v.ContactID, v.AuthorID, err)
	}
	return nil
}

// fileAccount puts an account on the contact's file, or its id beside the handle that is there.
func fileAccount(ctx context.Context, tx *sqldb.Tx, contactID string, account SocialProfile, ch Change) (filed string, err error) {
	have, err := queryProfiles(ctx, tx, "contact_id = $1 AND network = $2 AND (native_id = $3 OR native_id = '' AND handle = $4) ORDER BY native_id DESC",
		contactID, account.Network, account.NativeID, account.Handle)
	switch {
	case err != nil:
		return "", err
	case len(have) > 0 && have[0].NativeID != "":
		return "", nil
	}
	if err := refuseBlockedProfile(ctx, tx, &account); err != nil {
		return "", err
	}
	if err := touchContact(ctx, tx, contactID, ch.At); err != nil {
		return "", err
	}
	if len(have) > 0 {
		return filedCompleted, setNativeID(ctx, tx, have[0], account.NativeID, ch)
	}
	account.ID, account.ContactID, account.CreatedAt = NewID(ch.At), contactID, ch.At
	if err := insertProfiles(ctx, tx, []SocialProfile{account}); err != nil {
		return "", err
	}
	return filedAdded, record(ctx, tx, ch, changedRecord{action: "create", kind: RecordProfile, id: account.ID, about: contactID, after: account})
}

func setNativeID(ctx context.Context, tx *sqldb.Tx, p SocialProfile, id string, ch Change) error {
	after := p
	after.NativeID = id
	if _, err := tx.Exec(ctx, "UPDATE social_profiles SET native_id = $1 WHERE id = $2", id, p.ID); err != nil {
		return fmt.Errorf("update profile %s: %w", p.ID, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "update", kind: RecordProfile, id: p.ID, about: p.ContactID, before: p, after: after})
}

// EndInvitation revokes an invitation that nobody used, and takes back the consent of one that was:
// what it put on file goes, and the link is rejected in the name of who does it. The matcher never
// makes it again. Done twice, it changes nothing.
func EndInvitation(ctx context.Context, tx *sqldb.Tx, id string, ch Change) (Invitation, error) {
	before, err := InvitationByID(ctx, tx, id)
	if err != nil {
		return before, err
	}
	if err := ch.Access.Check(ctx, tx, ToUpdate, RecordContact, before.ContactID); err != nil {
		return before, err
	}
	i := before
	ch = ch.Begin()
	i.EndedAt = ch.At
	switch i.State {
	case InvitationOpen:
		i.State = InvitationRevoked
	case InvitationUsed:
		i.State = InvitationWithdrawn
	default:
		return before, nil
	}
	n, err := tx.Exec(ctx, "UPDATE invitations SET state = $1, ended_at = $2, attempt = '', verifier = '' WHERE id = $3 AND state = $4", i.State, sqldb.Millis(i.EndedAt), id, before.State)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return i, fmt.Errorf("end invitation %s: %w", id, err)
	}
	if i.State == InvitationRevoked {
		return i, record(ctx, tx, ch, i.entry("revoke", &before))
	}
	if err := record(ctx, tx, ch, i.entry("withdraw", &before)); err != nil {
		return i, err
	}
	return i, withdrawConsent(ctx, tx, &i, ch)
}

func withdrawConsent(ctx context.Context, tx *sqldb.Tx, i *Invitation, ch Change) error {
	ch.Access = System() // whoever may take it back takes back all of it
	if err := endSignInConsent(ctx, tx, i, ch); err != nil {
		return err
	}
	if i.Filed != "" {
		found, err := queryProfiles(ctx, tx, "contact_id = $1 AND network = $2 AND native_id = $3", i.ContactID, i.Network, i.NativeID)
		if err != nil {
			return err
		}
		for _, p := range found {
			if i.Filed == filedAdded {
				err = RemoveProfile(ctx, tx, i.ContactID, p.ID, ch)
			} else if err = setNativeID(ctx, tx, p, "", ch); err == nil {
				err = touchContact(ctx, tx, i.ContactID, ch.At)
			}
			if err != nil {
				return err
			}
		}
	}
	var author string // perhaps heard of since
	err := tx.QueryRow(ctx, "SELECT id FROM authors WHERE network = $1 AND native_id = $2", i.Network, i.NativeID).Scan(&author)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the account of invitation %s: %w", i.ID, err)
	}
	ch.Why = reasonWithdrawn
	if _, err := tx.Exec(ctx, "UPDATE verifications SET state = 'lapsed', detail = $1, checked_at = $2 WHERE author_id = $3 AND contact_id = $4 AND method = $5",
		ch.Why, sqldb.Millis(ch.At), author, i.ContactID, MethodOAuth); err != nil {
		return fmt.Errorf("end the verification of invitation %s: %w", i.ID, err)
	}
	_, err = Decide(ctx, tx, Verdict{AuthorID: author, ContactID: i.ContactID, Decision: Rejected}, ch)
	return err
}
