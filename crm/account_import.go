package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// accountHeaders are the fields that a column of a file of accounts can fill, with the headers that
// mean it in the exports of common systems, folded; the best first.
var accountHeaders = map[string][]string{
	"external_id": {"externalid", "accountid", "accountnumber", "recordid", "id", "firmenid", "kundennummer", "kundennr", "debitor", "debitorennummer", "customerid",
		"customernumber", "donotmodifyaccount", "nr"},
	"name":        append([]string{"name"}, contactHeaders["company"]...),
	"domain":      {"domain", "website", "webseite", "websiteurl", "url", "homepage", "web", "internet", "companydomainname", "emaildomain", "email", "emailaddress"},
	"industry":    leadHeaders["industry"],
	"city":        contactHeaders["city"],
	"postal_code": contactHeaders["postal_code"],
	"country":     contactHeaders["country"],
	"employees":   leadHeaders["employees"],
	"parent":      {"parent", "parentaccount", "parentaccountname", "parentcompany", "muttergesellschaft", "konzern", "uebergeordnetefirma", "gehoertzu"},
	"owner":       append([]string{"accountowner"}, leadHeaders["owner"]...),

	"duplicate_reason": leadHeaders["duplicate_reason"],
}

var accountNoun = importNoun{
	fields: accountHeaders,
	names:  func(field string) bool { return field == "name" },
	needs:  "a name",
	begin: func(im *importing) importer {
		return &accountImport{importing: im, once: newOnceRows(), planned: newKnownAccounts()}
	},
}

// accountImport makes accounts of rows. One is about the account with its external id, else about the
// one of its name that it does not contradict; any other one makes a new account, unless one of the
// same name or domain may be it.
type accountImport struct {
	*importing
	once    onceRows
	batch   []*accountRow
	planned *knownAccounts // those that earlier batches of a dry run would have made
	fresh   []*accountRow
}

// An accountRow is one account of a file, and where it stood.
type accountRow struct {
	line          int
	record        []string
	account       Account
	parent, owner string // its external id or name; the name of a user
	why           string // it is none of those on file
	sum           uint64
}

func (im *accountImport) read(line int, record []string) error {
	r := &accountRow{line: line, record: record, sum: sumOf(record)}
	a := &r.account
	for i, field := range im.fields {
		value := tidy(meantCell(record[i]))
		if field == "" || value == "" {
			continue
		}
		err := error(nil)
		switch field {
		case "parent":
			r.parent = value
		case "owner":
			r.owner = value
		case "duplicate_reason":
			r.why, err = value, checkText(field, value, maxReason)
		case "employees":
			a.Employees, err = readCount(field, value)
		default:
			*a.text(field) = value
		}
		if err != nil {
			return &refusal{im.header[i], reasonOf(err)}
		}
	}
	if err := a.Check(); err != nil {
		return im.asRefusal(err)
	}
	if mailHosts[a.Domain] {
		a.Domain = "" // where anybody has a mailbox
	}
	var err error
	if a.Fields, err = im.readOwn(record); err == nil {
		im.batch = append(im.batch, r)
	}
	return err
}

// text is where a text of an account is kept.
func (a *Account) text(field string) *string {
	return map[string]*string{"external_id": &a.ExternalID, "name": &a.Name, "domain": &a.Domain, "industry": &a.Industry, "city": &a.City, "postal_code": &a.PostalCode,
		"country": &a.Country}[field]
}

// over writes what a row says into an account, and says whether that changed anything.
func (r *accountRow) over(to *Account) (changed bool) {
	for _, field := range []string{"external_id", "name", "domain", "industry", "city", "postal_code", "country"} {
		said, have := *r.account.text(field), to.text(field)
		if said != "" && *have != said {
			*have, changed = said, true
		}
	}
	if n := r.account.Employees; n != 0 && to.Employees != n {
		to.Employees, changed = n, true
	}
	for _, named := range []struct{ said, have *string }{{&r.account.ParentID, &to.ParentID}, {&r.account.OwnerID, &to.OwnerID}} {
		if *named.said != "" && *named.have != *named.said {
			*named.have, changed = *named.said, true
		}
	}
	if merged := overFields(to.Fields, r.account.Fields); auditText(merged) != auditText(overFields(to.Fields, nil)) {
		to.Fields, changed = merged, true
	}
	return changed
}

// is says whether a row is about an account of the same name.
func (r *accountRow) is(a *Account) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && foldKey(x) != foldKey(y) }
	said := &r.account
	if foldKey(said.Name) != foldKey(a.Name) || said.ExternalID != "" && a.ExternalID != "" || differ(said.Domain, a.Domain) {
		return false
	}
	return said.Domain != "" && said.Domain == a.Domain || !differ(said.City, a.City) && !differ(said.Country, a.Country)
}

func (r *accountRow) keys() []string {
	if r.account.ExternalID != "" {
		return []string{"id\x00" + r.account.ExternalID}
	}
	return []string{"name\x00" + foldKey(r.account.Name) + "\x00" + r.account.Domain + "\x00" + foldKey(r.account.City)}
}

func (im *accountImport) waiting() int { return len(im.batch) }

func (im *accountImport) kept() {
	im.once.kept()
	im.batch = im.batch[:0]
	if im.opt.DryRun {
		for _, r := range im.fresh {
			im.planned.put(&r.account)
		}
	}
}

func (im *accountImport) save(ctx context.Context, tx *sqldb.Tx) (out importedRows, err error) {
	im.once.began()
	k, err := im.load(ctx, tx)
	if err != nil {
		return out, err
	}
	for _, r := range im.batch {
		what, err := im.decide(ctx, tx, k, r)
		taken, err := out.took(refusedRow{line: r.line, record: r.record}, what, err)
		if err != nil {
			return out, err
		}
		if !taken {
			continue
		}
		im.once.note(r.keys(), seenRow{r.line, r.sum})
	}
	im.fresh = k.created
	return out, im.create(ctx, tx, k.created)
}

// load loads what the batch may be about, in few statements; at most some accounts of one name or domain.
func (im *accountImport) load(ctx context.Context, tx *sqldb.Tx) (k *knownAccounts, err error) {
	k = newKnownAccounts()
	if k.users, err = im.users(ctx, tx); err != nil {
		return nil, err
	}
	var externals, names, domains []any
	for _, r := range im.batch {
		externals = appendSet(appendSet(externals, r.account.ExternalID), r.parent)
		names = append(names, []byte(foldKey(r.account.Name)))
		if r.parent != "" {
			names = append(names, []byte(foldKey(r.parent)))
		}
		domains = appendSet(domains, r.account.Domain)
	}
	found := make(map[string]Account)
	for _, by := range []struct {
		column, given string
		values        []any
	}{{"external_id", "external_id <> '' AND ", externals}, {"name_key", "", names}, {"domain", "domain <> '' AND ", domains}} {
		for part := range chunks(by.values) {
			list, err := scanAccounts(tx.Query(ctx, fmt.Sprintf("SELECT %s FROM (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY id) AS nth FROM accounts WHERE %s%s) found WHERE nth <= %d",
				accountColumns, by.column, by.given, sqldb.In(by.column, 1, len(part)), maxCandidates), part...))
			if err != nil {
				return nil, err
			}
			for _, a := range list {
				found[a.ID] = a
			}
		}
	}
	ids := sortedNames(found)
	for _, id := range ids {
		a := found[id]
		k.put(&a)
	}
	for _, r := range im.batch {
		k.plan(im.planned, r)
	}
	if im.opt.Access.Level(ToRead, RecordAccount) == LevelAll {
		return k, nil
	}
	seen, err := seenOf(ctx, tx, im.opt.Access, RecordAccount, ids)
	for _, id := range ids {
		k.hidden[id] = !seen[id]
	}
	return k, err
}

// decide says what a row does, and does it where it changes an account; a *refusal says why it cannot
// be taken.
func (im *accountImport) decide(ctx context.Context, tx *sqldb.Tx, k *knownAccounts, r *accountRow) (int, error) {
	if earlier, again := im.once.before(r.keys()); again {
		if earlier.sum == r.sum {
			return rowChangesNothing, nil
		}
		return 0, &refusal{"", fmt.Sprintf("line %d is about the same account and says otherwise: an account stands in one row, or has an external id of its own", earlier.line)}
	}
	have := k.external[r.account.ExternalID]
	if have == nil {
		if part, err := im.becamePart(ctx, tx, r.account.ExternalID); part || err != nil {
			return rowChangesNothing, err
		}
		if i := slices.IndexFunc(k.byName[foldKey(r.account.Name)], r.is); i >= 0 {
			have = k.byName[foldKey(r.account.Name)][i]
		}
	}
	var reason string
	if r.account.OwnerID, reason = im.ownerOf(k.users, r.owner, have == nil); reason != "" {
		return 0, &refusal{im.columnOf("owner"), reason}
	}
	if err := im.setParent(k, r); err != nil {
		return 0, err
	}
	if have != nil {
		return im.update(ctx, tx, k, r, have)
	}
	if similar := k.similar(r); len(similar) > 0 && r.why == "" {
		return 0, &refusal{"", (&MaybeDuplicate{Candidates: similar[:min(len(similar), 3)], Remedy: "say in a column duplicate_reason why it is another, or give it its external id"}).Error()}
	}
	bad, err := im.refuseOwn(ctx, tx, ownValues{line: r.line, record: r.record, said: r.account.Fields})
	if err != nil {
		return 0, err
	}
	if bad != nil {
		return 0, &refusal{bad.column, bad.reason}
	}
	r.account.ID, r.account.Version, r.account.CreatedAt, r.account.UpdatedAt = NewID(im.opt.Now), 1, im.opt.Now, im.opt.Now
	k.created = append(k.created, r)
	k.put(&r.account)
	return rowCreates, nil
}

// setParent finds the account that a row stands below: by external id, else by name.
func (im *accountImport) setParent(k *knownAccounts, r *accountRow) error {
	r.account.ParentID = ""
	if r.parent == "" {
		return nil
	}
	above := k.external[r.parent]
	if list := k.byName[foldKey(r.parent)]; above == nil && len(list) > 0 {
		above = list[0]
	}
	if above != nil && !k.hidden[above.ID] {
		r.account.ParentID = above.ID
		return nil
	}
	return &refusal{im.columnOf("parent"), fmt.Sprintf("there is no account %q yet, by external id or name: put it into an earlier row", r.parent)}
}

// update changes the account that a row is about.
func (im *accountImport) update(ctx context.Context, tx *sqldb.Tx, k *knownAccounts, r *accountRow, have *Account) (int, error) {
	if k.planned[have.ID] {
		if r.over(have) {
			return rowUpdates, nil
		}
		return rowChangesNothing, nil
	}
	if reason, err := im.refuseChange(ctx, tx, have.ID); reason != "" || err != nil {
		if err == nil {
			err = &refusal{"", reason}
		}
		return 0, err
	}
	after := *have
	if !r.over(&after) {
		return rowChangesNothing, nil
	}
	ch := im.change
	ch.Why = r.why
	saved, err := UpdateAccount(ctx, tx, after, ch)
	if err != nil {
		return 0, im.asRefusal(err)
	}
	*have = saved // a later row of the batch may be about it
	return rowUpdates, nil
}

// create saves new accounts in few statements.
func (im *accountImport) create(ctx context.Context, tx *sqldb.Tx, fresh []*accountRow) error {
	list, ids, log := make([]Account, len(fresh)), make([]string, len(fresh)), make([]changedRecord, len(fresh))
	for i, r := range fresh {
		list[i], ids[i] = r.account, r.account.ID
		log[i] = changedRecord{action: "create", kind: RecordAccount, id: r.account.ID, after: r.account, reason: strings.TrimSpace(r.why)}
	}
	if err := insertAccounts(ctx, tx, list); err != nil {
		return err
	}
	for i := range list {
		if list[i].OwnerID != "" {
			if err := im.change.created(ctx, tx, RecordAccount, list[i].ID, list[i].OwnerID); err != nil {
				return err
			}
		}
		if len(list[i].Fields) > 0 {
			if err := saveFieldValues(ctx, tx, RecordAccount, list[i].ID, list[i].Fields); err != nil {
				return err
			}
		}
	}
	if err := assignTerritories(ctx, tx, im.change, RecordAccount, ids...); err != nil {
		return err
	}
	return record(ctx, tx, im.change, log...)
}
