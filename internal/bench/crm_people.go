package bench

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/people"
	"github.com/groundswell/groundswell/internal/sqldb"
)

const reusedImport = 20_000 // contacts imported to measure that, where the others are there already

// crmWorld is what the generator knows of the records it made.
type crmWorld struct {
	viewers   []viewer
	reps      []string // user ids
	newcomer  string   // the same
	contacts  []string // ids, in the order they were made
	accountOf []string // of each contact; empty: none
	accounts  []string
	leads     []string
	deals     []string // ids of opportunities
	emails    []string // a sample, to search for
	names     []string
	companies []string
}

// importContacts writes a file of people and times its import, as a person would import it.
func (r *crmRun) importContacts(ctx context.Context) (err error) {
	n, seed := r.Contacts, r.Seed
	if r.Reuse {
		n, seed = reusedImport, uint64(time.Now().UnixNano())
	}
	name := filepath.Join(r.dir, "contacts.csv")
	if err := r.writeContacts(name, n, seed); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("import contacts: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(name)) }()
	began := time.Now()
	report, err := crm.Import(ctx, r.db, file, crm.ImportOptions{Type: crm.RecordContact, Now: r.start.AddDate(-3, 0, 0),
		Progress: func(_ int64, rows int) { r.Progress("import contacts", float64(rows)/float64(n)) }})
	if err != nil {
		return err
	}
	r.result.ImportPerSecond = float64(report.Created) / time.Since(began).Seconds()
	if report.Created < n*99/100 {
		return fmt.Errorf("import contacts: of %d rows %d were created, %d refused: %v", report.Read, report.Created, report.Refused, report.Refusals[:min(3, len(report.Refusals))])
	}
	return nil
}

func (r *crmRun) writeContacts(name string, n int, seed uint64) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := csv.NewWriter(file)
	if err := out.Write(strings.Split("external_id,first_name,last_name,email,phone,company,city,country,url,profiles", ",")); err != nil {
		return err
	}
	w := people.New(seed, n)
	for i := range n {
		c := w.Contact(i)
		var profiles []string
		for _, p := range c.Profiles {
			profiles = append(profiles, p.Network+":"+p.Handle)
		}
		// Addresses of namesakes in one company bear a number, as they do in life.
		mail, domain, _ := strings.Cut(c.Email, "@")
		email := fmt.Sprintf("%s%d@%s", mail, i, domain)
		if err := out.Write([]string{fmt.Sprintf("B%d-%d", seed, i), c.First, c.Last, email, c.Phone, c.Company, c.City, c.Country, c.URL, strings.Join(profiles, ";")}); err != nil {
			return err
		}
		if i%10_000 == 0 {
			r.Progress("write contacts.csv", float64(i)/float64(n))
		}
	}
	out.Flush()
	return out.Error()
}

// loadWorld reads what the generator has to know of the records there are.
func (r *crmRun) loadWorld(ctx context.Context) error {
	w := &r.world
	query := "SELECT id, account_id, email, last_name, company FROM contacts"
	if r.Reuse {
		query += " WHERE owner_id <> ''" // not those that were only imported
	}
	rows, err := r.db.Query(ctx, query+" ORDER BY id")
	if err != nil {
		return fmt.Errorf("load contacts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, account, email, name, company string
		if err := rows.Scan(&id, &account, &email, &name, &company); err != nil {
			return fmt.Errorf("load contacts: %w", err)
		}
		if len(w.contacts)%200 == 0 {
			w.emails, w.names = append(w.emails, email), append(w.names, name)
			if company != "" {
				w.companies = append(w.companies, company)
			}
		}
		w.contacts, w.accountOf = append(w.contacts, id), append(w.accountOf, account)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("load contacts: %w", err)
	}
	for _, list := range []struct {
		to    *[]string
		table string
	}{{&w.accounts, "accounts"}, {&w.leads, "leads"}, {&w.deals, "opportunities"}} {
		if *list.to, err = r.ids(ctx, list.table); err != nil {
			return err
		}
	}
	return nil
}

func (r *crmRun) ids(ctx context.Context, table string) (ids []string, err error) {
	rows, err := r.db.Query(ctx, "SELECT id FROM "+table+" ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("load %s: %w", table, err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// makeAccounts makes one company in twenty part of another, and gives people and companies owners.
func (r *crmRun) makeAccounts(ctx context.Context) error {
	w := &r.world
	err := r.inBatches(ctx, "group accounts", len(w.accounts)/20, 500, func(tx *sqldb.Tx, from, until int) error {
		var rows [][]any
		for i := from; i < until; i++ {
			rows = append(rows, []any{w.accounts[i/10], w.accounts[len(w.accounts)/20+i]}) // ten to a group
		}
		return tx.ExecMany(ctx, "UPDATE accounts SET parent_id = $1 WHERE id = $2", rows)
	})
	if err != nil {
		return err
	}
	return errors.Join(r.own(ctx, "accounts", w.accounts), r.own(ctx, "contacts", w.contacts))
}
