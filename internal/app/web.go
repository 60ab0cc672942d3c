package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/web"
	"github.com/groundswell/groundswell/web/openid"
)

// addWeb sets up the listener: health, metrics and hooks in every process, the pages and the API
// where the role is web.
func (a *App) addWeb(context.Context) (err error) {
	contacts := a.Config.SignIn
	providers, err := signin.New(contacts.Providers, strings.TrimRight(a.Config.Web.URL, "/")+"/connect/callback")
	if err != nil {
		return err
	}
	proxies, err := a.Config.Web.Proxies()
	if err != nil {
		return err
	}
	a.server, err = web.New(web.Options{
		Proxies: proxies, Tries: a.tries(),
		DB: a.DB, Key: a.key, Providers: openid.New(a.Config.Users.Providers, a.Config.Web.URL, time.Now), Now: a.Now, Version: a.Version, UI: a.UI, API: a.Config.Has("web"), SecureCookies: a.Config.Web.SecureCookies, FourEyes: a.Config.Privacy.FourEyes, Kept: KeptByDefault(&a.Config), Mail: a.Config.MailChannel() != "", URL: a.Config.Web.URL,
		Terms: a.terms, Routing: a.routing, Links: a.links, Courier: a.courier, SignIn: web.SignIn{Providers: providers, Valid: contacts.Valid}, Sources: a.sourceStates, Hooks: a.hooks(), Ready: a.ready,
		Storms: func(ctx context.Context) ([]crm.Storm, error) { return storms(ctx, a.DB) },
		Live: func(ctx context.Context, receive func([]byte)) error {
			return a.memory.Subscribe(ctx, pipeline.FeedChannel, receive)
		},
		Registerer: a.metrics, Gatherer: a.metrics, Logger: a.Logger,
	})
	if err != nil {
		return err
	}
	a.workers = append(a.workers, worker{"web", func(ctx context.Context) error { return a.server.Serve(ctx, a.listener) }},
		worker{"sign-ins", func(ctx context.Context) error {
			return a.every(ctx, time.Hour, "old sign-ins were not removed", func(ctx context.Context) error {
				_, err := web.ForgetSignIns(ctx, a.DB, time.Now().Add(-a.Config.Users.SignIns))
				return err
			})
		}})
	return nil
}

// tries is what counts attempts for all processes; the embedded memory is this one's own.
func (a *App) tries() web.Tries {
	if a.Config.Memory.Address == "" {
		return nil
	}
	return a.memory
}

// openKey reads the installation's key, where the roles seal or open secrets: the configured one, or
// that of the data folder, which the first start makes. It stands outside the database, so that who
// gets hold of a copy of that reads no secret.
func (a *App) openKey(context.Context) error {
	if !a.Config.Has("alerts") && !a.Config.Has("web") {
		return nil
	}
	if key := a.Config.Web.Key.Reveal(); key != "" {
		a.key = []byte(key)
		return nil
	}
	path := filepath.Join(a.Config.Data, "secret.key")
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = []byte(rand.Text() + rand.Text())
		err = os.WriteFile(path, key, 0o600)
	}
	if err == nil && len(key) < 32 {
		err = errors.New("it is damaged: bring it back from a backup; without it second factors have to be set up anew, and webhooks and signed forms need new secrets")
	}
	if err != nil {
		return fmt.Errorf("read the key %s: %w", path, err)
	}
	a.key = key
	return nil
}

// ready says whether everything answers that this process needs.
func (a *App) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return errors.Join(a.DB.Ping(ctx), a.memory.Ping(ctx), a.Log.Ping(ctx))
}
