package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/groundswell/groundswell/matcher"
	"github.com/spf13/cobra"
)

// matchDecisions are the matcher's decisions as the file says them.
var matchDecisions = map[string]string{matcher.Confirmed: "automatic", matcher.Suggested: "review"}

// backtestMatchCommand says who the authors of a file are among the contacts of another.
func backtestMatchCommand() *cobra.Command {
	b := &matchBacktest{settings: matcher.DefaultSettings()}
	c := &cobra.Command{
		Use:   "match --contacts C.csv --authors A.csv [--truth T.csv]",
		Short: "Say which contacts the authors of a file are, and how right that is",
		Long: `Say which contacts the authors of a file are: author_id,contact_id,probability,decision,evidence, where the decision
is automatic or review. With the truth (author_id,contact_id; no contact for strangers) it prints precision, recall,
coverage and calibration on standard error. docs/matching.md`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return b.run(c) },
	}
	f := c.Flags()
	f.StringVar(&b.contacts, "contacts", "", "CSV of contacts: id, first, last, display_name, email, company, domain, city, url, profiles")
	f.StringVar(&b.authors, "authors", "", "CSV of authors: id, network, handle, display_name, url, bio, location, verified_url")
	f.StringVar(&b.truthFile, "truth", "", "CSV of who is who: author_id, contact_id")
	f.StringVar(&b.out, "out", "", "file that gets the matches; empty: standard output")
	f.Float64Var(&b.settings.Automatic, "automatic", b.settings.Automatic, "least probability of an automatic link")
	f.Float64Var(&b.settings.Review, "review", b.settings.Review, "least probability of a link for review")
	f.Float64Var(&b.settings.BeyondName, "beyond-name", b.settings.BeyondName, "bits an automatic link needs beside the name")
	f.Float64Var(&b.settings.Lead, "lead", b.settings.Lead, "bits by which the runner-up of an automatic link has to be behind")
	f.IntVar(&b.sample, "sample", 20_000, "how many authors the model is fitted on; 0: as it is delivered")
	_ = c.MarkFlagRequired("contacts")
	_ = c.MarkFlagRequired("authors")
	return c
}

// matchBacktest is one run of the command.
type matchBacktest struct {
	contacts, authors, truthFile, out string
	settings                          matcher.Settings
	sample                            int

	say   *progress
	index *matcher.Index
	truth *truth
	score *matchScore
	spent time.Duration
}

func (b *matchBacktest) run(c *cobra.Command) (err error) {
	if !(0 < b.settings.Review && b.settings.Review <= b.settings.Automatic && b.settings.Automatic < 1) {
		return fmt.Errorf("want 0 < --review <= --automatic < 1, not %v and %v", b.settings.Review, b.settings.Automatic)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(40)) // the index is a few large arrays: collecting is cheap, room is not
	b.say = newProgress(c.ErrOrStderr())
	if err := b.load(); err != nil {
		return err
	}
	if b.truthFile != "" {
		if b.truth, err = readTruth(b.truthFile, b.index.Has); err != nil {
			return err
		}
	}
	authors, err := openAuthors(b.authors)
	if err != nil {
		return err
	}
	defer authors.close()
	if authors.idIsNative, err = b.fit(c.ErrOrStderr()); err != nil {
		return err
	}
	out := c.OutOrStdout()
	if b.out != "" {
		f, err := os.Create(b.out)
		if err != nil {
			return fmt.Errorf("write matches: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	b.score = newMatchScore(b.truth)
	if err := b.resolve(c.Context(), authors, out); err != nil {
		return err
	}
	b.say.done()
	if b.truth != nil {
		if err := b.truth.checkSeen(); err != nil {
			return err
		}
	}
	b.score.print(c.ErrOrStderr(), b.spent)
	return nil
}

// load builds the index.
func (b *matchBacktest) load() error {
	began := time.Now()
	t, err := openContacts(b.contacts)
	if err != nil {
		return err
	}
	defer t.close()
	b.index = matcher.NewIndex(nil)
	b.index.Configure(b.settings)
	rows := 0
	for {
		ok, err := t.next()
		if err != nil {
			return fmt.Errorf("read contacts: %w", err)
		}
		if !ok {
			break
		}
		contact := t.contact()
		if contact.ID == "" {
			return fmt.Errorf("read contacts: %s, line %d: the id is empty", b.contacts, t.line())
		}
		if b.index.Has(contact.ID) {
			return fmt.Errorf("read contacts: %s, line %d: the id %q stands in line %d already; want one row a contact", b.contacts, t.line(), contact.ID, b.lineOf(contact.ID))
		}
		if rows++; rows == 2000 { // by now it is known how long a row is
			b.index.Reserve(int(float64(rows) / t.part()))
		}
		b.index.Put(contact)
		if rows%5000 == 0 {
			b.say.say("contacts", t.part())
		}
	}
	b.spent = time.Since(began)
	b.say.done()
	fmt.Fprintf(b.say.out, "%d contacts indexed in %.1f s\n", b.index.Len(), b.spent.Seconds())
	return nil
}

// lineOf is where a contact stands first in its file.
func (b *matchBacktest) lineOf(id string) int {
	t, err := openContacts(b.contacts)
	if err != nil {
		return 0
	}
	defer t.close()
	for {
		if ok, err := t.next(); err != nil || !ok {
			return 0
		}
		if t.get(t.id) == id {
			return t.line()
		}
	}
}

// fit learns from a sample of the authors how well those who are contacts agree with them, without
// the truth. It says whether the authors' ids are the networks' own.
func (b *matchBacktest) fit(out io.Writer) (idIsNative bool, err error) {
	t, err := openAuthors(b.authors)
	if err != nil {
		return false, err
	}
	defer t.close()
	r := rand.New(rand.NewPCG(1, 1))
	size := max(b.sample, 1000)
	var sample []authorRow
	for n := 0; ; n++ {
		ok, err := t.next()
		if err != nil {
			return false, fmt.Errorf("read authors: %w", err)
		}
		if !ok {
			break
		}
		author := t.author()
		b.index.Bears(author.network, &author.author, author.id)
		if n < size {
			sample = append(sample, author)
		} else if k := r.IntN(n + 1); k < size {
			sample[k] = author
		}
	}
	if t.native < 0 {
		for i := range sample {
			idIsNative = idIsNative || b.index.HasAccount(sample[i].network, sample[i].id)
		}
	}
	if b.sample == 0 {
		return idIsNative, nil
	}
	seen := make([]matcher.Seen, len(sample))
	for i := range sample {
		if idIsNative {
			sample[i].author.ID = sample[i].id
		}
		seen[i] = matcher.Seen{Network: sample[i].network, Author: &sample[i].author}
	}
	m := b.index.Fit(seen, "fitted-here")
	b.index.SetModel(m)
	fmt.Fprintf(out, "model fitted on %d authors: %.1f %% are contacts, %.1f %% of the others bear a contact's name\n", m.Authors, 100*m.Known, 100*m.Namesakes)
	return idIsNative, nil
}

// chunk is how many authors are resolved at once.
const chunk = 500

type authorChunk struct {
	rows    []authorRow
	matches []matcher.Match
	done    chan struct{}
}

// resolve writes who the authors are, in their order, on all cores.
func (b *matchBacktest) resolve(ctx context.Context, t *authorTable, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, order := make(chan *authorChunk), make(chan *authorChunk, 8)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for c := range work {
				for i := range c.rows {
					c.matches[i], _ = b.index.Resolve(c.rows[i].network, &c.rows[i].author)
				}
				close(c.done)
			}
		})
	}
	defer workers.Wait()
	var readErr error
	go func() {
		defer close(order)
		defer close(work)
		readErr = readChunks(ctx, t, func(c *authorChunk) {
			order <- c
			work <- c
		})
	}()
	buffered := bufio.NewWriterSize(out, 1<<16)
	w := csv.NewWriter(buffered)
	_ = w.Write([]string{"author_id", "contact_id", "probability", "decision", "evidence"})
	for c := range order {
		<-c.done
		b.write(w, c)
		b.say.say("authors", t.part())
	}
	if readErr != nil {
		return readErr
	}
	w.Flush()
	if err := errors.Join(w.Error(), buffered.Flush()); err != nil {
		return fmt.Errorf("write matches: %w", err)
	}
	return ctx.Err()
}

func readChunks(ctx context.Context, t *authorTable, yield func(*authorChunk)) error {
	for more := true; more && ctx.Err() == nil; {
		c := &authorChunk{done: make(chan struct{})}
		for len(c.rows) < chunk {
			ok, err := t.next()
			if err != nil {
				return fmt.Errorf("read authors: %w", err)
			}
			if more = ok; !ok {
				break
			}
			c.rows = append(c.rows, t.author())
		}
		c.matches = make([]matcher.Match, len(c.rows))
		yield(c)
	}
	return nil
}

// write puts out a chunk's matches and scores them.
func (b *matchBacktest) write(w *csv.Writer, c *authorChunk) {
	for i := range c.rows {
		a, m := &c.rows[i], &c.matches[i]
		b.score.add(b.index, a, m)
		if m.ContactID == "" {
			continue
		}
		for _, m := range m.All() {
			_ = w.Write([]string{a.id, m.ContactID, strconv.FormatFloat(m.Probability, 'f', -1, 64), matchDecisions[m.Decision], matcher.Explain(m)})
		}
	}
}
