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
	"github.com/groundswell/groundswell/web"
)

const (
	benchReps        = 20
	benchTerritories = 10
	reusedImport     = 20_000 // contacts imported to measure that, where the others are there already
)

// crmWorld is what the generator knows of the records it made.
type crmWorld struct {
	reps      []string // user ids
	contacts  []string // ids, in the order they were made
	accountOf []string // of each contact; empty: none
	accounts  []string
	leads     []string
	deals     []string // ids of opportunities
	emails    []string // a sample, to search for
	names     []string
	companies []string
	token     string // of the first rep
}

func repName(i int) string { return fmt.Sprintf("rep%02d", i+1) }

// makeUsers makes an administrator, as every installation has one, and sales representatives. The
// first one's token is what everything is measured with.
func (r *crmRun) makeUsers(ctx context.Context) (err error) {
	add := func(name string, roles ...string) error {
		if r.Reuse {
			return nil
		}
		return web.AddUser(ctx, r.db, name, fmt.Sprintf("bench %x", r.random.Uint64()), r.start, roles...)
	}
	if err := add("administrator"); err != nil {
		return err
	}
	for i := range benchReps {
		name := repName(i)
		if err := add(name, "sales-rep"); err != nil {
			return err
		}
		var id string
		if err := r.db.QueryRow(ctx, "SELECT id FROM users WHERE name = $1", name).Scan(&id); err != nil {
			return fmt.Errorf("load user %s: %w", name, err)
		}
		r.world.reps = append(r.world.reps, id)
	}
	r.world.token, err = web.AddToken(ctx, r.db, repName(0), fmt.Sprintf("bench %d", time.Now().UnixNano()), time.Time{}, time.Now())
	return err
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
	rows, err := r.db.Query(ctx, "SELECT id, account_id, email, last_name, company FROM contacts ORDER BY id")
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
	for _, of := range []struct {
		table string
		ids   []string
	}{{"accounts", w.accounts}, {"contacts", w.contacts}} {
		err := r.inBatches(ctx, "own "+of.table, len(of.ids), 2000, func(tx *sqldb.Tx, from, until int) error {
			var rows [][]any
			for i := from; i < until; i++ {
				rows = append(rows, []any{w.reps[i%len(w.reps)], of.ids[i]})
			}
			return tx.ExecMany(ctx, "UPDATE "+of.table+" SET owner_id = $1 WHERE id = $2", rows)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeTerritories puts every person and company into one of ten territories. Two reps work in each.
func (r *crmRun) makeTerritories(ctx context.Context) error {
	w := &r.world
	territory := func(i int) string { return fmt.Sprintf("bench-territory-%d", i%benchTerritories) }
	err := r.inBatches(ctx, "make territories", benchTerritories, benchTerritories, func(tx *sqldb.Tx, from, until int) error {
		for i := from; i < until; i++ {
			if _, err := tx.Exec(ctx, `INSERT INTO territories (id, version, created_at, updated_at, name, parent_id, priority, enabled, criteria)
				VALUES ($1, 1, $2, $2, $1, '', 0, $3, '[]')`, territory(i), r.start.UnixMilli(), false); err != nil {
				return err
			}
		}
		for i, rep := range w.reps {
			if _, err := tx.Exec(ctx, "INSERT INTO territory_members (territory_id, member_type, member_id) VALUES ($1, 'user', $2)", territory(i), rep); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, of := range []struct {
		kind string
		ids  []string
	}{{crm.RecordAccount, w.accounts}, {crm.RecordContact, w.contacts}} {
		if err := r.assign(ctx, of.kind, of.ids, territory); err != nil {
			return err
		}
	}
	return nil
}

func (r *crmRun) assign(ctx context.Context, kind string, ids []string, territory func(int) string) error {
	return r.inBatches(ctx, "assign "+kind+"s", len(ids), 2000, func(tx *sqldb.Tx, from, until int) error {
		var rows [][]any
		for i := from; i < until; i++ {
			rows = append(rows, []any{kind, ids[i], territory(i), 1, "region"})
		}
		_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "record_territories", Columns: []string{"record_type", "record_id", "territory_id", "rank", "reason"},
			Key: []string{"record_type", "record_id", "territory_id"}}, rows)
		return err
	})
}
