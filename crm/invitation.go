package crm

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/groundswell/groundswell/post"
)

// An Invitation is a link sent to a contact, by which they show once that an account is theirs: they
// sign in with the network. It keeps what they agreed to, and lets them take it back.
type Invitation struct {
	ID        string    `json:"id"`
	ContactID string    `json:"contact_id"`
	State     string    `json:"state"`
	CreatedBy string    `json:"created_by"` // a user's id
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"` // for signing in
	Provider  string    `json:"provider"`   // signed in with
	Consent   string    `json:"consent"`    // the words they agreed to
	UsedAt    time.Time `json:"used_at"`
	AuthorID  string    `json:"author_id"` // empty: nothing was heard of the account then
	Network   string    `json:"network"`
	NativeID  string    `json:"native_id"`
	Handle    string    `json:"handle"`
	Filed     string    `json:"filed"`
	EndedAt   time.Time `json:"ended_at"`
}

// States of an invitation.
const (
	InvitationOpen      = "open"
	InvitationUsed      = "used"
	InvitationRevoked   = "revoked"   // before anybody signed in
	InvitationWithdrawn = "withdrawn" // the consent was taken back
)

// What a sign-in did to the profiles on the contact's file.
const (
	filedAdded     = "added"
	filedCompleted = "completed" // the handle was on file, and got the account's id
)

// account is the id, as an author, of the account that was signed in with, heard of or not; empty:
// nobody signed in.
func (i *Invitation) account() string {
	if i.NativeID == "" {
		return ""
	}
	return post.Key{Network: i.Network, ID: i.NativeID}.Short()
}

// Good says that a contact can sign in by the invitation.
func (i *Invitation) Good(now time.Time) bool {
	return i.State == InvitationOpen && now.Before(i.ExpiresAt)
}

// attemptFor is how long a contact may take to sign in with a network.
const attemptFor = 15 * time.Minute

// An Attempt is a contact on their way to a network and back.
type Attempt struct {
	InvitationID string
	Provider     string
	State        string // the network has to bring it back; only its hash is kept
	Verifier     string // of PKCE
	Consent      string
}

func hashState(state string) string {
	sum := sha256.Sum256([]byte(state))
	return hex.EncodeToString(sum[:])
}

// AccountOn is an account as a network itself describes it: with a stable id.
func AccountOn(network, nativeID, handle string) (SocialProfile, error) {
	p, err := ParseProfileOn(network, handle)
	if err != nil {
		return p, err
	}
	if nativeID == "" || tidy(nativeID) != nativeID {
		return p, invalid("native_id", "is empty or holds spaces")
	}
	if err := checkText("native_id", nativeID, maxNativeID); err != nil {
		return p, err
	}
	p.NativeID = nativeID
	return p, nil
}

const maxNativeID = 500
