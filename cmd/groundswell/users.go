package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// usersCommand adds people who may sign in, and changes their passwords.
func usersCommand() *cobra.Command {
	users := &cobra.Command{Use: "users", Short: "Add users, set their passwords, keep them out"}
	var roles []string
	for _, verb := range []struct {
		use, short string
		do         func(c *cobra.Command, db *sqldb.DB, name, password string) error
	}{
		{"add NAME", "Add a user; the password is asked for, or read from standard input", func(c *cobra.Command, db *sqldb.DB, name, password string) error {
			return web.AddUser(c.Context(), db, name, password, time.Now(), roles...)
		}},
		{"password NAME", "Set a user's password and end their sessions", func(c *cobra.Command, db *sqldb.DB, name, password string) error {
			return web.SetPassword(c.Context(), db, name, password)
		}},
	} {
		var s settings
		c := &cobra.Command{Use: verb.use, Short: verb.short, Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
			password, err := readPassword(c.InOrStdin())
			if err != nil {
				return err
			}
			return s.withDatabase(c, func(db *sqldb.DB) error { return verb.do(c, db, args[0], password) })
		}}
		s.flags(c)
		if strings.HasPrefix(verb.use, "add") {
			c.Flags().StringSliceVar(&roles, "role", nil, "role of the user, repeatable; left out: administrator for the first user, read-only for others")
		}
		users.AddCommand(c)
	}
	for _, verb := range []struct {
		use, short string
		do         func(c *cobra.Command, db *sqldb.DB, name string) error
	}{
		{"disable NAME", "Keep a user out and end their sessions; their tokens are refused", func(c *cobra.Command, db *sqldb.DB, name string) error {
			return web.DisableUser(c.Context(), db, name, true, time.Now())
		}},
		{"enable NAME", "Let a user in again", func(c *cobra.Command, db *sqldb.DB, name string) error {
			return web.DisableUser(c.Context(), db, name, false, time.Now())
		}},
		{"reset-second-factor NAME", "Take the second factor of a user who has lost it, and end their sessions", func(c *cobra.Command, db *sqldb.DB, name string) error {
			return web.ResetSecondFactor(c.Context(), db, name, time.Now())
		}},
	} {
		var s settings
		c := &cobra.Command{Use: verb.use, Short: verb.short, Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
			return s.withDatabase(c, func(db *sqldb.DB) error { return verb.do(c, db, args[0]) })
		}}
		s.flags(c)
		users.AddCommand(c)
	}
	return users
}

// withDatabase opens the configured database for a short piece of work.
func (s *settings) withDatabase(c *cobra.Command, work func(*sqldb.DB) error) error {
	cfg, err := s.existing()
	if err != nil {
		return err
	}
	db, err := sqldb.Open(c.Context(), cfg.DatabaseURL())
	if err != nil {
		return err
	}
	return errors.Join(work(db), db.Close())
}

// readPassword asks twice on a terminal, and otherwise reads one line.
func readPassword(in io.Reader) (string, error) {
	file, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(os.Stderr, prompt)
		text, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", errors.New("read password: the two differ")
	}
	return typed[0], nil
}
