package crm_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// sealedBy is the Box of an installation with a key of one letter.
func sealedBy(t testing.TB, letter string) *seal.Box {
	t.Helper()
	box, err := seal.New([]byte(strings.Repeat(letter, 32)), crm.SealsSecrets)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// keptSecrets are the secrets as the database keeps them.
func keptSecrets(t testing.TB, db *sqldb.DB) (all []string) {
	t.Helper()
	err := db.View(t.Context(), func(q sqldb.Querier) (err error) {
		all, err = sqldb.Strings(t.Context(), q, "SELECT secret FROM webhook_secrets UNION ALL SELECT secret FROM lead_forms UNION ALL SELECT secret FROM campaign_hooks")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// secretsOf makes one secret of each sort; read gives them back as they are used.
func secretsOf(t *testing.T, db *sqldb.DB, box *seal.Box) (told []string, read func(*seal.Box) ([]string, error)) {
	t.Helper()
	addUser(t, db, "user-1")
	hook, secret := createWebhook(t, db, crm.Webhook{Name: "One", URL: "https://one.example"})
	told = append(told, secret)
	var form crm.LeadForm
	var open crm.CampaignHook
	c := saveCampaign(t, db, crm.Campaign{Name: "Spring", Kind: crm.CampaignClassic})
	update(t, db, func(tx *sqldb.Tx) (err error) {
		if form, secret, err = crm.SaveLeadForm(t.Context(), tx, by(noon), box, crm.LeadForm{Name: "Shop", Active: true}, true); err != nil {
			return err
		}
		told = append(told, secret)
		open, secret, err = crm.OpenHook(t.Context(), tx, by(noon), box, c.ID)
		told = append(told, secret)
		return err
	})
	return told, func(box *seal.Box) ([]string, error) {
		of, err := crm.SecretsOf(t.Context(), db, box, hook.ID, noon)
		if err != nil {
			return nil, err
		}
		f, err := crm.LeadFormByKey(t.Context(), db, form.Key)
		if err != nil {
			return nil, err
		}
		ofForm, err := f.Secret(box)
		if err != nil {
			return nil, err
		}
		h, err := crm.HookByKey(t.Context(), db, open.Key)
		if err != nil {
			return nil, err
		}
		ofCampaign, err := h.Secret(box)
		return append(of, ofForm, ofCampaign), err
	}
}

// Secrets that sign stand sealed in the database, and can be opened with the installation's key alone.
func TestSecretsAreSealed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		told, read := secretsOf(t, db, sealedBy(t, "k"))
		kept := keptSecrets(t, db)
		if len(kept) != 3 || strings.Contains(strings.Join(kept, " "), "whsec_") {
			t.Errorf("the database keeps %q", kept)
		}
		if got, err := read(sealedBy(t, "k")); err != nil || !slices.Equal(got, told) {
			t.Errorf("got %q, %v, want %q", got, err, told)
		}
		if _, err := read(sealedBy(t, "x")); !errors.Is(err, seal.ErrOtherKey) {
			t.Errorf("got %v, want that the key is another", err)
		}
	})
}

// What an earlier version kept in plain text is sealed once, and goes on signing.
func TestOldSecretsAreSealed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		box := sealedBy(t, "k")
		told, read := secretsOf(t, db, box)
		update(t, db, func(tx *sqldb.Tx) error {
			for i, table := range []string{"webhook_secrets", "lead_forms", "campaign_hooks"} {
				if _, err := tx.Exec(t.Context(), "UPDATE "+table+" SET secret = $1", told[i]); err != nil {
					return err
				}
			}
			_, _, err := crm.SaveLeadForm(t.Context(), tx, by(noon), box, crm.LeadForm{Name: "For pages", Active: true}, false)
			return err
		})
		for _, want := range []int{3, 0} {
			if n, err := crm.SealSecrets(t.Context(), db, box); n != want || err != nil {
				t.Fatalf("sealed %d, %v, want %d", n, err, want)
			}
		}
		if got, err := read(box); err != nil || !slices.Equal(got, told) || strings.Contains(strings.Join(keptSecrets(t, db), " "), "whsec_") {
			t.Errorf("got %q, %v, want %q", got, err, told)
		}
	})
}

// A form's secret is told when it is made: at first, when it is signed again, and by renewal.
func TestFormSecretIsToldOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		box := sealedBy(t, "k")
		save := func(f crm.LeadForm, signed bool) (crm.LeadForm, string) {
			t.Helper()
			var secret string
			update(t, db, func(tx *sqldb.Tx) (err error) {
				f, secret, err = crm.SaveLeadForm(t.Context(), tx, by(noon), box, f, signed)
				return err
			})
			return f, secret
		}
		f, first := save(crm.LeadForm{Name: "Shop", Active: true}, true)
		f, again := save(f, true)
		if first == "" || again != "" {
			t.Errorf("told %q, then %q: want it once", first, again)
		}
		var renewed string
		renew := func() error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				renewed, err = crm.RotateFormSecret(t.Context(), tx, by(noon), box, f.ID)
				return err
			})
		}
		if err := renew(); err != nil || renewed == first {
			t.Errorf("renewed to %q, %v", renewed, err)
		}
		found, err := crm.LeadFormByKey(t.Context(), db, f.Key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := found.Secret(box); err != nil || got != renewed {
			t.Errorf("signs with %q, %v, want %q", got, err, renewed)
		}
		f, _ = save(found, false)
		wantErr(t, renew(), crm.ErrConflict)
		if _, secret := save(f, true); secret == "" || secret == renewed {
			t.Errorf("signed again with %q", secret)
		}
	})
}

// Each attempt of a delivery stays in its log, a hundred at most, and goes when it is old.
func TestAttemptsAreKept(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		r, w := newReceivers(), &watch{at: noon}
		hook, _ := createWebhook(t, db, crm.Webhook{Name: "Down", URL: "https://down.example", Types: []string{"contact"}})
		createContact(t, db, crm.Contact{LastName: "Berg"})
		courier := newCourier(t, db, r, w)
		id := deliveries(t, db, hook.ID)[0].ID
		attempts := func() []crm.WebhookAttempt {
			t.Helper()
			list, err := crm.WebhookAttempts(t.Context(), db, crm.System(), hook.ID, id)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		serve := func(a crm.Answer) {
			t.Helper()
			r.answer[hook.URL] = a
			if err := courier.Serve(t.Context(), hook.ID); err != nil {
				t.Fatal(err)
			}
			<-r.all
		}
		serve(crm.Answer{Status: 503, Err: errors.New("it answered 503"), Took: 20e6})
		w.pass(courier.Wait(1))
		serve(crm.Answer{Status: 204, Took: 5e6})
		list := attempts()
		if len(list) != 2 || list[0].Status != 204 || list[0].Error != "" || list[1].Status != 503 || list[1].Error != "it answered 503" || list[1].Millis != 20 || !list[1].At.Equal(noon) {
			t.Fatalf("attempts: %+v", list)
		}
		for range 105 {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.Redeliver(t.Context(), tx, by(w.now()), hook.ID, id)
				return err
			})
			serve(crm.Answer{Status: 200})
			w.pass(1e9)
		}
		if list = attempts(); len(list) != 100 || list[99].Status != 200 {
			t.Errorf("%d attempts are kept, the oldest %+v: want the last hundred", len(list), list[len(list)-1])
		}
		_, err := crm.WebhookAttempts(t.Context(), db, crm.System(), hook.ID, "nothing")
		wantErr(t, err, crm.ErrNotFound)
		w.pass(31 * 24 * 3600e9)
		if err := courier.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM webhook_attempts").Scan(&left); err != nil && !errors.Is(err, sql.ErrNoRows) || left != 0 {
			t.Errorf("%d attempts are left after a month, %v", left, err)
		}
	})
}
