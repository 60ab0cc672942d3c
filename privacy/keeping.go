package privacy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// A keeping is a type of records that may be kept for a time. What is counted of them stays.
type keeping struct {
	name, what string
	table, old string // what is too old: a condition on the table, with the time as $1
	empty      string // what of them goes, as columns are set; empty: the rows, unless end or some say more
	// end makes an end of some of them, by id.
	end func(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error
	// some, where ids alone are not enough, makes an end of some, from a cursor on.
	some func(ctx context.Context, tx *sqldb.Tx, before time.Time, cursor string) (n int64, next string, err error)
}

// Types of records that a process besides this one, or the log, keeps.
const (
	KeptMentions    = "mentions"
	KeptDeadLetters = "dead_letters"
	KeptSignIns     = "sign_ins"
)

const endAtOnce = 200 // records in one transaction

// keepings are all types there are. A new one is a line here.
var keepings = []keeping{
	{name: KeptMentions, what: "Posts with their mentions, touches and alerts", table: "posts", old: "posted_at < $1", some: endPosts},
	{name: "touches", what: "Posts on the timelines of contacts; the posts stay", table: "touches", old: "posted_at < $1", some: endTouches},
	{name: "authors", what: "Authors who are linked to no contact and have no open lead, with what they posted", table: "authors", end: endAuthors,
		old: "seen_at < $1 AND NOT (" + crm.AuthorInUse + ")"},
	{name: "disqualified_leads", what: "What disqualified leads say; they stay for what is counted", table: "leads", end: endLeads,
		old: "updated_at < $1 AND state = 'disqualified' AND (name <> '' OR email <> '' OR phone <> '' OR topic <> '' OR handle <> '' OR company <> '' OR comment <> '' OR need <> '')"},
	{name: "audit_values", what: "What the audit log says was before and after; who did what, and when, stays", table: "audit", empty: "before = '', after = ''",
		old: "at < $1 AND (before <> '' OR after <> '')"},
	{name: "delivery_texts", what: "Texts of notifications that were delivered or given up", table: "deliveries", empty: "payload = '{}', error = ''",
		old: "created_at < $1 AND (delivered_at > 0 OR failed_at > 0 OR dropped_at > 0) AND (payload <> '{}' OR error <> '')"},
	{name: KeptSignIns, what: "The list of sign-ins", table: "sign_ins", old: "at < $1"},
	{name: "notices", what: "Notices to users that they have seen", table: "notices", old: "at < $1 AND seen_at > 0"},
}

func (k *keeping) count(ctx context.Context, q sqldb.Querier, before time.Time) (n int64, err error) {
	if err = q.QueryRow(ctx, "SELECT count(*) FROM "+k.table+" WHERE "+k.old, sqldb.Millis(before)).Scan(&n); err != nil {
		err = fmt.Errorf("count %s: %w", k.name, err)
	}
	return n, err
}

// step makes an end of some records; next is where it goes on, and n 0 says that nothing is left.
func (k *keeping) step(ctx context.Context, tx *sqldb.Tx, before time.Time, cursor string, now time.Time) (n int64, next string, err error) {
	if k.some != nil {
		n, next, err = k.some(ctx, tx, before, cursor)
	} else {
		var ids []string
		ids, err = sqldb.Strings(ctx, tx, fmt.Sprintf("SELECT id FROM %s WHERE id > $2 AND %s ORDER BY id LIMIT %d", k.table, k.old, endAtOnce), sqldb.Millis(before), cursor)
		if err == nil && len(ids) > 0 {
			n, next, err = int64(len(ids)), ids[len(ids)-1], k.endOf(ctx, tx, ids, now)
		}
	}
	if err != nil {
		err = fmt.Errorf("end %s: %w", k.name, err)
	}
	return n, next, err
}

func (k *keeping) endOf(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	if k.end != nil {
		return k.end(ctx, tx, ids, now)
	}
	statement := "DELETE FROM " + k.table + " WHERE "
	if k.empty != "" {
		statement = "UPDATE " + k.table + " SET " + k.empty + " WHERE "
	}
	_, err := tx.Exec(ctx, statement+sqldb.In("id", 1, len(ids)), sqldb.Anys(ids)...)
	return err
}

// EndPosts takes out some of the posts that were made before a time, with all that hangs on them but
// what was counted, and returns how many; none: 0. Authors whom the CRM needs stay without a post.
func EndPosts(ctx context.Context, tx *sqldb.Tx, before time.Time, limit int) (n int64, err error) {
	pruned, err := listening.Prune(ctx, tx, listening.Pruning{Before: before, Limit: limit, Kept: crm.AuthorInUse})
	if err != nil {
		return 0, err
	}
	if err := crm.RemoveTouches(ctx, tx, pruned); err != nil {
		return 0, err
	}
	return int64(len(pruned)), alerts.ForgetPosts(ctx, tx, pruned)
}

func endPosts(ctx context.Context, tx *sqldb.Tx, before time.Time, _ string) (n int64, next string, err error) {
	n, err = EndPosts(ctx, tx, before, endAtOnce)
	return n, "", err
}

func endTouches(ctx context.Context, tx *sqldb.Tx, before time.Time, cursor string) (n int64, next string, err error) {
	contact, post, _ := strings.Cut(cursor, " ")
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT contact_id, post_id FROM touches WHERE posted_at < $1 AND (contact_id > $2 OR contact_id = $2 AND post_id > $3)
		ORDER BY contact_id, post_id LIMIT %d`, endAtOnce), sqldb.Millis(before), contact, post)
	if err != nil {
		return 0, "", err
	}
	var gone [][]any
	if err := eachText(rows, func(v []string) { gone, next = append(gone, []any{v[0], v[1]}), v[0]+" "+v[1] }); err != nil {
		return 0, "", err
	}
	return int64(len(gone)), next, tx.ExecMany(ctx, "DELETE FROM touches WHERE contact_id = $1 AND post_id = $2", gone)
}

// nobody is a person of whom nothing is known yet.
func nobody() *Person {
	p := &Person{ids: make(map[Kind]map[string]bool)}
	for k := range kinds {
		p.ids[k] = make(map[string]bool)
	}
	return p
}

// sweep erases the rows that are of the person's ids, from all tables; texts stay as they are.
func (p *Person) sweep(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	for _, name := range InOrder() {
		if _, err := p.eraseRows(ctx, tx, name, now); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

func endAuthors(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	p.add(Author, ids...)
	if _, err := p.follow(ctx, tx, ends); err != nil {
		return err
	}
	if err := crm.RemoveTouches(ctx, tx, p.IDs(Post)); err != nil { // what closed leads quote of them
		return err
	}
	return p.sweep(ctx, tx, now)
}

func endLeads(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	for _, k := range []Kind{Lead, Own, Case} {
		p.add(k, ids...)
	}
	if _, err := p.follow(ctx, tx, []path{done}); err != nil {
		return err
	}
	return p.sweep(ctx, tx, now)
}
