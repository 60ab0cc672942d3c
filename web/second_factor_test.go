package web_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
	"github.com/pquerna/otp/totp"
)

// appCode is what the authenticator app shows.
func appCode(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (s *site) code(code string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, api+"/session/code", map[string]string{"code": code})
}

// enrol sets up a second factor of who is signed in.
func (s *site) enrol(now func() time.Time) (secret string, recovery []string) {
	s.t.Helper()
	secret = s.do(http.MethodPost, api+"/me/second-factor", map[string]any{"password": adminPassword}).want(http.StatusOK).object()["secret"].(string)
	for _, c := range s.do(http.MethodPost, api+"/me/second-factor/confirm", map[string]any{"code": appCode(s.t, secret, now())}).want(http.StatusOK).object()["codes"].([]any) {
		recovery = append(recovery, c.(string))
	}
	return secret, recovery
}

func TestSecondFactor(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		s := newSite(t, db, func(o *web.Options) { o.Clock = clock })
		s.addAdmin()
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		other := s.browser()
		other.signIn("admin", adminPassword).want(http.StatusNoContent)

		s.do(http.MethodPost, api+"/me/second-factor/confirm", map[string]any{"code": "123456"}).problem(http.StatusConflict, "conflict")
		s.do(http.MethodPost, api+"/me/second-factor", map[string]any{"password": "not the password"}).problem(http.StatusUnprocessableEntity, "invalid")
		e := s.do(http.MethodPost, api+"/me/second-factor", map[string]any{"password": adminPassword}).want(http.StatusOK).object()
		secret := e["secret"].(string)
		if u, err := url.Parse(e["address"].(string)); err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != secret || u.Query().Get("issuer") != "Groundswell" || len(secret) != 32 {
			t.Errorf("got %v (%v)", e["address"], err)
		}
		data, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(e["picture"].(string), "data:image/png;base64,"))
		if _, err := png.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("the picture: %v", err)
		}
		s.browserOf("admin").get(api + "/session").want(http.StatusOK) // not asked for before it is confirmed
		wrong := s.do(http.MethodPost, api+"/me/second-factor/confirm", map[string]any{"code": "000000"}).problem(http.StatusUnprocessableEntity, "invalid")
		if !strings.Contains(wrong["detail"].(string), "clock") {
			t.Errorf("got %q, want what to do", wrong["detail"])
		}
		codes := s.do(http.MethodPost, api+"/me/second-factor/confirm", map[string]any{"code": appCode(t, secret, now)}).want(http.StatusOK).object()["codes"].([]any)
		if len(codes) != 10 {
			t.Fatalf("got %d recovery codes, want 10", len(codes))
		}
		if got := s.get(api + "/session").want(http.StatusOK).object(); got["second_factor"] != "shown" {
			t.Errorf("got %v, want the session to go on with the factor shown", got)
		}
		other.get(api+"/session").problem(http.StatusUnauthorized, "signed-out") // began without
		s.do(http.MethodPost, api+"/me/second-factor", map[string]any{"password": adminPassword}).problem(http.StatusConflict, "conflict")

		other.code("123456").problem(http.StatusUnauthorized, "signed-out") // nobody has shown a password
		other.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "second-factor")
		if got := other.get(api + "/session/options").want(http.StatusOK).object(); got["step"] != "code" {
			t.Errorf("got %v, want the page to ask for the code", got)
		}
		other.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		replay := other.code(appCode(t, secret, now)).problem(http.StatusUnauthorized, "second-factor") // the one that confirmed it
		if !strings.Contains(replay["detail"].(string), "used before") {
			t.Errorf("got %q, want it to say that the code was used", replay["detail"])
		}
		now = now.Add(30 * time.Second)
		code := appCode(t, secret, now)
		other.code(code).want(http.StatusNoContent)
		other.get(api + "/session").want(http.StatusOK)
		third := s.browser()
		third.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "second-factor")
		third.code(code).problem(http.StatusUnauthorized, "second-factor") // a code that was seen over the shoulder
		now = now.Add(time.Minute)
		third.code(appCode(t, secret, now.Add(30*time.Second))).want(http.StatusNoContent) // a clock that is ahead
		now = now.Add(10 * time.Minute)

		// Recovery codes: each once, however it is written.
		for range 2 {
			third.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "second-factor")
			third.code(strings.ToUpper(strings.ReplaceAll(codes[3].(string), "-", " ")))
		}
		third.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		third.code("aaaa-aaaa-aaaa-aaaa").problem(http.StatusUnauthorized, "second-factor")
		third.code(codes[0].(string)).want(http.StatusNoContent)
		me := third.get(api + "/me").want(http.StatusOK).object()["second_factor"].(map[string]any)
		if me["on"] != true || me["recovery_codes"] != 8.0 {
			t.Errorf("got %v, want 8 codes left", me)
		}
		renewed := third.do(http.MethodPost, api+"/me/second-factor/recovery-codes", map[string]any{"code": codes[1]}).want(http.StatusOK).object()["codes"].([]any)
		third.do(http.MethodPost, api+"/me/second-factor/recovery-codes", map[string]any{"code": codes[2]}).problem(http.StatusUnprocessableEntity, "invalid")
		third.do(http.MethodPost, api+"/me/second-factor/remove", map[string]any{"code": renewed[0]}).want(http.StatusNoContent)
		third.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		third.signIn("admin", adminPassword).want(http.StatusNoContent)

		body := string(third.get(api + "/sign-ins").want(http.StatusOK).body)
		for _, want := range []string{`"second_factor":"totp"`, `"second_factor":"recovery_code"`, `"refused":"code_used_before"`, "second_factor_on", "second_factor_off", "recovery_codes_made"} {
			if !strings.Contains(body, want) {
				t.Errorf("the list of sign-ins has no %s", want)
			}
		}
		for _, leak := range []string{secret, codes[0].(string), codes[5].(string)} {
			if strings.Contains(s.log.String()+body, leak) {
				t.Errorf("%s is in the log or in the list", leak)
			}
		}
	})
}

// browserOf is another browser in which somebody has signed in with their password.
func (s *site) browserOf(name string) *site {
	s.t.Helper()
	b := s.browser()
	b.signIn(name, adminPassword).want(http.StatusNoContent)
	return b
}

// What the database holds is worth nothing without the key, and to nobody else.
func TestSecretIsSealed(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	s.addAdmin()
	s.signIn("admin", adminPassword).want(http.StatusNoContent)
	secret, codes := s.enrol(time.Now)
	var kept, hashes string
	if err := s.db.QueryRow(t.Context(), "SELECT secret, (SELECT group_concat(hash) FROM recovery_codes) FROM second_factors").Scan(&kept, &hashes); err != nil {
		t.Fatal(err)
	}
	raw, _ := base64.StdEncoding.DecodeString(kept)
	if strings.Contains(kept, secret) || bytes.Contains(raw, []byte(secret)) || strings.Contains(hashes, strings.ReplaceAll(codes[0], "-", "")) {
		t.Error("the database holds the secret or a recovery code")
	}
	other := newSite(t, s.db, func(o *web.Options) { o.Key = []byte(strings.Repeat("x", 32)) })
	other.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "second-factor")
	lost := other.code("123456").problem(http.StatusInternalServerError, "internal")
	if !strings.Contains(lost["detail"].(string), "web.key") {
		t.Errorf("got %q, want it to name the key", lost["detail"])
	}
	other.code(codes[0]).want(http.StatusNoContent)
	if err := web.ResetSecondFactor(t.Context(), s.db, "admin", time.Now()); err != nil {
		t.Fatal(err)
	}
	other.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
	other.signIn("admin", adminPassword).want(http.StatusNoContent)
	none := newSite(t, s.db, func(o *web.Options) { o.Key = nil })
	none.signIn("admin", adminPassword).want(http.StatusNoContent)
	none.do(http.MethodPost, api+"/me/second-factor", map[string]any{"password": adminPassword}).problem(http.StatusConflict, "conflict")
}

// Codes are guessed ever more slowly, and a password that is known does not undo that.
func TestCodesAreThrottled(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s := newSite(t, newDB(t), func(o *web.Options) { o.Clock = func() time.Time { return now } })
	s.addAdmin()
	s.signIn("admin", adminPassword).want(http.StatusNoContent)
	secret, _ := s.enrol(func() time.Time { return now })
	thief := s.browser()
	for i := range 5 {
		thief.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "second-factor")
		if a := thief.code("000000"); a.code != http.StatusUnauthorized {
			t.Fatalf("attempt %d: got %d", i, a.code)
		}
	}
	thief.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "second-factor")
	thief.code("000000").problem(http.StatusTooManyRequests, "throttled")
	now = now.Add(time.Minute)
	thief.code(appCode(t, secret, now)).want(http.StatusNoContent)
}

// Whose role demands a second factor gets into nothing but setting it up.
func TestSecondFactorIsDemanded(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		s := newSite(t, db, func(o *web.Options) { o.Clock = func() time.Time { return now } })
		s.addAdmin()
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		s.do(http.MethodPut, api+"/roles/careful", map[string]any{"label": "Careful", "grants": []map[string]any{{"type": "*", "action": "*", "level": "all"}}, "second_factor": true}).want(http.StatusOK)
		role := s.do(http.MethodPut, api+"/roles/careful", map[string]any{"label": "Careful too"}).want(http.StatusOK).object()
		if role["second_factor"] != true {
			t.Errorf("got %v, want what is left out to stay", role)
		}
		if err := web.AddUser(t.Context(), db, "bert", adminPassword, now, "careful", "read-only"); err != nil {
			t.Fatal(err)
		}
		bert := s.browserOf("bert")
		if got := bert.get(api + "/session").want(http.StatusOK).object(); got["second_factor"] != "demanded" {
			t.Errorf("got %v, want the page to be told", got)
		}
		bert.get(api + "/me").want(http.StatusOK)
		for path := range newSite(t, newDB(t), nil).document().Paths {
			if path == "/session" || path == "/openapi.json" || path == "/me" || path == "/session/options" || path == "/live" || strings.Contains(path, "{") {
				continue
			}
			if a := bert.get(api + path); a.code != http.StatusForbidden && a.code != http.StatusMethodNotAllowed && a.code != http.StatusNotFound {
				t.Errorf("GET %s: got %d without a second factor: %s", path, a.code, a.body)
			}
		}
		bert.get(api+"/contacts").problem(http.StatusForbidden, "second-factor-missing")
		bert.do(http.MethodPost, api+"/tokens", map[string]any{"name": "x", "scopes": []string{"*:*"}}).problem(http.StatusForbidden, "second-factor-missing")
		bert.do(http.MethodPut, api+"/me/password", map[string]any{"current": adminPassword, "password": "another long password"}).problem(http.StatusForbidden, "second-factor-missing")
		bert.enrol(func() time.Time { return now })
		bert.get(api + "/contacts").want(http.StatusOK)

		s.do(http.MethodDelete, api+"/users/"+s.userID("bert")+"/second-factor", nil).want(http.StatusNoContent)
		s.do(http.MethodDelete, api+"/users/"+s.userID("bert")+"/second-factor", nil).problem(http.StatusConflict, "conflict")
		bert.get(api+"/contacts").problem(http.StatusUnauthorized, "signed-out")
		bert.signIn("bert", adminPassword).want(http.StatusNoContent)
		bert.get(api+"/contacts").problem(http.StatusForbidden, "second-factor-missing")
	})
}
