package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const verificationColumns = "id, author_id, contact_id, method, address, state, detail, checked_at, verified_at, next_at, failures"

func queryVerifications(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]Verification, error) {
	rows, err := q.Query(ctx, "SELECT "+verificationColumns+" FROM verifications v WHERE "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load verifications: %w", err)
	}
	defer rows.Close()
	var all []Verification
	for rows.Next() {
		var v Verification
		var checked, verified, next int64
		if err := rows.Scan(&v.ID, &v.AuthorID, &v.ContactID, &v.Method, &v.Address, &v.State, &v.Detail, &checked, &verified, &next, &v.Failures); err != nil {
			return nil, fmt.Errorf("load verifications: %w", err)
		}
		v.CheckedAt, v.VerifiedAt, v.NextAt = sqldb.FromMillis(checked), sqldb.FromMillis(verified), sqldb.FromMillis(next)
		all = append(all, v)
	}
	return all, rows.Err()
}

// VerificationsOf returns what is known to prove, or not, that an account is a contact's.
func VerificationsOf(ctx context.Context, q sqldb.Querier, authorID, contactID string) ([]Verification, error) {
	return queryVerifications(ctx, q, "v.author_id = $1 AND v.contact_id = $2 ORDER BY v.method, v.address", authorID, contactID)
}

// VerificationsOfContact returns those of all accounts.
func VerificationsOfContact(ctx context.Context, q sqldb.Querier, contactID string) ([]Verification, error) {
	return queryVerifications(ctx, q, "v.contact_id = $1 ORDER BY v.author_id, v.method, v.address", contactID)
}

// PlanVerifications writes down what can be checked of links that nobody refused, some of them at a
// time, and says how many checks are new.
func PlanVerifications(ctx context.Context, db *sqldb.DB, now time.Time, some int) (planned int, err error) {
	claims, err := queryClaims(ctx, db, `c.url <> '' AND l.decision IN ('suggested', 'confirmed', 'unsure') AND NOT EXISTS
		(SELECT 1 FROM verifications v WHERE v.author_id = l.author_id AND v.contact_id = l.contact_id AND v.address = c.url)
		ORDER BY l.author_id, l.contact_id LIMIT $1`, some)
	if err != nil || len(claims) == 0 {
		return 0, err
	}
	var rows [][]any
	for i := range claims {
		c := &claims[i]
		methods := c.methods()
		for _, method := range methods {
			rows = append(rows, []any{c.authorID, c.contactID, method, c.page, NewID(now), VerificationPending, "", int64(0), int64(0), sqldb.Millis(now), 0})
		}
		if len(methods) == 0 {
			rows = append(rows, []any{c.authorID, c.contactID, MethodRelMe, c.page, NewID(now), VerificationAbsent, "the page on file is not the person's own, or not https, or the account has no address", sqldb.Millis(now), int64(0), int64(0), 0})
		}
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "verifications", Key: []string{"author_id", "contact_id", "method", "address"},
			Columns: []string{"author_id", "contact_id", "method", "address", "id", "state", "detail", "checked_at", "verified_at", "next_at", "failures"}}, rows)
		return err
	})
	return len(rows), err
}

func queryClaims(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]claim, error) {
	rows, err := q.Query(ctx, `SELECT l.author_id, l.contact_id, a.network, a.handle, a.url, c.url, a.verified_links, c.last_name, c.company, c.email,
		(SELECT count(*) FROM contacts o WHERE o.url = c.url AND o.url <> '') FROM links l
		JOIN authors a ON a.id = l.author_id JOIN contacts c ON c.id = l.contact_id WHERE `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load links to verify: %w", err)
	}
	defer rows.Close()
	var claims []claim
	for rows.Next() {
		var c claim
		var verified string
		var pages int
		if err := rows.Scan(&c.authorID, &c.contactID, &c.network, &c.handle, &c.profile, &c.page, &verified, &c.last, &c.company, &c.mail, &pages); err != nil {
			return nil, fmt.Errorf("load links to verify: %w", err)
		}
		c.shared = pages > 1
		_ = json.Unmarshal([]byte(verified), &c.verified) // what is no list holds none
		claims = append(claims, c)
	}
	return claims, rows.Err()
}

// A DueCheck is a verification to check now, with what to ask.
type DueCheck struct {
	Verification
	Profile string // the account's address
	Handle  string
	DID     string // the account's stable id
	// Known is the outcome where it needs no asking: the network's word, or what is no longer on file.
	Known *Outcome
}

// DueChecks are verifications whose time has come, the longest due first. Where asking is false,
// only those are given that need nobody outside.
func DueChecks(ctx context.Context, q sqldb.Querier, now time.Time, asking bool, some int) ([]DueCheck, error) {
	methods := "'network-field'"
	if asking {
		methods += ", 'rel-me', 'bluesky-handle'"
	}
	due, err := queryVerifications(ctx, q, `v.next_at > 0 AND v.next_at <= $1 AND v.method IN (`+methods+`) AND EXISTS (SELECT 1 FROM contacts c WHERE c.id = v.contact_id)
		ORDER BY v.next_at, v.id LIMIT $2`, sqldb.Millis(now), some)
	if err != nil {
		return nil, err
	}
	var checks []DueCheck
	for _, v := range due {
		d := DueCheck{Verification: v}
		claims, err := queryClaims(ctx, q, "l.author_id = $1 AND l.contact_id = $2 AND l.decision IN ('suggested', 'confirmed', 'unsure')", v.AuthorID, v.ContactID)
		if err != nil {
			return nil, err
		}
		d.Known = decided(claims, &v)
		if d.Known == nil {
			d.Profile, d.Handle = claims[0].profile, claims[0].handle
			if err := q.QueryRow(ctx, "SELECT native_id FROM authors WHERE id = $1", v.AuthorID).Scan(&d.DID); err != nil {
				return nil, fmt.Errorf("load author %s: %w", v.AuthorID, err)
			}
		}
		checks = append(checks, d)
	}
	return checks, nil
}

// decided is the outcome that the database alone decides; nil where somebody has to be asked.
func decided(claims []claim, v *Verification) *Outcome {
	if len(claims) == 0 {
		return &Outcome{Refused: true, Detail: "there is no link to verify any more"}
	}
	c := &claims[0]
	if c.page != v.Address {
		return &Outcome{Refused: true, Detail: "the page is no longer on the contact's file"}
	}
	possible := false
	for _, m := range c.methods() {
		possible = possible || m == v.Method
	}
	switch {
	case v.Method == MethodNetworkField && possible:
		return &Outcome{Proven: true, Detail: "the network has verified the page on the contact's file"}
	case v.Method == MethodNetworkField:
		return &Outcome{Detail: "the network no longer shows the page as verified"}
	case !possible:
		return &Outcome{Refused: true, Detail: "the account has changed, and this is no proof for it any more"}
	}
	return nil
}

// SaveOutcome saves what a check came to and lets the link follow: what is proven is confirmed,
// unless a person said otherwise or another contact claims the account; what has lapsed goes back
// to review.
func SaveOutcome(ctx context.Context, tx *sqldb.Tx, v Verification, o Outcome, ch Change) (Verification, error) {
	after := v.after(o, ch.At)
	n, err := tx.Exec(ctx, `UPDATE verifications SET state = $1, detail = $2, checked_at = $3, verified_at = $4, next_at = $5, failures = $6
		WHERE id = $7 AND checked_at = $8`, after.State, after.Detail, sqldb.Millis(after.CheckedAt), sqldb.Millis(after.VerifiedAt), sqldb.Millis(after.NextAt), after.Failures,
		v.ID, sqldb.Millis(v.CheckedAt))
	if err != nil {
		return v, fmt.Errorf("save verification %s: %w", v.ID, err)
	}
	if n == 0 {
		return v, nil // somebody else checked it meanwhile, or it is gone
	}
	ch = ch.Begin()
	switch {
	case after.State == VerificationVerified:
		err = confirmVerified(ctx, tx, &after, BasisPublic, ch)
	case after.State == VerificationLapsed && v.State != VerificationLapsed:
		err = lapse(ctx, tx, &after, ch)
	}
	return after, err
}

// verifiedEvidence is what a verification adds to a link, in the form of the matcher's evidence.
func verifiedEvidence(v *Verification) json.RawMessage {
	return json.RawMessage("[" + auditText(map[string]any{"field": "verification", "level": v.Method + ": " + v.Detail, "author_value": "", "contact_value": v.Address, "bits": 0}) + "]")
}

func confirmVerified(ctx context.Context, tx *sqldb.Tx, v *Verification, basis Basis, ch Change) error {
	if basis != BasisConsent {
		if no, err := Withdrawn(ctx, tx, PurposeLink, []string{v.ContactID}); err != nil || len(no) > 0 {
			return err
		}
	}
	existing, err := LinksOfAuthors(ctx, tx, []string{v.AuthorID})
	if err != nil {
		return err
	}
	links := existing[v.AuthorID]
	state := make(map[string]Link, len(links)+1)
	for _, l := range links {
		state[l.ContactID] = l
	}
	l, ok := state[v.ContactID]
	switch {
	case !ok:
		l = Link{AuthorID: v.AuthorID, ContactID: v.ContactID, Probability: 1, Evidence: verifiedEvidence(v)}
	case l.Human(), l.Decision == Confirmed && (basis != BasisConsent || l.Basis == BasisConsent):
		return nil // a person decided, or it stands already, on no weaker ground
	}
	l.Decision, l.Basis, l.Reason, l.DecidedBy, l.DecidedAt = Confirmed, basis, "verified: "+v.Detail, ch.By, ch.At
	state[v.ContactID] = l
	yield(state)
	_, err = writeLinks(ctx, tx, ch, "verify", changesOf(links, state))
	return err
}

// lapse sends a link back to review whose only proof has lapsed.
func lapse(ctx context.Context, tx *sqldb.Tx, v *Verification, ch Change) error {
	others, err := queryVerifications(ctx, tx, "v.author_id = $1 AND v.contact_id = $2 AND v.state IN ('verified', 'failing') AND v.id <> $3", v.AuthorID, v.ContactID, v.ID)
	if err != nil || len(others) > 0 {
		return err
	}
	links, err := queryLinks(ctx, tx, "author_id = $1 AND contact_id = $2 AND decision = 'confirmed'", v.AuthorID, v.ContactID)
	if err != nil || len(links) == 0 || links[0].Human() || links[0].Basis == BasisGiven {
		return err // a profile on file proves it still, or a person does
	}
	c := doubt(&links[0], reasonLapsed)
	c.after.DecidedAt = ch.At
	_, err = writeLinks(ctx, tx, ch, "lapse", []linkChange{c})
	return err
}

// A Declaration is what a contact told us of an account: that it is theirs, or by signing in.
type Declaration struct {
	AuthorID, ContactID string
	Method              string // MethodSelfDeclared or MethodOAuth
	Basis               Basis  // given, when empty
	Detail              string // how and when they told us
}

// Declare records that a contact told us that an account is theirs, and confirms the link in the
// name of the person who records it.
func Declare(ctx context.Context, tx *sqldb.Tx, d Declaration, ch Change) (Verification, error) {
	if d.Method != MethodSelfDeclared && d.Method != MethodOAuth {
		return Verification{}, invalid("method", "%q is not one of self-declared, oauth: the others are checked by the system", d.Method)
	}
	if d.Basis == "" {
		d.Basis = BasisGiven
	}
	d.Detail = tidy(d.Detail)
	if err := checkText("detail", d.Detail, maxReason); err != nil {
		return Verification{}, err
	}
	if d.Detail == "" {
		return Verification{}, invalid("detail", "is empty: say how and when they told us")
	}
	ch = ch.Begin()
	if ch.Why == "" {
		ch.Why = d.Method + ": " + d.Detail
	}
	if _, err := Decide(ctx, tx, Verdict{AuthorID: d.AuthorID, ContactID: d.ContactID, Decision: Confirmed, Basis: d.Basis}, ch); err != nil {
		return Verification{}, err
	}
	v := Verification{ID: NewID(ch.At), AuthorID: d.AuthorID, ContactID: d.ContactID, Method: d.Method, State: VerificationVerified, Detail: d.Detail,
		CheckedAt: ch.At, VerifiedAt: ch.At}
	if err := saveStatement(ctx, tx, &v); err != nil {
		return Verification{}, err
	}
	return v, record(ctx, tx, ch, changedRecord{action: "declare", kind: RecordLink, id: LinkRecord(d.AuthorID, d.ContactID), about: d.ContactID, author: d.AuthorID, after: v})
}
