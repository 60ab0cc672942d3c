package people

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Row is a contact in a file that holds some twice.
type Row struct {
	ID, Person string // who it is about; not for who looks for duplicates
	Contact
	Born, Street, Postcode string
}

// Row is the i-th of a file in which a tenth of the people stand twice or three times, entered by
// different hands.
func (w *World) Row(i int) Row {
	person := i
	copied := i%10 == 9
	r := w.random("copy", i)
	if copied { // of one of the nine before
		person = i - 1 - r.IntN(9)
	}
	p, c := w.person("contact", person%max(1, w.n)), w.Contact(person%max(1, w.n))
	home := w.random("home", person)
	row := Row{ID: fmt.Sprintf("r%07d", i), Person: c.ID, Contact: c, Street: pick(home, stemsDE) + "straße " + fmt.Sprint(1+home.IntN(150)),
		Postcode: fmt.Sprintf("%05d", 1000+home.IntN(98000)), Born: fmt.Sprintf("%d-%02d-%02d", p.born, 1+home.IntN(12), 1+home.IntN(28))}
	row.City = p.city
	if copied {
		row.change(r)
	}
	return row
}

// change makes what another hand would have made of a row.
func (row *Row) change(r *rand.Rand) {
	for range 1 + r.IntN(4) {
		switch r.IntN(10) {
		case 0:
			row.First = misspelt(r, row.First)
		case 1:
			row.Last = misspelt(r, row.Last)
		case 2:
			if short := nicks[row.First]; len(short) > 0 {
				row.First = pick(r, short)
			}
		case 3:
			row.First, row.Last = row.Last, row.First
		case 4:
			row.Email = ""
		case 5:
			row.Street, row.Postcode, row.City = pick(r, stemsDE)+"weg "+fmt.Sprint(1+r.IntN(99)), fmt.Sprintf("%05d", 1000+r.IntN(98000)), zipf(r, citiesDE, 6)
		case 6:
			row.Born = row.Born[:min(8, len(row.Born))] + fmt.Sprintf("%02d", 1+r.IntN(28))
		case 7:
			row.Born = ""
		case 8:
			row.Company = ""
		case 9:
			row.Street = strings.Replace(misspelt(r, row.Street), "straße", "str.", 1)
		}
	}
}
