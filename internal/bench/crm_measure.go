package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/groundswell/groundswell/web"
)

const (
	benchViews    = 200 // that each viewer is timed with; a tenth of so many warm up
	benchLists    = 300
	benchSearches = 200
)

// measure asks the API itself, as each viewer, with all that a request costs. What is kept is the time
// of the slowest viewer.
func (r *crmRun) measure(ctx context.Context) error {
	server, err := web.New(web.Options{DB: r.db, API: true, Version: "bench"})
	if err != nil {
		return err
	}
	for _, v := range r.world.viewers {
		views, err := r.timed(ctx, server, asked{v, "view", benchViews, r.views(&v)})
		if err != nil {
			return err
		}
		lists, err := r.timed(ctx, server, asked{v, "lists", benchLists, r.lists(&v)})
		if err != nil {
			return err
		}
		searches, err := r.timed(ctx, server, asked{v, "search", benchSearches, r.searches()})
		if err != nil {
			return err
		}
		to := &r.result
		to.View360P50, to.View360P95 = max(to.View360P50, quantile(views, 0.5)), max(to.View360P95, quantile(views, 0.95))
		to.ListP95, to.SearchP95 = max(to.ListP95, quantile(lists, 0.95)), max(to.SearchP95, quantile(searches, 0.95))
	}
	return nil
}

// asked is what a viewer asks for.
type asked struct {
	viewer
	what string
	n    int
	next func() string
}

// timed asks for n addresses one after the other, after some to warm up with.
func (r *crmRun) timed(ctx context.Context, server http.Handler, a asked) ([]time.Duration, error) {
	warm := a.n / 10
	var times []time.Duration
	for i := range warm + a.n {
		address := a.next()
		req := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1"+address, nil)
		req.Header.Set("Authorization", "Bearer "+a.token)
		answer := httptest.NewRecorder()
		began := time.Now()
		server.ServeHTTP(answer, req)
		took := time.Since(began)
		if answer.Code != http.StatusOK {
			return nil, fmt.Errorf("measure %s as %s: GET %s: %d %s", a.what, a.name, address, answer.Code, answer.Body)
		}
		if i >= warm {
			times = append(times, took)
		}
		r.Progress("measure "+a.what+" as "+a.name, float64(i+1)/float64(warm+a.n))
	}
	return times, nil
}

// views opens contacts that the viewer may see: half of them any, half those with much of everything.
func (r *crmRun) views(v *viewer) func() string {
	n, all := 0, len(r.world.contacts)
	every, first := v.every, 0
	if every == 0 {
		every, first = newcomers(all), 1 // see ownerOf
	}
	return func() string {
		n++
		i := r.random.IntN(all)
		if n%2 == 0 {
			i = r.skewed(all)
		}
		if i += first - i%every; i >= all {
			i = first
		}
		return "/contacts/" + r.world.contacts[i] + "/360"
	}
}

// lists are the ones of the pages, as their filters ask for them.
func (r *crmRun) lists(v *viewer) func() string {
	w := &r.world
	me := v.id
	kinds := []func() string{
		func() string { return "/contacts?limit=50" },
		func() string { return "/contacts?q=" + url.QueryEscape(head(r.pick(w.names), 3)) },
		func() string { return "/contacts?account=" + w.accountOf[r.withAccount()] },
		func() string { return "/accounts?q=" + url.QueryEscape(head(r.pick(w.companies), 3)) },
		func() string { return "/leads" },
		func() string { return "/leads?milestone=sales-qualified" },
		func() string { return "/leads?milestone=marketing-qualified" },
		func() string { return "/opportunities?state=open" },
		func() string { return "/opportunities?state=won" },
		func() string { return "/opportunities?state=open&stage=Propose" },
		func() string { return "/opportunities?owner=" + me },
		func() string { return "/activities?owner=" + me },
		func() string { return "/activities?open=true&owner=" + me },
		func() string { return "/activities?record=" + w.contacts[r.skewed(len(w.contacts))] },
		func() string { return "/activities" },
	}
	n := 0
	return func() string {
		n++
		return kinds[n%len(kinds)]()
	}
}

func (r *crmRun) withAccount() int {
	for {
		if i := r.random.IntN(len(r.world.accountOf)); r.world.accountOf[i] != "" {
			return i
		}
	}
}

// searches are what people type: beginnings of names, whole names, companies, addresses, numbers and
// words of a subject.
func (r *crmRun) searches() func() string {
	w := &r.world
	first := []string{"anna", "thomas", "mar", "ste", "jür", "eva"}
	kinds := []func() string{
		func() string { return head(r.pick(w.names), 3) },
		func() string { return head(r.pick(w.names), 5) },
		func() string { return r.pick(first) + " " + head(r.pick(w.names), 4) },
		func() string { return r.pick(w.names) },
		func() string { return head(r.pick(w.companies), 6) },
		func() string { return r.pick(w.companies) },
		func() string { return r.pick(w.emails) },
		func() string {
			return fmt.Sprintf("I-%d-%04d", r.start.Year()-1, 1+r.random.IntN(max(1, r.Opportunities/3)))
		},
		func() string {
			return strings.ToLower(r.pick(benchWares)) + " " + strings.ToLower(r.pick(benchReasons))
		},
		func() string { return w.contacts[r.random.IntN(len(w.contacts))] },
	}
	n := 0
	return func() string {
		n++
		return "/search?q=" + url.QueryEscape(kinds[n%len(kinds)]())
	}
}

// head is the first n characters of a word.
func head(s string, n int) string {
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:min(n, len(runes))]))
}
