package main

import "github.com/spf13/cobra"

// contactsCommand is about contacts in files.
func contactsCommand() *cobra.Command {
	c := &cobra.Command{Use: "contacts", Short: "Look at contacts in files"}
	c.AddCommand(contactsDuplicatesCommand())
	return c
}
