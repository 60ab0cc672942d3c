package crm

import (
	"cmp"
	"slices"
)

// knownAccounts are the accounts that the rows of a batch may be about, or name.
type knownAccounts struct {
	users            map[string]string
	external         map[string]*Account
	byName, byDomain map[string][]*Account
	created          []*accountRow
	hidden           map[string]bool // those that who imports may not read
	planned          map[string]bool // those that a dry run has not made
}

func newKnownAccounts() *knownAccounts {
	return &knownAccounts{external: make(map[string]*Account), byName: make(map[string][]*Account), byDomain: make(map[string][]*Account), hidden: make(map[string]bool), planned: make(map[string]bool)}
}

// plan puts those of other known accounts that a row may be about, or name, which are only planned.
func (k *knownAccounts) plan(from *knownAccounts, r *accountRow) {
	found := slices.Concat(from.byName[foldKey(r.account.Name)], from.byName[foldKey(r.parent)], from.byDomain[r.account.Domain])
	for _, id := range []string{r.account.ExternalID, r.parent} {
		if a := from.external[id]; a != nil {
			found = append(found, a)
		}
	}
	for _, a := range found {
		if !k.planned[a.ID] {
			k.planned[a.ID] = true
			k.put(a)
		}
	}
}

func (k *knownAccounts) put(a *Account) {
	if a.ExternalID != "" && k.external[a.ExternalID] == nil {
		k.external[a.ExternalID] = a
	}
	name := foldKey(a.Name)
	k.byName[name] = append(k.byName[name], a)
	if a.Domain != "" {
		k.byDomain[a.Domain] = append(k.byDomain[a.Domain], a)
	}
}

// similar are the accounts that a new one may be already. Where both have an external id, the other
// system knows that they are two.
func (k *knownAccounts) similar(r *accountRow) (all []Candidate) {
	for reason, list := range map[string][]*Account{"the same name": k.byName[foldKey(r.account.Name)], "the same domain": k.byDomain[r.account.Domain]} {
		for _, a := range list {
			if r.account.ExternalID != "" && a.ExternalID != "" {
				continue
			}
			if k.hidden[a.ID] {
				a = &Account{} // there is one, and no more is told
			}
			if i := slices.IndexFunc(all, func(c Candidate) bool { return c.RecordID == a.ID }); i >= 0 {
				all[i].Reasons = append(all[i].Reasons, reason)
				slices.Sort(all[i].Reasons)
				continue
			}
			all = append(all, Candidate{RecordType: RecordAccount, RecordID: a.ID, Name: a.Name, Reasons: []string{reason}, Hidden: a.ID == ""})
		}
	}
	slices.SortFunc(all, func(a, b Candidate) int { return cmp.Compare(a.RecordID, b.RecordID) })
	return all
}
