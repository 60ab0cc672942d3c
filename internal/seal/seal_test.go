package seal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/internal/seal"
)

func box(t *testing.T, key, purpose string) *seal.Box {
	t.Helper()
	b, err := seal.New([]byte(strings.Repeat(key, 32)), purpose)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBox(t *testing.T) {
	ours := box(t, "k", "hooks")
	sealed, err := ours.Seal("anna", "whsec_hunter2")
	if err != nil || strings.Contains(sealed, "hunter2") {
		t.Fatalf("got %q, %v", sealed, err)
	}
	if again, _ := ours.Seal("anna", "whsec_hunter2"); again == sealed {
		t.Error("the same secret looks the same twice")
	}
	for name, test := range map[string]struct {
		box           *seal.Box
		owner, sealed string
		want          string
		other         bool // the error is ErrOtherKey
	}{
		"OK":              {box: ours, owner: "anna", sealed: sealed, want: "whsec_hunter2"},
		"OKAfterRestart":  {box: box(t, "k", "hooks"), owner: "anna", sealed: sealed, want: "whsec_hunter2"},
		"ErrOwner":        {box: ours, owner: "otto", sealed: sealed, other: true},
		"ErrKey":          {box: box(t, "x", "hooks"), owner: "anna", sealed: sealed, other: true},
		"ErrPurpose":      {box: box(t, "k", "factors"), owner: "anna", sealed: sealed, other: true},
		"ErrNoBase64":     {box: ours, owner: "anna", sealed: "whsec_hunter2"},
		"ErrShort":        {box: ours, owner: "anna", sealed: "AAAA"},
		"ErrEmpty":        {box: ours, owner: "anna"},
		"ErrThereIsNoKey": {owner: "anna", sealed: sealed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.box.Open(test.owner, test.sealed)
			if got != test.want || (err == nil) != (test.want != "") || errors.Is(err, seal.ErrOtherKey) != test.other {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestShortKey(t *testing.T) {
	if _, err := seal.New([]byte("short"), "hooks"); err == nil {
		t.Error("a key of 5 bytes was taken")
	}
	if _, err := (*seal.Box)(nil).Seal("anna", "s"); err == nil {
		t.Error("sealed without a key")
	}
}
