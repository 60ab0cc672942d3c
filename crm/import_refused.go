package crm

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A RefusedPerson is who a refused row is about, by what its columns mean.
type RefusedPerson struct {
	Names    []string // first and last name together, a name, a display name
	Emails   []string
	Phones   []string
	Handles  []string // as HandleOf writes them
	Accounts []post.Key
}

// refusalColumns stand behind the columns of the file: line, column, reason, row.
const refusalColumns = 4

// DropRefused takes those rows out of what imports refused that are about somebody, and returns how many.
func DropRefused(ctx context.Context, tx *sqldb.Tx, about func(*RefusedPerson) bool) (n int64, err error) {
	ids, err := sqldb.Strings(ctx, tx, "SELECT DISTINCT import_id FROM import_refusals ORDER BY import_id")
	if err != nil {
		return 0, fmt.Errorf("load refused rows: %w", err)
	}
	for _, id := range ids {
		f := refusals{ctx: ctx, tx: tx, id: id, about: about}
		err := f.drop()
		if err != nil {
			return n, fmt.Errorf("drop refused rows of import %s: %w", id, err)
		}
		n += int64(len(f.rows))
	}
	return n, nil
}

// refusals are the refused rows of an import, a part at a time. A value with a line's end may stand in two parts.
type refusals struct {
	ctx    context.Context // of the transaction: io.Reader has no other place for it
	tx     *sqldb.Tx
	id     string
	about  func(*RefusedPerson) bool
	fields []string // what the columns mean
	next   int      // part
	rest   string
	begins []int64    // where each part begins
	read   int64      // bytes
	rows   [][2]int64 // from where to where those stand that go
}

func (f *refusals) Read(p []byte) (int, error) {
	for f.rest == "" {
		err := f.tx.QueryRow(f.ctx, "SELECT body FROM import_refusals WHERE import_id = $1 AND part = $2", f.id, f.next).Scan(&f.rest)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		f.begins = append(f.begins, f.read)
		f.next, f.read = f.next+1, f.read+int64(len(f.rest))
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// drop finds the rows, and cuts them out of their parts.
func (f *refusals) drop() error {
	in := csv.NewReader(f)
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	if f.fields, err = f.meanings(header); err != nil || f.fields == nil {
		return err
	}
	for {
		from := in.InputOffset()
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if p := f.person(record); f.about(&p) {
			f.rows = append(f.rows, [2]int64{from, in.InputOffset()})
		}
	}
	return f.cut()
}

// meanings are the fields that the columns filled; nil where no row is about a person.
func (f *refusals) meanings(header []string) ([]string, error) {
	var j ImportJob
	err := f.tx.QueryRow(f.ctx, "SELECT record_type, mapping FROM imports WHERE id = $1", f.id).Scan(&j.Type, jsonColumn{&j.Map})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	noun := importNouns[j.Type]
	if j.Type == ImportOfNetwork {
		noun = &importNoun{fields: networkFields, names: contactNoun.names}
	}
	if noun == nil || j.Type == RecordAccount || len(header) < refusalColumns {
		return nil, nil
	}
	header = slices.Clone(header[:len(header)-refusalColumns])
	for i := range header {
		header[i] = tidy(meantCell(header[i]))
	}
	fields, err := noun.columns(header, j.Map)
	if err != nil {
		return nil, nil //nolint:nilerr // such a file refuses no row, it is refused
	}
	return fields, nil
}

// person is who a row is about. Of one that has no cells of the header's columns each may mean anything.
func (f *refusals) person(record []string) (p RefusedPerson) {
	said := make(map[string]string)
	if row := record[len(record)-1]; row != "" {
		p.anywhere(row)
		return p
	}
	for i, cell := range record[:min(len(record), len(f.fields))] {
		field := f.fields[i]
		if cell = tidy(meantCell(cell)); cell == "" {
			continue
		}
		said[field] = cell
		if field == "profile" || networkNames[field] != "" {
			p.profiles(field, cell)
		}
	}
	if name := strings.TrimSpace(said["first_name"] + " " + said["last_name"]); name != "" {
		p.Names = append(p.Names, name)
	}
	for field, list := range map[string]*[]string{"name": &p.Names, "display_name": &p.Names, "email": &p.Emails, "phone": &p.Phones} {
		if said[field] != "" {
			*list = append(*list, said[field])
		}
	}
	return p
}

// anywhere takes each cell of a row for anything, and two that follow each other for a name.
func (p *RefusedPerson) anywhere(row string) {
	before := ""
	for cell := range strings.FieldsFuncSeq(meantCell(row), func(r rune) bool { return strings.ContainsRune(",;\t\"\n\r", r) }) {
		if cell = tidy(meantCell(cell)); cell == "" {
			continue
		}
		p.Names = append(p.Names, strings.TrimSpace(before+" "+cell), cell)
		p.Emails, p.Phones, before = append(p.Emails, cell), append(p.Phones, cell), cell
		p.profiles("profile", cell)
	}
}

// profiles takes the profiles of a cell, those that cannot be read as they stand.
func (p *RefusedPerson) profiles(field, cell string) {
	for one := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == '|' }) {
		network := networkNames[field]
		profile, err := parseProfile(network, tidy(one))
		if err != nil {
			profile = SocialProfile{Network: network, Handle: tidy(one)}
		}
		if h := HandleOf(profile.Network, profile.Handle); h != "" {
			p.Handles = append(p.Handles, h)
		}
		if profile.NativeID != "" {
			p.Accounts = append(p.Accounts, post.Key{Network: profile.Network, ID: profile.NativeID})
		}
	}
}

// cut takes the rows out of the parts they stand in.
func (f *refusals) cut() error {
	for part, begins := range f.begins {
		ends := f.read
		if part+1 < len(f.begins) {
			ends = f.begins[part+1]
		}
		touched := slices.DeleteFunc(slices.Clone(f.rows), func(r [2]int64) bool { return r[1] <= begins || r[0] >= ends })
		if len(touched) == 0 {
			continue
		}
		var body string
		if err := f.tx.QueryRow(f.ctx, "SELECT body FROM import_refusals WHERE import_id = $1 AND part = $2", f.id, part).Scan(&body); err != nil {
			return err
		}
		for _, r := range slices.Backward(touched) {
			body = body[:max(r[0], begins)-begins] + body[min(r[1], ends)-begins:]
		}
		if _, err := f.tx.Exec(f.ctx, "UPDATE import_refusals SET body = $1 WHERE import_id = $2 AND part = $3", body, f.id, part); err != nil {
			return err
		}
	}
	return nil
}
