package web

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/groundswell/groundswell/crm"
)

// SignInEvent is what happened with what people sign in with.
type SignInEvent struct {
	ID           string    `json:"id"`
	At           time.Time `json:"at"`
	Event        string    `json:"event" enum:"sign_in,sign_out,password_changed,password_link_made,second_factor_on,second_factor_off,recovery_codes_made,token_made,token_revoked,session_revoked,identity_linked,identity_removed,user_made,user_disabled,user_enabled"`
	User         string    `json:"user" doc:"Name of whom it is about; empty: nobody has the name that was tried, which is not kept."`
	UserID       string    `json:"user_id"`
	By           string    `json:"by" doc:"Name of who did it; empty: somebody who was not let in, or a command on the machine itself."`
	Method       string    `json:"method" doc:"password, openid_connect, or command; empty: within a session."`
	SecondFactor string    `json:"second_factor" doc:"totp, recovery_code, or provider: the provider asked for it; empty: none was shown."`
	Refused      string    `json:"refused" doc:"Why they were not let in: unknown_user, disabled, no_password, wrong_password, wrong_code, code_used_before, provider_failed, not_allowed; empty: they were."`
	Detail       string    `json:"detail" doc:"The provider, or the name of the token."`
	Address      string    `json:"address" doc:"Where the request came from; empty: the machine itself."`
	Agent        string    `json:"agent" doc:"What the browser or program calls itself."`
	Device       string    `json:"device" doc:"The browser and system that it means."`
}

type signInsInput struct {
	PageInput
	User    string    `query:"user" maxLength:"100" doc:"Name or id of a user."`
	Event   string    `query:"event" maxLength:"50"`
	Method  string    `query:"method" maxLength:"50" enum:"password,openid_connect,command"`
	Outcome string    `query:"outcome" enum:"refused,let_in"`
	Address string    `query:"address" maxLength:"100"`
	From    time.Time `query:"from"`
	Until   time.Time `query:"until" doc:"Excluded."`
}

func (s *Server) signInRoutes() {
	list := getting("sign-ins", "list-sign-ins", "/sign-ins", "Who signed in or was refused, when, from where and how, the newest first")
	list.Description = "And what became of passwords, second factors, tokens and sessions. Everybody's takes audit:read at level all; others see their own."
	operate(s, noGrant, list, s.listSignIns)
}

func (s *Server) listSignIns(ctx context.Context, in *signInsInput) (*one[Page[SignInEvent]], error) {
	f := signInFilter{event: in.Event, method: in.Method, address: in.Address, from: in.From, until: in.Until, before: cursorID(in.Cursor), limit: in.Limit + 1}
	if in.Outcome != "" {
		refused := in.Outcome == "refused"
		f.refused = &refused
	}
	who := userFrom(ctx)
	own := in.User == who.id || foldName(in.User) == who.name
	switch all := accessFrom(ctx).Level(crm.ToRead, crm.TypeAudit) == crm.LevelAll; {
	case own, in.User == "" && !all:
		f.user = who.id
	case !all:
		return nil, accessFrom(ctx).Refuse(crm.ToRead, crm.TypeAudit)
	case in.User != "":
		u, err := s.namedUser(ctx, in.User)
		if err != nil {
			return nil, err
		}
		f.user = u.id
	}
	all, err := signInsWhere(ctx, s.DB, f)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(all) > in.Limit {
		all = all[:in.Limit]
		next = base64.RawURLEncoding.EncodeToString([]byte(all[in.Limit-1].id))
	}
	names, err := userNames(ctx, s.DB)
	return views(all, next, err, func(e signInEvent) SignInEvent {
		return SignInEvent{ID: e.id, At: instant(e.at), Event: e.event, User: names[e.userID], UserID: e.userID, By: names[e.actor], Method: e.method,
			SecondFactor: e.factor, Refused: e.refused, Detail: e.detail, Address: e.address, Agent: e.agent, Device: deviceOf(e.agent)}
	})
}

// cursorID is the id in a cursor that PageInput has found to be one.
func cursorID(cursor string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(cursor)
	return string(raw)
}
