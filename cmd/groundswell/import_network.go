package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/spf13/cobra"
)

// importNetworkCommand brings in the people whom somebody of the company knows. docs/import.md
func importNetworkCommand() *cobra.Command {
	var s settings
	var user string
	var n crm.NetworkImport
	i := &recordsImport{opt: crm.ImportOptions{Type: crm.RecordContact}}
	c := &cobra.Command{
		Use:   "network FILE",
		Short: "Import whom a user knows: LinkedIn's Connections.csv, or cards (vCard); - reads standard input",
		Long: "Import whom a user knows: LinkedIn's Connections.csv, a file of cards (vCard 2.1, 3.0, 4.0), or another list of people in CSV.\n" +
			"Who is on file already is not made twice: it is noted who knows them. New contacts are the user's. What the user's roles do not allow is refused.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			i.out = c.OutOrStdout()
			if args[0] != "-" {
				i.opt.File = filepath.Base(args[0])
			}
			return s.withDatabase(c, func(db *sqldb.DB) (err error) {
				if n.UserID, err = crm.UserNamed(c.Context(), db, user); err != nil {
					return fmt.Errorf("import network: %w", err)
				}
				return i.run(c, db, args[0])
			})
		},
	}
	i.do = func(ctx context.Context, db *sqldb.DB, r io.Reader, opt crm.ImportOptions) (crm.ImportReport, error) {
		n.ImportOptions = opt
		return crm.ImportNetwork(ctx, db, r, n)
	}
	s.flags(c)
	i.flags(c)
	c.Flags().StringVar(&user, "user", "", "name of the user whose network it is")
	c.Flags().StringVar((*string)(&n.Basis), "basis", "", fmt.Sprintf("what makes it lawful to keep these people: one of %v", crm.NetworkBases))
	c.Flags().StringVar(&n.Evidence, "evidence", "", "why that holds, such as where the consents lie or what the interest is")
	for _, needed := range []string{"user", "basis", "evidence"} {
		_ = c.MarkFlagRequired(needed) // fails for a flag that is not there only
	}
	return c
}
