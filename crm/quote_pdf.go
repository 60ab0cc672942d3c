package crm

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// A Paper is a quote with all that is printed of it.
type Paper struct {
	Quote       Quote
	Template    QuoteTemplate
	Date        time.Time
	Opportunity string
	Owner       string
	Contact     Contact
	Account     Account
	Approvals   []Approval // by name
}

// words are what a quote says in a language.
type words struct {
	title, draft, revision, date, valid, item, quantity, price, discount, net string
	lines, off, subtotal, tax, total, approved, page                          string
	thousands, point, day                                                     string
}

var quoteWords = map[string]words{
	"en": {"Quote", "DRAFT", "revision", "Date", "Valid until", "Item", "Quantity", "Price", "Discount", "Net",
		"Sum of the lines", "Discount of", "Net", "tax on", "Total", "Approved by", "Page", ",", ".", "2 January 2006"},
	"de": {"Angebot", "ENTWURF", "Fassung", "Datum", "Gültig bis", "Position", "Menge", "Preis", "Rabatt", "Netto",
		"Summe der Positionen", "Rabatt von", "Netto", "USt. auf", "Gesamt", "Freigegeben von", "Seite", ".", ",", "02.01.2006"},
}

// A printer writes a quote on pages.
type printer struct {
	*fpdf.Fpdf
	*Paper
	words
}

const (
	margin    = 20.0 // mm, of an A4 page
	lineUp    = 5.0
	bottomGap = 28.0
)

// columns of the table, in mm: position, text, quantity, price, discount, net.
var quoteColumns = []float64{9, 71, 24, 24, 16, 26}

// PDF prints the quote. The same paper gives the same file.
func (p *Paper) PDF() ([]byte, error) {
	w, ok := quoteWords[p.Template.Language]
	if !ok {
		return nil, invalid("language", "%q: want de or en", p.Template.Language)
	}
	doc := printer{fpdf.New("P", "mm", "A4", ""), p, w}
	doc.SetCreationDate(p.Date.UTC())
	doc.SetModificationDate(p.Date.UTC())
	doc.SetCatalogSort(true)
	doc.SetTitle(p.Quote.Number, true)
	doc.SetAuthor(firstLine(p.Template.Sender), true)
	doc.SetLang(p.Template.Language)
	doc.AddUTF8FontFromBytes("go", "", goregular.TTF)
	doc.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	doc.SetMargins(margin, margin, margin)
	doc.SetAutoPageBreak(true, bottomGap)
	doc.AliasNbPages("{pages}")
	doc.SetFooterFunc(doc.footer)
	doc.AddPage()
	doc.head()
	doc.text(p.fill(p.Template.Intro))
	doc.table()
	doc.sums()
	doc.text(p.fill(p.Template.Closing))
	doc.approvals()
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		return nil, fmt.Errorf("print quote %s: %w", p.Quote.Number, err)
	}
	return b.Bytes(), nil
}

// printable leaves out what the font has no sign for and the format cannot hold: beyond the Basic
// Multilingual Plane, such as emoji.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff || r < ' ' && r != '\n' {
			return -1
		}
		return r
	}, s)
}

// fill puts what a quote says in the place of placeholders.
func (p *Paper) fill(text string) string {
	w := quoteWords[p.Template.Language]
	return strings.NewReplacer("{contact}", p.Contact.Name(), "{account}", p.Account.Name, "{number}", p.Quote.Number, "{date}", p.Date.UTC().Format(w.day),
		"{valid_until}", w.until(&p.Quote), "{owner}", p.Owner, "{opportunity}", p.Opportunity).Replace(text)
}

func (w *words) until(q *Quote) string {
	if q.ValidUntil.IsZero() {
		return "–"
	}
	return q.ValidUntil.UTC().Format(w.day)
}

func (d *printer) head() {
	d.SetFont("go", "", 9)
	d.MultiCell(0, 4, printable(d.Template.Sender), "", "R", false)
	d.Ln(8)
	d.SetFont("go", "", 10)
	place := strings.TrimSpace(d.Account.PostalCode + " " + d.Account.City)
	for _, line := range []string{d.Account.Name, d.Contact.Name(), place, d.Account.Country} {
		if line != "" {
			d.CellFormat(0, lineUp, printable(line), "", 1, "L", false, 0, "")
		}
	}
	d.Ln(10)
	d.SetFont("go", "B", 16)
	title := d.title + " " + d.Quote.Number
	if d.Quote.Revision > 1 {
		title += fmt.Sprintf(", %s %d", d.revision, d.Quote.Revision)
	}
	d.CellFormat(0, 9, title, "", 1, "L", false, 0, "")
	if d.Quote.State == QuoteDraft {
		d.SetTextColor(190, 40, 40)
		d.CellFormat(0, 8, d.draft, "", 1, "L", false, 0, "")
		d.SetTextColor(0, 0, 0)
	}
	d.SetFont("go", "", 10)
	d.CellFormat(0, lineUp, d.date+": "+d.Date.UTC().Format(d.day), "", 1, "L", false, 0, "")
	d.CellFormat(0, lineUp, d.valid+": "+d.until(&d.Quote), "", 1, "L", false, 0, "")
	d.Ln(4)
}

func (d *printer) text(s string) {
	if s = strings.TrimSpace(printable(s)); s == "" {
		return
	}
	d.SetFont("go", "", 10)
	d.MultiCell(0, lineUp, s, "", "L", false)
	d.Ln(4)
}

// row prints a line of the table; the text may take several lines, and stays on one page with them.
func (d *printer) row(cells []string, style string) {
	d.SetFont("go", style, 9)
	lines := d.SplitText(cells[1], quoteColumns[1])
	height := lineUp * float64(max(1, len(lines)))
	_, page := d.GetPageSize()
	if d.GetY()+height > page-bottomGap && style == "" {
		d.AddPage()
		d.header()
		d.SetFont("go", "", 9)
	}
	x, y := d.GetXY()
	for i, width := range quoteColumns {
		align := "R"
		if i < 2 {
			align = "L"
		}
		if i == 1 {
			d.MultiCell(width, lineUp, cells[i], "", align, false)
		} else {
			d.CellFormat(width, lineUp, cells[i], "", 0, align, false, 0, "")
		}
		x += width
		d.SetXY(x, y)
	}
	d.SetXY(margin, y+height)
}

func (d *printer) header() {
	d.row([]string{"", d.item, d.quantity, d.price, d.discount, d.net}, "B")
	d.Line(margin, d.GetY(), 210-margin, d.GetY())
	d.Ln(1)
}

func (d *printer) table() {
	d.header()
	sums := d.Quote.Sums()
	for i, l := range d.Quote.Lines {
		off := ""
		if l.Discount != 0 {
			off = d.percent(l.Discount)
		}
		quantity := strings.TrimSpace(d.quantityOf(l.Quantity) + " " + l.Unit)
		d.row([]string{fmt.Sprint(i + 1), printable(l.Text), printable(quantity), d.money(l.Price), off, d.money(sums.Lines[i])}, "")
	}
	d.Line(margin, d.GetY()+1, 210-margin, d.GetY()+1)
	d.Ln(3)
}

func (d *printer) sums() {
	s := d.Quote.Sums()
	line := func(style, label string, amount int64) {
		d.SetFont("go", style, 10)
		d.CellFormat(130, lineUp, label, "", 0, "R", false, 0, "")
		d.CellFormat(40, lineUp, d.money(amount)+" "+d.Quote.Currency, "", 1, "R", false, 0, "")
	}
	if s.Discount != 0 {
		line("", d.lines, s.Net+s.Discount)
		line("", d.off+" "+d.percent(d.Quote.Discount), -s.Discount)
	}
	line("", d.subtotal, s.Net)
	for _, t := range s.Taxes {
		line("", d.percent(t.Rate)+" "+d.tax+" "+d.money(t.Net), t.Tax)
	}
	line("B", d.total, s.Gross)
	d.Ln(6)
	if d.Quote.Notes != "" {
		d.text(d.Quote.Notes)
	}
}

func (d *printer) approvals() {
	d.SetFont("go", "", 9)
	for _, a := range d.Approvals {
		d.CellFormat(0, 4.5, printable(fmt.Sprintf("%s %s (%s), %s", d.approved, a.UserID, a.Role, a.GivenAt.UTC().Format(d.day))), "", 1, "L", false, 0, "")
	}
}

func (d *printer) footer() {
	d.SetY(-bottomGap + 6)
	d.SetFont("go", "", 7)
	d.SetTextColor(90, 90, 90)
	d.MultiCell(0, 3.2, printable(d.fill(d.Template.Footer)), "", "C", false)
	d.CellFormat(0, 4, fmt.Sprintf("%s %d / {pages}", d.page, d.PageNo()), "", 0, "C", false, 0, "")
	d.SetTextColor(0, 0, 0)
}

// number writes a decimal number as the language does.
func (w *words) number(decimal string) string {
	whole, fraction, has := strings.Cut(strings.TrimPrefix(decimal, "-"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + w.thousands + whole[i:]
	}
	if has {
		whole += w.point + fraction
	}
	if strings.HasPrefix(decimal, "-") {
		return "-" + whole
	}
	return whole
}

func (d *printer) money(amount int64) string { return d.number(majorUnits(amount, d.Quote.Currency)) }

// quantityOf writes thousandths without the zeros at their end.
func (w *words) quantityOf(thousandths int64) string {
	return w.number(strings.TrimSuffix(strings.TrimRight(decimal(thousandths, 3), "0"), "."))
}

// percent writes basis points.
func (w *words) percent(basisPoints int64) string {
	return w.number(strings.TrimSuffix(strings.TrimRight(decimal(basisPoints, 2), "0"), ".")) + " %"
}
