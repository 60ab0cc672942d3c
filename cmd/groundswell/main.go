// Command groundswell listens to social networks, notices firestorms and ties what it hears to
// the CRM. `groundswell help` lists what it can do; a file of this folder holds each command.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// version is set when the binary is built (Makefile).
var version = "dev"

func main() { os.Exit(run()) }

// run is the whole program; it returns the exit status.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	root := &cobra.Command{
		Use:           "groundswell",
		Short:         "Social listening that stays tied to the CRM",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
	}
	root.AddCommand(demoCommand(), serveCommand(), checkCommand(), alertsCommand(), replayCommand(), importCommand(), contactsCommand(), usersCommand(), tokensCommand(), deadCommand(),
		benchCommand(), backtestCommand(), evalCommand(), healthCommand(), openapiCommand(), trainCommand(), scoreCommand(), modelCommand(), correctionsCommand(), retrainCommand(), rescoreCommand(),
		classifyCommand(), privacyCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		if !errors.Is(err, errSilent) {
			fmt.Fprintln(os.Stderr, "groundswell:", err)
		}
		return 1
	}
	return 0
}

// errSilent ends a command with a failure that has been printed already.
var errSilent = errors.New("failed")

// interactive says that a person watches, so that progress is worth showing.
func interactive() bool { return term.IsTerminal(int(os.Stderr.Fd())) }
