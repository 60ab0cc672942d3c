package people_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/people"
)

// The same seed makes the same people, whatever was asked for before; another makes others.
func TestSameSeed(t *testing.T) {
	a, b, c := people.New(1, 500), people.New(1, 500), people.New(2, 500)
	for i := 499; i >= 0; i-- {
		_ = b.Contact(i)
	}
	differ := 0
	for i := range 500 {
		if diff := cmp.Diff(a.Contact(i), b.Contact(i)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(a.Author(i, people.Usual), b.Author(i, people.Usual)); diff != "" {
			t.Fatal(diff)
		}
		if a.Contact(i).Last != c.Contact(i).Last {
			differ++
		}
	}
	if differ < 400 {
		t.Errorf("another seed makes only %d others", differ)
	}
}

// The mix is what was asked for, and accounts on file are one contact's each.
func TestMix(t *testing.T) {
	const n, authors = 3000, 10_000
	w := people.New(3, n)
	owner, ids := make(map[string]string), make(map[string]bool)
	profiles := 0
	for i := range n {
		c := w.Contact(i)
		if ids[c.ID] || c.First == "" || c.Last == "" {
			t.Fatalf("contact %+v", c)
		}
		ids[c.ID] = true
		for _, p := range c.Profiles {
			profiles++
			key := p.Network + ":" + p.Handle
			if other, ok := owner[key]; ok && other != c.ID {
				t.Errorf("%s is on file for %s and %s", key, other, c.ID)
			}
			owner[key] = c.ID
			if p.Network == "x" && (len(p.Handle) > 15 || strings.ContainsAny(p.Handle, ".-")) {
				t.Errorf("no handle of X: %q", p.Handle)
			}
		}
	}
	known, recycled := 0, 0
	for j := range authors {
		a := w.Author(j, people.Usual)
		if a.Truth != "" {
			known++
			if !ids[a.Truth] {
				t.Fatalf("author %+v is nobody", a)
			}
		}
		if id, ok := owner[a.Network+":"+a.Handle]; ok && id != a.Truth {
			recycled++
		}
	}
	if share := float64(known) / authors; share < 0.28 || share > 0.32 {
		t.Errorf("%v are known", share)
	}
	if profiles < n/20 || profiles > n/4 || recycled > authors/200 {
		t.Errorf("%d profiles of %d contacts, %d recycled handles", profiles, n, recycled)
	}
}

func TestNoContacts(t *testing.T) {
	w := people.New(4, 0)
	for j := range 100 {
		if a := w.Author(j, people.Usual); a.Truth != "" || a.Network == "" {
			t.Fatalf("%+v", a)
		}
	}
}
