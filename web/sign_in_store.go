package web

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A signInEvent is an entry of the list of sign-ins: who came in or was refused, and what became of
// what people sign in with. It holds no password, code or token, and no name that nobody has: people
// type their password there.
type signInEvent struct {
	id      string
	at      time.Time
	event   string
	userID  string // empty: nobody of that name
	actor   string // the id of who did it
	method  string
	factor  string // the second factor
	refused string // empty: it was let in
	detail  string // the provider, the token's name
	address string
	agent   string
}

// Events.
const (
	eventSignIn          = "sign_in"
	eventSignOut         = "sign_out"
	eventPassword        = "password_changed"
	eventPasswordLink    = "password_link_made"
	eventFactorOn        = "second_factor_on"
	eventFactorOff       = "second_factor_off"
	eventRecoveryCodes   = "recovery_codes_made"
	eventTokenMade       = "token_made"
	eventTokenRevoked    = "token_revoked"
	eventSessionRevoked  = "session_revoked"
	eventIdentityLinked  = "identity_linked"
	eventIdentityRemoved = "identity_removed"
	eventUserMade        = "user_made"
	eventUserDisabled    = "user_disabled"
	eventUserEnabled     = "user_enabled"
)

// How somebody signs in, and by what second factor.
const (
	methodPassword = "password"
	methodOpenID   = "openid_connect"
	methodCommand  = "command" // on the machine itself

	factorTOTP     = "totp"
	factorRecovery = "recovery_code"
	factorProvider = "provider" // the provider says that it asked for one
)

// Why somebody is refused.
const (
	refusedUnknown    = "unknown_user"
	refusedDisabled   = "disabled"
	refusedNoPassword = "no_password"
	refusedPassword   = "wrong_password"
	refusedCode       = "wrong_code"
	refusedReplay     = "code_used_before"
	refusedProvider   = "provider_failed"
	refusedNotAllowed = "not_allowed" // by what the configuration says of the provider
)

// A proof is how somebody shows who they are.
type proof struct {
	method string
	detail string // the provider
	factor string // empty: none was shown yet
}

// event is an entry about a user that whoever sends the request brings about.
func (s *Server) event(ctx context.Context, userID, event, detail string) signInEvent {
	q, now := requestFrom(ctx), s.Clock()
	return signInEvent{id: newID(now), at: now, event: event, userID: userID, actor: userFrom(ctx).id, detail: detail, address: q.host, agent: q.agent}
}

// byCommand is an entry of what is done on the command line.
func byCommand(now time.Time, userID, event, detail string) signInEvent {
	return signInEvent{id: newID(now), at: now, event: event, userID: userID, method: methodCommand, detail: detail}
}

// refuse notes why somebody was not let in. That it cannot be noted lets nobody in either.
func (s *Server) refuse(ctx context.Context, userID string, p proof, why string) {
	e := s.event(ctx, userID, eventSignIn, p.detail)
	e.method, e.factor, e.refused = p.method, p.factor, why
	q := requestFrom(ctx)
	s.Logger.Warn("sign-in refused", "request_id", q.id, "why", why)
	if err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return e.insert(ctx, tx) }); err != nil {
		s.Logger.Error("a refused sign-in was not noted", "request_id", q.id, "err", err)
	}
}

func (e signInEvent) insert(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO sign_ins (id, at, event, user_id, actor, method, second_factor, refused, detail, address, agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.id, e.at.UnixMilli(), e.event, e.userID, e.actor, e.method, e.factor, e.refused, e.detail, e.address, e.agent)
	if err != nil {
		return fmt.Errorf("save sign-in: %w", err)
	}
	return nil
}

// A signInFilter chooses entries; an empty field does not restrict.
type signInFilter struct {
	user, event, method, address string
	refused                      *bool
	from, until                  time.Time
	before                       string // id
	limit                        int
}

func signInsWhere(ctx context.Context, q sqldb.Querier, f signInFilter) (all []signInEvent, err error) {
	query, args := "SELECT id, at, event, user_id, actor, method, second_factor, refused, detail, address, agent FROM sign_ins WHERE TRUE", []any{}
	add := func(condition string, value any) {
		args = append(args, value)
		query += " AND " + condition + " $" + strconv.Itoa(len(args))
	}
	for condition, value := range map[string]string{"user_id =": f.user, "event =": f.event, "method =": f.method, "address =": f.address, "id <": f.before} {
		if value != "" {
			add(condition, value)
		}
	}
	if f.refused != nil {
		query += map[bool]string{true: " AND refused <> ''", false: " AND refused = ''"}[*f.refused]
	}
	if !f.from.IsZero() {
		add("at >=", f.from.UnixMilli())
	}
	if !f.until.IsZero() {
		add("at <", f.until.UnixMilli())
	}
	query += " ORDER BY id DESC LIMIT " + strconv.Itoa(f.limit)
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var e signInEvent
		var at int64
		err := rows.Scan(&e.id, &at, &e.event, &e.userID, &e.actor, &e.method, &e.factor, &e.refused, &e.detail, &e.address, &e.agent)
		e.at = sqldb.FromMillis(at)
		all = append(all, e)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load sign-ins: %w", err)
	}
	return all, nil
}

// ForgetSignIns removes what is older from the list of sign-ins, and says how many entries it were.
func ForgetSignIns(ctx context.Context, db *sqldb.DB, before time.Time) (removed int64, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		removed, err = tx.Exec(ctx, "DELETE FROM sign_ins WHERE at < $1", before.UnixMilli())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remove old sign-ins: %w", err)
	}
	return removed, nil
}
