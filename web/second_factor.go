package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/pquerna/otp"
)

// Enrolment is what an authenticator app needs, shown once.
type Enrolment struct {
	Secret  string `json:"secret" doc:"To type in where the picture cannot be read: base32."`
	Address string `json:"address" doc:"otpauth://totp/…, which the picture holds."`
	Picture string `json:"picture" doc:"The QR code, as a data: address of a PNG."`
}

// RecoveryCodes stand in for the app, each once. They are shown when they are made and never again.
type RecoveryCodes struct {
	Codes []string `json:"codes" nullable:"false"`
}

type enrolInput struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"4000" doc:"One's own; empty for who has none and signs in with a provider."`
	}
}

// qrSize is the width of the picture in pixels.
const qrSize = 240

func (s *Server) secondFactorRoutes() {
	const tag = "me"
	own := func(id, path, summary string) huma.Operation {
		op := doing(tag, id, http.MethodPost, "/me/second-factor"+path, summary)
		op.Security, op.Errors, op.DefaultStatus = bySession, append(op.Errors, http.StatusTooManyRequests), http.StatusOK
		return op
	}
	operate(s, noGrant, whileEnrolling(own("enrol-second-factor", "", "Begin to set up a second factor: time-based one-time passwords (RFC 6238)")), s.enrol)
	operate(s, noGrant, whileEnrolling(own("confirm-second-factor", "/confirm", "Finish with the first code; ends one's other sessions and gives recovery codes")), s.confirmFactor)
	operate(s, noGrant, own("renew-recovery-codes", "/recovery-codes", "Get new recovery codes in place of the old ones"), s.renewCodes)
	remove := own("remove-second-factor", "/remove", "Do without a second factor again, by a last code; ends all of one's sessions")
	remove.DefaultStatus = http.StatusNoContent
	operate(s, noGrant, remove, s.removeFactor)
	reset := doing("users", "reset-second-factor", http.MethodDelete, "/users/{id}/second-factor", "Take the second factor of somebody who has lost it, and end their sessions")
	reset.Description, reset.Security = "It takes every grant that they have, or user:update and role:update.", bySession
	operate(s, needs(crm.ToUpdate, crm.RecordUser), reset, s.resetFactor)
}

func (s *Server) enrol(ctx context.Context, in *enrolInput) (*one[Enrolment], error) {
	u := userFrom(ctx)
	if s.factorBox == nil {
		return nil, faultf(kindConflict, "there is no key to keep the secret with: set web.key in the configuration")
	}
	if err := s.demandPassword(ctx, u, "password", in.Body.Password); err != nil {
		return nil, err
	}
	secret := newTOTPSecret()
	sealed, err := s.factorBox.Seal(u.id, secret)
	if err != nil {
		return nil, err
	}
	f := secondFactor{userID: u.id, sealed: sealed, createdAt: s.Clock()}
	began := false
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		began, err = f.awaitFirstCode(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !began {
		return nil, faultf(kindConflict, "a second factor is set up already: remove it first, with a code of it")
	}
	address := totpAddress("Groundswell", u.name, secret)
	picture, err := qrCode(address)
	return &one[Enrolment]{Enrolment{Secret: secret, Address: address, Picture: picture}}, err
}

// demandPassword demands the password again of who has one: a browser that was left open does not
// change what its owner signs in with.
func (s *Server) demandPassword(ctx context.Context, u user, field, password string) error {
	if u.hash == "" {
		return nil
	}
	address := requestFrom(ctx).address
	if wait := s.throttle.begin(ctx, u.name, address); wait > 0 {
		return tooMany(signInsFailed, wait)
	}
	ok, err := s.passwords.matches(ctx, password, u.hash)
	if err != nil {
		return err
	}
	if !ok {
		return invalidField(field, "it is not your password")
	}
	s.throttle.excuse(ctx, u.name, address)
	return nil
}

// qrCode draws an address as a picture that a page can show.
func qrCode(address string) (string, error) {
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	picture, err := key.Image(qrSize, qrSize)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// showCode takes a code of a user's second factor, or a recovery code, each once, and says which it
// was. It slows down who guesses.
func (s *Server) showCode(ctx context.Context, u user, p proof, code string) (factor string, err error) {
	address := requestFrom(ctx).address
	if wait := s.codeThrottle.begin(ctx, u.id, address); wait > 0 {
		return "", tooMany(signInsFailed, wait)
	}
	refused := ""
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		factor, refused, err = s.takeCode(ctx, tx, u.id, code)
		return err
	})
	if err != nil {
		return "", err
	}
	if refused != "" {
		s.refuse(ctx, u.id, p, refused)
		if refused == refusedReplay {
			return "", faultf(kindCode, "the code was used before: wait for the next one")
		}
		return "", faultf(kindCode, "the code is wrong: take the newest of the app, and see that the phone's clock is right")
	}
	s.codeThrottle.succeed(ctx, u.id, address)
	return factor, nil
}

func (s *Server) takeCode(ctx context.Context, tx *sqldb.Tx, userID, code string) (factor, refused string, err error) {
	if hash := recoveryHash(code); hash != "" {
		taken, used, err := takeRecoveryCode(ctx, tx, userID, hash, s.Clock())
		switch {
		case err != nil, taken:
			return factorRecovery, "", err
		case used:
			return "", refusedReplay, nil
		}
		return "", refusedCode, nil
	}
	f, err := secondFactorOf(ctx, tx, userID)
	if err != nil || f.sealed == "" {
		return "", refusedCode, err
	}
	secret, err := s.factorBox.Open(userID, f.sealed)
	if err != nil {
		return "", "", faultf(kindInternal, "the second factor cannot be checked: %s; a recovery code works, and groundswell users reset-second-factor NAME takes the factor away", err)
	}
	step, replay, ok := stepOf(code, secret, s.Clock(), f.lastStep)
	if ok {
		ok, err = f.takeStep(ctx, tx, step)
		replay = !ok
	}
	switch {
	case err != nil:
		return "", "", err
	case ok:
		return factorTOTP, "", nil
	case replay:
		return "", refusedReplay, nil
	}
	return "", refusedCode, nil
}

func (s *Server) confirmFactor(ctx context.Context, in *codeInput) (*one[RecoveryCodes], error) {
	u := userFrom(ctx)
	f, err := secondFactorOf(ctx, s.DB, u.id)
	if err != nil {
		return nil, err
	}
	if f.sealed == "" || f.on() {
		return nil, faultf(kindConflict, "no second factor is being set up: begin with POST %s/me/second-factor", base)
	}
	if err := s.ownCode(ctx, in.Body.Code); err != nil {
		return nil, err
	}
	codes := newRecoveryCodes()
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := f.confirm(ctx, tx, s.Clock()); err != nil {
			return err
		}
		if err := renewRecoveryCodes(ctx, tx, u.id, codes); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, u.id); err != nil {
			return err
		}
		return s.event(ctx, u.id, eventFactorOn, "").insert(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return &one[RecoveryCodes]{RecoveryCodes{codes}}, s.beginSession(ctx, u, factorTOTP)
}

// ownCode takes a code of who is signed in. A wrong one is a field that cannot be taken: it signs
// nobody out.
func (s *Server) ownCode(ctx context.Context, code string) error {
	_, err := s.showCode(ctx, userFrom(ctx), proof{}, code)
	var f *fault
	if errors.As(err, &f) && f.name == kindCode.name {
		return invalidField("code", f.detail)
	}
	return err
}

func (s *Server) renewCodes(ctx context.Context, in *codeInput) (*one[RecoveryCodes], error) {
	u := userFrom(ctx)
	if err := s.demandFactor(ctx, in.Body.Code); err != nil {
		return nil, err
	}
	codes := newRecoveryCodes()
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := renewRecoveryCodes(ctx, tx, u.id, codes); err != nil {
			return err
		}
		return s.event(ctx, u.id, eventRecoveryCodes, "").insert(ctx, tx)
	})
	return &one[RecoveryCodes]{RecoveryCodes{codes}}, err
}

// demandFactor takes a code of a second factor that is on.
func (s *Server) demandFactor(ctx context.Context, code string) error {
	f, err := secondFactorOf(ctx, s.DB, userFrom(ctx).id)
	if err != nil {
		return err
	}
	if !f.on() {
		return errNoFactor
	}
	return s.ownCode(ctx, code)
}

func (s *Server) removeFactor(ctx context.Context, in *codeInput) (*struct{}, error) {
	if err := s.demandFactor(ctx, in.Body.Code); err != nil {
		return nil, err
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return resetSecondFactor(ctx, tx, s.event(ctx, userFrom(ctx).id, eventFactorOff, ""))
	})
}

func (s *Server) resetFactor(ctx context.Context, in *IDInput) (*struct{}, error) {
	if err := userExists(ctx, s.DB, in.ID); err != nil {
		return nil, err
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := crm.MayEnterFor(ctx, tx, accessFrom(ctx), in.ID); err != nil {
			return err
		}
		return resetSecondFactor(ctx, tx, s.event(ctx, in.ID, eventFactorOff, ""))
	})
}
