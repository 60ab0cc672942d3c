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
	{name: "contacts", what: "Contacts with whom there was nothing any more: no activity, post, lead, sale, consent or document", table: "contacts", end: endContacts, old: forgotten},
	{name: "authors", what: "Authors who are linked to no contact and have no open lead, with what they posted", table: "authors", end: endAuthors,
		old: "seen_at < $1 AND NOT (" + crm.AuthorInUse + ")"},
	{name: "activities", what: "What activities that are done say; they stay for what is counted", table: "activities", end: endActivities,
		old: "done_at > 0 AND done_at < $1 AND updated_at < $1 AND (subject <> '' OR body <> '')"},
	{name: "disqualified_leads", what: "What disqualified leads say; they stay for what is counted", table: "leads", end: endLeads, old: closedLead + " AND state = 'disqualified'"},
	{name: "recycled_leads", what: "What recycled leads say; they stay for what is counted", table: "leads", end: endLeads, old: closedLead + " AND state = 'recycled'"},
	{name: "accepted_leads", what: "What accepted leads say whose sale is no longer open; they stay for what is counted", table: "leads", end: endLeads,
		old: closedLead + " AND state = 'accepted' AND NOT EXISTS (SELECT 1 FROM opportunities o WHERE o.lead_id = leads.id AND o.lead_id <> '' AND o.state = 'open')"},
	{name: "opportunities", what: "What opportunities that are won or lost say, their contact and the notes on them; they stay for what is counted", table: "opportunities",
		end: endOpportunities, old: closedSale},
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

// pick finds some that are too old, from a cursor on. It may read far, and so does not hold up who writes.
func (k *keeping) pick(ctx context.Context, q sqldb.Querier, before time.Time, cursor string) ([]string, error) {
	if k.some != nil {
		return nil, nil
	}
	ids, err := sqldb.Strings(ctx, q, fmt.Sprintf("SELECT id FROM %s WHERE id > $2 AND %s ORDER BY id LIMIT %d", k.table, k.old, endAtOnce), sqldb.Millis(before), cursor)
	if err != nil {
		err = fmt.Errorf("find old %s: %w", k.name, err)
	}
	return ids, err
}

// A step is some records of a type that are made an end of.
type step struct {
	before time.Time
	ids    []string // that were picked
	cursor string
}

// step makes an end of some records, those that are too old still; next is where it goes on, and more
// says that some may be left.
func (k *keeping) step(ctx context.Context, tx *sqldb.Tx, s step, now time.Time) (n int64, next string, more bool, err error) {
	switch {
	case k.some != nil:
		n, next, err = k.some(ctx, tx, s.before, s.cursor)
		more = n > 0
	case len(s.ids) > 0:
		next, more = s.ids[len(s.ids)-1], true
		var ids []string
		ids, err = sqldb.Strings(ctx, tx, "SELECT id FROM "+k.table+" WHERE "+k.old+" AND "+sqldb.In("id", 2, len(s.ids)), append([]any{sqldb.Millis(s.before)}, sqldb.Anys(s.ids)...)...)
		if n = int64(len(ids)); err == nil && n > 0 {
			err = k.endOf(ctx, tx, ids, now)
		}
	}
	if err != nil {
		err = fmt.Errorf("end %s: %w", k.name, err)
	}
	return n, next, more, err
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
