package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
	"github.com/spf13/cobra"
)

// openapiCommand prints the API's description, of which the pages' types are generated.
func openapiCommand() *cobra.Command {
	return &cobra.Command{Use: "openapi", Short: "Print the API's OpenAPI 3.1 document", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) (err error) {
		dir, err := os.MkdirTemp("", "groundswell-openapi-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		db, err := sqldb.Connect(c.Context(), "sqlite:"+filepath.Join(dir, "empty.db"))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		server, err := web.New(web.Options{DB: db, Version: version, API: true})
		if err != nil {
			return err
		}
		_, err = c.OutOrStdout().Write(append(server.OpenAPI(), '\n'))
		return err
	}}
}
