package people

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WriteFiles writes contacts.csv, authors.csv and truth.csv, as `backtest match` reads them, and
// duplicates.csv for `contacts duplicates`, whose column person is the truth.
func (w *World) WriteFiles(dir string, authors int, mix Mix) error {
	contacts := func(row func(...string) error) error {
		for i := range w.n {
			c := w.Contact(i)
			var profiles []string
			for _, p := range c.Profiles {
				profiles = append(profiles, p.Network+":"+p.Handle)
			}
			if err := row(c.ID, c.First, c.Last, "", c.Email, c.Phone, c.Company, c.Domain, c.City, c.Country, c.URL, strings.Join(profiles, ";")); err != nil {
				return err
			}
		}
		return nil
	}
	everybody := func(row func(...string) error) error {
		for j := range authors {
			a := w.Author(j, mix)
			if err := row(a.ID, a.Network, a.Handle, a.Name, a.URL, a.Bio, a.Location, a.VerifiedURL); err != nil {
				return err
			}
		}
		return nil
	}
	truth := func(row func(...string) error) error {
		for j := range authors {
			a := w.Author(j, mix)
			if err := row(a.ID, a.Truth); err != nil {
				return err
			}
		}
		return nil
	}
	rows := func(row func(...string) error) error {
		for i := range w.n {
			c := w.Row(i)
			if err := row(c.ID, c.Person, c.First, c.Last, c.Born, c.Street, c.Postcode, c.City, c.Email, c.Company); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.Join(
		writeFile(dir, "duplicates.csv", "id,person,first_name,last_name,birth_date,street,postcode,city,email,company", rows),
		writeFile(dir, "contacts.csv", "id,first,last,display_name,email,phone,company,domain,city,country,url,profiles", contacts),
		writeFile(dir, "authors.csv", "id,network,handle,display_name,url,bio,location,verified_url", everybody),
		writeFile(dir, "truth.csv", "author_id,contact_id", truth))
}

func writeFile(dir, name, header string, rows func(row func(...string) error) error) (err error) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return fmt.Errorf("write people: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	c := csv.NewWriter(f)
	row := func(cells ...string) error { return c.Write(cells) }
	if err := row(strings.Split(header, ",")...); err != nil {
		return fmt.Errorf("write people: %w", err)
	}
	if err := rows(row); err != nil {
		return fmt.Errorf("write people: %w", err)
	}
	c.Flush()
	return c.Error()
}
