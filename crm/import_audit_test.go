package crm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Each record that an import makes or changes has an entry under the import's id, with what was changed.
func TestImportIsTraced(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ch := importer(t, db)
		trace := func(file string) (actions []string, texts string) {
			t.Helper()
			j, err := crm.RequestImport(t.Context(), db, ch, crm.ImportJob{Type: "contact", File: "fair.csv"}, strings.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			workImports(t, db)
			entries, _, err := crm.Audit(t.Context(), db, crm.System(), crm.AuditFilter{Event: j.ID})
			if err != nil {
				t.Fatal(err)
			}
			var all strings.Builder
			for i := len(entries) - 1; i >= 0; i-- {
				e := &entries[i]
				actions = append(actions, e.RecordType+" "+e.Action)
				all.WriteString(string(e.Before) + string(e.After) + "\n")
				if e.Actor != "maria" || e.RecordID == "" || e.Action == "import" && e.RecordID != j.ID {
					t.Errorf("entry %+v", e)
				}
			}
			return actions, all.String()
		}
		made, texts := trace("external id,name,company,mastodon\n1,Anna Berg,Acme,anna@example.social\n2,Bert Frei,ACME,\n")
		if diff := cmp.Diff([]string{"account create", "contact create", "contact create", "import import"}, made); diff != "" {
			t.Errorf("made (-want +got):\n%s", diff)
		}
		for _, want := range []string{`"name":"Acme"`, `"handle":"anna@example.social"`, `"file":"fair.csv"`} {
			if !strings.Contains(texts, want) {
				t.Errorf("the entries do not say %s:\n%s", want, texts)
			}
		}
		changed, texts := trace("external id,name,city,mastodon\n2,Bert Frei,Graz,bert@example.social\n1,Anna Berg,,\n")
		if diff := cmp.Diff([]string{"contact update", "import import"}, changed); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		for _, want := range []string{`"city":""`, `"city":"Graz"`, `"handle":"bert@example.social"`} {
			if !strings.Contains(texts, want) {
				t.Errorf("the entries do not say %s:\n%s", want, texts)
			}
		}
		if again, _ := trace("external id,name\n1,Anna Berg\n"); len(again) != 0 {
			t.Errorf("a file that changes nothing left %q", again)
		}
	})
}
