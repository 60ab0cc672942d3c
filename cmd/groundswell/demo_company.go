package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
)

// staff are the people of the demo's company, in the order of what comes to them.
var staff = []struct{ name, role, does string }{
	{web.AdminName, crm.RoleAdministrator, "may do everything"},
	{"mark", "marketing", "listens, and leads leads on"},
	{"anna", "sales-rep", "accepts leads, and sells"},
	{"maria", "sales-manager", "sees the pipeline, and writes invoices"},
	{"otto", "operator", "looks after sources and channels"},
}

// hire makes the people of the demo, what they sell, and the territory they work in, and says how to
// sign in. A data folder that was kept has them already.
func hire(ctx context.Context, out io.Writer, db *sqldb.DB, now time.Time) error {
	password, told := os.Getenv("GROUNDSWELL_ADMIN_PASSWORD"), "the password of GROUNDSWELL_ADMIN_PASSWORD"
	if password == "" {
		password = rand.Text()
		told = password
	}
	for _, p := range staff {
		switch err := web.AddUser(ctx, db, p.name, password, now, p.role); {
		case errors.Is(err, sqldb.ErrConflict):
			return nil // as they were left
		case err != nil:
			return err
		}
	}
	if err := db.Update(ctx, func(tx *sqldb.Tx) error { return furnish(ctx, tx, now) }); err != nil {
		return fmt.Errorf("furnish the demo: %w", err)
	}
	fmt.Fprintf(out, "\nSign in with %s as\n", told)
	for _, p := range staff {
		fmt.Fprintf(out, "  %-6s %s\n", p.name, p.does)
	}
	return nil
}

// What the grill is called in the price list, and costs in cents.
const (
	grillCode  = "BH-1"
	grillPrice = 129_900
)

// furnish is what selling takes: products, their prices, a team, and a territory that takes all leads; and
// what was sold by it before.
func furnish(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	ch := crm.Change{By: crm.ByRule, At: now, Access: crm.System()}
	prices, grill := make(map[string]int64), ""
	for _, p := range []struct {
		code, name string
		price      int64
	}{{grillCode, "Brennwald Horizont", grillPrice}, {"BH-C", "Cover for the Horizont", 8_900}, {"BH-D", "Delivery and setting up", 19_900}} {
		saved, err := crm.SaveProduct(ctx, tx, ch, crm.Product{Code: p.code, Name: p.name, Unit: "pc", Tax: 1900, Active: true})
		if err != nil {
			return err
		}
		prices[saved.ID] = p.price
		if p.code == grillCode {
			grill = saved.ID
		}
	}
	list, err := crm.SavePriceList(ctx, tx, ch, crm.PriceList{Name: "List prices", Currency: "EUR", Prices: prices})
	if err != nil {
		return err
	}
	sellers, err := sqldb.Strings(ctx, tx, "SELECT id FROM users WHERE name IN ('anna', 'maria') ORDER BY name")
	if err != nil {
		return err
	}
	team, err := crm.SaveTeam(ctx, tx, ch, crm.Team{Name: "Sales", Members: sellers})
	if err != nil {
		return err
	}
	if _, err := crm.SaveTerritory(ctx, tx, ch, crm.Territory{Name: "Everywhere", Enabled: true, Members: []crm.TerritoryMember{{Type: "team", ID: team.ID}}}); err != nil {
		return err
	}
	return sell(ctx, tx, now, grill, list.ID)
}
