package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// NoticeSettings are how somebody is told, and whether it reaches them.
type NoticeSettings struct {
	Version  int64             `json:"version" doc:"0: they have chosen nothing."`
	Delivery map[string]string `json:"delivery" nullable:"false" doc:"By kind: page (it stands on the page of notices alone), at_once or daily (it is sent to the address, too)."`
	Hour     int               `json:"hour" doc:"Of the day, at which the daily message goes out."`
	TimeZone string            `json:"time_zone"`
	Email    string            `json:"email" doc:"Empty: there is no address, and nothing is sent."`
	Mail     bool              `json:"mail" doc:"Messages can be sent: the configuration has an e-mail channel."`
	Last     *LastNotice       `json:"last,omitempty" doc:"The last message; left out where there was none."`
}

// LastNotice is what became of the last message to somebody.
type LastNotice struct {
	State string    `json:"state" enum:"waiting,delivered,failed,dropped"`
	At    time.Time `json:"at"`
	Error string    `json:"error" doc:"Of the last attempt; empty: there was none."`
}

type (
	noticeSettingsInput struct {
		Expectation
		Body struct {
			Delivery map[string]string `json:"delivery" doc:"By kind: page, at_once, daily. Kinds: stage, approval, close, quote, order, invoice, payment, process, people, activity, lead, webhook."`
			Hour     int               `json:"hour" minimum:"0" maximum:"23"`
			TimeZone string            `json:"time_zone" minLength:"1" maxLength:"100" doc:"Such as Europe/Berlin."`
		}
	}
	addressInput struct {
		Body struct {
			Current string `json:"current,omitempty" maxLength:"4000" doc:"One's password; empty for who has none and signs in with a provider."`
			Email   string `json:"email" maxLength:"254" doc:"Empty: none."`
		}
	}
)

// noticeSettingRoutes are those of how one is told.
func (s *Server) noticeSettingRoutes() {
	const tag = "me"
	operate(s, noGrant, getting(tag, "get-my-notices", "/me/notices", "How one is told: what goes to one's address, and when"), s.myNotices)
	operate(s, noGrant, doing(tag, "set-my-notices", http.MethodPut, "/me/notices", "Choose what goes to one's address, and when"), s.setMyNotices)
	address := doing(tag, "set-my-address", http.MethodPut, "/me/email", "Change the address that messages go to")
	address.Security, address.Errors = bySession, append(address.Errors, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	operate(s, noGrant, address, s.setMyAddress)
}

func (s *Server) noticeSettings(ctx context.Context, settings *crm.NoticeSettings) (*versioned[NoticeSettings], error) {
	u := userFrom(ctx)
	email, err := addressOf(ctx, s.DB, u.id)
	if err != nil {
		return nil, err
	}
	out := NoticeSettings{Version: settings.Version, Delivery: settings.Delivery, Hour: settings.Hour, TimeZone: settings.TimeZone, Email: email, Mail: s.Mail}
	last, err := alerts.FindDeliveries(ctx, s.DB, alerts.DeliveryFilter{Channel: alerts.NoticeChannel, Subject: alerts.NoticeSubject(u.id), Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(last) > 0 {
		out.Last = &LastNotice{State: last[0].State, At: instant(last[0].CreatedAt), Error: last[0].Error}
	}
	return &versioned[NoticeSettings]{etag(out.Version), out}, nil
}

func (s *Server) myNotices(ctx context.Context, _ *struct{}) (*versioned[NoticeSettings], error) {
	settings, err := crm.NoticeSettingsOf(ctx, s.DB, userFrom(ctx).id)
	if err != nil {
		return nil, err
	}
	return s.noticeSettings(ctx, &settings)
}

func (s *Server) setMyNotices(ctx context.Context, in *noticeSettingsInput) (*versioned[NoticeSettings], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	settings := crm.NoticeSettings{Version: expected, Delivery: in.Body.Delivery, Hour: in.Body.Hour, TimeZone: in.Body.TimeZone}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		settings, err = crm.SaveNoticeSettings(ctx, tx, userFrom(ctx).id, settings, s.Now())
		return err
	})
	if err != nil {
		return nil, changed(err, crm.ErrConflict, expected)
	}
	return s.noticeSettings(ctx, &settings)
}

func (s *Server) setMyAddress(ctx context.Context, in *addressInput) (*struct{}, error) {
	u := userFrom(ctx)
	if err := s.demandPassword(ctx, u, "current", in.Body.Current); err != nil {
		return nil, err
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return setAddress(ctx, tx, s.change(ctx, ""), u.id, in.Body.Email) })
}

// addressOf is where messages to a user go; empty: nowhere.
func addressOf(ctx context.Context, q sqldb.Querier, userID string) (address string, err error) {
	err = q.QueryRow(ctx, "SELECT email FROM users WHERE id = $1", userID).Scan(&address)
	return address, err
}

// setAddress changes where messages to a user go.
func setAddress(ctx context.Context, tx *sqldb.Tx, ch crm.Change, userID, address string) error {
	address = strings.TrimSpace(address)
	if err := crm.CheckAddress(address); err != nil {
		return err
	}
	before, err := addressOf(ctx, tx, userID)
	if err != nil || before == address {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE users SET email = $1, version = version + 1 WHERE id = $2", address, userID); err != nil {
		return err
	}
	return crm.NoteUser(ctx, tx, ch, userID, map[string]any{"email": before}, map[string]any{"email": address})
}

// A Recipient is a user whom something is sent to.
type Recipient struct {
	Name, Address string
	Disabled      bool
}

// RecipientOf is a user as whom something is sent to.
func RecipientOf(ctx context.Context, q sqldb.Querier, userID string) (r Recipient, err error) {
	u, err := findUser(ctx, q, "id", userID)
	if err != nil {
		return r, err
	}
	r.Name, r.Disabled = u.name, u.disabled
	r.Address, err = addressOf(ctx, q, userID)
	return r, err
}

// UnseenOf are those of some notices that a user has not seen and may read at this moment, with the
// names of who did it, and the zone that the user's times are told in.
func UnseenOf(ctx context.Context, q sqldb.Querier, userID string, ids []string) ([]crm.Notice, *time.Location, error) {
	access, err := crm.AccessOf(ctx, q, userID)
	if err != nil {
		return nil, nil, err
	}
	told, err := crm.UnseenOf(ctx, q, access, ids)
	if err != nil {
		return nil, nil, err
	}
	settings, err := crm.NoticeSettingsOf(ctx, q, userID)
	if err != nil {
		return nil, nil, err
	}
	names, err := userNames(ctx, q)
	for i := range told {
		told[i].Actor = names[told[i].Actor] // empty: Groundswell itself
	}
	return told, settings.Zone(), err
}
