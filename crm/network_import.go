package crm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A NetworkImport says whose network a file is, and what makes it lawful to keep the people in it. It
// is made in the name of that person, with what their roles let them do.
type NetworkImport struct {
	ImportOptions
	UserID   string
	Basis    Basis  // one of NetworkBases
	Evidence string // why it holds
}

// ImportOfNetwork is what an import of somebody's network is called among those of records. What it
// makes are contacts.
const ImportOfNetwork = "network"

// maxNetwork is how many people a file of somebody's own may hold. LinkedIn lets nobody have more than
// 30,000 connections.
const maxNetwork = 100_000

// networkFields are what a column of such a file can fill, with the headers that mean it: what a
// contact has without what other systems know them by, and how they are known.
var networkFields = func() map[string][]string {
	fields := maps.Clone(contactHeaders)
	delete(fields, "external_id")
	delete(fields, "relationship")
	fields["connected_on"] = []string{"connectedon", "connectiondate", "verbundenam", "vernetztam", "kontaktseit"}
	fields["contact_id"] = []string{"contactid", "kontaktid"}
	fields["duplicate_reason"] = leadHeaders["duplicate_reason"]
	fields["file_kind"] = []string{"filekind"}
	return fields
}()

// ImportNetwork brings in the people whom somebody of the company knows: LinkedIn's Connections.csv,
// cards (vCard), or another list (docs/import.md). Who is on file already is not made twice and not
// changed: it is noted who knows them. Who is not becomes a contact that is owned by who knows them,
// with where it comes from and what makes it lawful.
func ImportNetwork(ctx context.Context, db *sqldb.DB, r io.Reader, opt NetworkImport) (ImportReport, error) {
	opt.Type, opt.By = RecordContact, opt.UserID
	whose, err := userName(ctx, db, opt.UserID)
	if err == nil {
		err = checkNetworkBasis(opt.Basis, &opt.Evidence)
	}
	if err == nil && opt.Access == nil {
		opt.Access, err = AccessOf(ctx, db, opt.UserID)
	}
	if err == nil {
		err = opt.Access.Demand(ToCreate, RecordContact)
	}
	if err != nil {
		return ImportReport{}, fmt.Errorf("import network: %w", err)
	}
	noun := &importNoun{fields: networkFields, names: contactNoun.names, needs: contactNoun.needs}
	noun.source = func(r io.Reader) rowSource { return &fewRows{openNetwork(noun, r), maxNetwork} }
	noun.begin = func(im *importing) importer {
		n := &networkImport{importing: im, opt: &opt, whose: whose, once: newOnceRows(), people: slices.Clone(im.fields)}
		n.kind = n.kindOfFile()
		for i, f := range n.people {
			if _, ok := contactHeaders[f]; !ok {
				n.people[i] = ""
			}
		}
		return n
	}
	return noun.importAll(ctx, db, r, opt.ImportOptions)
}

// openNetwork finds out what a file is.
func openNetwork(noun *importNoun, r io.Reader) rowSource {
	lines := newFileLines(r)
	if lines.starts("BEGIN:VCARD") {
		return &cardReader{lines}
	}
	meanings := noun.meanings()
	return &connectionReader{csvReader{fileLines: lines}, func(header []string) bool {
		said := make(map[string]bool)
		for _, h := range header {
			if m, ok := meanings[foldHeader(h)]; ok {
				said[m.field] = true
			}
		}
		return len(said) > 1 && slices.ContainsFunc(slices.Collect(maps.Keys(said)), noun.names)
	}}
}

// fewRows are the rows of a file that may not have many.
type fewRows struct {
	rowSource
	left int
}

func (r *fewRows) next() (record []string, line int, err error) {
	record, line, err = r.rowSource.next()
	if errors.Is(err, io.EOF) {
		return record, line, err
	}
	if r.left--; r.left < 0 {
		return nil, line, fileError(fmt.Sprintf("the file holds more than %d people, from line %d on: that is no network of one person; import contacts takes any number", maxNetwork, line))
	}
	return record, line, err
}

// networkImport brings in the rows of a file.
type networkImport struct {
	*importing
	opt    *NetworkImport
	whose  string   // what the user is called
	kind   string   // of the file
	people []string // what each column fills of a contact; "" for how they are known
	batch  []networkRow
	once   onceRows
}

// A networkRow is one person of a file.
type networkRow struct {
	row
	said    Acquaintance // of how they are known
	contact string       // the id of who it is, where somebody says so
	why     string       // it is none of those on file
	sum     uint64
}

func (im *networkImport) kindOfFile() string {
	if few, ok := im.source.(*fewRows); ok {
		if _, ok := few.rowSource.(*cardReader); ok {
			return FileCards
		}
	}
	if im.columnOf("connected_on") != "" {
		return FileConnections
	}
	return FilePeople
}

func (im *networkImport) read(line int, record []string) error {
	people, err := readRow(line, record, im.header, im.people)
	if err != nil {
		return err
	}
	if people.contact.Fields, err = im.readOwn(record); err != nil {
		return err
	}
	people.ownPage()
	r := networkRow{row: people, sum: sumOf(record)}
	r.said = Acquaintance{UserID: im.opt.UserID, FileKind: im.kind, Basis: im.opt.Basis, Evidence: im.opt.Evidence}
	for i, field := range im.fields {
		value := tidy(meantCell(record[i]))
		if value == "" {
			continue
		}
		switch field {
		case "connected_on":
			if r.said.ConnectedOn, err = readDay(value); err == nil && r.said.ConnectedOn.After(im.opt.Now.Add(24*time.Hour)) {
				err = fmt.Errorf("%q lies in the future", cut(value, 40))
			}
		case "contact_id":
			r.contact = value
		case "duplicate_reason":
			r.why = value
			err = checkText(field, value, maxReason)
		case "file_kind":
			if r.said.FileKind = strings.ToLower(value); !slices.Contains(FileKinds, r.said.FileKind) {
				err = fmt.Errorf("%q is no kind of file: want one of %s", cut(value, 40), strings.Join(FileKinds, ", "))
			}
		}
		if err != nil {
			return &refusal{im.header[i], reasonOf(err)}
		}
	}
	r.said.Origin = originOf(r.said.FileKind, im.whose, im.opt.File)
	im.batch = append(im.batch, r)
	return nil
}

// ownPage makes a profile of an address that leads to one: that is what LinkedIn's URL is.
func (r *row) ownPage() {
	p, err := parseProfile("", r.contact.URL)
	if err != nil || strings.Contains(p.Handle, "/") { // a company's page on LinkedIn
		return
	}
	r.contact.URL = ""
	if !slices.ContainsFunc(r.profiles, func(have SocialProfile) bool { return sameProfile(&have, &p) }) {
		r.profiles = append(r.profiles, p)
	}
}

// keys are what tells the row's person from others in the file.
func (r *networkRow) keys() (keys []string) {
	for i := range r.profiles {
		for _, key := range profileKeys(&r.profiles[i]) {
			keys = append(keys, "profile\x00"+key)
		}
	}
	if r.contact != "" {
		keys = append(keys, "contact\x00"+r.contact)
	}
	if r.why != "" {
		return keys
	}
	c := &r.row.contact
	if c.Email != "" {
		keys = append(keys, "email\x00"+strings.ToLower(c.Email))
	}
	if c.Company != "" || len(keys) == 0 {
		keys = append(keys, "name\x00"+foldKey(c.Name())+"\x00"+foldKey(c.Company))
	}
	return keys
}

func (im *networkImport) waiting() int { return len(im.batch) }

func (im *networkImport) kept() {
	im.once.kept()
	im.batch = im.batch[:0]
}

func (im *networkImport) save(ctx context.Context, tx *sqldb.Tx) (out importedRows, err error) {
	im.once.began()
	b, err := im.load(ctx, tx)
	if err != nil {
		return out, err
	}
	for i := range im.batch {
		r := &im.batch[i]
		what, err := im.decide(ctx, tx, b, i)
		taken, err := out.took(refusedRow{line: r.line, record: r.record}, what, err)
		if err != nil {
			return out, err
		}
		if !taken {
			continue
		}
		if _, again := im.once.before(r.keys()); !again {
			im.once.note(r.keys(), seenRow{r.line, r.sum})
		}
	}
	return out, b.write(ctx, tx, im.change)
}

// decide says what a row does, and takes it into the batch; a *refusal says why it cannot be taken.
func (im *networkImport) decide(ctx context.Context, tx *sqldb.Tx, b *networkBatch, i int) (int, error) {
	r := &im.batch[i]
	if field := b.blocked[i]; field != "" {
		return 0, &refusal{im.columnOf(field), errBlocked}
	}
	if earlier, again := im.once.before(r.keys()); again {
		if earlier.sum == r.sum {
			return rowChangesNothing, nil
		}
		return 0, &refusal{"", fmt.Sprintf("line %d is about the same person and says otherwise: take out one of the two, or say in duplicate_reason why it is another", earlier.line)}
	}
	have, similar := b.match(r)
	switch {
	case r.contact != "" && have == nil:
		return 0, &refusal{im.columnOf("contact_id"), fmt.Sprintf("there is no contact %q", cut(r.contact, 40))}
	case have != nil && b.hidden[have.contact.ID]:
		return 0, &refusal{"", "is on file already, where your roles do not show it: ask whose it is"}
	case have != nil && have.fresh:
		return 0, &refusal{"", "an earlier row is about the same person and says otherwise: take out one of the two, or say in duplicate_reason why it is another"}
	case have != nil:
		return im.meet(ctx, tx, b, r, have)
	case len(similar) > 0 && r.why == "":
		return 0, &refusal{"", (&MaybeDuplicate{Candidates: similar[:min(len(similar), 3)],
			Remedy: "name it in a column contact_id, or say in duplicate_reason why it is another person"}).Error()}
	}
	bad, err := im.refuseOwn(ctx, tx, ownValues{line: r.line, record: r.record, said: r.row.contact.Fields})
	if err != nil {
		return 0, err
	}
	if bad != nil {
		return 0, &refusal{bad.column, bad.reason}
	}
	b.create(r, im.opt.UserID, im.opt.Now)
	return rowCreates, nil
}

// meet notes that somebody knows a contact who is on file, and adds the profiles that are new where the
// contact may be changed and did not take back being recognised.
func (im *networkImport) meet(ctx context.Context, tx *sqldb.Tx, b *networkBatch, r *networkRow, have *importedContact) (int, error) {
	id := have.contact.ID
	if at, gone := b.withdrawn[id]; gone {
		return 0, &refusal{"", fmt.Sprintf("took the consent to being on file back on %s: they may not be brought in", at.UTC().Format(time.DateOnly))}
	}
	before := len(have.added)
	if _, gone := b.unlinked[id]; !gone && len(r.profiles) > 0 {
		kept, err := im.refuseChange(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		if kept == "" && have.add(r.profiles, im.opt.Now) && before == 0 {
			b.changed = append(b.changed, have)
		}
	}
	a, known := b.acquaintances[acquainted{id, r.said.FileKind}]
	changed := len(have.added) > before
	if !known {
		a = &Acquaintance{}
		*a = r.said
		a.ID, a.ContactID, a.At = NewID(im.opt.Now), id, im.opt.Now
		b.acquaintances[acquainted{id, r.said.FileKind}] = a
		b.met = append(b.met, a)
		changed = true
	} else if a.adopt(&r.said) {
		changed = true
	}
	for _, p := range have.added[before:] {
		a.Profiles = append(a.Profiles, p.ID)
	}
	if !changed {
		return rowChangesNothing, nil
	}
	if known && !slices.Contains(b.met, a) && !slices.Contains(b.renewed, a) {
		b.renewed = append(b.renewed, a)
	}
	return rowUpdates, nil
}
