package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTokensCommand(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, "ein langes Passwort", "users", "add", "anna", "--data", data)
	token := must(t, "", "tokens", "add", "report", "--scope", "contacts:read,report:*", "--expires", "2999-01-31", "--user", "anna", "--data", data)
	must(t, "", "tokens", "add", "all", "--expires", "never", "--user", "anna", "--data", data)
	list := must(t, "", "tokens", "list", "--user", "anna", "--data", data)
	if !strings.Contains(list, "contact:read report:*") || !strings.Contains(list, "2999-01-31") || !strings.Contains(list, "*:*") || strings.Contains(list, strings.TrimSpace(token)) {
		t.Errorf("got %s", list)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"ErrScope":   {[]string{"tokens", "add", "x", "--scope", "cars:read"}, "there is no type cars"},
		"ErrExpires": {[]string{"tokens", "add", "x", "--expires", "soon"}, "want days (30d)"},
		"ErrPast":    {[]string{"tokens", "add", "x", "--expires", "2020-01-01"}, "it would have expired"},
		"ErrUser":    {[]string{"tokens", "list", "--user", "nobody"}, "there is no such user"},
		"ErrNone":    {[]string{"tokens", "remove", "x"}, "has none of that name"},
		"ErrLast":    {[]string{"users", "disable", "anna"}, "nobody would be left"},
		"ErrFactor":  {[]string{"users", "reset-second-factor", "anna"}, "no second factor is set up"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append(c.args, "--data", data)
			if c.args[0] == "tokens" && name != "ErrUser" {
				args = append(args, "--user", "anna")
			}
			if out, ok := run(t, "", args...); ok || !strings.Contains(out, c.want) {
				t.Errorf("got %s, want %s", out, c.want)
			}
		})
	}
	must(t, "", "tokens", "remove", "report", "--user", "anna", "--data", data)
}
