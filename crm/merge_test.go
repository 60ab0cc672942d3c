package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// dump is every row of the tables that a merge touches, without versions and times of change, which
// only ever grow, and without the tables that record what happened.
func dump(t testing.TB, db *sqldb.DB) map[string][]string {
	t.Helper()
	tables := map[string]string{
		"contacts": `id, external_id, first_name, last_name, display_name, email, phone, account_id, company, job_title, city, country, url,
			relationship, created_at, name_key, full_key, display_key, company_key, email_key`,
		"deleted_contacts": "id",
		"social_profiles":  "id, contact_id, network, native_id, handle, url, created_at",
		"links":            "author_id, contact_id, decision, probability, evidence, basis, reason, explanation, model, proposed, decided_by, decided_at",
		"touches":          "contact_id, post_id, author_id, posted_at",
		"leads":            "id, milestone, topic, name, company, email, contact_id, source, post_id, author_id, monitor_id, open_key, rule, created_at, updated_at",
		"verifications":    "id, author_id, contact_id, method, address, state, detail, checked_at, verified_at, next_at, failures",
	}
	all := make(map[string][]string, len(tables))
	for table, columns := range tables {
		rows, err := db.Query(t.Context(), "SELECT "+columns+" FROM "+table+" ORDER BY 1, 2")
		if table == "deleted_contacts" {
			rows, err = db.Query(t.Context(), "SELECT "+columns+" FROM "+table+" ORDER BY 1")
		}
		if err != nil {
			t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			cells, dest := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				dest[i] = &cells[i]
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			line := make([]string, len(cells))
			for i, c := range cells {
				if b, ok := c.([]byte); ok {
					c = string(b)
				}
				line[i] = fmt.Sprintf("%s=%v", names[i], c)
			}
			all[table] = append(all[table], strings.Join(line, " "))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return all
}

// two is a database with two contacts of one person, each with a profile, an account that speaks
// and a lead.
type two struct {
	linked
	annas [2]crm.Contact
}

func newTwo(t *testing.T, db *sqldb.DB) two {
	t.Helper()
	w := two{linked: linked{db: db}}
	w.annas[0] = createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Vogt", Email: "anna@acme.example", Company: "Acme"})
	w.annas[1] = createContact(t, db, crm.Contact{FirstName: "A.", LastName: "Vogt", Phone: "+49 1", City: "Kiel", Company: "Acme GmbH", ExternalID: "K-2"})
	w.a, w.b = w.annas[0].ID, w.annas[1].ID
	for i, author := range []string{"author", "other"} {
		createAuthor(t, db, author, 2+i)
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.AddProfile(t.Context(), tx, w.annas[i].ID, "mastodon:@anna"+author+"@social.example", by(noon)); err != nil {
				return err
			}
			if _, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: author, ContactID: w.annas[i].ID, Decision: crm.Confirmed}, by(noon)); err != nil {
				return err
			}
			_, err := crm.OpenLeads(t.Context(), tx, []crm.Lead{{Milestone: crm.Unqualified, Topic: "buy", Source: crm.SourceMention, AuthorID: author,
				ContactID: w.annas[i].ID, OpenKey: "author:" + author, Meta: crm.Meta{CreatedAt: noon}}}, by(noon))
			return err
		})
	}
	return w
}

func (w two) merge(t *testing.T, take ...string) crm.Merge {
	t.Helper()
	var m crm.Merge
	update(t, w.db, func(tx *sqldb.Tx) (err error) {
		m, err = crm.MergeContacts(t.Context(), tx, crm.MergeOrder{WinnerID: w.a, LoserID: w.b, Take: take}, by(noon.Add(time.Hour)))
		return err
	})
	return m
}

func (w two) unmerge(t *testing.T, m crm.Merge) {
	t.Helper()
	update(t, w.db, func(tx *sqldb.Tx) error {
		_, err := crm.UnmergeContacts(t.Context(), tx, m.ID, by(noon.Add(2*time.Hour)))
		return err
	})
}

func TestMergeAndUnmerge(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newTwo(t, db)
		before := dump(t, db)
		m := w.merge(t, "phone")
		anna, err := crm.ContactByID(t.Context(), db, crm.System(), w.a)
		if err != nil || anna.Phone != "+49 1" || anna.City != "Kiel" || anna.FirstName != "Anna" || anna.Company != "Acme" {
			t.Errorf("got %+v (%v): want what was empty filled, and nothing else changed", anna, err)
		}
		counts, err := crm.TouchCounts(t.Context(), db, []string{w.a, w.b})
		if err != nil || counts[w.a].Touches != 5 || counts[w.b].Touches != 0 {
			t.Errorf("got touches %v (%v), want all five on the winner", counts, err)
		}
		_, err = crm.ContactByID(t.Context(), db, crm.System(), w.b)
		if wantErr(t, err, crm.ErrNotFound); !strings.Contains(fmt.Sprint(err), "merged into contact "+w.a) {
			t.Errorf("got %v: want it to say where the contact is", err)
		}
		w.unmerge(t, m)
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("not as before (-before +after):\n%s", diff)
		}
		entries, _, err := crm.Audit(t.Context(), db, crm.System(), crm.AuditFilter{Record: w.b})
		var actions []string
		for _, e := range entries {
			actions = append(actions, e.RecordType+" "+e.Action)
		}
		for _, want := range []string{"merge merge", "merge unmerge", "link merge", "link unmerge", "contact merge", "contact unmerge"} {
			if !strings.Contains(strings.Join(actions, ", "), want) {
				t.Errorf("the log says %v (%v): want %s", actions, err, want)
			}
		}
	})
}

// What came in while two contacts were one goes where it belongs.
func TestUnmergeKeepsWhatCameSince(t *testing.T) {
	for name, c := range map[string]struct {
		since func(t *testing.T, w two)
		want  map[string]string // author → contact, by name
		check func(t *testing.T, w two)
	}{
		"OKPosts": {
			since: func(t *testing.T, w two) {
				update(t, w.db, func(tx *sqldb.Tx) error {
					_, err := crm.SaveTouches(t.Context(), tx, []crm.Touch{{ContactID: w.a, PostID: "new", AuthorID: "other", PostedAt: noon}})
					if err == nil {
						_, err = tx.Exec(t.Context(), `INSERT INTO posts (id, network, native_id, author_id, kind, text, url, posted_at, edited_at, thread, reply_to,
							share_of, quote_of, engagement, source, received_at) SELECT 'new', network, 'new', author_id, kind, text, url, posted_at, edited_at, thread, reply_to,
							share_of, quote_of, engagement, source, received_at FROM posts WHERE id = 'other-1'`)
					}
					return err
				})
			},
			want: map[string]string{"author": "a", "other": "b"},
			check: func(t *testing.T, w two) {
				counts, _ := crm.TouchCounts(t.Context(), w.db, []string{w.a, w.b})
				if counts[w.a].Touches != 2 || counts[w.b].Touches != 4 {
					t.Errorf("got %v: want the new post with its author", counts)
				}
			},
		},
		"OKRejected": {
			since: func(t *testing.T, w two) {
				update(t, w.db, func(tx *sqldb.Tx) error {
					_, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: "other", ContactID: w.a, Decision: crm.Rejected}, by(noon))
					return err
				})
			},
			want: map[string]string{"author": "a"},
		},
		"OKThirdContact": {
			since: func(t *testing.T, w two) {
				third := createContact(t, w.db, crm.Contact{LastName: "Third"})
				for contact, d := range map[string]crm.Decision{w.a: crm.Rejected} {
					update(t, w.db, func(tx *sqldb.Tx) error {
						_, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: "other", ContactID: contact, Decision: d}, by(noon))
						return err
					})
				}
				update(t, w.db, func(tx *sqldb.Tx) error {
					_, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: "other", ContactID: third.ID, Decision: crm.Confirmed}, by(noon))
					return err
				})
			},
			want: map[string]string{"author": "a", "other": "?"},
		},
		"OKFieldChanged": {
			since: func(t *testing.T, w two) {
				c, _ := crm.ContactByID(t.Context(), w.db, crm.System(), w.a)
				c.City = "Hamburg"
				update(t, w.db, func(tx *sqldb.Tx) error { _, err := crm.UpdateContact(t.Context(), tx, c, by(noon)); return err })
			},
			want: map[string]string{"author": "a", "other": "b"},
			check: func(t *testing.T, w two) {
				a, _ := crm.ContactByID(t.Context(), w.db, crm.System(), w.a)
				b, _ := crm.ContactByID(t.Context(), w.db, crm.System(), w.b)
				if a.City != "Hamburg" || a.Phone != "" || b.City != "Kiel" || b.Phone == "" {
					t.Errorf("got %+v and %+v: want the change kept and the rest given back", a, b)
				}
			},
		},
		"OKLead": {
			since: func(t *testing.T, w two) {
				update(t, w.db, func(tx *sqldb.Tx) error {
					_, err := crm.OpenLeads(t.Context(), tx, []crm.Lead{{Milestone: crm.Disqualified, Topic: "again", AuthorID: "other", ContactID: w.a, Meta: crm.Meta{CreatedAt: noon.Add(90 * time.Minute)}}}, by(noon))
					return err
				})
			},
			want: map[string]string{"author": "a", "other": "b"},
			check: func(t *testing.T, w two) {
				if leads, _, err := crm.FindLeads(t.Context(), w.db, crm.System(), crm.LeadFilter{ContactID: w.b}); err != nil || len(leads) != 2 {
					t.Errorf("got %v (%v): want the new lead with the account that opened it", leads, err)
				}
			},
		},
		"OKProfileGone": {
			since: func(t *testing.T, w two) {
				p, err := crm.ProfilesOf(t.Context(), w.db, []string{w.a})
				if err != nil || len(p[w.a]) != 2 {
					t.Fatalf("got %v (%v), want both profiles on the winner", p, err)
				}
				update(t, w.db, func(tx *sqldb.Tx) error { return crm.RemoveProfile(t.Context(), tx, w.a, p[w.a][1].ID, by(noon)) })
			},
			want: map[string]string{"author": "a", "other": "b"},
			check: func(t *testing.T, w two) {
				if p, err := crm.ProfilesOf(t.Context(), w.db, []string{w.b}); err != nil || len(p) != 0 {
					t.Errorf("got %v (%v): want what was taken off file to stay off", p, err)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				w := newTwo(t, db)
				m := w.merge(t)
				c.since(t, w)
				w.unmerge(t, m)
				who, err := crm.ConfirmedContacts(t.Context(), db, []string{"author", "other"})
				if err != nil {
					t.Fatal(err)
				}
				got := make(map[string]string)
				for author, id := range who {
					got[author] = map[string]string{w.a: "a", w.b: "b"}[id]
					if got[author] == "" {
						got[author] = "?"
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if c.check != nil {
					c.check(t, w)
				}
			})
		})
	}
}

func TestMergeErrors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newTwo(t, db)
		merge := func(o crm.MergeOrder) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.MergeContacts(t.Context(), tx, o, by(noon))
				return err
			})
		}
		before := dump(t, db)
		wantInvalid(t, merge(crm.MergeOrder{WinnerID: w.a, LoserID: w.a}), "loser_id")
		wantInvalid(t, merge(crm.MergeOrder{WinnerID: w.a, LoserID: w.b, Take: []string{"version"}}), "take")
		wantErr(t, merge(crm.MergeOrder{WinnerID: w.a, LoserID: "nobody"}), crm.ErrNotFound)
		wantErr(t, merge(crm.MergeOrder{WinnerID: "nobody", LoserID: w.a}), crm.ErrNotFound)
		wantErr(t, merge(crm.MergeOrder{WinnerID: w.a, LoserID: w.b, WinnerVersion: 77}), crm.ErrConflict)
		wantErr(t, merge(crm.MergeOrder{WinnerID: w.a, LoserID: w.b, LoserVersion: 77}), crm.ErrConflict)
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("a refused merge changed something:\n%s", diff)
		}

		first := w.merge(t)
		wantErr(t, merge(crm.MergeOrder{WinnerID: w.b, LoserID: w.a}), crm.ErrNotFound) // a ring
		third := createContact(t, db, crm.Contact{LastName: "Third"})
		var second crm.Merge
		update(t, db, func(tx *sqldb.Tx) (err error) {
			second, err = crm.MergeContacts(t.Context(), tx, crm.MergeOrder{WinnerID: third.ID, LoserID: w.a}, by(noon))
			return err
		})
		unmerge := func(id string) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.UnmergeContacts(t.Context(), tx, id, by(noon))
				return err
			})
		}
		wantErr(t, unmerge(first.ID), crm.ErrConflict) // the last merge of a chain comes first
		wantErr(t, unmerge("none"), crm.ErrNotFound)
		if _, err := crm.ContactByID(t.Context(), db, crm.System(), w.b); !strings.Contains(fmt.Sprint(err), third.ID) {
			t.Errorf("got %v: want it to name the end of the chain", err)
		}
		for _, id := range []string{second.ID, first.ID} {
			if err := unmerge(id); err != nil {
				t.Fatal(err)
			}
			wantErr(t, unmerge(id), crm.ErrConflict)
		}
		update(t, db, func(tx *sqldb.Tx) error { return crm.DeleteContact(t.Context(), tx, third.ID, by(noon)) })
		if diff := cmp.Diff(append(before["deleted_contacts"], "id="+third.ID), dump(t, db)["deleted_contacts"]); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		after := dump(t, db)
		delete(after, "deleted_contacts")
		delete(before, "deleted_contacts")
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a chain taken apart is not as before:\n%s", diff)
		}
	})
}

// Erasing a contact erases what was merged into it, and what the log held.
func TestDeleteForgetsMerges(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newTwo(t, db)
		w.merge(t)
		update(t, db, func(tx *sqldb.Tx) error { return crm.DeleteContact(t.Context(), tx, w.a, by(noon)) })
		for table, query := range map[string]string{
			"contact_merges": "SELECT count(*) FROM contact_merges", "contact_moves": "SELECT count(*) FROM contact_moves",
			"audit": "SELECT count(*) FROM audit WHERE record_type <> 'lead' AND (before LIKE '%Vogt%' OR after LIKE '%Vogt%')",
		} {
			var n int
			if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s holds %d rows (%v), want none", table, n, err)
			}
		}
	})
}
