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
	benchViews    = 400 // that are timed; a tenth of so many warm up
	benchLists    = 400
	benchSearches = 400
)

// measure asks the API itself, as the first representative, with all that a request costs.
func (r *crmRun) measure(ctx context.Context) error {
	server, err := web.New(web.Options{DB: r.db, API: true, Version: "bench"})
	if err != nil {
		return err
	}
	views, err := r.timed(ctx, server, "view", benchViews, r.views())
	if err != nil {
		return err
	}
	lists, err := r.timed(ctx, server, "lists", benchLists, r.lists())
	if err != nil {
		return err
	}
	searches, err := r.timed(ctx, server, "search", benchSearches, r.searches())
	if err != nil {
		return err
	}
	r.result.View360P50, r.result.View360P95 = quantile(views, 0.5), quantile(views, 0.95)
	r.result.ListP95, r.result.SearchP95 = quantile(lists, 0.95), quantile(searches, 0.95)
	return nil
}

// timed asks for n addresses one after the other, after some to warm up with.
func (r *crmRun) timed(ctx context.Context, server http.Handler, what string, n int, next func() string) ([]time.Duration, error) {
	warm := n / 10
	var times []time.Duration
	for i := range warm + n {
		address := next()
		req := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1"+address, nil)
		req.Header.Set("Authorization", "Bearer "+r.world.token)
		answer := httptest.NewRecorder()
		began := time.Now()
		server.ServeHTTP(answer, req)
		took := time.Since(began)
		if answer.Code != http.StatusOK && answer.Code != http.StatusForbidden && answer.Code != http.StatusNotFound { // not theirs to see
			return nil, fmt.Errorf("measure %s: GET %s: %d %s", what, address, answer.Code, answer.Body)
		}
		if i >= warm && answer.Code == http.StatusOK {
			times = append(times, took)
		}
		r.Progress("measure "+what, float64(i)/float64(warm+n))
	}
	if len(times) < n/2 {
		return nil, fmt.Errorf("measure %s: of %d requests %d were answered", what, n, len(times))
	}
	return times, nil
}

// views opens contacts: half of them any, half those with much of everything. The ones that the
// representative owns are every twentieth, see makeAccounts.
func (r *crmRun) views() func() string {
	n := 0
	return func() string {
		n++
		i := r.random.IntN(len(r.world.contacts))
		if n%2 == 0 {
			i = r.skewed(len(r.world.contacts))
		}
		i -= i % benchReps
		return "/contacts/" + r.world.contacts[i] + "/360"
	}
}

// lists are the ones of the pages, as their filters ask for them.
func (r *crmRun) lists() func() string {
	w := &r.world
	me := w.reps[0]
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
