package privacy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// titles are what a person may make of the tables' names.
var titles = map[string]string{
	"contacts": "Who you are on file", "social_profiles": "Your accounts in networks, as on file", "authors": "Your accounts, as the networks show them",
	"links": "Why an account counts as yours", "verifications": "Proofs that an account is yours", "posts": "What you posted", "mentions": "How your posts were read",
	"touches": "Posts on your timeline", "leads": "What you may want to buy", "activities": "Calls, letters, meetings, notes", "opportunities": "Business with you",
	"quotes": "Quotes", "orders": "Orders", "invoices": "Invoices", "payments": "Payments", "audit": "Who changed what of it, and when",
	"contact_merges": "Records of you that became one", "deliveries": "Notifications that tell of you", "mention_alerts": "Alerts on your posts",
}

const (
	line     = 4.5  // mm
	longest  = 4000 // characters of one value; the JSON has all
	nameSpan = 42.0
)

// PDF prints the export. The same export gives the same file.
func (e *Export) PDF() ([]byte, error) {
	d := fpdf.New("P", "mm", "A4", "")
	d.SetCreationDate(e.At)
	d.SetModificationDate(e.At)
	d.SetCatalogSort(true)
	d.SetTitle("Personal data on file", true)
	d.SetLang("en")
	d.AddUTF8FontFromBytes("go", "", goregular.TTF)
	d.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	d.SetMargins(20, 20, 20)
	d.SetAutoPageBreak(true, 22)
	d.AliasNbPages("{pages}")
	d.SetFooterFunc(func() {
		d.SetY(-14)
		d.SetFont("go", "", 8)
		d.CellFormat(0, line, fmt.Sprintf("Page %d / {pages}", d.PageNo()), "", 0, "R", false, 0, "")
	})
	d.AddPage()
	d.SetFont("go", "B", 16)
	d.CellFormat(0, 10, "Personal data on file", "", 1, "L", false, 0, "")
	d.SetFont("go", "", 9)
	d.MultiCell(0, line, "Information under Article 15 of the GDPR, as of "+e.At.Format("2 January 2006, 15:04 UTC")+
		fmt.Sprintf(": %d records.", e.Rows()), "", "L", false)
	for _, note := range e.Notes {
		d.MultiCell(0, line, "– "+note, "", "L", false)
	}
	for _, t := range e.Tables {
		printTable(d, &t)
	}
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		return nil, fmt.Errorf("print export: %w", err)
	}
	return b.Bytes(), nil
}

func printTable(d *fpdf.Fpdf, t *TableExport) {
	title := t.Table
	if words := titles[t.Table]; words != "" {
		title = words + " (" + t.Table + ")"
	}
	d.Ln(4)
	d.SetFont("go", "B", 12)
	d.CellFormat(0, 8, title, "", 1, "L", false, 0, "")
	for i, row := range t.Rows {
		if i > 0 {
			d.Ln(2)
		}
		for _, name := range slices.Sorted(maps.Keys(row)) {
			value := printed(row[name])
			if value == "" {
				continue
			}
			d.SetFont("go", "B", 8)
			d.CellFormat(nameSpan, line, strings.ReplaceAll(name, "_", " "), "", 0, "L", false, 0, "")
			d.SetFont("go", "", 9)
			d.MultiCell(0, line, value, "", "L", false)
		}
	}
}

// printed is a value as text; empty where it says nothing. The font has no signs beyond the Basic
// Multilingual Plane.
func printed(v any) string {
	var s string
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		s = v
	case json.RawMessage:
		s = string(v)
	default:
		s = fmt.Sprint(v)
	}
	if s == "{}" || s == "[]" {
		return ""
	}
	s = strings.Map(func(r rune) rune {
		if r > 0xffff || r < ' ' && r != '\n' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest]) + " …"
	}
	return s
}
