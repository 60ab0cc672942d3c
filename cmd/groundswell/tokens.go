package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
	"github.com/spf13/cobra"
)

// tokensCommand makes tokens, with which programs use the API.
func tokensCommand() *cobra.Command {
	tokens := &cobra.Command{Use: "tokens", Short: "Add, list and remove API tokens"}
	var s settings
	var user, expires string
	var scopes []string
	add := &cobra.Command{Use: "add NAME", Short: "Make an API token and print it, once", Args: cobra.ExactArgs(1),
		Long: `Make an API token and print it, once. It may do what its owner's roles grant and a scope of it covers:

  groundswell tokens add report --scope 'report:*' --scope mention:read --expires 30d`,
		RunE: func(c *cobra.Command, args []string) error {
			now := time.Now()
			until, err := expiry(expires, now)
			if err != nil {
				return err
			}
			return s.withDatabase(c, func(db *sqldb.DB) error {
				token, err := web.NewToken{User: user, Name: args[0], Scopes: scopes, Expires: until}.Add(c.Context(), db, now)
				if err == nil {
					fmt.Fprintln(c.OutOrStdout(), token)
				}
				return err
			})
		}}
	add.Flags().StringSliceVar(&scopes, "scope", []string{"*:*"}, "what it may be used for, as TYPE:ACTION such as contact:read, repeatable; either may be *")
	add.Flags().StringVar(&expires, "expires", strconv.Itoa(int(web.TokenLife.Hours()/24))+"d", "when it expires: days (30d), hours (12h), a date (2027-01-31), or never")
	list := &cobra.Command{Use: "list", Short: "List a user's tokens, without what is secret", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.withDatabase(c, func(db *sqldb.DB) error {
			all, err := web.TokensOf(c.Context(), db, user)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tSCOPES\tMADE\tEXPIRES\tLAST USED")
			for _, t := range all {
				names := make([]string, len(t.Scopes))
				for i, scope := range t.Scopes {
					names[i] = scope.String()
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.Name, strings.Join(names, " "), day(t.CreatedAt), day(t.ExpiresAt), day(t.UsedAt))
			}
			return w.Flush()
		})
	}}
	remove := &cobra.Command{Use: "remove NAME", Short: "Remove a user's tokens of that name", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return s.withDatabase(c, func(db *sqldb.DB) error {
			n, err := web.RemoveToken(c.Context(), db, user, args[0], time.Now())
			if err == nil && n == 0 {
				err = fmt.Errorf("remove token %s: user %s has none of that name: groundswell tokens list shows them", args[0], user)
			}
			return err
		})
	}}
	for _, c := range []*cobra.Command{add, list, remove} {
		s.flags(c)
		c.Flags().StringVar(&user, "user", web.AdminName, "whose token it is")
		tokens.AddCommand(c)
	}
	return tokens
}

// day is a time as a list shows it.
func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// expiry reads when something expires; the zero time: never.
func expiry(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "never" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 36_500 {
			return now.AddDate(0, 0, n), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("--expires %q: want days (30d), hours (12h), a date (2027-01-31), or never", text)
}
