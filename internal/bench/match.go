package bench

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/people"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// MatchOptions say what of the matcher to measure.
type MatchOptions struct {
	Contacts int
	Authors  int
	Seed     uint64
	Progress io.Writer // nil: none
}

// A MatchResult is what was measured. Times are of the processor, on one core.
type MatchResult struct {
	Contacts         int     `json:"contacts"`
	BuildSeconds     float64 `json:"build_cpu_seconds"` // making the people is not in it
	IndexBytes       uint64  `json:"index_bytes"`
	AuthorsPerSecond float64 `json:"authors_per_cpu_second"` // seen for the first time
	P50              float64 `json:"p50_ms"`
	P99              float64 `json:"p99_ms"`
	PostsPerSecond   float64 `json:"posts_per_cpu_second"` // of authors seen before
	EditSeconds      float64 `json:"edit_cpu_seconds"`     // a contact changed
	GoVersion        string  `json:"go_version"`
}

// RunMatch measures the matcher on a world of people.
func RunMatch(ctx context.Context, opt MatchOptions) (MatchResult, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	w := people.New(opt.Seed, opt.Contacts)
	out := MatchResult{Contacts: opt.Contacts, GoVersion: runtime.Version()}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	x := matcher.NewIndex(nil)
	x.Reserve(opt.Contacts)
	if err := build(ctx, x, w, &out, opt.Progress); err != nil {
		return out, err
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	out.IndexBytes = after.HeapAlloc - before.HeapAlloc
	asked := makeAuthors(w, opt.Authors)
	x.SetModel(x.Fit(asked[:min(len(asked), 20_000)], "bench"))
	resolveAll(x, asked, &out)
	x.Remember(len(asked))
	for _, a := range asked {
		x.Resolve(a.Network, a.Author)
	}
	cpu := cpuSeconds()
	for _, a := range asked {
		x.Resolve(a.Network, a.Author)
	}
	out.PostsPerSecond = float64(len(asked)) / (cpuSeconds() - cpu)
	cpu = cpuSeconds()
	const edits = 2000
	for i := range edits {
		c := matchable(w.Contact(i % max(1, w.Len())))
		c.City = "Neustadt"
		x.Put(c)
	}
	out.EditSeconds = (cpuSeconds() - cpu) / edits
	return out, ctx.Err()
}

// build puts the contacts in, some at a time so that only the index's own time is taken.
func build(ctx context.Context, x *matcher.Index, w *people.World, out *MatchResult, progress io.Writer) error {
	const some = 10_000
	contacts := make([]matcher.Contact, 0, some)
	for i := 0; i < w.Len(); {
		contacts = contacts[:0]
		for ; i < w.Len() && len(contacts) < some; i++ {
			contacts = append(contacts, matchable(w.Contact(i)))
		}
		cpu := cpuSeconds()
		for _, c := range contacts {
			x.Put(c)
		}
		out.BuildSeconds += cpuSeconds() - cpu
		if progress != nil {
			fmt.Fprintf(progress, "\r%d of %d contacts", i, w.Len())
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if progress != nil {
		fmt.Fprint(progress, "\r")
	}
	return nil
}

func makeAuthors(w *people.World, n int) []matcher.Seen {
	asked := make([]matcher.Seen, n)
	for j := range asked {
		p := w.Author(j, people.Usual)
		a := &post.Author{ID: p.NativeID, Handle: p.Handle, Name: p.Name, URL: p.URL, Bio: p.Bio, Location: p.Location}
		if p.VerifiedURL != "" {
			a.VerifiedLinks = []string{p.VerifiedURL}
		}
		asked[j] = matcher.Seen{Network: p.Network, Author: a}
	}
	return asked
}

func resolveAll(x *matcher.Index, asked []matcher.Seen, out *MatchResult) {
	took := make([]time.Duration, len(asked))
	cpu := cpuSeconds()
	for i, a := range asked {
		began := time.Now()
		x.Resolve(a.Network, a.Author)
		took[i] = time.Since(began)
	}
	out.AuthorsPerSecond = float64(len(asked)) / (cpuSeconds() - cpu)
	slices.Sort(took)
	if n := len(took); n > 0 {
		out.P50, out.P99 = milliseconds(took[n/2]), milliseconds(took[n*99/100])
	}
}

func matchable(p people.Contact) matcher.Contact {
	c := matcher.Contact{ID: p.ID, FirstName: p.First, LastName: p.Last, Email: p.Email, Company: p.Company, Domain: p.Domain, City: p.City, URL: p.URL}
	for _, on := range p.Profiles {
		c.Profiles = append(c.Profiles, matcher.Profile{Network: on.Network, NativeID: on.NativeID, Handle: on.Handle})
	}
	return c
}
